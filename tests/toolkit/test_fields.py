"""Receptive fields, against gradients, published figures and hand arithmetic."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import get_model

from vizcore.toolkit import graphs
from vizcore.toolkit.fields import NOTHING, Box, Shapes, extent, field
from vizcore.toolkit.graphs import INPUT, Step, steps
from vizcore.toolkit.modules import Add, Concat, Multiply

SIZE = (2, 19, 14)  # of the pictures: (C, H, W)


def looked_into(net: nn.Module, *size: int) -> tuple[tuple[Step, ...], Shapes]:
    """The steps of a network and the shapes of their maps."""
    like = next(net.parameters(), torch.zeros(0))
    batch = torch.zeros(1, *size, device=like.device, dtype=like.dtype)
    network = steps(net, batch)
    found = graphs.outputs(network, batch).items()
    last = {step.name: step.channels_last for step in network}
    return network, {INPUT: size} | {
        name: tuple(graphs.as_maps(output, last[name]).shape[1:]) for name, output in found
    }


def batch_of(*size: int) -> Tensor:
    return torch.randn(1, *size, generator=torch.Generator().manual_seed(2), dtype=torch.double)


def seen(net: nn.Module, *size: int) -> dict[tuple[int, int], NDArray[np.bool_]]:
    """(row, column) of each unit of the last layer -> which pixels change it, (H, W), by the gradient."""
    picture = batch_of(*size).requires_grad_()
    output = graphs.as_maps(net(picture))[0]
    factors = torch.linspace(1, 2, len(output), dtype=torch.double)
    found = {}
    for row, col in product(range(output.shape[1]), range(output.shape[2])):
        (gradient,) = torch.autograd.grad(factors @ output[:, row, col], picture, retain_graph=True)
        found[row, col] = (gradient[0].abs().sum(dim=0) > 0).numpy()
    return found


def around(mask: NDArray[np.bool_]) -> Box:
    """The smallest box with all that is seen."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (rows[0], cols[0], rows[-1] + 1, cols[-1] + 1) if rows.size else NOTHING


def whole(box: Box, *size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size[1:], bool)
    mask[box[0] : box[2], box[1] : box[3]] = True
    return mask


class Branches(nn.Module):
    """Several ways from one input, and what brings them together."""

    def __init__(self, together: nn.Module, *ways: nn.Module) -> None:
        super().__init__()
        self.ways, self.together = nn.ModuleList(ways), together

    def forward(self, x: Tensor) -> Tensor:
        return self.together(*(way(x) for way in self.ways))


def convolution(kernel: object, channels: int = 3, **settings: object) -> nn.Module:
    return nn.Conv2d(channels, 3, kernel, **settings)  # type: ignore[arg-type]


DENSE: dict[str, Callable[[], nn.Module]] = {  # every pixel of the box counts
    "one convolution": lambda: nn.Sequential(convolution((3, 4), 2, stride=(2, 3), padding=(1, 2))),
    "a stack": lambda: nn.Sequential(
        convolution((3, 2), 2, stride=(2, 1), padding=(1, 0)),
        nn.Tanh(),
        nn.AvgPool2d(3, 2, 1),
        convolution((1, 3), padding=(0, 1)),
        nn.Sigmoid(),
        nn.AvgPool2d((2, 3), (2, 1), ceil_mode=True),
    ),
    "batch norm and activations": lambda: nn.Sequential(
        convolution(3, 2), nn.BatchNorm2d(3), nn.GELU(), nn.Dropout(), nn.Identity(), convolution(2, stride=2)
    ),
    "a pooling onto a grid": lambda: nn.Sequential(
        convolution(2, 2), nn.AdaptiveAvgPool2d((5, 3)), nn.Tanh()
    ),
    "an upsampling": lambda: nn.Sequential(
        convolution(3, 2, stride=3), nn.Upsample(scale_factor=2), convolution(2), nn.Tanh()
    ),
    "a residual sum": lambda: nn.Sequential(
        convolution(1, 2), Branches(Add(), convolution(3, padding=1), nn.Identity()), nn.Tanh()
    ),
    "branches side by side": lambda: Branches(
        Concat(),
        nn.Sequential(convolution(1, 2)),
        nn.Sequential(convolution(3, 2, padding=1), nn.Tanh(), convolution(3, padding=1)),
        nn.Sequential(nn.AvgPool2d(5, 1, 2), convolution((1, 3), 2, padding=(0, 1))),
    ),
    "squeeze and excitation": lambda: nn.Sequential(
        convolution(3, 2),
        Branches(Multiply(), nn.Identity(), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Sigmoid())),
    ),
    "a list": lambda: nn.Sequential(convolution(3, 2, stride=3), nn.Flatten(), nn.Linear(72, 4)),
    "groups": lambda: nn.Sequential(
        nn.Conv2d(2, 4, 3, groups=2), nn.SiLU(), nn.Conv2d(4, 4, (3, 1), groups=4)
    ),
    "a kind that nobody knows": lambda: nn.Sequential(
        convolution(3, 2), nn.Softmax(dim=2), nn.Softmax(dim=3)
    ),
}


