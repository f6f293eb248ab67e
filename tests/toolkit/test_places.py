"""Where units stand against the receptive fields, and which shifts a layer follows."""

import pytest
import torch

from vizcore.toolkit import antialias, fields, graphs, nets
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.places import Places, places

NETS = ["lenet5", "tiny_vgg", "small_resnet", "resnet18~0", "googlenet~0", "convnext_tiny~0"]


def shapes(network: tuple[Step, ...], side: int, channels: int = 3) -> dict[str, tuple[int, int, int]]:
    batch = torch.zeros(1, channels, side, side, device="meta")
    found = {INPUT: batch, **graphs.maps(network, batch)}
    return {name: (maps.shape[1], maps.shape[2], maps.shape[3]) for name, maps in found.items()}


def sizes(network: tuple[Step, ...], side: int, channels: int = 3) -> dict[str, tuple[int, int]]:
    return {name: shape[1:] for name, shape in shapes(network, side, channels).items()}


def of(net: str) -> dict[str, Places]:
    network, shape = nets.skeleton(net), nets.find(net).input_shape
    return places(network, sizes(network, shape[1], shape[0]))


@pytest.mark.parametrize("net", NETS)
def test_a_unit_stands_in_the_middle_of_what_it_sees(net: str) -> None:
    network, shape = nets.skeleton(net), nets.find(net).input_shape
    known = shapes(network, shape[1], shape[0])
    checked = 0
    for name, (down, right) in of(net).items():
        extent = name != INPUT and fields.extent(network, known, name)
        row, col = known[name][1] // 2, known[name][2] // 2
        if not extent or max(extent) > shape[1] // 2:
            continue  # the border would cut it off
        top, left, bottom, end = fields.field(network, known, name, row, col)
        assert (top + bottom - 1) / 2 == down.start + down.stride * row, name
        assert (left + end - 1) / 2 == right.start + right.stride * col, name
        checked += 1
    assert checked > 3


def test_a_pooling_of_two_stands_between_two_pixels_and_a_padded_convolution_on_one() -> None:
    assert [(axis.start, axis.stride) for axis in of("tiny_vgg")["pool1"]] == [(0.5, 2)] * 2
    assert [(axis.start, axis.stride) for axis in of("small_resnet")["conv1"]] == [(0, 2)] * 2


def test_periods_are_the_products_of_the_strides() -> None:
    assert [of("tiny_vgg")[f"pool{k}"][0].period for k in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert of("resnet18~0")["layer4.1.add"][1].period == 32


def test_layers_that_cut_the_border_off_follow_no_shift_exactly() -> None:
    assert of("lenet5")["conv1"][0].period == 0
    assert of("alexnet~0")["features.0"][0].period == 0


def test_lists_and_single_values_stand_nowhere() -> None:
    found = of("small_resnet")
    assert "stage3.1.relu2" in found
    assert not {"pool", "flatten", "fc"} & set(found)


def test_the_way_up_again_needs_shifts_that_suit_the_coarsest_maps() -> None:
    network = graphs.steps(
        torch.nn.Sequential(torch.nn.MaxPool2d(4), torch.nn.Upsample(scale_factor=4)), torch.zeros(1, 3, 8, 8)
    )
    down, _ = places(network, sizes(network, 8))["1"]
    assert (down.start, down.stride, down.period) == (0, 1, 4)


def test_blurred_twins_stand_where_the_network_does() -> None:
    bare = nets.skeleton("small_resnet")
    blurred = antialias.rewired(bare, border="circular", taps=5)
    mine, twin = places(bare, sizes(bare, 64)), places(blurred, sizes(blurred, 64))
    assert twin["relu1.blur"] == mine["relu1"]
    assert twin["stage3.1.relu2"] == mine["stage3.1.relu2"]
