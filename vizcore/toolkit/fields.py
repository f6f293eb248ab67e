r"""Receptive fields: which part of the picture a unit can see at all.

A unit of a layer with kernel $k$, stride $s$, padding $p$ and dilation $d$ that stands at $[a, b)$ reads
the positions $[\,as - p,\; (b - 1)s - p + (k - 1)d + 1\,)$ of the layer before. Going back step by step to
the picture, over every branch, gives the box outside of which nothing can change the unit.

Source: Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural networks*,
doi:10.23915/distill.00021, equations 3 and 4.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from torch import nn

from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.layers import describe, sliding

Box: TypeAlias = tuple[int, int, int, int]  # top, left, bottom, right; half open
Span: TypeAlias = tuple[float, float]  # [start, stop) along one axis
Shapes: TypeAlias = Mapping[str, tuple[int, int, int]]  # step -> (C, H, W)

NOTHING: Box = (0, 0, 0, 0)
_EVERYWHERE: Span = (-math.inf, math.inf)
_SLIDING = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
_RESIZING = (nn.AdaptiveAvgPool2d, nn.Upsample)


def field(network: Sequence[Step], shapes: Shapes, layer: str, row: int, col: int) -> Box:
    """The box of the picture that a unit can see, inside the picture; all zeros when it sees only padding.

    Where the border cuts a dilated kernel, less than one dilation of the box may lie beyond what counts.

    Args:
        network: from `graphs.steps`.
        shapes: of the maps of every step, and of INPUT.
        layer: name of a step.
        row: of the unit in its map.
        col: of the unit in its map.
    """
    rows = _span(network, shapes, layer, (row, row + 1), axis=0, inside=True)
    cols = _span(network, shapes, layer, (col, col + 1), axis=1, inside=True)
    if rows is None or cols is None:
        return NOTHING
    return int(rows[0]), int(cols[0]), int(rows[1]), int(cols[1])


def extent(network: Sequence[Step], shapes: Shapes, layer: str) -> tuple[int, int] | None:
    """Height and width in px of what the units of a layer see, if the picture had no border.

    None where they see all of it, however large it is.
    """
    spans = [_span(network, shapes, layer, (0, 1), axis, inside=False) or (0, 0) for axis in (0, 1)]
    if any(math.isinf(stop - start) for start, stop in spans):
        return None
    (top, bottom), (left, right) = spans
    return int(bottom - top), int(right - left)


def _span(
    network: Sequence[Step], shapes: Shapes, layer: str, start: Span, axis: int, *, inside: bool
) -> Span | None:
    """Rows (axis 0) or columns (1) of the picture that the rows or columns `start` of a layer depend on."""
    needed: dict[str, Span] = {layer: start}
    for step in reversed(network):
        if step.name in needed:
            for name in step.inputs:
                before, after = shapes[name][1 + axis], shapes[step.name][1 + axis]
                span = _reads(step.module, needed[step.name], before, after, axis)
                if inside:
                    span = max(span[0], 0), min(span[1], before)
                if span[0] < span[1]:
                    known = needed.get(name, span)
                    needed[name] = min(span[0], known[0]), max(span[1], known[1])
    return needed.get(INPUT)


def _reads(module: nn.Module, span: Span, before: int, after: int, axis: int) -> Span:
    """What a span of a layer's output depends on in its input, which is `before` px long."""
    start, stop = span
    if isinstance(module, _SLIDING):
        kernel, stride, padding, dilation = sliding(module, axis)
        return start * stride - padding, (stop - 1) * stride - padding + (kernel - 1) * dilation + 1
    if before == 1 and after > 1:
        return 0, 1  # one value counts for all pixels
    if before > after == 1 or not describe(module).formula:
        return _EVERYWHERE  # such as a global average, or a list
    if isinstance(module, _RESIZING) and before != after and math.isfinite(stop - start):
        return math.floor(start * before / after), math.ceil(stop * before / after)
    return span
