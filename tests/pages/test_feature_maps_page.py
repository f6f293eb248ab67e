"""The feature maps page without a browser: what it sends, and how it answers."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from vizcore.exhibits import feature_maps
from vizcore.toolkit.images import encode_png
from vizcore.toolkit.maps import order
from vizcore.toolkit.samples import sample

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Opener = Callable[..., AppTest]


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run().switch_page("../feature_maps.py").run()

    return open_page


def message_of(app: AppTest, what: str = "selected") -> tuple[dict[str, Any], bytes]:
    """What a component gets, header and body: the first one whose header has the entry `what`."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header = json.loads(packed[4 : 4 + length])
            if what in header:
                return header, packed[4 + length :]
    raise AssertionError(f"no component got {what}")


def header_of(app: AppTest) -> dict[str, Any]:
    """What maps.js gets besides the arrays."""
    return message_of(app)[0]


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption])


def test_a_first_visit_is_complete(opened: Opener) -> None:
    app = opened()
    assert not app.exception
    assert header_of(app)["layer"] == "relu1_1"
    assert "TinyVGG says: star" in texts(app)


def test_a_link_opens_picture_network_layer_and_channel(opened: Opener) -> None:
    app = opened(picture="digit-3", net="lenet5", layer="conv2", channel="7")
    header = header_of(app)
    assert (header["layer"], header["selected"], header["c"]) == ("conv2", 7, 16)
    assert r"LeNet\-5 says: 3" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "../../etc/passwd", "<script>", "x" * 60_000])
def test_hostile_links_show_the_first_state(opened: Opener, value: str) -> None:
    app = opened(picture=value, net=value, layer=value, channel=value)
    assert not app.exception
    assert header_of(app)["layer"] == "relu1_1"
    assert value not in texts(app) or not value


def test_a_link_to_somebodys_own_picture_says_that_it_is_not_here(opened: Opener) -> None:
    assert "never part of a link" in texts(opened(picture="mine"))


def test_choosing_a_layer_and_a_map_changes_the_page(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3")
    app.session_state["layer"] = "pool2"
    app.session_state["channel"] = "5"
    app.run()
    assert header_of(app)["layer"] == "pool2"
    assert "**Map 5**" in texts(app)


def test_sorting_changes_the_order_that_is_sent(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", sort="variance")
    header, body = message_of(app)
    offset, count, kind = header["blocks"][2]
    sent = np.frombuffer(body, kind, count, offset)
    found = feature_maps.feature_maps(sample("digit-3"), "lenet5", "relu1")
    assert sent.tolist() == order(found, "variance").tolist()


def test_a_link_to_a_unit_shows_the_number_that_the_network_computed(opened: Opener) -> None:
    app = opened(picture="digit-3", net="lenet5", layer="conv2", channel="5", unit="4.6")
    shown, _ = message_of(app, "corner")
    found = feature_maps.feature_maps(sample("digit-3"), "lenet5", "conv2").maps[5, 4, 6]
    assert shown["value"] == pytest.approx(float(found), abs=1e-6)
    assert (shown["corner"], shown["box"]) == ([4, 6], [8, 12, 22, 26])
    assert any(f"{found:.3g}" in formula.value for formula in app.latex)


@pytest.mark.parametrize("unit", ["10.0", "-1.2", "1", "1.2.3", "a.b", "²·³", "1e9.0"])
def test_a_link_to_a_unit_that_is_not_there_says_so(opened: Opener, unit: str) -> None:
    app = opened(picture="digit-3", net="lenet5", layer="conv2", channel="5", unit=unit)
    assert not app.exception
    assert "a value that this map does not have" in texts(app)


def test_a_click_on_a_value_takes_it_apart(opened: Opener) -> None:
    app = opened(picture="digit-3", net="lenet5", layer="conv2", channel="5")
    app.session_state["feature_maps.maps"] = {"pick": {"channel": 3, "unit": [1, 2]}}
    app.session_state["channel"], app.session_state["unit"] = "3", "1.2"
    app.run()
    assert message_of(app, "corner")[0]["title"] == "conv2, map 3, row 1, column 2"


def test_an_untrained_network_of_torchvision_is_shown_with_its_branches(opened: Opener) -> None:
    app = opened(picture="cat", net="squeezenet1_1~3", layer="features.3.cat")
    strip, _ = message_of(app, "chosen")
    place = {layer["name"]: layer for layer in strip["layers"]}
    assert len(place["features.3.cat"]["inputs"]) == 2
    assert r"untrained \(seed 3\)" in texts(app)


def test_softmax_is_written_out_with_the_logits(opened: Opener) -> None:
    app = opened(picture="digit-3", net="lenet5")
    logits = feature_maps.response(sample("digit-3"), "lenet5").logits
    assert any(f"e^{{{logits.max():.3g}}}" in formula.value for formula in app.latex)


def test_missing_weights_are_explained_and_nothing_random_is_shown(
    opened: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    app = opened(picture="cat", net="resnet18")
    assert "resnet18-f37072fd.pth" in texts(app)
    assert all(not part.proto.bytes for part in app.get("bidi_component"))


def test_two_networks_stand_side_by_side(opened: Opener) -> None:
    app = opened(picture="digit-3", net="lenet5", layer="relu1", beside="net")
    identities = []
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            header = json.loads(packed[4 : 4 + struct.unpack("<I", packed[:4])[0]])
            identities += [header["id"]] if "selected" in header else []
    assert len(identities) == 2
    assert "lenet5~0" in identities[1]


def test_an_upload_is_what_the_network_sees_and_bad_bytes_change_nothing(opened: Opener) -> None:
    app = opened(net="lenet5")
    app.session_state["stage.picture"] = {"pick": "shape-star"}
    app.run()
    app.file_uploader(key="stage.file").set_value(("notes.png", b"%PDF-1.7", "image/png")).run()
    assert "PDF" in texts(app)
    png = encode_png(np.full((9, 7, 3), 0.25, np.float32))
    app.file_uploader(key="stage.file").set_value(("mine.png", png, "image/png")).run()
    assert "7 × 9 px" in texts(app)


def test_two_visitors_do_not_see_each_others_pictures(opened: Opener) -> None:
    one, other = opened(net="lenet5"), opened(net="lenet5")
    one.session_state["stage.picture"] = {"pick": "shape-star"}
    one.run()
    png = encode_png(np.full((9, 7, 3), 0.25, np.float32))
    one.file_uploader(key="stage.file").set_value(("mine.png", png, "image/png")).run()
    other.run()
    assert "7 × 9 px" in texts(one)
    assert "7 × 9 px" not in texts(other)
    assert "stage.visit" not in other.session_state


def test_the_prediction_is_answered_with_the_measured_number(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", layer="conv1")
    app.radio[0].set_value("same").run()
    change = feature_maps.mirror_change(sample("digit-3"), "lenet5", "conv1")
    assert f"{change:.3g}" in texts(app)
    assert "other maps (0.2 or more)" in texts(app)
