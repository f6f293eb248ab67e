"""Feature maps, units and receptive fields against plain PyTorch, hand arithmetic and laws."""

import copy
import dataclasses
import itertools
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import INPUT, Response, UnitArithmetic, layers, response, unit_arithmetic
from vizcore.toolkit import device, inputs, nets
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.pretrained import PRETRAINED, facts
from vizcore.toolkit.surgery import edit, joined

BUNDLED = ["lenet5", "tiny_vgg", "small_resnet"]
ARCHITECTURES = [*BUNDLED, *(f"{name}~1" for name in PRETRAINED)]
EVERY_NET = pytest.mark.parametrize("net", BUNDLED)


def picture(seed: int = 1, height: int = 50, width: int = 71) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


def batch_of(image: NDArray[np.float32], net: str) -> torch.Tensor:
    return torch.from_numpy(inputs.prepare(image, nets.find(net)).normalised)[None]


def units(shape: tuple[int, int, int], count: int, seed: int) -> Iterator[tuple[int, int, int]]:
    """The two corners, then random ones."""
    channels, height, width = shape
    numbers = np.random.default_rng(seed)
    drawn = (tuple(int(numbers.integers(size)) for size in shape) for _ in itertools.count())
    corners = ((0, 0, 0), (channels - 1, height - 1, width - 1))
    return itertools.islice(itertools.chain(corners, drawn), count)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=ARCHITECTURES)
def seen(request: pytest.FixtureRequest) -> tuple[str, Response]:
    """A network, and what it makes of one picture."""
    return request.param, response(picture(), request.param)


def test_every_layer_of_every_architecture_is_listed_with_its_shape(seen: tuple[str, Response]) -> None:
    net, found = seen
    assert list(found.maps) == [layer.name for layer in layers(net)]
    for layer in layers(net):
        assert found.maps[layer.name].shape == layer.shape, layer.name
        assert found.maps[layer.name].dtype == np.float32
        assert layer.formula, f"{layer.name} is of no kind that can be explained: {layer.kind}"


def test_the_terms_of_units_of_every_layer_of_every_architecture_add_up(seen: tuple[str, Response]) -> None:
    net, found = seen
    for seed, layer in enumerate(layers(net)):
        for unit in units(layer.shape, 5, seed):
            taken_apart = unit_arithmetic(picture(), net, layer.name, *unit, known=found.maps)
            value = taken_apart.value
            assert value == found.maps[layer.name][unit]
            assert abs(taken_apart.terms.sum() - value) <= 1e-4 * max(1, abs(value)), (layer.name, unit)
            assert set(taken_apart.sources) <= {*layer.inputs, "picture"}
            assert taken_apart.parts.line


def test_the_guess_is_the_softmax_of_the_network_itself(seen: tuple[str, Response]) -> None:
    net, found = seen
    logits = nets.load(net, "cpu")(batch_of(picture(), net))[0].double()
    best = logits.argsort(descending=True, stable=True)[: feature_maps.TOP]
    np.testing.assert_array_equal(found.logits, logits)
    assert found.classes == tuple(nets.find(net).classes[i] for i in best)
    np.testing.assert_allclose(found.probabilities, logits.softmax(0)[best], rtol=1e-12)


def test_the_range_of_a_network_is_that_of_all_layers_but_the_input(seen: tuple[str, Response]) -> None:
    inner = [maps for name, maps in seen[1].maps.items() if name != INPUT]
    assert seen[1].low == min(maps.min() for maps in inner)
    assert seen[1].high == max(maps.max() for maps in inner)
    assert seen[1].nbytes == sum(4 * maps.size for maps in seen[1].maps.values())


@pytest.mark.parametrize("name", PRETRAINED)
def test_parameters_and_multiplications_add_up_to_what_torchvision_states(name: str) -> None:
    listed = layers(name)
    assert sum(layer.parameters for layer in listed) == facts(name).parameters
    assert round(sum(layer.multiplications for layer in listed) / 1e9, 3) == round(facts(name).gmacs, 3)


@EVERY_NET
def test_the_list_counts_every_parameter_once(net: str) -> None:
    listed = sum(layer.parameters for layer in layers(net))
    assert listed == sum(weight.numel() for weight in nets.load(net, "cpu").parameters())


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
    received = torch.from_numpy(feature_maps.feature_maps(picture(), net, INPUT).maps)[None]
    by_hand = F.conv2d(received, conv.weight, conv.bias, conv.stride, conv.padding)[0]  # type: ignore[arg-type]
    maps = feature_maps.feature_maps(picture(), net, layers(net)[1].name).maps
    np.testing.assert_allclose(maps, by_hand.numpy(), rtol=1e-5, atol=1e-5)


