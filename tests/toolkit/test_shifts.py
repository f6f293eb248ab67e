"""Answers to shifted pictures against a forward pass for each picture, one by one."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit import antialias, graphs, nets, shifts
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.modules import Add

Shifts = NDArray[np.int64]
SCATTERED = np.array([[0, 0], [-9, 4], [7, 7], [3, -8], [1, 0], [0, 1], [-9, -9], [8, 2], [3, 4]])
BORDERS = ["circular", "reflect"]


def a_picture(channels: int, height: int, width: int) -> Tensor:
    return torch.randn(1, channels, height, width, generator=torch.Generator().manual_seed(0))


def moved(picture: Tensor, by: Shifts, border: str) -> Tensor:
    """The picture after each shift, (S, C, H, W)."""
    height, width = picture.shape[2:]
    if border == "circular":
        return torch.cat([picture.roll((int(dy), int(dx)), (2, 3)) for dy, dx in by])
    wide = F.pad(picture, (9, 9, 9, 9), mode="reflect")
    return torch.cat([wide[:, :, 9 - dy : 9 - dy + height, 9 - dx : 9 - dx + width] for dy, dx in by])


def on_a_torus(net: nn.Module) -> nn.Module:
    """A network whose padding is circular, by PyTorch's own means."""
    net = copy.deepcopy(net)
    for path, module in [*net.named_modules()]:
        parent, _, name = path.rpartition(".")
        if isinstance(module, (nn.Conv2d, nn.MaxPool2d)) and module.padding not in (0, (0, 0)):
            down, right = (module.padding,) * 2 if isinstance(module.padding, int) else module.padding
            module.padding = (0, 0)
            around = nn.CircularPad2d((right, right, down, down))
            setattr(net.get_submodule(parent), name, nn.Sequential(around, module))
    return net


def one_by_one(net: nn.Module, picture: Tensor, by: Shifts, border: str) -> Tensor:
    bare = on_a_torus(net) if border == "circular" else net
    with torch.inference_mode():
        return torch.cat([bare(one[None]) for one in moved(picture, by, border)])


def at_once(net: nn.Module, picture: Tensor, by: Shifts, border: str) -> Tensor:
    network = antialias.rewired(graphs.steps(net, picture), border=border)
    return shifts.logits(network, picture, by, border)


def difference(found: Tensor, wanted: Tensor) -> float:
    """The largest one, in units of the largest value."""
    return float((found - wanted).abs().max() / wanted.abs().max())


