"""The pooling page without a browser: what its parts are given, and what its links say."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.components import pooling_detector as detector_part
from pages.parts import pooling_detector, pooling_grid, pooling_shift
from pages.parts.pooling_grid_settings import Chosen
from vizcore.exhibits import pooling
from vizcore.exhibits.convolution import grey
from vizcore.exhibits.pooling import GRIDS
from vizcore.toolkit import subsampling
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.samples import sample
from vizcore.toolkit.small import small

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
STRIPES = np.tile([0.0, 0, 1, 1], (8, 2))


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run().switch_page("../pooling.py").run()


def unpacked(message: bytes) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    (length,) = struct.unpack("<I", message[:4])
    header, body = json.loads(message[4 : 4 + length]), message[4 + length :]
    return header, [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]


def message(app: AppTest, what: str) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and blocks of the component that gets `what`."""
    for part in app.get("bidi_component"):
        if part.proto.bytes:
            header, blocks = unpacked(part.proto.bytes)
            if what in header:
                return header, blocks
    raise AssertionError(f"no component got {what}")


def detectors(app: AppTest) -> dict[str, Any]:
    """What pooling_detector.js gets."""
    for part in app.get("bidi_component"):
        if part.proto.json and "reads" in (data := json.loads(part.proto.json)):
            return dict(data)
    raise AssertionError("the detectors were not mounted")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption, *app.latex])


def chosen(values: NDArray[np.float64], **settings: Any) -> Chosen:
    return Chosen(values, {"kind": "max", "window": 2} | settings, "grey")


# One pooling


def test_a_first_visit_is_complete() -> None:
    app = opened()
    assert not app.exception
    header, blocks = message(app, "stride")
    assert (header["kind"], header["window"], header["stride"]) == ("max", [2, 2], [2, 2])
    assert (header["h"], header["oh"], len(blocks[0])) == (64, 32, 32 * 32)
    assert "1,024 values win a window" in texts(app)


@pytest.mark.parametrize(("name", "maxima"), [("korenev", [6, 8, 3, 4]), ("kainz", [6, 8, 5, 4])])
def test_the_maxima_of_the_lectures(name: str, maxima: list[float]) -> None:
    app = opened(grid_input=name)
    assert message(app, "stride")[1][0].tolist() == maxima
    assert GRIDS[name].lecture in texts(app)


def test_winners_are_places_in_the_input_and_unpooling_puts_them_there() -> None:
    _, (_, winners, unpooled, *_) = message(opened(grid_input="kainz"), "stride")
    assert winners.tolist() == [0, 7, 9, 15]
    assert unpooled.reshape(4, 4)[2, 1] == 5
    assert np.count_nonzero(unpooled) == 4


def test_a_link_reproduces_every_setting() -> None:
    link = {"grid_size": "32", "grid_kind": "weighted", "grid_window": "3", "grid_stride": "2"}
    link |= {"grid_padding": "1", "grid_ceil": "ceil", "grid_unit": "2.1", "picture": "cat"}
    header, blocks = message(opened(**link), "stride")
    picture = small(grey(sample("cat"))[..., None], 32)[..., 0]
    settings: dict[str, Any] = {"window": 3, "stride": 2, "padding": 1, "ceil_mode": True}
    found = pooling.pool(picture, kind="weighted", **settings)
    np.testing.assert_allclose(blocks[0], found.output.ravel(), rtol=1e-6)
    np.testing.assert_allclose(blocks[4], found.weights.ravel(), rtol=1e-6)
    assert (header["selected"], header["padding"]) == ([2, 1], [1, 1])


def test_global_pooling_has_one_window_and_no_stride_to_choose() -> None:
    app = opened(picture="cat", grid_kind="average", grid_window="global")
    header, _ = message(app, "stride")
    assert (header["oh"], header["ow"], header["window"]) == (1, 1, [header["h"], header["w"]])
    assert app.selectbox(key="grid_stride.control").disabled


