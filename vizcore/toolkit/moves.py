"""A picture and what pooling makes of it before and after the picture moves: how much is another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import windows
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.subsampling import World

Floats: TypeAlias = NDArray[np.float64]

INPUT = "input"  # the picture itself, in front of every pooling
SAME = 1e-9  # of the largest value; values that differ by less have not changed


@dataclass(frozen=True, eq=False)
class Compared:
    """The same values before and after something was done."""

    before: Floats  # (H, W)
    after: Floats  # (H, W)
    share: float  # of the values that changed, 0 to 1
    distance: float  # relative L2 distance, 0 = nothing changed; inf where all were 0 before


def compared(before: ArrayLike, after: ArrayLike, *, above: float = 0.0) -> Compared:
    """How much two sets of values differ.

    Args:
        before: (H, W).
        after: (H, W).
        above: a value has changed if it differs by more than this; rounding never counts.

    Raises:
        InputError: they have not the same shape.
    """
    first, second = np.array(before, np.float64), np.array(after, np.float64)
    if first.shape != second.shape:
        raise InputError(f"Only values of one shape can be compared, not {first.shape} with {second.shape}.")
    least = max(above, SAME * max(np.abs(first).max(), np.abs(second).max()))
    size, distance = _length(first), _length(second - first)
    relative = distance / size if size else np.inf if distance else 0.0
    return Compared(first, second, float((np.abs(second - first) > least).mean()), relative)


def moved(found: World, ways: Sequence[str], *, dy: int, dx: int, above: float = 0.0) -> dict[str, Compared]:
    """The picture (INPUT) and each way to pool it, before and after a move.

    Args:
        found: from `subsampling.world`, of a picture without negative values and a kernel of a single 1.
        ways: keys of `subsampling.WAYS`.
        dy: px down, at most the margin of `found` either way.
        dx: px to the right.
        above: as in `compared`.

    Raises:
        InputError: the shift is larger than that.
    """
    windows.check("shift down", dy, -found.margin, found.margin)
    windows.check("shift to the right", dx, -found.margin, found.margin)

    def picture(down: int, right: int) -> Floats:
        top, left = found.margin - down, found.margin - right
        return found.dense["strided"][top : top + found.shape[0], left : left + found.shape[1]]

    pictures = compared(picture(0, 0), picture(dy, dx), above=above)
    return {INPUT: pictures} | {
        way: compared(found.kept(way, 0, 0), found.kept(way, dy, dx), above=above) for way in ways
    }


def _length(values: Floats) -> float:
    """The L2 norm, without the threads that `np.linalg.norm` starts: they take longer than the sum."""
    return float(np.sqrt(np.square(values).sum()))
