"""Feature maps against plain PyTorch, hand arithmetic and laws."""

import threading

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import LayerMaps
from vizcore.toolkit import device, inputs, nets
from vizcore.toolkit.errors import InputError

EVERY_NET = pytest.mark.parametrize("net", list(nets.NETS))


def picture(seed: int = 1, height: int = 50, width: int = 71) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


def batch_of(image: NDArray[np.float32], net: str) -> torch.Tensor:
    return torch.from_numpy(inputs.prepare(image, nets.NETS[net]).normalised)[None]


def measured(values: list[list[list[float]]]) -> LayerMaps:
    return feature_maps.measured(np.array(values, np.float32))


@EVERY_NET
def test_the_maps_of_every_layer_have_the_listed_shape(net: str) -> None:
    for layer in feature_maps.layers(net):
        maps = feature_maps.feature_maps(picture(), net, layer.name).maps
        assert maps.shape == layer.shape
        assert maps.dtype == np.float32


@EVERY_NET
def test_the_layers_of_a_sequence_equal_a_plain_forward_of_the_layers_up_to_them(net: str) -> None:
    model, values = nets.load(net, "cpu"), batch_of(picture(), net)
    for name, child in model.named_children():
        values = child(values)
        if not list(child.children()):
            maps = feature_maps.feature_maps(picture(), net, name).maps
            np.testing.assert_allclose(maps.ravel(), values.numpy().ravel(), rtol=1e-6, atol=1e-6)


@EVERY_NET
def test_the_first_layer_is_the_convolution_of_what_the_network_receives(net: str) -> None:
    conv = next(module for module in nets.load(net, "cpu").modules() if isinstance(module, torch.nn.Conv2d))
    received = torch.from_numpy(feature_maps.feature_maps(picture(), net, "input").maps)[None]
    by_hand = F.conv2d(received, conv.weight, conv.bias, conv.stride, conv.padding)[0]  # type: ignore[arg-type]
    maps = feature_maps.feature_maps(picture(), net, feature_maps.layers(net)[1].name).maps
    np.testing.assert_allclose(maps, by_hand.numpy(), rtol=1e-5, atol=1e-5)


@EVERY_NET
def test_the_list_counts_every_parameter_once(net: str) -> None:
    model = nets.load(net, "cpu")
    listed = sum(layer.parameters for layer in feature_maps.layers(net))
    assert listed == sum(weight.numel() for weight in model.parameters())


@EVERY_NET
def test_the_guess_is_the_softmax_of_the_network_itself(net: str) -> None:
    guess = feature_maps.response(picture(), net)
    plain = nets.load(net, "cpu")(batch_of(picture(), net)).softmax(1)[0]
    best = plain.argsort(descending=True)[: feature_maps.TOP]
    assert guess.classes == tuple(nets.NETS[net].classes[i] for i in best)
    np.testing.assert_allclose(guess.probabilities, plain[best].numpy(), rtol=1e-5)


@EVERY_NET
def test_one_pass_gives_the_maps_that_each_layer_gives_alone(net: str) -> None:
    together = feature_maps.response(picture(), net)
    assert list(together.maps) == [layer.name for layer in feature_maps.layers(net)]
    for name, maps in together.maps.items():
        np.testing.assert_array_equal(maps, feature_maps.feature_maps(picture(), net, name).maps)
    inner = [maps for name, maps in together.maps.items() if name != feature_maps.INPUT]
    assert together.low == min(maps.min() for maps in inner)
    assert together.high == max(maps.max() for maps in inner)


def test_lenet5_has_the_shapes_of_the_lecture() -> None:
    shapes = [layer.shape for layer in feature_maps.layers("lenet5") if layer.group in ("linear", "pooling")]
    wanted = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84, 1, 1), (10, 1, 1)]
    assert shapes == wanted
    assert sum(layer.parameters for layer in feature_maps.layers("lenet5")) == 61706


def test_the_formula_of_a_layer_shows_its_own_input_on_a_shortcut_too() -> None:
    layers = {layer.name: layer for layer in feature_maps.layers("small_resnet")}
    shortcut = layers["stage2.0.shortcut.conv"]
    height = layers["stage1.1.relu2"].shape[1]
    assert rf"\frac{{{height} + 2\cdot0 - 1}}{{2}}" in shortcut.numbers[-1]
    assert shortcut.numbers[-1].endswith(f"= {shortcut.shape[1]}")


@EVERY_NET
def test_no_hook_is_left_on_the_shared_network(net: str) -> None:
    feature_maps.feature_maps(picture(), net, "relu1" if net != "tiny_vgg" else "relu1_1")
    with pytest.raises(InputError):
        feature_maps.feature_maps(picture(), net, "no such layer")
    assert not any(module._forward_hooks for module in nets.load(net, "cpu").modules())


