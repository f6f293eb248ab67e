"""The sum behind one value, against torch and hand arithmetic, on maps that are odd and not square."""

import re
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.models.convnext import LayerNorm2d
from torchvision.ops import StochasticDepth

from vizcore.toolkit import layers, spec_kinds
from vizcore.toolkit.arithmetic import Sum, taken_apart
from vizcore.toolkit.latex import number
from vizcore.toolkit.modules import Add, Call, Concat, Multiply, Permute, Scale

Maps = NDArray[np.float32]


def maps(*size: int, seed: int = 0) -> Maps:
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


def of(values: object) -> Maps:
    """Small whole numbers as maps: (C, H, W) from nested lists."""
    return np.array(values, np.float32)


def output(module: nn.Module, given: Sequence[Maps], *, last: bool = False) -> NDArray[np.float64]:
    """(C, H, W), what torch gives in double precision; with channels last on the way where `last`."""
    batches = [torch.from_numpy(entry)[None].double() for entry in given]
    if last:
        batches = [batch.permute(0, 2, 3, 1) for batch in batches]
    with torch.no_grad():
        found = module.double()(*batches)
    return (found.permute(0, 3, 1, 2) if last else found)[0].numpy()


def with_random_numbers(module: nn.Module) -> nn.Module:
    """The same module, every weight and statistic its own and positive where it must be."""
    generator = torch.Generator().manual_seed(1)
    for values in module.state_dict().values():
        if values.is_floating_point():
            values.copy_(torch.rand(values.shape, generator=generator) + 0.25)
    return module.eval().requires_grad_(False)


def check_place(parts: Sum, source: Maps) -> None:
    """The patch stands where `corner`, `step` and `channels` say, and what is not inside is padding."""
    height, width = source.shape[1:]
    for (channel, row, col), value in np.ndenumerate(parts.patch):
        y, x = parts.corner[0] + row * parts.step, parts.corner[1] + col * parts.step
        real = 0 <= y < height and 0 <= x < width
        assert real == (parts.inside is None or parts.inside[row, col])
        assert value == (source[parts.channels[channel], y, x] if real else 0)


CONVOLUTIONS = {
    "plain": nn.Conv2d(4, 6, 3),
    "without bias": nn.Conv2d(4, 6, (2, 3), bias=False),
    "strided": nn.Conv2d(4, 6, 3, stride=(3, 2)),
    "padded": nn.Conv2d(4, 6, (5, 3), padding=(3, 1)),
    "dilated": nn.Conv2d(4, 6, (3, 2), dilation=3, padding=2),
    "in groups": nn.Conv2d(4, 6, 3, groups=2, padding=1),
    "depthwise": nn.Conv2d(4, 8, 3, groups=4, stride=2, padding=1),
    "all at once": nn.Conv2d(4, 6, (3, 4), stride=(2, 1), padding=(2, 3), dilation=2, groups=2),
    "larger than the map": nn.Conv2d(4, 2, 11, padding=5),
}
WINDOWS = {
    "max": nn.MaxPool2d(2),
    "max, overlapping": nn.MaxPool2d((3, 2), stride=(2, 1)),
    "max, padded": nn.MaxPool2d(3, 2, padding=1),
    "max, rounded up": nn.MaxPool2d(3, 2, padding=1, ceil_mode=True),
    "max, dilated": nn.MaxPool2d(3, 1, padding=1, dilation=2),
    "average": nn.AvgPool2d(2),
    "average, padding counts": nn.AvgPool2d(3, 2, padding=1),
    "average, padding does not count": nn.AvgPool2d((3, 4), 2, padding=(1, 2), count_include_pad=False),
    "average, rounded up": nn.AvgPool2d(3, 2, ceil_mode=True),
    "average, rounded up and padded": nn.AvgPool2d((4, 3), 3, padding=1, ceil_mode=True),
    "average, rounded up, padding does not count": nn.AvgPool2d(3, 2, 1, True, False),
    "average with a divisor": nn.AvgPool2d(3, 2, padding=1, divisor_override=5),
    "grid of means, overlapping": nn.AdaptiveAvgPool2d((3, 5)),
    "grid of means, one side as it is": nn.AdaptiveAvgPool2d((None, 4)),
    "grid of means, finer than the map": nn.AdaptiveAvgPool2d((9, 2)),
    "global mean": nn.AdaptiveAvgPool2d(1),
}


