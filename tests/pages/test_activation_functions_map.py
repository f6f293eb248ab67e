"""The view of activation functions on a feature map without a browser: what it sends, says and keeps."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.parts import activation_functions_map_settings as settings
from pages.parts.activation_functions_map import PRESETS, SETTINGS
from vizcore.exhibits.feature_maps import feature_maps
from vizcore.toolkit.activation_maps import measures, prelu, saturated, two_sided
from vizcore.toolkit.activations import ACTIVATIONS, curve
from vizcore.toolkit.samples import sample

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Blocks = list[NDArray[Any]]


def opened(picture: str = "shape-star", net: str = "tiny_vgg", **named: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60)
    query = {f"map_{name}": value for name, value in named.items()}
    for name, value in {"view": "map", "picture": picture, "net": net, **query}.items():
        app.query_params[name] = value
    return app.run().switch_page("../activation_functions.py").run()


def messages(app: AppTest, what: str) -> list[tuple[dict[str, Any], Blocks]]:
    """Header and blocks of every message whose header has the entry `what`."""
    found = []
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
            if what in header:
                blocks = [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]
                found.append((header, blocks))
    return found


def shown(app: AppTest) -> tuple[dict[str, Any], Blocks]:
    ((header, blocks),) = messages(app, "tops")
    return header, blocks


def texts(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.text, *app.caption, *app.latex])


def maps_of(picture: str, net: str, layer: str) -> NDArray[np.float32]:
    return feature_maps(sample(picture), net, layer).maps


def test_a_first_visit_shows_a_map_of_the_first_layer_behind_a_relu() -> None:
    app = opened()
    assert not app.exception
    maps = maps_of("shape-star", "tiny_vgg", "conv1_1")
    channel = two_sided(maps)
    header, (before, after, *_) = shown(app)
    assert header["titles"] == [f"x: channel {channel} of conv1_1", "f(x): ReLU"]
    np.testing.assert_allclose(before, maps[channel].ravel(), rtol=1e-6)
    np.testing.assert_array_equal(after, np.maximum(0, before))


def test_the_table_holds_layer_and_channel_before_and_after() -> None:
    header, _ = shown(opened("camera", name="tanh", layer="conv2_1", channel="5"))
    found = curve("tanh", maps_of("camera", "tiny_vgg", "conv2_1"))
    after, one = measures(found.value), measures(found.value[5])
    assert [row[0] for row in header["rows"]] == [
        "Layer, before",
        "Layer, after",
        "Channel 5, before",
        "Channel 5, after",
    ]
    assert header["rows"][1][1:] == [after.mean, after.variance, after.zeros, saturated(found.slope)]
    assert header["rows"][3][1:3] == [one.mean, one.variance]


def test_the_share_of_zeros_of_a_relu_is_said() -> None:
    maps = maps_of("shape-star", "tiny_vgg", "conv3_2")
    app = opened(layer="conv3_2", channel="3")
    assert f"makes {(maps <= 0).mean():.1%} of the values of this layer exactly 0" in texts(app)
    assert f"and {(maps[3] <= 0).mean():.1%} of this channel" in texts(app)
    dead = int((maps <= 0).all(axis=(1, 2)).sum())
    assert f"{dead} of 64 channels are 0 everywhere" in texts(app)


def test_a_leaky_relu_switches_nothing_off() -> None:
    app = opened(name="leaky_relu", negative_slope="0.3")
    _, (before, after, *_) = shown(app)
    np.testing.assert_allclose(after, np.where(before > 0, before, 0.3 * before), rtol=1e-6)
    assert "makes no value exactly 0" in texts(app)


def test_zeros_that_come_of_rounding_are_not_called_sparse() -> None:
    app = opened(layer="conv2_2", name="gelu")
    assert "rounded to exactly 0" in texts(app)
    assert "Sparse activation" not in texts(app)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_function_of_the_table_can_be_chosen(name: str) -> None:
    app = opened("digit-3", "lenet5", name=name)
    assert not app.exception
    sliders = [part.label for part in app.select_slider]
    assert sliders == [parameter.title for parameter in ACTIVATIONS[name].parameters]
    assert ACTIVATIONS[name].title in shown(app)[0]["titles"][1]


def test_the_chosen_value_stands_in_the_formula() -> None:
    app = opened("digit-3", "lenet5", channel="2", at="4.6", name="elu", alpha="2")
    x = float(maps_of("digit-3", "lenet5", "conv1")[2, 4, 6])
    assert shown(app)[0]["place"] == [4, 6]
    assert f"f({x:.3g})" in texts(app)
    assert f"{float(curve('elu', [x], alpha=2).value[0]):.3g}" in texts(app)


def test_a_slope_per_channel_is_that_of_pytorch_and_its_curve_that_of_the_channel() -> None:
    app = opened("digit-3", "lenet5", name="prelu", shared="channels", channel="2", slopes="2:-0.5,4:1")
    slopes = [0.25, 0.25, -0.5, 0.25, 1, 0.25]
    found = prelu(maps_of("digit-3", "lenet5", "conv1"), slopes)
    _, (_, after, *rest) = shown(app)
    np.testing.assert_allclose(after, found.value[2].ravel(), rtol=1e-6)
    drawn = rest[6][rest[5] < 0] / rest[5][rest[5] < 0]
    np.testing.assert_allclose(drawn, -0.5, rtol=1e-5)


def test_the_slope_of_one_channel_is_set_by_its_slider_and_stands_in_the_link() -> None:
    app = opened("digit-3", "lenet5", name="prelu", shared="channels", channel="2", slopes="4:1")
    app.select_slider(key="map_slopes.control").set_value("-0.2").run()
    assert app.session_state["map_slopes"] == "2:-0.2,4:1"
    _, (before, after, *_) = shown(app)
    np.testing.assert_allclose(after[before < 0], -0.2 * before[before < 0], rtol=1e-6)


@pytest.mark.parametrize("slopes", ["2:9", "2:-", "2:0.33", "99:1", "2", "2:1:1", "x2:1"])
def test_a_slope_that_cannot_be_is_passed_over(slopes: str) -> None:
    app = opened("digit-3", "lenet5", name="prelu", shared="channels", channel="2", slopes=slopes)
    assert not app.exception
    assert app.select_slider(key="map_slopes.control").value == "0.25"


def test_each_function_has_a_small_map_with_its_zeros() -> None:
    app = opened(layer="conv2_2", channel="9")
    (functions, _), (channels, _) = messages(app, "notes")
    zeros = (maps_of("shape-star", "tiny_vgg", "conv2_2")[9] <= 0).mean()
    assert functions["titles"] == [entry.title for entry in ACTIVATIONS.values()]
    assert functions["notes"][functions["chosen"]] == f"{zeros:.0%} zeros"
    assert functions["notes"][functions["titles"].index("Softplus")] == "no zeros"
    assert (len(channels["titles"]), channels["chosen"]) == (32, 9)


def test_another_layer_forgets_channel_and_value() -> None:
    app = opened(channel="15", at="60.60")
    app.selectbox(key="map_layer.control").set_value("conv4_2").run()
    maps = maps_of("shape-star", "tiny_vgg", "conv4_2")
    assert not app.exception
    assert app.session_state["map_channel"] == str(two_sided(maps))
    assert shown(app)[0]["h"] == maps.shape[1]


@pytest.mark.parametrize(("name", "truth"), [("relu", "same"), ("sigmoid", "other"), ("step", "other")])
def test_what_a_second_time_does_is_computed(name: str, truth: str) -> None:
    app = opened("digit-3", "lenet5", name=name)
    app.radio[0].set_value(truth).run()
    assert "So it is." in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "0:9,99:0.25,:", "x" * 9_000])
def test_hostile_links_show_a_state_that_works(value: str) -> None:
    app = opened("digit-3", "lenet5", **{name.removeprefix("map_"): value for name in SETTINGS})
    assert not app.exception
    assert shown(app)[0]["h"] == 28
    assert "<script>" not in texts(app)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened()
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_relu6_clips_where_its_preset_looks() -> None:
    named = {key.removeprefix("map_"): value for key, value in PRESETS["relu6"].settings.items()}
    app = opened(**named)
    _, (before, after, *_) = shown(app)
    assert (before > 6).mean() > 0.1
    assert after.max() == 6


@pytest.mark.parametrize("parameter", [each for entry in ACTIVATIONS.values() for each in entry.parameters])
def test_sliders_reach_from_low_to_high_and_hold_the_start(parameter: Any) -> None:
    steps = settings.steps(parameter)
    assert (float(steps[0]), float(steps[-1])) == (parameter.low, parameter.high)
    assert f"{parameter.start:g}" in steps
    assert len(set(steps)) == len(steps)
