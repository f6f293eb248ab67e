r"""Five ways to keep every s-th value of a feature map, and what each makes of a picture that moves.

All start from the same map $y = \max(0, x \star w)$ and differ in what happens before values are left out:

- a strided convolution leaves them out at once;
- max and average pooling look at a window of each first;
- max + blur takes the maximum at every place, and blurs before it leaves out (Zhang 2019, arXiv:1904.11486).

The picture is a window onto a larger world: beyond its border it goes on, at the opposite side or mirrored,
and a shift moves the window. So everything before the subsampling is equivariant to the bit, and what is
measured is the subsampling alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import pools, resampling, warps, windows
from vizcore.toolkit.convolutions import correlate, tensor
from vizcore.toolkit.errors import pick

Floats: TypeAlias = NDArray[np.float64]

MAX_SHIFT = 32  # px
MAX_WINDOW = 8


@dataclass(frozen=True)
class Way:
    """A way to make a map smaller."""

    title: str
    formula: str  # LaTeX, along one axis
    says: str  # one sentence
    pool: str  # key of `pools.POOLS`, or empty
    taps: int  # of the blur behind it, 0 for none


WAYS: Mapping[str, Way] = {
    "strided": Way("Strided convolution", r"y_{si}", "Keeps every s-th value and drops the rest.", "", 0),
    "max": Way("Max pooling", r"\max_k y_{si+k}", "Keeps the largest value of each window.", "max", 0),
    "average": Way(
        "Average pooling", r"\tfrac{1}{s} \sum_k y_{si+k}", "Keeps the mean of each window.", "average", 0
    ),
    "blur3": Way(
        "Max + blur, 3 taps",
        r"\sum_m b_m \max_k y_{si+m+k}",
        "Takes the maximum at every place, blurs with 1 2 1, then keeps every s-th value.",
        "max",
        3,
    ),
    "blur5": Way(
        "Max + blur, 5 taps",
        r"\sum_m b_m \max_k y_{si+m+k}",
        "Takes the maximum at every place, blurs with 1 4 6 4 1, then keeps every s-th value.",
        "max",
        5,
    ),
}


@dataclass(frozen=True, eq=False)
class World:
    """What each way would keep if it kept every value, around the picture too."""

    dense: Mapping[str, Floats]  # way -> (H + 2 margin, W + 2 margin)
    shape: tuple[int, int]  # (H, W) of the picture, px
    margin: int  # px around it
    stride: int

    def kept(self, way: str, dy: int, dx: int, beyond: int = 0) -> Floats:
        """The map of the shifted picture, (H / s, W / s), with `beyond` more values on each side."""
        rows, cols = (
            self.margin - shift + self.stride * np.arange(-beyond, side // self.stride + beyond)
            for shift, side in zip((dy, dx), self.shape, strict=True)
        )
        return self.dense[way][np.ix_(rows, cols)]


def world(image: ArrayLike, kernel: ArrayLike, *, window: int, max_shift: int, border: str) -> World:
    """Every way's values at every place of a picture and `max_shift` px around it, for a stride of `window`.

    Args:
        image: (H, W).
        kernel: (h, w) of the convolution.
        window: side of the pooling and stride, px.
        max_shift: px.
        border: key of `warps.BORDERS`.

    Raises:
        InputError: a setting is out of its range, or a value is not finite.
    """
    x, w = tensor(image, 2, "picture").numpy(), tensor(kernel, 2, "kernel").numpy()
    pick(warps.BORDERS, border, "border")
    windows.check("window", window, 1, min(MAX_WINDOW, *x.shape))
    windows.check("largest shift", max_shift, 0, MAX_SHIFT)
    margin = max_shift + 2 * window  # and two more values of the small map, for interpolation
    reach = [margin + side // 2 + window + max(pools.TAPS) // 2 for side in w.shape]
    rows, cols = (
        resampling.folded(np.arange(-more, side + more), side, border)
        for side, more in zip(x.shape, reach, strict=True)
    )
    y = np.maximum(correlate(x[np.ix_(rows, cols)][None], w[None, None]), 0)
    begin = window + max(pools.TAPS) // 2  # of the margin, in y
    pooled = {
        kind: y if not kind else pools.pooled(y, kind=kind, window=window, stride=1)
        for kind in {way.pool for way in WAYS.values()}
    }
    dense = {}
    for name, way in WAYS.items():
        values = pooled[way.pool]
        if way.taps:
            values = pools.blurred(values, taps=way.taps)
        dense[name] = values[
            0, begin : begin + x.shape[0] + 2 * margin, begin : begin + x.shape[1] + 2 * margin
        ]
    return World(dense, (x.shape[0], x.shape[1]), margin, window)


def followed(found: World, way: str, dy: int, dx: int) -> Floats:
    """S f(x): the map of the unmoved picture, moved by dy / s and dx / s; between its values interpolated."""
    beyond = -(-max(abs(dy), abs(dx)) // found.stride) + 1
    values = torch.from_numpy(found.kept(way, 0, 0, beyond))
    rows, cols = resampling.grid((found.shape[0] // found.stride, found.shape[1] // found.stride))
    places = rows + beyond - dy / found.stride, cols + beyond - dx / found.stride
    return resampling.resampled(values, *places, border="reflect").numpy()


def changes(found: World, way: str, *, radius: int, along: bool) -> Floats:
    """How far f(Sx) is from f(x), in lengths of f(x), for every shift up to `radius`: (2 r + 1, 2 r + 1).

    Args:
        found: from `world`, with a largest shift of `radius` or more.
        way: key of WAYS.
        radius: px; rows are shifts down, columns to the right, from -radius to radius.
        along: compare with S f(x), which is f(x) moved along: 0 is equivariant. Else with f(x) as it stands:
            0 is invariant.
    """
    still = found.kept(way, 0, 0)
    reach = range(-radius, radius + 1)
    expected = followed if along else lambda *_: still
    distances = [
        [_length(found.kept(way, dy, dx) - expected(found, way, dy, dx)) for dx in reach] for dy in reach
    ]
    return np.array(distances) / (_length(still) or 1.0)


def _length(values: Floats) -> float:
    """Not by `np.linalg.norm`: the threads that it starts for so few values cost more than they bring."""
    return float(np.sqrt(np.square(values).sum()))