@pytest.mark.parametrize("name", DENSE)
def test_exactly_the_pixels_of_the_box_change_a_unit(name: str) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        net = DENSE[name]().double().eval()
    network, shapes = looked_into(net, *SIZE)
    for (row, col), mask in seen(net, *SIZE).items():
        box = field(network, shapes, network[-1].name, row, col)
        np.testing.assert_array_equal(mask, whole(box, *SIZE), err_msg=f"unit {row}, {col}")


def test_a_dilated_kernel_touches_all_sides_of_its_box_and_nothing_outside() -> None:
    net = nn.Sequential(
        convolution(3, 2, dilation=(2, 1), padding=(2, 1)), nn.Tanh(), convolution((2, 3), dilation=(3, 2))
    ).double()
    network, shapes = looked_into(net, *SIZE)
    for (row, col), mask in seen(net, *SIZE).items():
        box = field(network, shapes, "2", row, col)
        assert not (mask & ~whole(box, *SIZE)).any()
        if (
            2 <= row < shapes["2"][1] - 2
        ):  # nearer to the border the box may end at a row between two that count
            assert around(mask) == box


def test_a_unit_that_sees_only_padding_sees_nothing() -> None:
    network, shapes = looked_into(nn.Sequential(convolution(1, 2, padding=2), convolution((2, 1))), *SIZE)
    assert shapes["1"] == (3, 22, 18)
    assert field(network, shapes, "1", 0, 9) == NOTHING == (0, 0, 0, 0)
    assert field(network, shapes, "1", 1, 9) == (0, 7, 1, 8)
    assert field(network, shapes, "1", 20, 2) == (18, 0, 19, 1)
    assert field(network, shapes, "1", 9, 17) == NOTHING


def test_the_input_sees_itself() -> None:
    network, shapes = looked_into(nn.Sequential(nn.ReLU()), *SIZE)
    assert field(network, shapes, INPUT, 3, 4) == (3, 4, 4, 5)
    assert extent(network, shapes, INPUT) == (1, 1)


def test_boxes_at_corners_and_in_the_middle_of_two_strided_convolutions() -> None:
    net = nn.Sequential(convolution(3, 2, stride=2, padding=1), convolution(3, stride=2, padding=1))
    network, shapes = looked_into(net, *SIZE)
    assert shapes["1"] == (3, 5, 4)
    assert field(network, shapes, "1", 0, 0) == (0, 0, 4, 4)  # 7 px, of which 3 are padding
    assert field(network, shapes, "1", 2, 1) == (5, 1, 12, 8)
    assert field(network, shapes, "1", 4, 3) == (13, 9, 19, 14)
    assert extent(network, shapes, "1") == (7, 7)


@pytest.mark.parametrize(
    ("name", "layer", "side"),
    [
        ("resnet18", "conv1", 7),
        ("resnet18", "maxpool", 7 + 2 * 2),
        ("resnet18", "layer1.1.relu_1", 11 + 4 * 2 * 4),
        ("resnet18", "layer2.1.relu_1", 43 + 2 * 4 + 3 * 2 * 8),
        ("resnet18", "layer3.1.relu_1", 99 + 2 * 8 + 3 * 2 * 16),
        ("alexnet", "features.12", 195),  # these three: the table at the end of Araujo, Norris & Sim 2019
        ("vgg16", "features.30", 212),
        ("inception_v3", "Mixed_7c.cat_2", 1311),
    ],
)
def test_known_networks_have_the_fields_of_the_literature(name: str, layer: str, side: int) -> None:
    settings = {"init_weights": False} if name == "inception_v3" else {}
    with torch.device("meta"):
        network, shapes = looked_into(get_model(name, weights=None, **settings).eval(), 3, 299, 299)
    assert extent(network, shapes, layer) == (side, side)


def test_the_box_of_a_unit_in_the_middle_is_as_large_as_the_layer_s_field() -> None:
    with torch.device("meta"):
        network, shapes = looked_into(get_model("resnet18", weights=None).eval(), 3, 224, 224)
    for layer in ("conv1", "maxpool", "layer1.1.relu_1", "layer2.1.relu_1", "layer3.1.relu_1"):
        middle = shapes[layer][1] // 2
        top, left, bottom, right = field(network, shapes, layer, middle, middle)
        assert (bottom - top, right - left) == extent(network, shapes, layer)


def test_a_kernel_that_is_not_square_has_a_field_that_is_not() -> None:
    net = nn.Sequential(convolution((3, 5), 2, stride=(1, 2)), nn.AvgPool2d((2, 1)), convolution((1, 3)))
    network, shapes = looked_into(net, *SIZE)
    assert extent(network, shapes, "2") == (4, 9)


def test_what_averages_the_whole_picture_has_no_size_of_its_own() -> None:
    gate = Branches(Multiply(), nn.Identity(), nn.AdaptiveAvgPool2d(1))
    network, shapes = looked_into(nn.Sequential(convolution(3, 2), gate, convolution(3), nn.Flatten()), *SIZE)
    assert extent(network, shapes, "0") == (3, 3)
    assert [extent(network, shapes, name) for name in ("1.ways.1", "1.together", "2", "3")] == [None] * 4


def test_a_window_that_covers_its_whole_map_still_has_a_size() -> None:
    net = nn.Sequential(nn.MaxPool2d(2), convolution((9, 7), 2))
    network, shapes = looked_into(net, *SIZE)
    assert shapes["1"] == (3, 1, 1)
    assert extent(network, shapes, "1") == (18, 14)
