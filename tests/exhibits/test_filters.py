"""Filters and what becomes of a network without them, against plain PyTorch and hand arithmetic."""

import dataclasses
import threading

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from vizcore.exhibits import feature_maps, filters
from vizcore.exhibits.filters import ORDERS, Filters, channels, cosines, effect, find_layer, layers, order
from vizcore.toolkit import banks, inputs, nets, specs, spectra, surgery
from vizcore.toolkit.errors import InputError

EVERY_NET = pytest.mark.parametrize(
    "net", ["lenet5", "tiny_vgg", "small_resnet", "mobilenet_v3_small~0", "convnext_tiny~0", "densenet121~0"]
)
ZEROED = "tiny_vgg!z-conv2_1-4"


def picture(height: int = 50, width: int = 71) -> NDArray[np.float32]:
    return np.random.default_rng(1).random((height, width, 3), dtype=np.float32)


def batch_of(image: NDArray[np.float32], net: str) -> torch.Tensor:
    return torch.from_numpy(inputs.prepare(image, nets.find(net)).normalised)[None]


def own(text: str) -> str:
    return f"{specs.token(specs.parse(text))}~0"


def made_of(weights: object) -> Filters:
    """What is said of filters (O, I, h, w)."""
    values = np.array(weights, np.float32)
    norm = np.sqrt(np.square(values, dtype=np.float64).sum(axis=(1, 2, 3)))
    orientation, frequency, separable = banks.shapes(values)
    return Filters(values, None, norm, orientation, frequency, separable, (), norm < 0)


@EVERY_NET
def test_every_convolution_is_listed_once_in_the_order_it_runs(net: str) -> None:
    found = {
        name: part for name, part in nets.load(net, "cpu").named_modules() if isinstance(part, nn.Conv2d)
    }
    listed = [layer.name for layer in layers(net)]
    ran = [layer.name for layer in feature_maps.layers(net) if layer.name in found]
    assert listed == ran
    assert set(listed) == set(found)
    for layer in layers(net):
        module = found[layer.name]
        assert layer.shape == tuple(module.weight.shape)
        assert (layer.groups, layer.stride, layer.padding) == (module.groups, module.stride, module.padding)
        assert layer.parameters == sum(weight.numel() for weight in module.parameters())


def test_only_convolutions_that_read_the_picture_are_first() -> None:
    kinds = (
        '{"kind": "conv", "out": 2}, {"kind": "conv", "out": 2, "from": "input"}, '
        '{"kind": "concat", "from": ["conv1", "conv2"]}, {"kind": "conv", "out": 2}, {"kind": "flatten"}'
    )
    text = f'{{"input": [3, 8, 8], "layers": [{kinds}]}}'
    assert [layer.first for layer in layers(own(text))] == [True, True, False]
    assert [layer.name for layer in layers("small_resnet") if layer.first] == ["conv1"]


def test_a_network_without_convolutions_has_no_filters() -> None:
    net = own('{"input": [1, 8, 8], "layers": [{"kind": "flatten"}, {"kind": "linear", "out": 3}]}')
    assert layers(net) == ()
    with pytest.raises(InputError, match=r"no convolution called 'conv1'\. It has none"):
        find_layer(net, "conv1")


@pytest.mark.parametrize("layer", ["", "relu1_1", "conv9", "x" * 1000, None])
def test_what_is_no_convolution_is_refused_with_the_choices(layer: str) -> None:
    with pytest.raises(InputError, match=r"TinyVGG has no convolution called .* They begin with conv1_1"):
        filters.filters("tiny_vgg", layer)


@EVERY_NET
def test_filters_are_the_weights_of_the_module_with_their_norms(net: str) -> None:
    for layer in layers(net)[:3]:
        found, module = filters.filters(net, layer.name), nets.load(net, "cpu").get_submodule(layer.name)
        np.testing.assert_array_equal(found.weights, module.weight.numpy())  # type: ignore[operator,union-attr]
        assert (found.bias is None) == (module.bias is None)
        assert found.norm == pytest.approx([np.linalg.norm(weights) for weights in found.weights])