@EVERY_NET
def test_one_pass_gives_the_maps_that_each_layer_gives_alone(net: str) -> None:
    for name, maps in response(picture(), net).maps.items():
        np.testing.assert_array_equal(maps, feature_maps.feature_maps(picture(), net, name).maps)


def test_lenet5_has_the_shapes_of_the_lecture() -> None:
    shapes = [layer.shape for layer in layers("lenet5") if layer.group in ("linear", "pooling")]
    wanted = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84, 1, 1), (10, 1, 1)]
    assert shapes == wanted
    assert sum(layer.parameters for layer in layers("lenet5")) == 61706


def test_the_multiplications_of_lenet5_by_hand() -> None:
    counts = {layer.name: layer.multiplications for layer in layers("lenet5") if layer.multiplications}
    assert counts == {
        "conv1": 6 * 28 * 28 * 25,
        "conv2": 16 * 10 * 10 * 6 * 25,
        "fc1": 400 * 120,
        "fc2": 120 * 84,
        "fc3": 84 * 10,
    }


def test_a_layer_names_the_layers_that_it_reads() -> None:
    reads = {layer.name: layer.inputs for layer in layers("small_resnet")}
    assert reads[INPUT] == ()
    assert reads["conv1"] == (INPUT,)
    assert reads["stage2.0.add"] == ("stage2.0.bn2", "stage2.0.shortcut.bn")
    assert reads["stage2.1.add"] == ("stage2.1.bn2", "stage2.0.relu2")


def test_the_formula_of_a_layer_shows_its_own_input_on_a_shortcut_too() -> None:
    listed = {layer.name: layer for layer in layers("small_resnet")}
    shortcut = listed["stage2.0.shortcut.conv"]
    height = listed["stage1.1.relu2"].shape[1]
    assert rf"\frac{{{height} + 2\cdot0 - 1}}{{2}}" in shortcut.numbers[-1]
    assert shortcut.numbers[-1].endswith(f"= {shortcut.shape[1]}")


def test_the_name_of_a_block_stands_for_its_last_layer() -> None:
    assert feature_maps.find_layer("small_resnet", "stage1").name == "stage1.1.relu2"
    assert feature_maps.find_layer("small_resnet", "stage2.0.shortcut").name == "stage2.0.shortcut.bn"
    assert feature_maps.find_layer("small_resnet", "conv1").name == "conv1"
    np.testing.assert_array_equal(
        feature_maps.feature_maps(picture(), "small_resnet", "stage1").maps,
        feature_maps.feature_maps(picture(), "small_resnet", "stage1.1.relu2").maps,
    )


@pytest.mark.parametrize("layer", ["", ".", "stage", "stage1.", "conv", "stage1.9", "relu2", "\0", "a" * 99])
def test_what_is_neither_a_layer_nor_a_block_is_refused(layer: str) -> None:
    for ask in (feature_maps.find_layer, feature_maps.field_size):
        with pytest.raises(InputError, match="layers begin with input, conv1"):
            ask("small_resnet", layer)


def test_unknown_names_are_answered_with_the_choices() -> None:
    with pytest.raises(InputError, match="lenet5, tiny_vgg, small_resnet"):
        feature_maps.feature_maps(picture(), "lenet", "conv1")
    with pytest.raises(InputError, match="input, conv1, relu1"):
        feature_maps.feature_maps(picture(), "lenet5", "conv9")


@pytest.mark.parametrize(
    ("unit", "what"), [((6, 0, 0), "maps 0 to 5"), ((0, 28, 0), "rows 0 to 27"), ((0, 0, -1), "col")]
)
def test_a_unit_that_is_not_there_is_refused(unit: tuple[int, int, int], what: str) -> None:
    for ask in (unit_arithmetic, feature_maps.effective_field):
        with pytest.raises(InputError, match=f"conv1 has the {what}"):
            ask(picture(), "lenet5", "conv1", *unit)
    if unit[0] == 0:
        with pytest.raises(InputError, match=what):
            feature_maps.receptive_field("lenet5", "conv1", *unit[1:])


def same(first: UnitArithmetic, second: UnitArithmetic) -> bool:
    return bool((first.terms == second.terms).all()) and first.value == second.value


