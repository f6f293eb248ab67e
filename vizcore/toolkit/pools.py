r"""Pooling: one number for each window of a map, and blurring before a map is subsampled.

Sums over a window are taken across, then down, and so are maxima: $h + w$ steps instead of $hw$, so that a
window as large as the map (global pooling) is no special case. Every window adds up in the same order, so
equal windows give equal bits wherever they lie, and "nothing changes" can be said exactly. The tests hold all
of this against `torch.nn.functional`.

As in PyTorch, padding never wins a maximum, and counts as zeros in an average; what a last window in ceil
mode covers beyond the padding does not count at all. Only the L2 pooling is scaled there as if the mean of
the squares filled the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from vizcore.toolkit import windows
from vizcore.toolkit.convolutions import Floats, tensor
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.pool_windows import Axis, Indices, Pair, axes

MAX_VALUES = 2**25  # of all maps together; 268 MB
# side -> binomial taps, to be divided by their sum
TAPS: Mapping[int, tuple[int, ...]] = {3: (1, 2, 1), 5: (1, 4, 6, 4, 1)}


@dataclass(frozen=True)
class Pool:
    """A way to make one number of a window."""

    title: str
    formula: str  # LaTeX, over the K = h w cells x_k of a window, v_k down and u_k across from its middle
    source: str
    says: str  # one sentence: what it keeps


POOLS: Mapping[str, Pool] = {
    "max": Pool(
        "Max",
        r"\max_k x_k",
        "Zhou & Chellappa 1988; Riesenhuber & Poggio 1999",
        "Keeps the strongest value of a window and forgets where in the window it was.",
    ),
    "average": Pool(
        "Average",
        r"\frac{1}{K} \sum_k x_k",
        "LeCun et al. 1998",
        "Keeps the mean of a window: a box blur, of which only some places are kept.",
    ),
    "l2": Pool(
        "L2",
        r"\sqrt{\textstyle\sum_k x_k^2}",
        "Goodfellow, Bengio & Courville 2016, section 9.3",
        "Keeps the length of a window's values as a vector: large ones count most, and signs are lost.",
    ),
    "weighted": Pool(
        "Distance-weighted",
        r"\sum_k g_k\, x_k, \quad g_k \propto e^{-8 (v_k^2 / h^2 + u_k^2 / w^2)}",
        "Goodfellow, Bengio & Courville 2016, section 9.3",
        "Averages with Gaussian weights that fade with the distance from the middle of the window.",
    ),
}


def pooled(
    maps: ArrayLike,
    *,
    kind: str,
    window: Pair | None,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
) -> Floats:
    """One number per window and map, (C, H', W').

    Args:
        maps: (C, H, W).
        kind: key of POOLS.
        window, stride, padding, ceil_mode: as in `pool_windows.axes`.

    Raises:
        InputError: there is no such kind, or settings are out of their range.
    """
    pick(POOLS, kind, "pooling")
    x = _maps(maps)
    rows, cols = axes(_sides(x), window=window, stride=stride, padding=padding, ceil_mode=ceil_mode)
    if kind == "max":
        return _largest(x, rows, cols)[0].numpy()
    padded = _padded(x.square() if kind == "l2" else x, rows, cols, 0)
    down, across = _weights(kind, rows.window), _weights(kind, cols.window)
    totals = _summed(_summed(padded, 2, across, cols.stride), 1, down, rows.stride)
    counted = torch.from_numpy(np.outer(_counted(rows, down), _counted(cols, across)))
    if kind == "l2":
        return (totals / (counted / (rows.window * cols.window))).sqrt().numpy()
    return (totals / counted).numpy()


def switches(
    maps: ArrayLike,
    *,
    window: Pair | None,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
) -> Indices:
    """Row and column of the largest value of each window, (C, H', W', 2): the first one in reading order.

    Args and Raises as in `pooled`.
    """
    x = _maps(maps)
    rows, cols = axes(_sides(x), window=window, stride=stride, padding=padding, ceil_mode=ceil_mode)
    _, row, col = _largest(x, rows, cols)
    return np.stack([row.numpy() - rows.padding, col.numpy() - cols.padding], axis=-1)


def weights(kind: str, window: tuple[int, int]) -> Floats:
    """The weights (h, w) of an "average" or "weighted" window; their sum is 1."""
    weight = np.outer(*(_weights(kind, side) for side in window))
    return weight / weight.sum()


def blurred(maps: ArrayLike, *, taps: int, stride: int = 1, padding_mode: str = "circular") -> Floats:
    """Maps blurred, of which every `stride`-th row and column is kept: (C, ceil(H / s), ceil(W / s)).

    Source: Zhang 2019, *Making convolutional networks shift-invariant again*, arXiv:1904.11486.

    Args:
        maps: (C, H, W).
        taps: side of the blur in px, a key of TAPS.
        stride: px from one kept place to the next; the first one is kept.
        padding_mode: one of `windows.MODES`.

    Raises:
        InputError: there is no such blur, stride or mode, or the maps are too small to be filled in that way.
    """
    if taps not in TAPS:
        raise InputError(f"A blur has {' or '.join(map(str, TAPS))} taps, not {str(taps)[:40]}.")
    windows.check("stride", stride, 1, windows.MAX_STRIDE)
    x, across = _maps(maps), np.array(TAPS[taps], np.float64)
    for dim in (2, 1):
        around = (taps // 2, taps // 2)
        sources = torch.from_numpy(windows.sources(x.shape[dim], *around, padding_mode))
        padded = x.index_select(dim, sources.clamp(min=0))
        padded.index_fill_(dim, (sources < 0).nonzero()[:, 0], 0)
        x = _summed(padded, dim, across, stride)
    return (x / across.sum() ** 2).numpy()


def _largest(x: Tensor, rows: Axis, cols: Axis) -> tuple[Tensor, Tensor, Tensor]:
    """The largest value of each window, and its row and column in the padded maps; each (C, H', W')."""
    values, col = _padded(x, rows, cols, -torch.inf).unfold(2, cols.window, cols.stride).max(-1)
    col += cols.stride * torch.arange(cols.count)
    values, row = values.unfold(1, rows.window, rows.stride).max(-1)
    col = col.unfold(1, rows.window, rows.stride).gather(-1, row[..., None])[..., 0]
    return values, row + rows.stride * torch.arange(rows.count)[:, None], col


def _summed(x: Tensor, dim: int, weights: Floats, stride: int) -> Tensor:
    """Weighted sums of neighbours along one axis, all added in the same order."""
    cells = x.unfold(dim, len(weights), stride)
    total = torch.zeros(cells.shape[:-1], dtype=x.dtype)
    for k, weight in enumerate(weights.tolist()):
        total += weight * cells[..., k]
    return total


def _counted(axis: Axis, weights: Floats) -> Floats:
    """The sum of those weights of each window that lie in the padded map, (count,)."""
    return ((axis.places < axis.size + 2 * axis.padding) * weights).sum(1)


def _weights(kind: str, side: int) -> Floats:
    """Along one axis, (side,): all alike, or a Gaussian whose sigma is a quarter of the side."""
    if kind != "weighted":
        return np.ones(side)
    distance = np.arange(side) - (side - 1) / 2
    return np.exp(-8 * (distance / side) ** 2)


def _padded(x: Tensor, rows: Axis, cols: Axis, fill: float) -> Tensor:
    """(C, len(rows.sources), len(cols.sources)): all that the windows cover."""
    padded = torch.full((len(x), len(rows.sources), len(cols.sources)), fill, dtype=x.dtype)
    padded[:, rows.padding :, cols.padding :][:, : rows.size, : cols.size] = x
    return padded


def _maps(values: ArrayLike) -> Tensor:
    maps = tensor(values, 3, "maps")
    if maps.numel() > MAX_VALUES:
        raise InputError(
            f"{maps.numel():,} values are more than the {MAX_VALUES:,} possible here. "
            "Take fewer maps, or smaller ones."
        )
    return maps


def _sides(maps: Tensor) -> tuple[int, int]:
    return maps.shape[1], maps.shape[2]