def test_a_filter_of_one_kernel_is_what_spectra_says_of_the_kernel() -> None:
    found = filters.filters("lenet5", "conv1")
    kernels = [weights[0].astype(np.float64) for weights in found.weights]
    assert found.orientation == pytest.approx([spectra.orientation(kernel) for kernel in kernels], abs=1e-6)
    assert found.frequency == pytest.approx([spectra.frequency(kernel) for kernel in kernels])
    assert found.separable == pytest.approx([spectra.separable(kernel) for kernel in kernels])


def test_nobody_writes_into_the_shared_weights_by_looking_at_them() -> None:
    found = filters.filters("lenet5", "conv1")
    found.weights[:], found.bias[:] = 0, 0  # type: ignore[index]
    again = filters.filters("lenet5", "conv1")
    assert again.weights.all()
    assert again.bias.all()  # type: ignore[union-attr]


def test_cosines_by_hand() -> None:
    weights = np.array([[3, 4], [6, 8], [-4, 3], [-3, -4], [0, 0]], np.float32).reshape(5, 1, 1, 2)
    wanted = [[1, 1, 0, -1, 0], [1, 1, 0, -1, 0], [0, 0, 1, 0, 0], [-1, -1, 0, 1, 0], [0, 0, 0, 0, 0]]
    np.testing.assert_allclose(cosines(weights), wanted, atol=1e-6)


def test_near_copies_and_opposites_are_found_and_cleared_filters_are_dead() -> None:
    sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    edits = [
        surgery.edit("conv1_1", number, None, times * sobel) for number, times in ((2, 1), (5, -3), (7, 2))
    ]
    net = surgery.joined("tiny_vgg~0", [*edits, surgery.Zero("conv1_1", 4)])
    found = filters.filters(net, "conv1_1")
    assert [(one, other, round(cosine, 6)) for one, other, cosine in found.copies] == [
        (2, 5, -1),
        (2, 7, 1),
        (5, 7, -1),
    ]
    assert np.flatnonzero(found.dead).tolist() == [4]


def test_a_layer_that_is_all_zero_is_all_dead_and_has_no_copies() -> None:
    net = "lenet5" + "".join(f"!z-conv1-{channel}" for channel in range(6))
    found = filters.filters(net, "conv1")
    assert found.dead.all()
    assert found.copies == ()


def test_the_list_of_copies_is_bounded() -> None:
    net = own(
        '{"input": [1, 8, 8], "layers": [{"kind": "conv", "out": 40, "kernel": 1}, '
        '{"kind": "global_avg_pool"}, {"kind": "flatten"}]}'
    )
    assert len(filters.filters(net, "conv1").copies) == filters.COPIES  # one weight each: all are alike


@pytest.mark.parametrize("by", ORDERS)
@pytest.mark.parametrize("net", ["lenet5", "tiny_vgg", "small_resnet", "mobilenet_v3_small~0"])
def test_every_order_names_every_filter_once(net: str, by: str) -> None:
    for layer in layers(net)[:4]:
        found = filters.filters(net, layer.name)
        assert sorted(order(found, by)) == list(range(len(found.norm)))


def test_orders_by_hand() -> None:
    flat, stripes, stairs, nothing = (
        np.ones((3, 3)),
        np.tile([1, -1, 1], (3, 1)),
        np.tile([1, 0, -1], (3, 1)).T,
        0,
    )
    found = made_of([[kernel * np.ones((3, 3))] for kernel in (nothing, 3 * stripes, flat, stairs)])
    assert order(found, "norm").tolist() == [1, 2, 3, 0]
    assert order(found, "orientation").tolist() == [3, 1, 0, 2]  # level edges, upright ones, none
    assert order(found, "frequency").tolist() == [2, 3, 1, 0]


def test_similar_filters_stand_side_by_side_in_the_chain() -> None:
    numbers = np.random.default_rng(3)
    kinds = numbers.normal(size=(4, 2, 3, 3))
    mixed = numbers.permutation(np.repeat(np.arange(4), 5))
    found = made_of(kinds[mixed] + 0.05 * numbers.normal(size=(20, 2, 3, 3)))
    chain = mixed[order(found, "similarity")]
    assert (np.diff(chain) != 0).sum() == 3


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(InputError, match="number, norm, orientation, frequency, similarity"):
        order(made_of(np.ones((2, 1, 3, 3))), "age")


