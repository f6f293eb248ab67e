"""The filters page without a browser: what it sends, how it answers, and what an operation changes."""

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import filters_surgery as operations
from vizcore.exhibits import filters
from vizcore.toolkit import kernels, specs, surgery
from vizcore.toolkit.samples import sample

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Opener = Callable[..., AppTest]


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run().switch_page("../filters.py").run()

    return open_page


def messages(app: AppTest, what: str) -> Iterator[tuple[dict[str, Any], list[np.ndarray]]]:
    """Header and arrays of each component whose header has the entry `what`."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
            if what in header:
                places = header["blocks"]
                yield header, [np.frombuffer(body, kind, count, start) for start, count, kind in places]


def mosaic(app: AppTest, place: int = 0) -> tuple[dict[str, Any], list[np.ndarray]]:
    return list(messages(app, "across"))[place]


def one(app: AppTest, place: int = 0) -> tuple[dict[str, Any], list[np.ndarray]]:
    return list(messages(app, "editable"))[place]


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption])


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=f"filters.{key}").click().run()


def net_of(app: AppTest) -> str:
    return str(app.session_state["net"])


def test_a_first_visit_is_complete(opened: Opener) -> None:
    app = opened()
    assert not app.exception
    header, (weights, *_) = mosaic(app)
    found = filters.filters("tiny_vgg", "conv1_1")
    np.testing.assert_array_equal(weights, found.weights.ravel())
    assert (header["colour"], header["selected"]) == (True, int(found.norm.argmax()))
    assert "What to notice" in texts(app)


def test_a_link_opens_network_layer_and_filter(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", layer="conv2", channel="7")
    header, (weights, channels, *_) = one(app)
    assert header["title"] == "Filter 7 of conv2"
    found = filters.filters("lenet5", "conv2").weights[7]
    assert channels.tolist() == filters.channels(found, 2).tolist()
    np.testing.assert_array_equal(weights, found[channels].ravel())


@pytest.mark.parametrize(
    "value", ["-1", "1e9", "nan", "²", "../../etc/passwd", "<script>", "!", "x" * 60_000]
)
def test_hostile_links_show_the_first_state(opened: Opener, value: str) -> None:
    names = ("picture", "net", "layer", "channel", "input", "twin", "seed", "kernel")
    app = opened(**dict.fromkeys(names, value))
    assert not app.exception
    assert mosaic(app)[0]["id"] == "tiny_vgg conv1_1"
    assert value not in texts(app) or value in "!²-1"


def test_an_activation_that_the_feature_maps_showed_becomes_its_convolution(opened: Opener) -> None:
    app = opened(net="tiny_vgg", layer="relu2_1", channel="5")
    assert one(app)[0]["title"] == "Filter 5 of conv2_1"
    assert "link names" not in texts(app)


@pytest.mark.parametrize("by", list(filters.ORDERS))
def test_tiles_come_in_the_order_that_was_chosen(opened: Opener, by: str) -> None:
    _, blocks = mosaic(opened(net="lenet5", layer="conv1", order=by))
    assert blocks[3].tolist() == filters.order(filters.filters("lenet5", "conv1"), by).tolist()


def test_a_tile_of_a_deeper_layer_has_its_strongest_kernels_or_the_chosen_one(opened: Opener) -> None:
    found = filters.filters("tiny_vgg", "conv2_1").weights
    header, (weights, channels, *_) = mosaic(opened(layer="conv2_1"))
    assert (header["t"], header["across"]) == (4, 2)
    assert channels[4:8].tolist() == filters.channels(found[1], 4).tolist()
    header, (weights, *_) = mosaic(opened(layer="conv2_1", tiles="one", input="11"))
    np.testing.assert_array_equal(weights, found[:, 11].ravel())


def test_a_depthwise_filter_names_the_channel_that_it_reads(opened: Opener) -> None:
    layer = next(layer for layer in filters.layers("mobilenet_v3_small~0") if layer.groups > 1)
    header, (_, channels, *_) = mosaic(opened(net="mobilenet_v3_small~0", picture="cat", layer=layer.name))
    assert header["t"] == 1
    assert channels.tolist() == list(range(layer.shape[0]))


def test_a_click_enlarges_a_filter(opened: Opener) -> None:
    app = opened(net="lenet5", layer="conv1")
    app.session_state["filters.mosaic"] = {"pick": {"channel": 3}}
    app.session_state["channel"] = "3"
    app.run()
    assert one(app)[0]["title"] == "Filter 3 of conv1"


def test_the_untrained_twin_stands_beside_with_the_seed_of_the_link(opened: Opener) -> None:
    app = opened(layer="conv1_1", twin="training", seed="5")
    assert mosaic(app, 1)[0]["id"] == "tiny_vgg~5 conv1_1"
    np.testing.assert_array_equal(
        mosaic(app, 1)[1][0], filters.filters("tiny_vgg~5", "conv1_1").weights.ravel()
    )
    assert [one(app, place)[0]["editable"] for place in (0, 1)] == [True, False]


def test_an_untrained_network_stands_beside_the_trained_one(opened: Opener) -> None:
    assert mosaic(opened(net="tiny_vgg~3", twin="training"), 1)[0]["id"] == "tiny_vgg conv1_1"


def test_own_architectures_stand_beside_other_random_weights(opened: Opener) -> None:
    token = specs.token(specs.parse(next(iter(specs.EXAMPLES.values()))))
    app = opened(net=f"{token}~0", twin="training")
    assert not app.exception
    assert mosaic(app, 1)[0]["id"].startswith(f"{token}~1 ")


def test_trained_weights_that_are_not_here_are_not_made_up(
    opened: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    app = opened(net="squeezenet1_1~0", twin="training")
    assert not app.exception
    assert len(list(messages(app, "across"))) == 1
    assert "not on this computer" in texts(app)


def test_zeroing_changes_the_answer_and_undoing_brings_it_back(opened: Opener) -> None:
    app = press(opened(net="lenet5", picture="digit-8", layer="conv1", channel="1"), "zero")
    assert net_of(app) == "lenet5!z-conv1-1"
    assert "from **8** to **3**" in texts(app)
    assert not one(app)[1][0].any()
    app = press(app, "undo")
    assert net_of(app) == "lenet5"
    assert "The answer" not in texts(app)


def test_scaling_and_swapping_stand_in_the_reference(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", layer="conv1", channel="4")
    app.number_input(key="filters.factor").set_value(-1.5).run()
    app.number_input(key="filters.other").set_value(2).run()
    app = press(press(app, "scale"), "swap")
    assert net_of(app) == "lenet5!s-conv1-4--1.5!x-conv1-4-2"
    assert net_of(press(app, "undo_all")) == "lenet5"


def test_an_edited_weight_is_the_only_one_that_changes(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", layer="conv2", channel="3")
    before = filters.filters("lenet5", "conv2").weights
    for row in (1, 2):
        edit = surgery.edit("conv2", 3, 4, _changed(filters.filters(net_of(app), "conv2").weights[3, 4], row))
        app.session_state["net"] = surgery.joined(*_and(net_of(app), edit))
        app.run()
    after = filters.filters(net_of(app), "conv2").weights
    assert np.argwhere(before != after).tolist() == [[3, 4, 1, 0], [3, 4, 2, 0]]
    assert "for input channel 4" in texts(app)


def _changed(kernel: np.ndarray, row: int) -> np.ndarray:
    return np.where((np.arange(5)[:, None] == row) & (np.arange(5) == 0), 0.5, kernel)


def _and(net: str, operation: surgery.Operation) -> tuple[str, list[surgery.Operation]]:
    base, done = surgery.split(net)
    return base, operations.added(done, operation)


def test_edits_of_one_kernel_give_way_when_a_link_has_no_more_room() -> None:
    edits = [surgery.edit("conv1", 0, 0, np.full((3, 3), value)) for value in range(surgery.MOST + 3)]
    done: list[surgery.Operation] = [surgery.Zero("conv1", 1)]
    for edit in edits:
        done = operations.added(done, edit)
    surgery.parse(surgery.written(done))
    assert (done[0], done[-1]) == (surgery.Zero("conv1", 1), edits[-1])


def test_too_many_operations_are_refused_with_advice(opened: Opener) -> None:
    full = "!".join(["lenet5", *(f"z-conv2-{channel}" for channel in range(16))])
    app = press(opened(net=full, picture="digit-3", layer="conv1"), "zero")
    assert net_of(app) == full
    assert "at most 16 operations" in texts(app)


def test_a_kernel_that_comes_along_goes_into_all_input_channels(opened: Opener) -> None:
    app = opened(net="tiny_vgg", layer="conv2_1", kernel="1,0,-1;2,0,-2;1,0,-1")
    app.number_input(key="filters.target").set_value(6).run()
    app = press(app, "put")
    weights = filters.filters(net_of(app), "conv1_1").weights[6]
    assert (weights == kernels.kernel("sobel_x") * -1).all()
    assert one(app)[0]["title"] == "Filter 6 of conv1_1"
    assert app.session_state["kernel"] == ""


def test_a_kernel_that_does_not_fit_is_explained(opened: Opener) -> None:
    app = press(opened(net="tiny_vgg", kernel="1,2,3,4;5,6,7,8"), "put")
    assert net_of(app) == "tiny_vgg"
    assert "does not fit" in texts(app)


def test_a_kernel_that_cannot_be_read_is_said_so(opened: Opener) -> None:
    assert "cannot be read" in texts(opened(kernel="1,a;2,3"))


def test_a_kernel_leaves_for_the_page_of_the_convolution_without_loss() -> None:
    from pages.parts.filters_one import shortest

    kernel = filters.filters("tiny_vgg", "conv1_1").weights[3, 1]
    text = kernels.written(shortest(kernel))
    assert (kernels.read(text).astype(np.float32) == kernel).all()
    assert len(text) < 120


def test_the_map_is_that_of_the_network(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-3", layer="conv1", channel="2")
    header, blocks = next(messages(app, "labels"))
    maps = blocks[0].reshape(header["c"], header["h"], header["w"])
    found = filters.picture(sample("digit-3"), "lenet5", "conv1", 2)
    np.testing.assert_array_equal(maps, [found.map, found.before_bias])


def test_near_copies_and_dead_filters_are_a_click_away(opened: Opener) -> None:
    app = opened(net="lenet5!z-conv1-1", picture="digit-3", layer="conv1")
    assert filters.filters("lenet5!z-conv1-1", "conv1").dead.tolist() == [False, True] + [False] * 4
    assert one(press(app, "dead.1"))[0]["title"] == "Filter 1 of conv1"
    first, second, _ = filters.filters("lenet5", "conv1").copies[0]
    assert one(press(app, f"copy.{first}.{second}"))[0]["title"] == f"Filter {second} of conv1"


def test_the_prediction_is_answered_by_the_network(opened: Opener) -> None:
    app = opened(net="lenet5", picture="digit-8", layer="conv1", channel="1")
    app.radio[0].set_value("same").run()
    assert "It is **another class**. 99.8% before and 5.1% without it" in texts(app)


def test_an_operation_that_changes_nothing_says_so(opened: Opener) -> None:
    app = opened(net="tiny_vgg!x-conv1_1-3-3")
    assert not app.exception
    assert "No map of this picture has changed." in texts(app)


def test_the_filter_that_is_operated_on_stays_on_the_page(opened: Opener) -> None:
    app = opened()
    first = one(app)[0]["title"]
    app = press(app, "zero")
    assert one(app)[0]["title"] == first


def test_a_network_without_a_convolution_says_so(opened: Opener) -> None:
    text = json.dumps({"input": [1, 8, 8], "layers": [{"kind": "flatten"}, {"kind": "linear", "out": 3}]})
    token = specs.token(specs.parse(text))
    app = opened(net=f"{token}~0")
    assert not app.exception
    assert "no convolution" in texts(app)