def test_unknown_names_are_answered_with_the_choices() -> None:
    with pytest.raises(InputError, match="lenet5, tiny_vgg, small_resnet"):
        feature_maps.feature_maps(picture(), "lenet", "conv1")
    with pytest.raises(InputError, match="input, conv1, relu1"):
        feature_maps.feature_maps(picture(), "lenet5", "conv9")


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 300), (300, 2), (7, 5)])
def test_pictures_of_odd_sizes_survive(height: int, width: int) -> None:
    maps = feature_maps.feature_maps(picture(2, height, width), "lenet5", "pool2").maps
    assert np.isfinite(maps).all()


def test_two_threads_with_two_pictures_get_their_own_maps() -> None:
    wanted = {seed: feature_maps.feature_maps(picture(seed), "small_resnet", "relu1").maps for seed in (1, 2)}
    wrong: list[int] = []

    def look(seed: int) -> None:
        for _ in range(25):
            if not np.array_equal(
                feature_maps.feature_maps(picture(seed), "small_resnet", "relu1").maps, wanted[seed]
            ):
                wrong.append(seed)

    threads = [threading.Thread(target=look, args=(seed,)) for seed in (1, 2, 1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_full_gpu_means_the_cpu_and_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "best", lambda: "cuda")
    load = nets.load

    def full(name: str, where: str) -> torch.nn.Module:
        if where == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return load(name, where)

    monkeypatch.setattr(nets, "load", full)
    found = feature_maps.feature_maps(picture(), "lenet5", "conv1")
    assert found.maps.shape == (6, 28, 28)
    assert "CPU" in found.notice


def test_strength_variance_and_zeros_of_two_small_maps() -> None:
    found = measured([[[0, 0], [0, 4]], [[-1, -1], [-1, -1]]])
    assert found.strength.tolist() == [1, 1]
    assert found.variance.tolist() == [3, 0]
    assert found.zeros.tolist() == [0.75, 0]


def test_a_channel_of_zeros_is_dead() -> None:
    assert measured([[[0, 1]], [[0, 0]], [[-0.0, 0]]]).dead == (1, 2)


def test_orders_put_the_strongest_most_varied_and_emptiest_first() -> None:
    found = measured([[[1, 1]], [[0, 6]], [[5, 5]], [[0, 0]]])
    assert feature_maps.order(found, "channel").tolist() == [0, 1, 2, 3]
    assert feature_maps.order(found, "strength").tolist() == [2, 1, 0, 3]
    assert feature_maps.order(found, "variance").tolist() == [1, 0, 2, 3]
    assert feature_maps.order(found, "sparsity").tolist() == [3, 1, 0, 2]


def test_limits_per_map_per_layer_and_per_network() -> None:
    found = measured([[[0, 2]], [[1, 4]]])
    assert feature_maps.limits(found, "map", (-9, 9)).tolist() == [[0, 2], [0, 4]]
    assert feature_maps.limits(found, "layer", (-9, 9)).tolist() == [[0, 4], [0, 4]]
    assert feature_maps.limits(found, "network", (-9, 9)).tolist() == [[0, 9], [0, 9]]


def test_values_of_both_signs_keep_zero_in_the_middle() -> None:
    found = measured([[[-3, 2]], [[1, 4]]])
    assert feature_maps.limits(found, "map", (-9, 12)).tolist() == [[-3, 3], [-4, 4]]
    assert feature_maps.limits(found, "network", (-9, 12)).tolist() == [[-12, 12], [-12, 12]]


def test_a_map_without_any_value_still_has_a_range() -> None:
    assert feature_maps.limits(measured([[[0, 0]]]), "map", (0, 0)).tolist() == [[0, 1]]


def test_a_histogram_counts_every_value_once() -> None:
    counted = feature_maps.histogram(np.array([0, 1, 1, 2, 4], np.float32), bins=4)
    assert counted.counts.tolist() == [1, 2, 1, 1]
    assert counted.edges.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(InputError, match="not 0"):
        feature_maps.histogram(np.zeros(3, np.float32), bins=0)


def test_the_input_layer_turns_with_a_mirrored_picture_and_a_convolution_does_not() -> None:
    odd = picture(4, 64, 97)
    assert feature_maps.mirror_change(odd, "tiny_vgg", "input") < 1e-5
    assert feature_maps.mirror_change(odd, "tiny_vgg", "conv1_1") > 0.05


def test_an_even_kernel_follows_the_mirror_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    blur = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 3, padding=1, bias=False))
    torch.nn.init.constant_(blur[0].weight, 1 / 9)  # type: ignore[arg-type]
    monkeypatch.setattr(nets, "load", lambda *_: blur)
    feature_maps.layers.cache_clear()
    assert feature_maps.mirror_change(picture(4, 41, 58), "lenet5", "0") < 1e-6
    feature_maps.layers.cache_clear()


def test_maps_of_one_value_share_the_range_of_their_layer() -> None:
    found = measured([[[1]], [[4]], [[0]]])
    assert feature_maps.limits(found, "map", (0, 9)).tolist() == [[0, 4], [0, 4], [0, 4]]