def test_the_strongest_input_channels_come_first() -> None:
    weights = np.array([1, -3, 0, 2], np.float32)[:, None, None] * np.ones((4, 3, 3), np.float32)
    assert channels(weights, 3).tolist() == [1, 3, 0]
    assert channels(weights, 9).tolist() == [1, 3, 0, 2]


@pytest.mark.parametrize(
    ("net", "layer"),
    [("lenet5", "conv2"), ("small_resnet", "stage2.0.conv1"), ("convnext_tiny~0", "features.0.0")],
)
def test_the_map_of_a_filter_is_that_of_the_feature_maps_and_its_bias_can_be_left_out(
    net: str, layer: str
) -> None:
    found = filters.picture(picture(), net, layer, 5)
    maps = feature_maps.feature_maps(picture(), net, layer).maps
    np.testing.assert_array_equal(found.map, maps[5])
    np.testing.assert_allclose(found.before_bias + found.bias, found.map, atol=1e-6)
    module = nets.load(net, "cpu").get_submodule(layer)
    assert found.bias == (0 if module.bias is None else float(module.bias[5]))  # type: ignore[index,arg-type]


def test_responses_that_are_known_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known = filters.responses(picture(), "tiny_vgg", "conv2_1")
    wanted = filters.picture(picture(), "tiny_vgg", "conv2_1", 3)
    monkeypatch.setattr(filters, "responses", lambda *_: pytest.fail("computed again"))
    found = filters.picture(picture(), "tiny_vgg", "conv2_1", 3, known)
    np.testing.assert_array_equal(found.map, wanted.map)


def test_a_picture_of_the_networks_size_has_one_map_whole_or_not() -> None:
    found = filters.picture(picture(64, 64), "tiny_vgg", "conv1_1", 3)  # stride 1, padding 1
    assert found.whole is not None
    np.testing.assert_allclose(found.whole, found.before_bias, atol=1e-5)


@pytest.mark.parametrize(
    ("net", "layer"), [("lenet5", "conv1"), ("small_resnet", "conv1"), ("convnext_tiny~0", "features.0.0")]
)
def test_the_whole_picture_is_convolved_at_every_pixel(net: str, layer: str) -> None:
    found, entry = filters.picture(picture(), net, layer, 2), nets.find(net)
    colours = torch.from_numpy(picture()).permute(2, 0, 1)
    if entry.input_shape[0] == 1:
        colours = torch.einsum("chw,c->hw", colours, torch.tensor([0.299, 0.587, 0.114]))[None]
    mean, std = (torch.tensor(values)[:, None, None] for values in (entry.mean, entry.std))
    weight = nets.load(net, "cpu").get_submodule(layer).weight[2:3]  # type: ignore[index]
    side = weight.shape[2]
    wanted = F.conv2d(((colours - mean) / std)[None], weight, padding=side)[0, 0]  # type: ignore[arg-type]
    start = side - (side - 1) // 2
    np.testing.assert_allclose(found.whole, wanted[start:, start:][:50, :71], atol=1e-5)


def test_a_filter_of_a_group_reads_the_channels_of_its_group() -> None:
    net = own(
        '{"input": [3, 8, 8], "layers": [{"kind": "conv", "out": 6, "groups": 3, "padding": 1}, '
        '{"kind": "flatten"}]}'
    )
    for channel in (0, 3, 5):
        found = filters.picture(picture(8, 8), net, "conv1", channel)
        np.testing.assert_allclose(found.whole, found.before_bias, atol=1e-5)  # type: ignore[arg-type]


def test_only_first_layers_see_the_whole_picture() -> None:
    assert filters.picture(picture(), "tiny_vgg", "conv1_2", 0).whole is None


