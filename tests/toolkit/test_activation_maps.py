"""What an activation function makes of maps, by hand, by PyTorch's layers and by laws."""

import numpy as np
import pytest
import torch
from torch import nn

from vizcore.toolkit import specs
from vizcore.toolkit.activation_maps import (
    histograms,
    measures,
    prelu,
    saturated,
    shrunk,
    sources,
    switches_off,
    two_sided,
)
from vizcore.toolkit.activations import ACTIVATIONS, curve
from vizcore.toolkit.errors import InputError

MAPS = np.random.default_rng(3).normal(scale=2, size=(3, 5, 7)).astype(np.float32)


def test_the_sources_of_lenet_are_its_two_convolutions() -> None:
    assert dict(sources("lenet5")) == {"conv1": (6, 28, 28), "conv2": (16, 10, 10)}


def test_batch_norms_and_sums_are_read_by_an_activation_too() -> None:
    found = sources("small_resnet")
    assert list(found)[:3] == ["bn1", "stage1.0.bn1", "stage1.0.add"]
    assert "conv1" not in found  # a batch norm stands between


@pytest.mark.parametrize("net", ["convnext_tiny~0", "mobilenet_v3_small~0"])
def test_sources_have_several_places_and_channels_in_front(net: str) -> None:
    for channels, height, width in sources(net).values():
        assert height * width > 1
        assert channels >= height or height > 28


def test_a_network_without_activations_says_so() -> None:
    layers = '[{"kind": "conv", "out": 2}, {"kind": "flatten"}, {"kind": "linear", "out": 2}]'
    bare = specs.token(specs.parse(f'{{"input": [3, 8, 8], "layers": {layers}}}'))
    with pytest.raises(InputError, match="no activation behind a map"):
        sources(f"{bare}~0")


def test_prelu_has_a_slope_for_each_channel_as_in_pytorch() -> None:
    slopes = (0.25, -0.5, 1)
    layer = nn.PReLU(num_parameters=3).double()
    layer.weight.data = torch.tensor(slopes).double()
    expected = layer(torch.from_numpy(MAPS).double()[None])[0].detach().numpy()
    found = prelu(MAPS, slopes)
    np.testing.assert_array_equal(found.value, expected)
    np.testing.assert_array_equal(found.slope[1], np.where(MAPS[1] > 0, 1, -0.5))


def test_one_slope_for_all_channels_is_the_shared_prelu() -> None:
    np.testing.assert_array_equal(prelu(MAPS, [0.25] * 3).value, curve("prelu", MAPS, weight=0.25).value)


@pytest.mark.parametrize("slopes", [[0.1, 0.2], [0.1, 0.2, 1.5], [0.1, 0.2, np.nan], []])
def test_slopes_that_do_not_fit_are_refused(slopes: list[float]) -> None:
    with pytest.raises(InputError):
        prelu(MAPS, slopes)


def test_measures_by_hand() -> None:
    found = measures(np.array([[0.0, -2], [0, 6]]))
    assert (found.mean, found.variance, found.zeros) == (1, 9, 0.5)


def test_a_relu_saturates_where_it_is_zero() -> None:
    found = curve("relu", MAPS)
    assert saturated(found.slope) == measures(found.value).zeros == (MAPS <= 0).mean()


def test_a_linear_function_never_saturates_and_scales_mean_and_variance() -> None:
    found = curve("linear", MAPS, factor=3)
    before, after = measures(found.x), measures(found.value)
    assert saturated(found.slope) == 0
    assert (after.mean, after.variance) == pytest.approx((3 * before.mean, 9 * before.variance))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_only_functions_with_a_flat_stretch_at_zero_switch_off(name: str) -> None:
    assert switches_off(name) == (name in ("step", "relu", "relu6", "hardswish"))


def test_a_leaky_relu_without_a_leak_switches_off() -> None:
    assert switches_off("leaky_relu", negative_slope=0)


def test_histograms_count_every_value_once_and_have_zero_as_a_border() -> None:
    found = histograms(curve("linear", MAPS, factor=-1), channel=1)
    for shares in (found.before, found.after, found.channel_before, found.channel_after):
        assert shares.sum() == pytest.approx(1)
    assert 0 in found.edges
    assert found.channel_before[found.edges[:-1] >= 0].sum() == pytest.approx((MAPS[1] > 0).mean())
    assert found.channel_after[found.edges[:-1] >= 0].sum() == pytest.approx((MAPS[1] < 0).mean())


def test_the_zeros_of_a_relu_fall_into_one_bar() -> None:
    found = histograms(curve("relu", MAPS), channel=0)
    assert found.after[found.edges[:-1] < 0].sum() == 0
    assert found.after[list(found.edges).index(0)] >= (MAPS <= 0).mean()


@pytest.mark.parametrize("value", [0.0, 3.0, -1e-30])
def test_a_map_of_one_value_has_a_histogram(value: float) -> None:
    found = histograms(curve("linear", np.full((1, 2, 2), value), factor=1), channel=0)
    assert found.before.sum() == found.after.sum() == 1
    assert (np.diff(found.edges) > 0).all()


def test_shrunk_maps_are_means_of_blocks_and_small_ones_stay() -> None:
    wide = np.arange(10.0).reshape(1, 2, 5)
    np.testing.assert_allclose(shrunk(wide, 3), [[[3, 5, 6.5]]])
    np.testing.assert_array_equal(shrunk(MAPS, 7), MAPS)


def test_the_channel_with_both_signs_is_chosen_over_stronger_ones() -> None:
    maps = np.array([[[9, 9]], [[2, -2]], [[-8, -1]]], np.float32)
    assert two_sided(maps) == 1
