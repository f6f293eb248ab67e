"""Which steps are shared, and how much of them is computed."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.models.convnext import LayerNorm2d
from torchvision.ops import Permute

from vizcore.toolkit import antialias, graphs, nets, sharing
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.lines import shifted
from vizcore.toolkit.sharing import Shared


def planned(net: nn.Module, *shape: int, border: str, radius: int = 4) -> tuple[list[Shared], list[Step]]:
    """What is shared of a network for all shifts by so many px, and what is not."""
    picture = torch.zeros(1, *shape)
    network = antialias.rewired(graphs.steps(net.eval(), picture), border=border)
    outputs = {INPUT: picture} | graphs.outputs(network, picture)
    shapes = {name: tuple(output.shape[1:]) for name, output in outputs.items()}
    down, right = (shifted(side, np.arange(-radius, radius + 1), border) for side in shape[1:])
    return sharing.plan(network, shapes, (down, right), (2 * radius + 1) ** 2)


def shares(net: nn.Module, *shape: int, border: str) -> dict[str, float]:
    return {group.name: group.share for group in planned(net, *shape, border=border)[0]}


def test_on_a_torus_a_total_stride_of_s_leaves_s_times_s_different_maps_of_81() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(2, 2, 3, 2, 1))
    assert shares(net, 1, 16, 24, border="circular") == {"0": 1, "1": 4, "2": 16}


def test_padding_leaves_ever_fewer_pixels_to_share() -> None:
    net = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(3)))
    found = shares(net, 1, 20, 20, border="reflect")
    sides = [9 * 2 * layer + (20 - 2 * layer) + 8 for layer in (1, 2, 3)]  # at the border, and between
    assert list(found.values()) == pytest.approx([(side / 20) ** 2 for side in sides])


def test_a_step_is_left_to_each_shift_once_there_is_little_to_share() -> None:
    groups, rest = planned(nets.load("tiny_vgg", "cpu"), 3, 64, 64, border="reflect")
    assert [step.name for step in rest][-2:] == ["flatten", "fc"]
    assert 0.5 * 81 < groups[-1].share < sharing.WORTH * 81
    assert groups[0].share < 0.05 * 81


def test_a_shift_alone_shares_nothing() -> None:
    assert not planned(nn.Conv2d(1, 1, 3), 1, 9, 9, border="reflect", radius=0)[0]


def test_batch_norm_and_activations_ride_along_with_the_step_before() -> None:
    groups, _ = planned(nets.load("small_resnet", "cpu"), 3, 64, 64, border="circular")
    assert [step.name for step in groups[0].steps] == ["conv1", "bn1", "relu1"]
    assert [step.name for step in groups[2].steps] == ["stage1.0.conv2", "stage1.0.bn2"]
    assert [step.name for step in groups[3].steps] == ["stage1.0.add", "stage1.0.relu2"]


@pytest.mark.parametrize(
    "net",
    [
        LayerNorm2d(3),
        nn.Sequential(Permute([0, 2, 3, 1]), nn.LayerNorm(3), nn.Linear(3, 5), Permute([0, 3, 1, 2])),
        nn.Sequential(nn.GELU(), nn.Dropout(), nn.BatchNorm2d(3)),
        nn.AvgPool2d(2),
        nn.Conv2d(3, 2, 3, padding=1, padding_mode="reflect"),
    ],
)
def test_shared_is_what_treats_all_places_alike(net: nn.Module) -> None:
    assert not planned(net, 3, 12, 12, border="reflect")[1]


@pytest.mark.parametrize(
    "net",
    [
        nn.LayerNorm([3, 12, 12]),
        nn.LayerNorm(12),
        nn.Linear(12, 12),
        nn.AdaptiveAvgPool2d(4),
        nn.Softmax(dim=2),
        nn.AvgPool2d(3, padding=1, count_include_pad=False),
        nn.AvgPool2d(5, ceil_mode=True),
        nn.Conv2d(3, 2, 3, padding="same"),
        Permute([0, 1, 3, 2]),
    ],
)
def test_what_sees_the_whole_map_or_minds_its_place_is_not_shared(net: nn.Module) -> None:
    assert not planned(net, 3, 12, 12, border="reflect")[0]


class Gate(nn.Module):
    """Squeeze and excitation of maps that become one value each by a convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(3, 3, 12)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.squeeze(x)


def test_a_gate_for_whole_maps_is_not_shared() -> None:
    assert [step.name for step in planned(Gate(), 3, 12, 12, border="reflect")[1]][-1] == "mul"
