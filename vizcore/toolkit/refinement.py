"""A surface that is there early and becomes exact: nested grids, and a spline between their points.

Few points over all pictures err less than many points over few pictures: the loss over a plane is smooth, but
a sample of pictures moves all of it. Between the points stands a cubic spline of the logarithm of the loss,
and each finer grid measures by how much the spline before it was wrong.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.landscape_spec import GRIDS
from vizcore.toolkit.plane_losses import Row

Numbers = NDArray[np.float64]

FLOOR = 1e-9  # share of the largest loss that is added before the logarithm, for losses of 0


def grids(points: int) -> tuple[int, ...]:
    """The grids that lead to one with so many points along each side, itself the last."""
    return tuple(each for each in GRIDS if each <= points)


def places(grid: int, points: int) -> NDArray[np.int64]:
    """(grid,) where the points of a grid lie among those of the last one."""
    return np.arange(grid) * ((points - 1) // (grid - 1))


def rows(along: Numbers, grid: int, values: Numbers) -> Iterator[tuple[int, NDArray[np.int64], Row]]:
    """What a grid lacks, row by row from the middle outwards.

    Args:
        along: (N,) coordinates of the last grid, along both directions.
        grid: points along each side.
        values: (N, N) what is known there; nan where nothing is.

    Yields:
        The number of the row, the numbers of its columns that lack, and the points.
    """
    every = places(grid, len(along))
    for row in sorted(every.tolist(), key=lambda row: abs(row - len(along) // 2)):
        columns = every[np.isnan(values[row, every])]
        if len(columns):
            yield row, columns, Row(float(along[row]), tuple(along[columns].tolist()))


def spread(values: Numbers, points: int) -> Numbers:
    """(N, N) the loss between the points of a grid (n, n): a cubic spline of its logarithm.

    Infinite values count as the largest finite one in the spline, and what lies nearest to them is infinite.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return np.full((points, points), np.inf)
    most = values[finite].max()
    floor = FLOOR * most or np.finfo(np.float64).tiny
    between = spline(np.log(np.where(finite, values, most) + floor), points)
    nearest = np.rint(np.linspace(0, len(values) - 1, points)).astype(int)
    return np.where(finite[np.ix_(nearest, nearest)], np.maximum(np.exp(between) - floor, 0), np.inf)


def spline(values: Numbers, points: int) -> Numbers:
    """(N, N) cubic spline through a grid (n, n), along both axes; exact where the grid has points."""
    matrix = _matrix(len(values), points)
    return matrix @ values @ matrix.T


def between(values: Numbers, rows: Numbers, columns: Numbers) -> Numbers:
    """(n,) losses at places (n,) between points of a grid (N, N), all finite: by a spline of the logarithm.

    Args:
        values: the losses.
        rows: places among the rows, 0 to N - 1, whole or between them.
        columns: places among the columns.
    """
    floor = FLOOR * values.max() or np.finfo(np.float64).tiny
    down, across = (_weights(len(values), each) for each in (rows, columns))
    logarithms = np.einsum("nr,rc,nc->n", down, np.log(values + floor), across)
    return np.maximum(np.exp(logarithms) - floor, 0)


@lru_cache(maxsize=16)
def _matrix(grid: int, points: int) -> Numbers:
    """(points, grid): the weights of as many places, evenly from the first point of the grid to the last."""
    return _weights(grid, np.linspace(0, grid - 1, points))


def _weights(grid: int, place: Numbers) -> Numbers:
    """(n, grid): what each value of a grid adds to those at places (n,), as splines are linear in them.

    The spline is the one whose first two and last two pieces are one polynomial each ("not a knot"; de Boor
    1978, *A Practical Guide to Splines*, chapter IV). Neighbours on the grid have a distance of 1.
    """
    unit = np.eye(grid)
    slopes, right = np.zeros((2, grid, grid))  # equations for the second derivatives at the grid's points
    slopes[0, :3] = slopes[-1, -3:] = 1, -2, 1
    for at in range(1, grid - 1):
        slopes[at, at - 1 : at + 2] = 1, 4, 1
        right[at, at - 1 : at + 2] = 6, -12, 6
    bends = np.linalg.solve(slopes, right)
    below = np.minimum(place.astype(int), grid - 2)
    up = (place - below)[:, None]
    down = 1 - up
    straight = down * unit[below] + up * unit[below + 1]
    return straight + ((down**3 - down) * bends[below] + (up**3 - up) * bends[below + 1]) / 6


def error(before: Numbers, exact: Numbers) -> float:
    """How far a surface was from what was computed since, (n, n) each: the largest distance in percent.

    It is a share of the range of the finite values; where these are all alike, it is 0.
    """
    both = np.isfinite(before) & np.isfinite(exact)
    wrong, right = before[both], exact[both]
    if not len(right) or not np.ptp(right):
        return 0.0
    return float(100 * np.abs(wrong - right).max() / np.ptp(right))