def test_own_numbers_stand_in_the_link_with_every_digit() -> None:
    header, _ = message(opened(grid_input="own", grid_values="0.1,-2,1e-05;3,0,7"), "stride")
    assert header["values"] == [0.1, -2, 1e-05, 3, 0, 7]
    assert (header["h"], header["w"], header["editable"]) == (2, 3, True)


def test_typed_values_become_the_input_of_the_link() -> None:
    app = opened(grid_input="korenev")
    app.session_state["grid_values"], app.session_state["grid_input"] = "1,2;3,4", "own"
    app.run()
    assert message(app, "stride")[1][0].tolist() == [4]
    assert app.selectbox(key="grid_input.control").value == "own"


@pytest.mark.parametrize("name", [*pooling_grid.STARTS, "view"])
@pytest.mark.parametrize("value", ["", "-1", "1e9", "²", "<script>", "own", "x" * 5000])
def test_hostile_links_show_a_state_that_works(name: str, value: str) -> None:
    app = opened(**{name: value})
    assert not app.exception
    assert message(app, "stride")[1][0].size > 0
    assert "<script>" not in texts(app)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"grid_input": "own", "grid_values": "1,2;3"}, "grid of numbers that cannot be read"),
        ({"view": "shift", "shift_at": "99,0"}, "a move that cannot be made"),
        ({"view": "detector", "detector_values": "1"}, "detectors that cannot be read"),
    ],
)
def test_a_link_that_cannot_be_followed_is_said(query: dict[str, str], said: str) -> None:
    assert said in texts(opened(**query))


def test_a_window_larger_than_the_input_is_explained_and_the_controls_stay() -> None:
    app = opened(grid_input="korenev", grid_window="8")
    assert not app.exception
    assert "Take a smaller window" in app.text[-1].value
    assert app.selectbox(key="grid_window.control").value == "8"


def test_the_answer_while_typing_is_that_of_the_page() -> None:
    values = GRIDS["kainz"].values.copy()
    values[0, 1] = 9
    reply = pooling_grid.answer(chosen(GRIDS["kainz"].values), {"values": values.tolist()})
    output, winners, unpooled = unpacked(reply)[1]
    assert (output.tolist(), winners[0], unpooled[1]) == ([9, 8, 5, 4], 1, 9)


@pytest.mark.parametrize("values", [[[1, 2]], "x", [["1", "2"]] * 2, [[float("nan")] * 4] * 4, None, {}])
def test_a_hostile_question_gets_a_sentence(values: object) -> None:
    with pytest.raises(InputError):
        pooling_grid.answer(chosen(GRIDS["kainz"].values), {"values": values})


@pytest.mark.parametrize(("settings", "truth"), [({}, "same"), ({"stride": 1, "kind": "average"}, "other")])
def test_what_pooling_again_gives_is_computed(settings: Mapping[str, Any], truth: str) -> None:
    app = opened(grid_input="korenev", **{f"grid_{name}": str(value) for name, value in settings.items()})
    app.radio[0].set_value(truth).run()
    assert "So it is." in texts(app)


# Before and after a shift


def test_stripes_that_move_by_one_change_half_of_the_inputs_and_half_of_the_maxima() -> None:
    app = opened(view="shift", shift_input="stripes", shift_above="0", shift_at="0,1")
    assert not app.exception
    assert "50% of the input values changed, 50% of the maxima" in texts(app)


def test_a_picture_that_did_not_move_changed_nothing() -> None:
    assert "nothing changed" in texts(opened(view="shift", shift_at="0,0"))


def test_the_answer_while_dragging_is_the_pooling_of_the_moved_picture() -> None:
    world = subsampling.world(STRIPES, [[1.0]], window=2, max_shift=4, border="circular")
    header, blocks = unpacked(pooling_shift.answer(world, ("max", "blur3"), 0.0, {"place": [0, 1]}))
    titles = [panel["title"] for panel in header["panels"]]
    assert titles[3] == "Max: before"
    assert blocks[3][:4].tolist() == [0, 1, 0, 1]
    assert blocks[4][:4].tolist() == [1, 1, 1, 1]
    assert blocks[7][:4].tolist() == [0.75] * 4
    assert header["bars"][0]["values"] == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("place", [None, [1], ["a", 2], [1e9, 0], {"x": 1}, [float("nan"), 1]])