def test_a_unit_is_the_same_whether_its_maps_are_known_or_not() -> None:
    known = response(picture(), "small_resnet").maps
    for layer in ("conv1", "stage2.0.add", "stage3", "fc"):
        alone = unit_arithmetic(picture(), "small_resnet", layer, 1, 0, 0)
        assert same(alone, unit_arithmetic(picture(), "small_resnet", layer, 1, 0, 0, known))


def test_a_unit_of_the_input_is_a_normalised_pixel() -> None:
    flat = np.full((9, 9, 3), (0.25, 0.5, 1), np.float32)
    found = unit_arithmetic(flat, "tiny_vgg", INPUT, 2, 5, 7)
    assert found.terms.tolist() == pytest.approx([2])
    assert found.parts.line == r"x' = \frac{1 - 0.5}{0.25} = 2"
    assert found.parts.corner == (5, 7)


def test_a_unit_of_a_convolution_is_found_again_in_the_layer_that_it_reads() -> None:
    found = response(picture(), "tiny_vgg")
    parts = unit_arithmetic(picture(), "tiny_vgg", "conv2_1", 4, 31, 6, found.maps).parts
    assert (parts.corner, parts.channels) == ((30, 5), tuple(range(16)))
    np.testing.assert_array_equal(parts.patch[:, :2], found.maps["pool1"][:, 30:, 5:8])
    assert parts.inside is not None
    assert parts.inside.tolist() == [[True] * 3, [True] * 3, [False] * 3]  # the last row is padding