@pytest.mark.parametrize("name", [*CONVOLUTIONS, *WINDOWS])
@pytest.mark.parametrize("size", [(7, 5), (8, 11)])
def test_every_unit_of_a_sliding_window_is_its_sum(name: str, size: tuple[int, int]) -> None:
    module, source = with_random_numbers((CONVOLUTIONS | WINDOWS)[name]), maps(4, *size)
    for unit, value in np.ndenumerate(output(module, [source])):
        parts = taken_apart(module, [source], unit)
        assert parts.terms.sum() == pytest.approx(value, abs=1e-12)
        check_place(parts, source)
        if parts.mode == "sum":
            assert (parts.patch * parts.weights).sum() + (parts.bias or 0) == pytest.approx(value, abs=1e-12)


ACTIVATIONS = [
    nn.ReLU(),
    nn.ReLU6(),
    nn.LeakyReLU(0.3),
    nn.ELU(1.5),
    nn.GELU(),
    nn.SiLU(),
    nn.Hardswish(),
    nn.Hardsigmoid(),
    nn.Tanh(),
    nn.Sigmoid(),
]
POINTWISE = {
    **{type(module).__name__: (module, [7 * maps(3, 4, 5)]) for module in ACTIVATIONS},
    "batch norm": (nn.BatchNorm2d(3), [maps(3, 4, 5)]),
    "batch norm without weights": (nn.BatchNorm2d(3, affine=False, eps=0.1), [maps(3, 4, 5)]),
    "layer norm over channels": (LayerNorm2d(3, eps=1e-6), [maps(3, 4, 5)]),
    "sum": (Add(), [maps(3, 4, 5), maps(3, 4, 5, seed=1)]),
    "sum with one value for a map": (Add(), [maps(3, 4, 5), maps(3, 1, 1)]),
    "gate": (Multiply(), [maps(3, 1, 1), maps(3, 4, 5)]),
    "gate of places": (Multiply(), [maps(3, 4, 5), maps(1, 4, 5, seed=1)]),
    "scale": (Scale(nn.Parameter(torch.zeros(3, 1, 1))), [maps(3, 4, 5)]),
    "stack": (Concat(), [maps(2, 4, 5), maps(1, 4, 5, seed=1), maps(3, 4, 5, seed=2)]),
    "dropout": (nn.Dropout(0.7), [maps(3, 4, 5)]),
    "identity": (nn.Identity(), [maps(3, 4, 5)]),
    "stochastic depth": (StochasticDepth(0.5, "row"), [maps(3, 4, 5)]),
}


@pytest.mark.parametrize("name", POINTWISE)
def test_every_unit_of_a_layer_that_works_in_place_is_its_sum(name: str) -> None:
    module, given = POINTWISE[name]
    with_random_numbers(module)
    for unit, value in np.ndenumerate(output(module, given)):
        parts = taken_apart(module, given, unit)
        assert parts.terms.sum() == pytest.approx(value, abs=1e-12)
        assert parts.corner == unit[1:]


@pytest.mark.parametrize(
    "module",
    [nn.Linear(3, 4), nn.Linear(3, 4, bias=False), nn.LayerNorm(3), nn.LayerNorm(3, bias=False)],
    ids=str,
)
def test_with_channels_last_each_place_has_its_own_sum(module: nn.Module) -> None:
    source = maps(3, 4, 5)
    with_random_numbers(module)
    for unit, value in np.ndenumerate(output(module, [source], last=True)):
        parts = taken_apart(module, [source], unit)
        assert parts.terms.sum() == pytest.approx(value, abs=1e-12)
        assert parts.channels == (0, 1, 2)
        check_place(parts, source)


def test_another_order_of_the_axes_changes_no_map() -> None:
    source = maps(3, 4, 5)
    for module in (Permute(0, 2, 3, 1), Permute(0, 3, 1, 2)):
        assert taken_apart(module, [source], (2, 1, 4)).terms.tolist() == [source[2, 1, 4]]


