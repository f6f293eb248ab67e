"""How the weights of each kernel are computed, for any number of rows and columns that its definition allows.

Every public function takes rows and columns first and returns (rows, cols); `kernels` says where each comes
from. The centre of an even number of cells lies between two of them. Angles count anticlockwise from the
horizontal, in degrees.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit.errors import InputError

Floats = NDArray[np.float64]


def _offsets(count: int) -> Floats:
    """(count,) where cells lie along one axis, in px from their centre."""
    return np.arange(count, dtype=np.float64) - (count - 1) / 2


def _bell(count: int, sigma: float) -> Floats:
    """(count,) a Gaussian sampled at the cells, with sum 1."""
    weights: Floats = np.exp(-0.5 * (_offsets(count) / sigma) ** 2)
    return weights / weights.sum()


def _binomials(count: int) -> Floats:
    """(count,) a row of Pascal's triangle: 1 2 1, 1 3 3 1 and so on."""
    return np.array([math.comb(count - 1, k) for k in range(count)], np.float64)


def _two_at_least(count: int) -> None:
    if count < 2:
        raise InputError("A change needs at least 2 cells along it, not 1. Make the kernel larger.")


def _across(rows: int, cols: int, angle: float) -> Floats:
    """(rows, cols) distance in px of each cell from the line through the centre at `angle` degrees."""
    turn = math.radians(angle)
    return math.cos(turn) * _offsets(rows)[:, None] + math.sin(turn) * _offsets(cols)


def identity(rows: int, cols: int) -> Floats:
    """1 in the middle, 0 elsewhere."""
    if rows % 2 == 0 or cols % 2 == 0:
        raise InputError(f"This kernel needs a cell in its middle: {rows} × {cols} has none. Use odd sizes.")
    weights = np.zeros((rows, cols))
    weights[rows // 2, cols // 2] = 1
    return weights


def box(rows: int, cols: int) -> Floats:
    """The same weight everywhere, with sum 1."""
    return np.full((rows, cols), 1 / (rows * cols))


def gaussian(rows: int, cols: int, sigma: float) -> Floats:
    """exp(-(x² + y²) / 2σ²) at the cells, with sum 1; sigma in px."""
    return np.outer(_bell(rows, sigma), _bell(cols, sigma))


def unsharp(rows: int, cols: int, amount: float, sigma: float) -> Floats:
    """The identity plus `amount` times what the Gaussian takes away from it."""
    return (1 + amount) * identity(rows, cols) - amount * gaussian(rows, cols, sigma)


def sobel(rows: int, cols: int) -> Floats:
    """Binomial smoothing down the columns, and along the rows the difference of two smoothed halves."""
    _two_at_least(cols)
    return np.outer(_binomials(rows), np.convolve(_binomials(cols - 1), [-1, 1]))


def prewitt(rows: int, cols: int) -> Floats:
    """Slope of the plane that fits best, in whole numbers: weights grow with the distance from the centre."""
    _two_at_least(cols)
    return np.tile(_offsets(cols) * (1 if cols % 2 else 2), (rows, 1))


def turned(make: Callable[[int, int], Floats], rows: int, cols: int) -> Floats:
    """The kernel that measures downwards what `make` measures to the right."""
    return make(cols, rows).T


def fixed(cells: ArrayLike, rows: int, cols: int) -> Floats:
    """The classical weights, which have one size only."""
    return np.array(cells, np.float64)


def log(rows: int, cols: int, sigma: float) -> Floats:
    """Laplacian of a Gaussian, times sigma squared so that its size does not depend on sigma.

    The curvature along each axis is x²/σ² − 1 times the Gaussian. Instead of 1 stands the sum of x²/σ² over
    the cells there are, so that the weights sum to 0 however few these are.
    """
    _two_at_least(rows * cols)
    tall, wide = _bell(rows, sigma), _bell(cols, sigma)
    return np.outer(_curvature(tall, sigma), wide) + np.outer(tall, _curvature(wide, sigma))


def _curvature(bell: Floats, sigma: float) -> Floats:
    squares = (_offsets(len(bell)) / sigma) ** 2
    return bell * (squares - bell @ squares)


def motion(rows: int, cols: int, angle: float) -> Floats:
    """A line one px wide through the centre, shared between the cells on either side of it."""
    turn = math.radians(angle)
    apart = np.abs(_across(rows, cols, angle)) / max(abs(math.cos(turn)), abs(math.sin(turn)))
    line = np.clip(1 - apart, 0, 1).round(12)  # without the crumbs that rounding leaves beside a diagonal
    return np.asarray(line / line.sum())


def gabor(rows: int, cols: int, frequency: float, angle: float, sigma: float) -> Floats:
    """Waves of `frequency` cycles/px whose stripes run at `angle`, under a Gaussian."""
    waves = np.cos(2 * math.pi * frequency * _across(rows, cols, angle))
    return gaussian(rows, cols, sigma) * waves


def _diagonal(rows: int, cols: int) -> Floats:
    """Ones along the falling diagonal."""
    if rows != cols:
        raise InputError(f"A diagonal needs as many rows as columns, not {rows} × {cols}.")
    return np.eye(rows)


def x_detector(rows: int, cols: int) -> Floats:
    """1 on the falling diagonal, -1 elsewhere."""
    return 2 * _diagonal(rows, cols) - 1


def cross(rows: int, cols: int) -> Floats:
    """1 on both diagonals, 0 elsewhere."""
    diagonal = _diagonal(rows, cols)
    return np.maximum(diagonal, diagonal[::-1])


def random(rows: int, cols: int, seed: float) -> Floats:
    """Normal with mean 0 and variance 1 / (rows cols); a seed always names the same weights."""
    drawn = np.random.default_rng(int(seed)).standard_normal((rows, cols))
    return drawn / math.sqrt(rows * cols)