@pytest.mark.parametrize(
    ("layer", "side"), [("conv1", 7), ("maxpool", 11), ("layer1", 43), ("layer2", 99), ("layer3", 211)]
)
def test_resnet18_sees_as_much_as_the_literature_says(layer: str, side: int) -> None:
    assert feature_maps.field_size("resnet18~0", layer) == (side, side)
    _, height, width = feature_maps.find_layer("resnet18", layer).shape
    top, left, bottom, right = feature_maps.receptive_field("resnet18", layer, height // 2, width // 2)
    assert (bottom - top, right - left) == (side, side)


def test_the_last_layers_see_the_whole_picture() -> None:
    assert feature_maps.field_size("lenet5", "fc3") is None
    assert feature_maps.receptive_field("lenet5", "fc3", 0, 0) == (0, 0, 32, 32)
    assert (
        feature_maps.field_size("mobilenet_v3_small", "features.1.block.1") is None
    )  # squeeze and excitation
    assert feature_maps.receptive_field("tiny_vgg", INPUT, 3, 5) == (3, 5, 4, 6)


@pytest.mark.parametrize("net", [*BUNDLED, "resnet18~1", "squeezenet1_1~1", "convnext_tiny~1"])
def test_no_pixel_outside_the_receptive_field_moves_a_unit(net: str) -> None:
    listed = layers(net)[1:]
    for seed, layer in enumerate(listed[:: len(listed) // 8]):
        for unit in units(layer.shape, 3, seed):
            found = feature_maps.effective_field(picture(), net, layer.name, *unit)
            top, left, bottom, right = feature_maps.receptive_field(net, layer.name, *unit[1:])
            assert found.shape == nets.find(net).input_shape[1:]
            found[top:bottom, left:right] = 0
            assert not found.any(), (layer.name, unit)


def test_the_effective_field_of_a_first_convolution_is_the_size_of_its_weights() -> None:
    found = feature_maps.effective_field(picture(), "tiny_vgg", "conv1_1", 3, 20, 0)
    weights = nets.load("tiny_vgg", "cpu").conv1_1.weight[3].abs().sum(dim=0).numpy()  # type: ignore[union-attr,operator,index]
    np.testing.assert_allclose(found[19:22, 0:2], weights[:, 1:], rtol=1e-6)  # the first column is padding
    assert np.count_nonzero(found) == 6


def test_the_effective_field_is_how_far_a_nudged_pixel_moves_the_unit() -> None:
    net, unit = "lenet5", (7, 2, 3)
    field = feature_maps.effective_field(picture(), net, "conv2", *unit)
    batch, (row, col) = batch_of(picture(), net).double(), np.unravel_index(field.argmax(), field.shape)
    model = copy.deepcopy(nets.load(net, "cpu"))[:4].double()  # type: ignore[index]
    nudged = batch.clone()
    nudged[0, 0, row, col] += 1e-6
    with torch.no_grad():
        moved = (model(nudged) - model(batch))[0][unit].abs() / 1e-6
    assert field[row, col] == pytest.approx(moved.item(), rel=1e-3)


def test_the_effective_field_of_the_input_is_one_pixel() -> None:
    found = feature_maps.effective_field(picture(), "lenet5", INPUT, 0, 3, 4)
    assert found[3, 4] == found.sum() == 1


@EVERY_NET
def test_looking_into_a_shared_network_leaves_nothing_on_it(net: str) -> None:
    layer = layers(net)[2].name
    feature_maps.effective_field(picture(), net, layer, 0, 0, 0)
    unit_arithmetic(picture(), net, layer, 0, 0, 0)
    with pytest.raises(InputError):
        feature_maps.feature_maps(picture(), net, "no such layer")
    for module in nets.load(net, "cpu").modules():
        assert not module._forward_hooks
    assert all(weight.grad is None for weight in nets.load(net, "cpu").parameters())


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
    network = nets.network

    def full(name: str, where: str) -> object:
        if where == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return network(name, where)

    monkeypatch.setattr(nets, "network", full)
    found = feature_maps.feature_maps(picture(), "lenet5", "conv1")
    assert found.maps.shape == (6, 28, 28)
    assert "CPU" in found.notice
    assert "CPU" in response(picture(), "lenet5").notice


@pytest.mark.parametrize("net", ["lenet5", "resnet18"])
def test_the_counterpart_of_a_layer_in_its_own_network_is_itself(net: str) -> None:
    assert all(feature_maps.counterpart(layer, net, f"{net}~1") == layer.name for layer in layers(net))


def test_the_counterpart_in_another_network_is_of_the_same_kind_and_about_as_deep() -> None:
    listed = {layer.name: layer for layer in layers("tiny_vgg")}
    assert feature_maps.counterpart(listed[INPUT], "tiny_vgg", "lenet5") == INPUT
    assert feature_maps.counterpart(listed["conv4_2"], "tiny_vgg", "lenet5") == "conv2"
    assert feature_maps.counterpart(listed["pool1"], "tiny_vgg", "lenet5") == "pool1"
    gate = feature_maps.find_layer("mobilenet_v3_small", "features.1.block.1")
    assert feature_maps.counterpart(gate, "mobilenet_v3_small", "lenet5") in {
        x.name for x in layers("lenet5")
    }


def test_softmax_is_written_out_with_the_winner_s_numbers() -> None:
    plain, stable = feature_maps.softmax_written_out(np.array([0.0, 2.0, 1.0, -1.0]))
    assert plain == (
        r"p_{1} = \frac{e^{z_{1}}}{\sum_j e^{z_j}} = \frac{e^{2}}{e^{2} + e^{1} + e^{0} + \cdots}"
    )
    assert stable.endswith(r"\frac{1}{1 + e^{-1} + e^{-2} + \cdots} = \frac{1}{1.553} = 0.644")


def test_the_input_layer_turns_with_a_mirrored_picture_and_a_convolution_does_not() -> None:
    odd = picture(4, 64, 97)
    assert feature_maps.mirror_change(odd, "tiny_vgg", INPUT) < 1e-5
    assert feature_maps.mirror_change(odd, "tiny_vgg", "conv1_1") > 0.05


def test_an_even_kernel_follows_the_mirror_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    def blur(classes: int) -> torch.nn.Module:
        conv = torch.nn.Conv2d(1, 1, 3, padding=1, bias=False)
        torch.nn.init.constant_(conv.weight, 1 / 9)
        return torch.nn.Sequential(conv)

    monkeypatch.setitem(nets.NETS, "blur", dataclasses.replace(nets.NETS["lenet5"], build=blur, read=None))
    assert feature_maps.mirror_change(picture(4, 41, 58), "blur", "0") < 1e-6


def test_the_card_shows_eight_different_maps_and_their_ranges() -> None:
    maps, limits = feature_maps.card()
    assert (maps.shape, limits.shape) == ((8, 64, 64), (8, 2))
    assert len({map_.tobytes() for map_ in maps}) == 8
    assert (limits[:, 0] <= maps.min(axis=(1, 2))).all()
    assert (limits[:, 1] >= maps.max(axis=(1, 2))).all()


def test_values_beyond_single_precision_are_refused() -> None:
    names = [layer.name for layer in layers("tiny_vgg") if layer.kind == "Convolution"]
    huge = [edit(name, channel, None, np.full((3, 3), 1e6)) for name in names for channel in (0, 1)]
    with pytest.raises(InputError, match="beyond single precision"):
        response(picture(), joined("tiny_vgg", huge))