def test_a_list_holds_the_maps_one_after_the_other() -> None:
    source = maps(3, 4, 5)
    flat = nn.Flatten()(torch.from_numpy(source)[None])[0].numpy()
    found = [taken_apart(nn.Flatten(), [source], (index, 0, 0)) for index in range(60)]
    np.testing.assert_array_equal([parts.terms.sum() for parts in found], flat)
    assert found[33].channels == (1,)
    assert found[33].corner == (2, 3)


def test_a_convolution_at_a_corner_by_hand() -> None:
    conv = nn.Conv2d(1, 1, 3, padding=1)
    conv.weight.data = torch.arange(1.0, 10).view(1, 1, 3, 3)
    conv.bias.data = torch.tensor([-0.5])  # type: ignore[union-attr]
    parts = taken_apart(conv, [of([[[2, 3], [5, 7], [0, 1]]])], (0, 0, 0))
    assert parts.patch.tolist() == [[[0, 0, 0], [0, 2, 3], [0, 5, 7]]]
    assert parts.inside is not None
    assert parts.inside.tolist() == [[False, False, False], [False, True, True], [False, True, True]]
    assert (parts.mode, parts.corner, parts.step, parts.channels, parts.bias) == (
        "sum",
        (-1, -1),
        1,
        (0,),
        -0.5,
    )
    assert parts.terms.tolist() == [0, 0, 0, 0, 10, 18, 0, 40, 63, -0.5]
    assert parts.line == r"y = \sum w\,x + b = 131 + (-0.5) = 130"  # 130.5, to three digits and to even


def test_a_group_reads_its_own_channels() -> None:
    conv = nn.Conv2d(6, 4, 1, groups=2)
    assert taken_apart(conv, [maps(6, 2, 2)], (1, 0, 0)).channels == (0, 1, 2)
    assert taken_apart(conv, [maps(6, 2, 2)], (2, 0, 0)).channels == (3, 4, 5)


def test_a_dilated_window_by_hand() -> None:
    pool = nn.MaxPool2d(2, 1, dilation=2, padding=1)
    parts = taken_apart(pool, [of([[[9, 1, 8], [4, 3, 7], [6, 2, 5]]])], (0, 0, 1))
    assert parts.patch.tolist() == [[[0, 0], [4, 7]]]  # rows -1 and 1, columns 0 and 2
    assert (parts.mode, parts.corner, parts.step, parts.terms.tolist()) == ("max", (-1, 0), 2, [7])


def test_the_largest_of_negative_values_is_no_padding() -> None:
    parts = taken_apart(nn.MaxPool2d(3, 2, padding=1), [of([[[-4, -2], [-3, -9]]])], (0, 0, 0))
    assert parts.terms.tolist() == [-2]
    assert parts.line == r"y = \max(-4, -2, -3, -9) = -2"


def test_an_average_divides_by_what_torch_divides_by() -> None:
    source = of([[[4, 8, 1], [6, 2, 1], [1, 1, 1]]])
    for settings, divisor in (({}, 9), ({"count_include_pad": False}, 4), ({"divisor_override": 10}, 10)):
        parts = taken_apart(nn.AvgPool2d(3, 2, 1, **settings), [source], (0, 0, 0))
        assert parts.terms.sum() == pytest.approx(20 / divisor)
        assert parts.line == rf"y = \sum w\,x = {20 / divisor:.3g}"


def test_batch_norm_by_hand() -> None:
    norm = nn.BatchNorm2d(1, eps=0.25).eval()
    norm.running_mean.fill_(3)  # type: ignore[union-attr]
    norm.running_var.fill_(2)  # type: ignore[union-attr]
    norm.weight.data.fill_(-6)
    norm.bias.data.fill_(1)
    parts = taken_apart(norm, [of([[[6]]])], (0, 0, 0))
    assert parts.terms.tolist() == [-12, 1]  # -6 (6 - 3) / 1.5
    assert parts.line == r"y = -6 \cdot \frac{6 - 3}{\sqrt{2 + 0.25}} + 1 = -11"


