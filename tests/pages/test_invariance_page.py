"""The views of the invariance page without a browser: what they compute, send and say, and their links."""

import json
import struct
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.parts import invariance_network_grids as network_grids
from pages.parts import invariance_networks as networks
from pages.parts import invariance_places as places
from pages.parts.invariance_network_fields import lettered
from pages.parts.invariance_networks import Case
from pages.server.work import Work
from vizcore.exhibits import invariance
from vizcore.exhibits.convolution import grey
from vizcore.toolkit import sampling, shifts
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.glances import Glances
from vizcore.toolkit.samples import sample
from vizcore.toolkit.small import square

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
VIEWS = ("shift", "network", "segment", "rotation", "sampling")


def opened(view: str, picture: str = "shape-star", net: str = "tiny_vgg", **settings: str) -> AppTest:
    """A first visit to a link; settings are those of the view, without its name in front."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    named = {f"{view}_{name}": value for name, value in settings.items()}
    for name, value in {"view": view, "picture": picture, "net": net, **named}.items():
        app.query_params[name] = value
    return finished(app.run().switch_page("../invariance.py").run())


def finished(app: AppTest) -> AppTest:
    """The page once nothing is being computed any more."""
    deadline = time.monotonic() + 60
    while any(button.label == "Stop" for button in app.button):
        assert time.monotonic() < deadline, "the computation does not end"
        app.run()
    return app


def unpacked(packed: bytes) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    (length,) = struct.unpack("<I", packed[:4])
    header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
    blocks = [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]
    return header, blocks


def message(app: AppTest) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and blocks that invariance.js gets."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            header, blocks = unpacked(packed)
            if "drag" in header:
                return header, blocks
    raise AssertionError("invariance.js got nothing")


def reply(app: AppTest) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and blocks of the answer inside the message."""
    return unpacked(message(app)[1][2].tobytes())


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption, *app.latex])


@pytest.mark.parametrize("view", VIEWS)
def test_a_first_visit_is_complete(view: str) -> None:
    app = opened(view)
    assert not app.exception
    header, _ = message(app)
    assert all(field["ready"] for field in header["fields"])
    assert "What to notice" in texts(app)
    assert any(radio.label.startswith("**What if**") for radio in app.radio)


@pytest.mark.parametrize("view", VIEWS)
def test_presets_can_follow_one_another(view: str) -> None:
    app, presets = opened(view), import_module(f"pages.parts.invariance_{view}").PRESETS
    for preset in presets.values():
        for key, value in preset.settings.items():
            app.session_state[key] = value
        app = finished(app.run())
        assert not app.exception
        assert "What to notice" in texts(app)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("value", ["", "-1", "1e9", "²", "<script>", "nan,nan", "99999,0", "x" * 500])
def test_hostile_links_show_a_state_that_works(view: str, value: str) -> None:
    settings = import_module(f"pages.parts.invariance_{view}").SETTINGS
    app = opened(view, **{name.removeprefix(f"{view}_"): value for name in settings})
    assert not app.exception
    assert message(app)[0]["place"]
    assert "<script>" not in texts(app)


def test_a_view_that_is_none_is_the_first_one() -> None:
    assert message(opened("nothing"))[0]["drag"] == "shift"


def test_the_grids_of_one_layer_are_those_of_the_core() -> None:
    app = opened("shift", picture="cat", window="4", border="reflect", against="still", side="32")
    header, blocks = message(app)
    picture = square(grey(sample("cat"))[..., None], 32)[..., 0]
    change = invariance.shift_response(picture, window=4, border="reflect").change
    for block, values in zip(blocks[3 : 3 + len(change)], change.values(), strict=True):
        np.testing.assert_allclose(block.reshape(17, 17), values, atol=1e-6)
    assert len(header["fields"]) == 5


def test_after_a_whole_stride_one_layer_changes_by_nothing_and_the_page_says_so() -> None:
    app = opened("shift", at="0,2", window="2")
    assert {panel["note"] for panel in reply(app)[0]["panels"]} == {"", "0"}
    assert "the change is exactly 0" in texts(app)


def test_the_answer_to_the_question_is_computed() -> None:
    app = opened("shift", window="2")
    radio = next(radio for radio in app.radio if radio.label.startswith("**What if**"))
    radio.set_value("zero").run()
    assert "So it is. It is 0 against" in texts(app)


def test_the_square_wave_has_the_numbers_of_the_paper() -> None:
    formulas = "".join(element.value for element in opened("shift").latex)
    assert r"0\; 1\; 0\; 1 & 1\; 1\; 1\; 1" in formulas
    assert r".5\; 1\; .5\; 1 & .75\; .75\; .75\; .75" in formulas


def test_consistency_is_counted_over_all_pairs_of_289_shifts() -> None:
    app = opened("network", picture="digit-8", net="lenet5")
    agreed = [
        invariance.consistency(sample("digit-8"), "lenet5", shifts.grid(8), taps=taps).pairs
        for taps in (0, 3)
    ]
    notes = [field["note"] for field in message(app)[0]["fields"] if field["note"]]
    assert notes == [f"{share:.1%} consistent" for share in agreed]
    assert f"{agreed[0]:.1%} get the same class as it is, {agreed[1]:.1%} with the blur" in texts(app)