def test_a_hostile_move_is_answered(place: object) -> None:
    world = subsampling.world(STRIPES, [[1.0]], window=2, max_shift=4, border="circular")
    header, _ = unpacked(pooling_shift.answer(world, ("max",), 0.0, {"place": place}))
    assert 0 <= header["bars"][0]["values"][0] <= 1


@pytest.mark.parametrize("name", pooling_shift.STARTS)
@pytest.mark.parametrize("value", ["", "-1", "99,99", "1e9", "²", "<script>"])
def test_hostile_links_to_a_shift_show_a_state_that_works(name: str, value: str) -> None:
    app = opened(view="shift", **{name: value})
    assert not app.exception
    assert message(app, "drag")[0]["step"] == 1


@pytest.mark.parametrize("border", ["circular", "reflect"])
def test_maxima_move_along_with_a_whole_window(border: str) -> None:
    app = opened(view="shift", picture="cat", shift_border=border, shift_window="4", shift_side="32")
    app.radio[0].set_value("along").run()
    assert "So it is." in texts(app)


# One dimension


def test_the_detectors_of_the_lecture() -> None:
    app = opened(view="detector")
    data = detectors(app)
    assert data["before"]["outputs"] == [1, 1, 1, 0.2]
    assert (data["after"]["inputs"], data["after"]["outputs"]) == ([0.3, 0.1, 1, 0.2], [0.3, 1, 1, 1])
    assert "4 of 4 detectors changed (100%), and 2 of 4 outputs (50%)" in texts(app)
    assert GRIDS["shift"].lecture in texts(app)


def test_a_stride_of_two_keeps_three_outputs_in_ceil_mode() -> None:
    settings = pooling_detector.PRESETS["stride"].settings
    data = detectors(opened(**settings))
    assert data["before"]["outputs"] == [1, 0.2, 0.1]
    assert data["reads"] == [[0, 1, 2], [2, 3, 4], [4, 5]]


def test_the_padding_of_an_average_is_read_as_zeros() -> None:
    found = pooling.detectors([1, 2], kind="average", window=3, padding=1)
    assert detector_part.reads(found.before) == [[-1, 0, 1], [0, 1, -1]]
    assert detector_part.data_for([1, 2], found, "")["middles"] == [0, 1]


def test_detectors_can_be_added_taken_away_and_moved_on() -> None:
    app = opened(view="detector", detector_values="1,2,3", detector_entering="9")
    for key, values in {"add": [1, 2, 3, 0], "less": [1, 2, 3], "move": [9, 1, 2]}.items():
        app.button(key=f"detector.{key}").click().run()
        assert detectors(app)["before"]["inputs"] == values


@pytest.mark.parametrize("name", pooling_detector.STARTS)
@pytest.mark.parametrize("value", ["", "1", "-1", "1;2", "1e9,1", "nan,1", "²", "<script>", "1," * 40 + "1"])
def test_hostile_links_to_detectors_show_a_state_that_works(name: str, value: str) -> None:
    app = opened(view="detector", **{name: value})
    assert not app.exception
    assert len(detectors(app)["before"]["inputs"]) >= 2


@pytest.mark.parametrize("view", ["grid", "shift", "detector"])
def test_every_preset_shows_itself_and_asks_a_question(view: str) -> None:
    part = {"grid": pooling_grid, "shift": pooling_shift, "detector": pooling_detector}[view]
    for preset in part.PRESETS.values():  # type: ignore[attr-defined]
        app = opened(**preset.settings)
        assert not app.exception
        assert "What to notice" in texts(app)
        assert len(app.radio) == 1