def test_layer_norm_by_hand() -> None:
    norm = nn.LayerNorm(2, eps=0)
    norm.bias.data = torch.tensor([0.0, -0.5])
    parts = taken_apart(norm, [of([[[1]], [[5]]])], (1, 0, 0))
    assert parts.terms.tolist() == [1, -0.5]
    assert parts.patch.ravel().tolist() == [1, 5]
    assert parts.line == r"y = 1 \cdot \frac{5 - 3}{\sqrt{4 + 0}} + (-0.5) = 0.5"


@pytest.mark.parametrize(
    ("module", "x", "line"),
    [
        (nn.ReLU(), -2, r"\max(0, -2) = 0"),
        (nn.ReLU6(), 8, r"\min(\max(0, 8), 6) = 6"),
        (nn.LeakyReLU(0.25), -2, r"= -0.5"),
        (nn.ELU(2), 3, r"= 3"),
        (nn.GELU(), 1, r"1 \cdot \Phi(1) = 0.841"),
        (nn.SiLU(), -1, r"\frac{-1}{1 + e^{-(-1)}} = -0.269"),
        (nn.Hardswish(), -1, r"-1 \cdot \frac{\min(\max(0, -1 + 3), 6)}{6} = -0.333"),
        (nn.Hardsigmoid(), 0, r"\frac{\min(\max(0, 0 + 3), 6)}{6} = 0.5"),
        (nn.Tanh(), 0.5, r"\tanh(0.5) = 0.462"),
        (nn.Sigmoid(), 2, r"\frac{1}{1 + e^{-(2)}} = 0.881"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_an_activation_is_written_out(module: nn.Module, x: float, line: str) -> None:
    parts = taken_apart(module, [of([[[x]]])], (0, 0, 0))
    assert parts.line.startswith("y = ")
    assert parts.line.endswith(line)
    assert parts.mode == "values"


def test_an_upsampled_value_is_the_one_that_it_repeats() -> None:
    given, upsample = maps(2, 3, 4), nn.Upsample(scale_factor=2)
    output = upsample(torch.from_numpy(given)[None])[0]
    for unit in ((0, 0, 0), (1, 3, 6), (1, 5, 7)):
        parts = taken_apart(upsample, [given], unit)
        assert parts.terms.sum() == pytest.approx(output[unit].item())
        assert parts.corner == (unit[1] // 2, unit[2] // 2)


def test_sums_gates_and_scales_are_written_out() -> None:
    first, second = of([[[4]]]), of([[[-1.5]]])
    assert taken_apart(Add(), [first, second], (0, 0, 0)).line == r"y = 4 + (-1.5) = 2.5"
    assert taken_apart(Multiply(), [first, second], (0, 0, 0)).line == r"y = 4 \cdot (-1.5) = -6"
    scale = Scale(nn.Parameter(torch.tensor([0.5]).view(1, 1, 1)))
    assert taken_apart(scale, [second], (0, 0, 0)).line == r"y = 0.5 \cdot (-1.5) = -0.75"


@pytest.mark.parametrize("value", [1e-7, -2.5e9, 0.0, 123456.0, -0.001234])
def test_numbers_are_latex_with_three_digits(value: float) -> None:
    text = number(value)
    mantissa, _, exponent = re.sub(r"[{}]", "", text).partition(r" \cdot 10^")
    assert float(f"{mantissa}e{exponent or 0}") == pytest.approx(value, rel=5e-3)
    assert "e" not in text


def test_every_kind_of_layer_that_has_a_description_can_be_taken_apart() -> None:
    known = {kind.__name__ for kind in taken_apart.registry} | {"StochasticDepth", "Permute"}
    assert set(layers.KINDS) == known - {"object"}
    assert {kind.module.__name__ for kind in spec_kinds.KINDS.values()} <= known


def test_a_layer_without_arithmetic_says_which() -> None:
    with pytest.raises(NotImplementedError, match="Call"):
        taken_apart(Call(torch.sin, ((), {})), [maps(1, 1, 1)], (0, 0, 0))
