"""The sum behind one value: what a unit reads, what it multiplies it by, and what it makes of it.

Everything is computed again in double precision from the maps that the unit reads, so that it can be
held against what the network computed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vizcore.toolkit import modules
from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.layers import pair, sliding

Values: TypeAlias = NDArray[np.float64]
Maps: TypeAlias = NDArray[np.float32]  # (C, H, W)
Unit: TypeAlias = tuple[int, int, int]  # channel, row, column


@dataclass(frozen=True, eq=False)
class Sum:
    """One unit, taken apart."""

    terms: Values  # (T,) their sum is the value
    patch: Values  # (K, h, w) what the unit reads: of K channels, or of K layers; 0 for padding
    weights: Values | None = None  # (K, h, w) the factor of each value; None where the patch only selects
    bias: float | None = None  # added in the end, the last of the terms
    inside: NDArray[np.bool_] | None = None  # (h, w) False: padding; None where there is none
    channels: tuple[int, ...] = ()  # K channels of the map that is read; empty where K counts layers
    corner: tuple[int, int] = (0, 0)  # where the patch begins in the map: row, column; below 0 in padding
    step: int = 1  # px between neighbours of the patch in the map (dilation)
    source: int | None = None  # which one of the layers before it reads; None: all of them
    line: str = ""  # LaTeX: the formula with the numbers in it

    @property
    def mode(self) -> str:
        """How it is put together: "sum" of products, "max" of a window, or "values" that enter a formula."""
        if self.weights is not None:
            return "sum"
        return "max" if self.inside is not None else "values"


@singledispatch
def taken_apart(module: nn.Module, given: Sequence[Maps], unit: Unit) -> Sum:
    """The sum behind the value of one unit.

    Args:
        module: the layer.
        given: the maps that it reads, in its order.
        unit: channel, row and column in its output.

    Raises:
        NotImplementedError: this kind of layer has no arithmetic here.
    """
    if type(module).__name__ in ("StochasticDepth", "Permute"):
        return _selected(given[0], unit)
    raise NotImplementedError(type(module).__name__)


@taken_apart.register
def _(module: nn.Conv2d, given: Sequence[Maps], unit: Unit) -> Sum:
    per_group = module.in_channels // module.groups
    first = unit[0] // (module.out_channels // module.groups) * per_group
    weights = _array(module.weight[unit[0]])
    patch, inside, corner = _window(given[0][first : first + per_group], module, unit)
    return _weighted(
        patch,
        weights,
        None if module.bias is None else module.bias[unit[0]].item(),
        inside=inside,
        channels=tuple(range(first, first + per_group)),
        corner=corner,
        step=sliding(module, axis=0).dilation,
    )


@taken_apart.register
def _(module: nn.Linear, given: Sequence[Maps], unit: Unit) -> Sum:
    channel, row, col = unit
    patch = given[0][:, row, col].astype(np.float64)[:, None, None]
    bias = None if module.bias is None else module.bias[channel].item()
    return _weighted(
        patch,
        _array(module.weight[channel])[:, None, None],
        bias,
        channels=tuple(range(len(patch))),
        corner=(row, col),
    )


@taken_apart.register
def _(module: nn.AvgPool2d, given: Sequence[Maps], unit: Unit) -> Sum:
    patch, inside, corner = _window(given[0][unit[0] : unit[0] + 1], module, unit)
    count = float(inside.sum()) if not module.count_include_pad else _padded(given[0], module, corner)
    weights = inside[None] / (module.divisor_override or count)
    return _weighted(patch, weights, inside=inside, channels=unit[:1], corner=corner)


@taken_apart.register
def _(module: nn.AdaptiveAvgPool2d, given: Sequence[Maps], unit: Unit) -> Sum:
    channel, row, col = unit
    sides, wanted = given[0].shape[1:], pair(module.output_size)  # type: ignore[arg-type]
    (top, bottom), (left, right) = (
        (position * side // (size or side), -(-(position + 1) * side // (size or side)))
        for position, side, size in zip((row, col), sides, wanted, strict=True)
    )
    patch = given[0][channel : channel + 1, top:bottom, left:right].astype(np.float64)
    return _weighted(patch, np.full_like(patch, 1 / patch.size), channels=(channel,), corner=(top, left))


@taken_apart.register
def _(module: nn.MaxPool2d, given: Sequence[Maps], unit: Unit) -> Sum:
    patch, inside, corner = _window(given[0][unit[0] : unit[0] + 1], module, unit)
    largest = patch[0][inside].max()
    found = ", ".join(number(value) for value in patch[0][inside][:9])
    more = r", \dots" if inside.sum() > 9 else ""
    return Sum(
        terms=np.array([largest]),
        patch=patch,
        inside=inside,
        channels=unit[:1],
        corner=corner,
        step=sliding(module, axis=0).dilation,
        line=rf"y = \max({found}{more}) = {number(largest)}",
    )


@taken_apart.register
def _(module: modules.Add, given: Sequence[Maps], unit: Unit) -> Sum:
    patch = np.concatenate([_point(maps, unit) for maps in given])
    first, second = patch.ravel()
    line = rf"y = {number(first)} + {signed(second)} = {number(first + second)}"
    return Sum(patch.ravel(), patch, corner=unit[1:], line=line)


@taken_apart.register
def _(module: modules.Scale, given: Sequence[Maps], unit: Unit) -> Sum:
    factor = _array(module.factors).reshape(-1)[unit[0]]
    patch = _point(given[0], unit)
    line = rf"y = {number(factor)} \cdot {signed(patch.item())} = {number(factor * patch.item())}"
    return Sum(factor * patch.ravel(), patch, channels=unit[:1], corner=unit[1:], line=line)


@taken_apart.register
def _(module: modules.Multiply, given: Sequence[Maps], unit: Unit) -> Sum:
    patch = np.concatenate([_point(maps, unit) for maps in given])
    first, second = patch.ravel()
    line = rf"y = {number(first)} \cdot {signed(second)} = {number(first * second)}"
    return Sum(np.array([first * second]), patch, corner=unit[1:], line=line)


@taken_apart.register
def _(module: modules.Concat, given: Sequence[Maps], unit: Unit) -> Sum:
    channel = unit[0]
    for source, maps in enumerate(given):
        if channel < len(maps):
            return _selected(maps, (channel, *unit[1:]), source)
        channel -= len(maps)
    raise IndexError(unit)


@taken_apart.register
def _(module: nn.Flatten, given: Sequence[Maps], unit: Unit) -> Sum:
    channel, row, col = np.unravel_index(unit[0], given[0].shape)
    return _selected(given[0], (int(channel), int(row), int(col)))


@taken_apart.register
def _(module: nn.Upsample, given: Sequence[Maps], unit: Unit) -> Sum:
    channel, row, col = unit
    scale = int(module.scale_factor)  # type: ignore[arg-type]
    return _selected(given[0], (channel, row // scale, col // scale))


@taken_apart.register(nn.Dropout)
@taken_apart.register(nn.Identity)
def _(module: nn.Module, given: Sequence[Maps], unit: Unit) -> Sum:
    return _selected(given[0], unit)


@taken_apart.register
def _(module: nn.BatchNorm2d, given: Sequence[Maps], unit: Unit) -> Sum:
    channel = unit[0]
    mean, variance = _array(module.running_mean)[channel], _array(module.running_var)[channel]
    return _standardised(module, given[0][unit], mean, variance, channel, _point(given[0], unit), unit)


@taken_apart.register
def _(module: nn.LayerNorm, given: Sequence[Maps], unit: Unit) -> Sum:
    channel, row, col = unit
    read = given[0][:, row, col].astype(np.float64)
    patch = read[:, None, None]
    return _standardised(module, read[channel], read.mean(), read.var(), channel, patch, unit)


# Class of an activation -> its formula in LaTeX, with {x} for the number that goes in.
ACTIVATIONS: Mapping[type[nn.Module], str] = {
    nn.ReLU: r"\max(0, {x})",
    nn.ReLU6: r"\min(\max(0, {x}), 6)",
    nn.LeakyReLU: r"\max(0, {x}) + a\,\min(0, {x})",
    nn.ELU: r"\max(0, {x}) + \alpha\,(e^{{\min(0, {x})}} - 1)",
    nn.GELU: r"{x} \cdot \Phi({x})",
    nn.SiLU: r"\frac{{{x}}}{{1 + e^{{-({x})}}}}",
    nn.Hardswish: r"{x} \cdot \frac{{\min(\max(0, {x} + 3), 6)}}{{6}}",
    nn.Hardsigmoid: r"\frac{{\min(\max(0, {x} + 3), 6)}}{{6}}",
    nn.Tanh: r"\tanh({x})",
    nn.Sigmoid: r"\frac{{1}}{{1 + e^{{-({x})}}}}",
}


def _activated(module: nn.Module, given: Sequence[Maps], unit: Unit) -> Sum:
    patch = _point(given[0], unit)
    with torch.inference_mode():
        value = module(torch.from_numpy(patch.copy())).item()
    formula = next(text for kind, text in ACTIVATIONS.items() if isinstance(module, kind))
    line = rf"y = {formula.format(x=number(patch.item()))} = {number(value)}"
    return Sum(np.array([value]), patch, channels=unit[:1], corner=unit[1:], line=line)


for _kind in ACTIVATIONS:
    taken_apart.register(_kind, _activated)


def _weighted(patch: Values, weights: Values, bias: float | None = None, **where: Any) -> Sum:
    """A sum of products."""
    products = (patch * weights).ravel()
    total = number(products.sum())
    if bias is None:
        line = rf"y = \sum w\,x = {total}"
    else:
        line = rf"y = \sum w\,x + b = {total} + {signed(bias)} = {number(products.sum() + bias)}"
        products = np.append(products, bias)
    return Sum(products, patch, weights, bias, line=line, **where)


def _standardised(
    module: nn.Module, x: float, mean: float, variance: float, channel: int, patch: Values, unit: Unit
) -> Sum:
    """A value less its mean, divided by its standard deviation, times one learned number plus another."""
    scale = 1.0 if module.weight is None else module.weight[channel].item()  # type: ignore[index]
    shift = 0.0 if module.bias is None else module.bias[channel].item()  # type: ignore[index]
    epsilon = float(module.eps)  # type: ignore[arg-type]
    scaled = scale * (float(x) - float(mean)) / math.sqrt(float(variance) + epsilon)
    deviation = rf"\sqrt{{{number(variance)} + {number(epsilon)}}}"
    line = (
        rf"y = {number(scale)} \cdot \frac{{{number(x)} - {signed(mean)}}}{{{deviation}}}"
        rf" + {signed(shift)} = {number(scaled + shift)}"
    )
    channels = unit[:1] if len(patch) == 1 else tuple(range(len(patch)))
    return Sum(np.array([scaled, shift]), patch, channels=channels, corner=unit[1:], line=line)


def _selected(maps: Maps, unit: Unit, source: int | None = None) -> Sum:
    """A value that is passed on as it is."""
    patch = _point(maps, unit)
    line = rf"y = x = {number(patch.item())}"
    return Sum(patch.ravel(), patch, channels=unit[:1], corner=unit[1:], source=source, line=line)


def _point(maps: Maps, unit: Unit) -> Values:
    """(1, 1, 1) the value at a unit's own place; one map counts for all channels, 1 x 1 for all places."""
    place = tuple(min(index, size - 1) for index, size in zip(unit, maps.shape, strict=True))
    return np.array(maps[place], np.float64).reshape(1, 1, 1)


