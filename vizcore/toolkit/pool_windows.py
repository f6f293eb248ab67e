r"""Where the windows of a pooling lie: as in PyTorch, with padding and with sizes rounded down or up.

In ceil mode a last window may reach beyond the padding; one that would start there is left out. All sizes are
in px along one axis; the axes of a picture are independent of each other.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.windows import MAX_SIDE, check

Indices: TypeAlias = NDArray[np.int64]
Pair: TypeAlias = int | tuple[int, int]  # px: along both axes, or (rows, columns)

SIZE = r"\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1"
CEIL_SIZE = r"\left\lceil \frac{n + 2p - k}{s} \right\rceil + 1"


@dataclass(frozen=True)
class Axis:
    """The windows along one axis; all in px."""

    size: int  # of the map
    window: int
    stride: int
    padding: int  # before, and as much behind
    count: int  # how many windows
    ceil_mode: bool

    @property
    def beyond(self) -> int:
        """Cells behind the padding that the last window reaches over."""
        return max(0, (self.count - 1) * self.stride + self.window - self.size - 2 * self.padding)

    @property
    def sources(self) -> Indices:
        """The cell at each place of the padded map and beyond, (size + 2 padding + beyond,); -1 for none."""
        return np.pad(np.arange(self.size), (self.padding, self.padding + self.beyond), constant_values=-1)

    @property
    def places(self) -> Indices:
        """Where each window's cells stand in `sources`, (count, window)."""
        return self.stride * np.arange(self.count)[:, None] + np.arange(self.window)

    @property
    def reads(self) -> NDArray[np.bool_]:
        """Which window reads which cell, (count, size)."""
        cell, start = np.arange(self.size), self.places[:, :1] - self.padding
        return (start <= cell) & (cell < start + self.window)

    @property
    def formula(self) -> str:
        """SIZE or CEIL_SIZE with its numbers, as LaTeX."""
        left, right = (r"\lceil", r"\rceil") if self.ceil_mode else (r"\lfloor", r"\rfloor")
        room = self.size + 2 * self.padding - self.window
        dropped = self.ceil_mode and -(-room // self.stride) + 1 > self.count
        numbers = rf"\frac{{{self.size} + 2 \cdot {self.padding} - {self.window}}}{{{self.stride}}}"
        return rf"\left{left} {numbers} \right{right} + 1{' - 1' if dropped else ''} = {self.count}"


def axes(
    shape: tuple[int, int],
    *,
    window: Pair | None,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
) -> tuple[Axis, Axis]:
    """Where the windows lie along the rows and along the columns.

    Args:
        shape: (H, W) of the map in px.
        window: its sides in px; None for the whole map (global pooling).
        stride: px from one window to the next; None for windows side by side.
        padding: px on each side, at most half the window.
        ceil_mode: keep a last window that only partly fits, as long as it starts before the padding behind.

    Raises:
        InputError: a setting out of its range, or a window larger than the padded map.
    """
    sides = shape if window is None else _pair(window)
    strides = sides if stride is None else _pair(stride)
    rows, cols = (
        _axis(*settings, ceil_mode) for settings in zip(shape, sides, strides, _pair(padding), strict=True)
    )
    return rows, cols


def _axis(size: int, window: int, stride: int, padding: int, ceil_mode: bool) -> Axis:
    check("side of the map", size, 1, MAX_SIDE)
    check("side of the window", window, 1, MAX_SIDE)
    check("stride", stride, 1, MAX_SIDE)
    check("padding of this window, at most half of it,", padding, 0, window // 2)
    room = size + 2 * padding - window
    if room < 0:
        raise InputError(
            f"A window of {window} px is larger than the {size + 2 * padding} px of the padded map. "
            "Take a smaller window."
        )
    count = room // stride + 1
    if ceil_mode and room % stride and count * stride < size + padding:
        count += 1
    return Axis(size, window, stride, padding, count, ceil_mode)


def _pair(value: Pair) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
