"""Which rows of many maps are the same row, before any is computed; columns likewise.

A step of a network computes a row of its map from a few rows of the map before, in the same way wherever
they lie. So a row is known by the rows that it is computed from, those by theirs, down to the rows of the
picture: rows that are computed from the same rows are equal. A "line" is a row or a column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from vizcore.toolkit.layers import Sliding
from vizcore.toolkit.resampling import folded

Indices = NDArray[np.int64]
TOGETHER = 16  # lines in a run where any number would do


@dataclass(frozen=True, eq=False)
class Lines:
    """The different lines, along one axis, of the maps that one step makes of several pictures."""

    places: Indices  # (S, n) which of them stands at place 0 .. n - 1 of the map of picture s
    count: int  # how many they are


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of lines over which a step slides, all as long as one another, and what it makes of them."""

    sources: tuple[Indices, ...]  # for each input of the step (R, L), which of its lines; -1: padding
    first: int  # number of the first line that it makes; the others follow, run by run
    length: int  # how many lines it makes of each run

    def __len__(self) -> int:
        return len(self.sources[0])

    @property
    def made(self) -> slice:
        """The lines that it makes."""
        return slice(self.first, self.first + len(self) * self.length)

    def parts(self, most: int) -> Iterator["Runs"]:
        """The same runs, `most` at a time."""
        for start in range(0, len(self), most):
            sources = tuple(source[start : start + most] for source in self.sources)
            yield Runs(sources, self.first + start * self.length, self.length)


@dataclass(frozen=True, eq=False)
class Reading:
    """How a step gets its lines from those of its inputs."""

    lines: Lines  # that it makes
    runs: tuple[Runs, ...]
    stride: int = 1  # lines that its window moves by within a run


def shifted(side: int, shifts: Indices, border: str) -> Lines:
    """The lines of one picture after several shifts.

    Args:
        side: of the picture in px.
        shifts: (S,) px towards its end.
        border: key of `warps.BORDERS`: how the picture goes on.
    """
    return Lines(folded(np.arange(side) - shifts[:, None], side, border), side)


@lru_cache(maxsize=8)  # rows and columns of squares are read alike
def joined(parts: tuple[Lines, ...]) -> Reading:
    """How a step reads that makes each line of the lines at the same place of its inputs."""
    different, codes = _coded(np.stack([part.places for part in parts], axis=-1))
    count = len(different)
    bounds = [0, count - count % TOGETHER, count]
    runs = (
        Runs(tuple(different[start:stop].T.reshape(len(parts), -1, length)), start, length)
        for start, stop, length in zip(bounds, bounds[1:], (TOGETHER, count % TOGETHER), strict=False)
        if stop > start
    )
    return Reading(Lines(codes, count), tuple(runs))


@lru_cache(maxsize=8)
def read(before: Lines, window: Sliding, count: int, border: str) -> Reading:
    """How a sliding window reads, with as few lines in its runs as possible.

    With a stride, the windows of one picture often lie between those of another. Then one window that moves
    line by line finds both.

    Args:
        before: lines of the map that it slides over.
        window: its settings along this axis.
        count: places that it has on each map.
        border: what it finds beyond the border: "zeros", or a key of `warps.BORDERS`.
    """
    found = (_read(before, window, count, border, stride) for stride in sorted({1, window.stride}))
    return min(found, key=lambda reading: sum(runs.sources[0].size for runs in reading.runs))


def _read(before: Lines, window: Sliding, count: int, border: str, stride: int) -> Reading:
    """`read` with a window that moves by `stride`, which divides its own."""
    span = window.dilation * (window.kernel - 1) + 1
    padded = _padded(before, window.padding, count * window.stride + span - 1, border)
    views = sliding_window_view(padded, span, axis=1)[:, ::stride, :: window.dilation]
    different, codes = _coded(views)
    wanted = codes[:, :: window.stride // stride]
    number, runs, found = np.empty(len(different), np.int64), [], 0
    for picture, start, length in _runs(codes, wanted):
        passed = start * stride + np.arange((length - 1) * stride + span)
        runs.append(Runs((padded[picture, passed],), found, length))
        made = codes[picture, start + np.arange(length)].ravel()
        number[made] = found + np.arange(len(made))
        found += len(made)
    return Reading(Lines(number[wanted], found), tuple(runs), stride)


def _padded(before: Lines, padding: int, least: int, border: str) -> Indices:
    """The lines that a window passes over on each map, (S, n), n at least `least`; -1: padding."""
    size = before.places.shape[1]
    places = np.arange(-padding, max(size + padding, least - padding))
    if border == "zeros":
        return np.where((places < 0) | (places >= size), -1, before.places[:, places.clip(0, size - 1)])
    return before.places[:, folded(places, size, border)]


def _runs(codes: Indices, wanted: Indices) -> Iterator[tuple[Indices, Indices, int]]:
    """Each code that is wanted once, in runs of neighbours; the shortest first.

    Args:
        codes: (S, n).
        wanted: any shape.

    Yields:
        For each length of a run: its picture (R, 1), its first place there (R, 1), and the length.
    """
    first = np.zeros(codes.size, bool)
    first[np.unique(codes, return_index=True)[1]] = True
    new = first.reshape(codes.shape) & np.isin(codes, wanted)
    edges = np.diff(np.pad(new, ((0, 0), (1, 1))).astype(np.int8))
    (picture, start), (_, stop) = np.nonzero(edges == 1), np.nonzero(edges == -1)
    for length in np.unique(stop - start):
        chosen = stop - start == length
        yield picture[chosen, None], start[chosen, None], int(length)


def _coded(names: Indices) -> tuple[Indices, Indices]:
    """The different names among (S, n, k), (count, k), and which of them stands where, (S, n)."""
    different, codes = np.unique(names.reshape(-1, names.shape[-1]), axis=0, return_inverse=True)
    return different, codes.reshape(names.shape[:-1])
