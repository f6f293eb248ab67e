"""The feature maps page without a browser: what it sends, and how it answers."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from vizcore.exhibits import feature_maps
from vizcore.toolkit.images import encode_png
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


def header_of(app: AppTest) -> dict[str, object]:
    """What maps.js gets besides the arrays."""
    packed = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.bytes)
    (length,) = struct.unpack("<I", packed[:4])
    return dict(json.loads(packed[4 : 4 + length]))


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
    assert "LeNet-5 says: 3" in texts(app)


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
    packed = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.bytes)
    offset, count, kind = header_of(app)["blocks"][2]  # type: ignore[index]
    start = 4 + struct.unpack("<I", packed[:4])[0] + offset
    sent = np.frombuffer(packed, kind, count, start)
    found = feature_maps.feature_maps(sample("digit-3"), "lenet5", "relu1")
    assert sent.tolist() == feature_maps.order(found, "variance").tolist()


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
    assert "stage.upload" not in other.session_state


def test_the_prediction_is_answered_with_the_measured_number(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", layer="conv1")
    app.radio[0].set_value("same").run()
    change = feature_maps.mirror_change(sample("digit-3"), "lenet5", "conv1")
    assert f"{change:.3g}" in texts(app)
    assert "other maps (0.2 or more)" in texts(app)