@pytest.mark.parametrize("channel", [-1, 16, 10**9])
def test_a_filter_that_is_not_there_is_refused(channel: int) -> None:
    with pytest.raises(InputError, match="conv1_1 has the filters 0 to 15, not"):
        filters.picture(picture(), "tiny_vgg", "conv1_1", channel)


def test_the_effect_is_that_of_two_plain_passes() -> None:
    found = effect(picture(), "tiny_vgg", ZEROED)
    before, after = (feature_maps.response(picture(), net) for net in ("tiny_vgg", ZEROED))
    wanted = {
        name: np.linalg.norm(after.maps[name] - maps) / np.linalg.norm(maps)
        for name, maps in before.maps.items()
    }
    assert found.change == pytest.approx({name: wanted[name] for name in found.change}, rel=1e-4)
    assert not any(share for name, share in wanted.items() if name not in found.change)
    for shares, logits in ((found.before, before.logits), (found.after, after.logits)):
        likely = torch.from_numpy(logits).softmax(0).numpy()
        assert shares == pytest.approx(
            [likely[nets.find("tiny_vgg").classes.index(name)] for name in found.classes]
        )


def test_the_effect_begins_at_the_layer_that_was_operated_on() -> None:
    names = [layer.name for layer in feature_maps.layers("tiny_vgg")]
    assert list(effect(picture(), "tiny_vgg", ZEROED).change) == names[names.index("conv2_1") :]
    assert list(effect(picture(), ZEROED, ZEROED + "!z-conv1_2-1").change) == names[names.index("conv1_2") :]
    assert list(effect(picture(), "tiny_vgg", "tiny_vgg~0").change) == names[1:]  # all but the input


def test_the_winners_before_and_after_are_both_shown() -> None:
    gone = "tiny_vgg" + "".join(f"!s-conv4_2-{channel}--9" for channel in range(16))
    found = effect(picture(), "tiny_vgg", gone)
    assert found.before[0] == max(found.before)
    assert len(found.classes) == len(set(found.classes)) == len(found.before) == len(found.after)
    assert filters.TOP <= len(found.classes) <= 2 * filters.TOP


@pytest.mark.parametrize("nothing", ["!x-conv2_1-4-4", "!x-conv2_1-4-5!x-conv2_1-4-5", "!s-conv2_1-4-1"])
def test_what_changes_no_weight_changes_no_map(nothing: str) -> None:
    found = effect(picture(), "tiny_vgg", f"tiny_vgg{nothing}")
    assert set(found.change.values()) == {0.0}
    assert found.before == found.after


def test_exchanging_channels_moves_the_network_unless_the_next_layer_is_told() -> None:
    assert effect(picture(), "tiny_vgg", "tiny_vgg!x-conv1_1-2-9").change["conv1_2"] > 0.01


@pytest.mark.parametrize(
    ("before", "after"), [("tiny_vgg", "lenet5"), ("lenet5", "small_resnet~0!z-conv1-0")]
)
def test_networks_that_are_built_differently_have_no_effect_to_show(before: str, after: str) -> None:
    with pytest.raises(InputError, match="differ in their layers"):
        effect(picture(), before, after)


def test_values_beyond_single_precision_are_refused() -> None:
    huge = [
        surgery.edit(layer.name, k, None, np.full((3, 3), 1e6))
        for layer in layers("tiny_vgg")
        for k in (0, 1)
    ]
    with pytest.raises(InputError, match="beyond single precision"):
        effect(picture(), "tiny_vgg", surgery.joined("tiny_vgg", huge))


def test_threads_that_look_at_one_layer_see_the_same() -> None:
    found: list[Filters] = []
    threads = [
        threading.Thread(target=lambda: found.append(filters.filters(ZEROED, "conv2_1"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(np.array_equal(entry.weights, found[0].weights) for entry in found)


def test_the_card_shows_eight_kernels_within_their_limits() -> None:
    kernels, limits = filters.card()
    assert kernels.shape == (8, 60, 60)
    assert limits.shape == (8, 2)
    assert (np.abs(kernels).max(axis=(1, 2)) == limits[:, 1]).all()


def test_results_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        filters.filters("lenet5", "conv1").norm = np.zeros(6)  # type: ignore[misc]