def _window(maps: Maps, module: nn.Module, unit: Unit) -> tuple[Values, NDArray[np.bool_], tuple[int, int]]:
    """(K, h, w) what a sliding window covers, which of it is no padding (h, w), and where it starts."""
    starts, places, known = [], [], []
    for axis in (0, 1):
        kernel, stride, padding, dilation = sliding(module, axis)
        start = unit[1 + axis] * stride - padding
        place = start + dilation * np.arange(kernel)
        starts.append(start)
        known.append((place >= 0) & (place < maps.shape[1 + axis]))
        places.append(place.clip(0, maps.shape[1 + axis] - 1))
    inside = np.logical_and.outer(*known)
    patch = maps[:, places[0][:, None], places[1]].astype(np.float64) * inside
    return patch, inside, (starts[0], starts[1])


def _padded(maps: Maps, module: nn.AvgPool2d, corner: tuple[int, int]) -> float:
    """How many values a window averages when padding counts, but not what lies beyond it (ceil_mode)."""
    sides = []
    for axis, start in enumerate(corner):
        kernel, _, padding, _ = sliding(module, axis)
        sides.append(min(start + kernel, maps.shape[1 + axis] + padding) - start)
    return float(math.prod(sides))


def _array(tensor: Tensor | None) -> Values:
    assert tensor is not None
    return tensor.detach().cpu().double().numpy()