def test_the_bars_are_the_probabilities_of_the_shifted_picture() -> None:
    app = opened("network", picture="digit-8", net="lenet5", at="0,-3")
    bars = reply(app)[0]["bars"][0]
    response = invariance.network_response(sample("digit-8"), "lenet5", "shift_x", [-3.0])
    values = dict(zip(bars["names"], bars["values"], strict=True))
    assert values[response.classes[response.top[0]]] == pytest.approx(max(bars["values"]), abs=1e-5)
    assert values[response.classes[response.first]] == pytest.approx(response.probability[0], abs=1e-5)


def test_networks_look_once_at_where_a_picture_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, look = [], networks.look
    monkeypatch.setattr(networks, "look", lambda *given, **how: looked.append(given) or look(*given, **how))
    shown = [message(opened("network", picture="digit-8", net="lenet5", at="2,5")) for _ in range(2)]
    assert len(looked) == 2  # the network and its twin
    assert np.array_equal(shown[0][1][2], shown[1][1][2])


def test_classifier_and_segmenter_look_once_at_where_a_picture_was_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved, shifted = [], Glances.shifted
    monkeypatch.setattr(
        Glances, "shifted", lambda *given, **how: moved.append(given) or shifted(*given, **how)
    )
    for _ in range(2):
        opened("segment", at="4,7")
    assert len(moved) == 2


@pytest.mark.parametrize("move", ["rotation", "scale", "flip", "brightness", "warp"])
def test_every_move_of_a_network_shows_curves_and_the_moved_picture(move: str) -> None:
    app = opened("network", picture="digit-8", net="lenet5", move=move, border="reflect")
    assert not app.exception
    header, _ = message(app)
    assert reply(app)[0]["moved"]
    assert [chart["names"] for chart in header["charts"]] == [["as it is", "with blur"]]
    assert header["drag"] == ("turn" if move == "rotation" else "along")


def test_while_dragging_the_answers_come_from_the_grids_that_are_there() -> None:
    case = Case("d", "lenet5", "shift", "circular", 3, None, 0)
    found = network_grids.grids(case, sample("digit-8"), lambda _share: None, lambda: False)
    now = networks.looked_up(found, (2, -3))
    assert now is not None
    eye = Glances(Subject("lenet5"), sample("digit-8"))
    np.testing.assert_allclose(now[0], eye.shifted(2, -3).probabilities, atol=1e-4)
    assert networks.looked_up(found, (0, 9)) is None


def test_what_ends_between_two_looks_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Work, "wait", lambda _work: None)
    app = opened("network", picture="digit-8", net="lenet5", taps="5")
    assert all(field["ready"] for field in message(app)[0]["fields"])


def test_half_a_mirroring_is_none() -> None:
    app = opened("network", picture="digit-8", net="lenet5", move="flip", at="0,0.4")
    assert message(app)[0]["place"] == [0, 0]


def test_classes_get_letters_by_how_often_they_occur_and_the_rest_share_one() -> None:
    tops = [np.array([5, 7, 7, *range(10, 20)]), np.array([7, 5, 6])]
    letters, names = lettered(tops, 5, tuple(f"class {k}" for k in range(20)))
    assert letters[0][:3].tolist() == [1, 2, 2]
    assert names[:2] == ["class 5", "class 7"]
    assert (names[-1], len(names), max(letters[0])) == ("another class", 10, 10)


def test_classifier_and_segmenter_stand_side_by_side() -> None:
    app = opened("segment", at="3,5")
    found = invariance.side_by_side(sample("shape-star"), "tiny_vgg", dy=3, dx=5)
    panels = reply(app)[0]["panels"]
    assert panels[3]["note"] == f"{found.disagreeing:.2%} of all pixels"
    np.testing.assert_array_equal(reply(app)[1][2].reshape(64, 64), found.labels_after)


def test_a_shift_by_all_strides_is_followed_exactly_by_the_segmenter() -> None:
    app = opened("segment", at="8,16")
    assert "In the segmenter all 43 layers follow this shift exactly" in texts(app)


def test_p4_is_exact_at_a_quarter_turn() -> None:
    app = opened("rotation", at="0,90")
    assert "error of p4 is exactly 0" in texts(app)
    assert reply(app)[0]["panels"][5]["note"] == "error 0"


def test_the_samples_of_the_zone_plate_are_those_of_the_core() -> None:
    app = opened("sampling", at="0,0.8", step="3", side="64")
    header, blocks = reply(app)
    found = sampling.sampled(sampling.zone_plate(64, 0.8), 3)
    assert header["panels"][1]["note"] == f"{found.beyond:.1%} outside"
    np.testing.assert_allclose(blocks[1].reshape(22, 22), found.samples, atol=1e-3)


@pytest.mark.parametrize(
    "question", [{}, {"place": "x"}, {"place": [1]}, {"place": [1e9, float("nan")]}, {"place": [None, {}]}]
)
def test_a_hostile_question_is_answered_as_if_nothing_moved(question: dict[str, Any]) -> None:
    assert places.asked(question) == (0, 0)


def test_where_the_picture_was_left_goes_into_the_link() -> None:
    app = opened("shift", at="0,1")
    app.session_state["shift.moves"] = {"pick": {"place": [-2, 5]}}
    app.session_state["shift_at"] = "-2,5"
    assert message(app.run())[0]["place"] == [-2, 5]