class Odd(nn.Module):
    """Windows of every kind, a residual sum, branches, layouts, and an activation that works in place."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, 6, (3, 5), stride=(2, 1), padding=(1, 2))
        self.norm = nn.BatchNorm2d(6).eval()
        self.relu = nn.ReLU(inplace=True)
        self.grouped = nn.Conv2d(6, 6, 3, padding=2, dilation=2, groups=3)
        self.add = Add()
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.mirrored = nn.Conv2d(6, 4, 3, padding=1, padding_mode="reflect")
        self.average = nn.AvgPool2d(2, 1)
        self.last = nn.MaxPool2d(2, 2, ceil_mode=True)
        self.mix = nn.Linear(10, 7)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.norm(self.first(x)))
        x = self.pool(self.add(self.grouped(x), x))
        x = self.average(torch.cat([self.mirrored(x), x], dim=1))
        x = F.gelu(self.mix(self.last(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        return (x * x.mean((2, 3), keepdim=True)).softmax(dim=1).flatten(1)


class Whole(nn.Module):
    """Nothing in it can be shared: it starts with what needs the whole map."""

    def forward(self, x: Tensor) -> Tensor:
        return F.max_pool2d(x - x.mean((1, 2, 3), keepdim=True).abs(), 3).flatten(1)


def seeded(build: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return build().eval().requires_grad_(False)


def test_the_grid_has_289_shifts_row_by_row() -> None:
    assert shifts.grid().shape == (289, 2)
    assert shifts.grid(1)[:4].tolist() == [[-1, -1], [-1, 0], [-1, 1], [0, -1]]


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(
    ("net", "side"),
    [("lenet5", 32), ("tiny_vgg", 64), ("small_resnet", 48), ("small_resnet", 37), ("resnet18~0", 64)],
)
def test_answers_are_those_of_a_forward_pass_for_each_shift(net: str, side: int, border: str) -> None:
    module, picture = nets.load(net, "cpu"), a_picture(nets.find(net).input_shape[0], side, side)
    by = np.concatenate([shifts.grid(3), SCATTERED])
    found = at_once(module, picture, by, border)
    assert difference(found, one_by_one(module, picture, by, border)) < 3e-6


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("taps", [0, 3, 5])
@pytest.mark.parametrize("sides", [(29, 24), (32, 48)])
def test_so_they_are_for_windows_of_every_kind_and_pictures_that_are_not_square(
    border: str, taps: int, sides: tuple[int, int]
) -> None:
    picture = a_picture(2, *sides)
    network = antialias.rewired(graphs.steps(seeded(Odd), picture), border=border, taps=taps)
    found = shifts.logits(network, picture, shifts.grid(3), border)
    last = network[-1].name
    pictures = moved(picture, shifts.grid(3), border)
    wanted = torch.cat([graphs.outputs(network, one[None], [last])[last] for one in pictures])
    assert difference(found, wanted) < 3e-6


def test_a_network_of_which_nothing_can_be_shared_is_computed_shift_by_shift() -> None:
    picture = a_picture(1, 12, 11)
    found = at_once(Whole(), picture, SCATTERED, "reflect")
    assert difference(found, one_by_one(Whole(), picture, SCATTERED, "reflect")) == 0


def test_of_a_network_that_ends_in_maps_the_maps_move_along_with_a_rolled_picture() -> None:
    picture, net = (
        a_picture(1, 10, 14),
        seeded(lambda: nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.ReLU())),
    )
    found = at_once(net, picture, np.array([[0, 0], [2, -5]]), "circular")
    assert torch.equal(found[1], found[0].roll((2, -5), (1, 2)))


def test_shifts_by_the_total_stride_change_no_answer_on_a_torus() -> None:
    net, picture = nets.load("small_resnet", "cpu"), a_picture(3, 64, 64)
    found = at_once(net, picture, np.array([[0, 0], [8, -16], [24, 40]]), "circular")
    assert difference(found, found[:1].expand(3, -1)) < 1e-6


def test_the_network_stays_as_it_is() -> None:
    net, picture = seeded(Odd), a_picture(2, 32, 48)
    before = copy.deepcopy(net.state_dict())
    kept = picture.clone()
    at_once(net, picture, shifts.grid(2), "reflect")
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert torch.equal(picture, kept)


def an_image() -> NDArray[np.float32]:
    return np.random.default_rng(5).random((50, 70, 3), dtype=np.float32)


def test_the_work_is_told_from_0_to_1() -> None:
    told: list[float] = []
    found = shifts.responses("tiny_vgg", an_image(), shifts.grid(2), border="circular", progress=told.append)
    assert found.shape == (25, 10)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert told[-1] == pytest.approx(1)


def test_answers_that_were_not_reached_when_it_was_stopped_are_nan() -> None:
    told: list[float] = []
    settings = {"border": "reflect", "side": 32, "progress": told.append}
    whole = shifts.responses("small_resnet", an_image(), shifts.grid(3), **settings)
    pieces, told[:] = len(told), []
    found = shifts.responses(
        "small_resnet", an_image(), shifts.grid(3), **settings, stop=lambda: len(told) == pieces - 1
    )
    reached = ~np.isnan(found).any(axis=1)
    assert 0 < reached.sum() < 49
    assert (found[reached] == whole[reached]).all()


def test_stopped_at_once_it_has_no_answer() -> None:
    found = shifts.responses("tiny_vgg", an_image(), shifts.grid(2), border="circular", stop=lambda: True)
    assert np.isnan(found).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"net": "nothing", "border": "circular"}, "no network"),
        ({"net": "tiny_vgg", "border": "zeros"}, "circular, reflect"),
        ({"net": "tiny_vgg", "border": "circular", "side": 128}, "128 px"),
        ({"net": "tiny_vgg", "border": "circular", "taps": 4}, "3 or 5"),
    ],
)
def test_what_cannot_be_computed_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        shifts.responses(image=an_image(), shifts=shifts.grid(1), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("taps", [0, 3])
def test_where_shifts_have_more_in_common_their_answers_are_expected_sooner(taps: int) -> None:
    torus, mirrored = (Subject("small_resnet", border, 64, taps) for border in ("circular", "reflect"))
    assert 0 < shifts.expected(torus) < shifts.expected(mirrored)
    assert shifts.expected(mirrored, radius=1) < 0.1 * shifts.expected(mirrored)
