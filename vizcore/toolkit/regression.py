r"""A line fitted to points with squared, absolute and Huber losses, and how hard each point pulls at it.

The squared loss has a closed form. The absolute loss is least at some line through two of the points, and
these are all tried (Koenker & Bassett 1978, Econometrica 46(1)). The Huber loss is brought down by least
squares with weights $\min(1, \delta / |r_n|)$, solved again until they stay (Holland & Welsch 1977).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import losses
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
MAX_POINTS = 100
MAX_PLACE = 1e3  # of a point along either axis, without its sign
_SAME = 1e-9  # distance along x, relative to the furthest point, at which two have no line
_ROUNDS = 2_000  # at most; a fit of 100 points with outliers takes some tens
_MET = 1e-12  # residual, relative to the largest y, of a point that the line meets
_STILL = 1e-13  # change of a coefficient relative to the largest one that counts as none


@dataclass(frozen=True, eq=False)
class Line:
    """y = slope x + intercept, fitted to N points."""

    slope: float
    intercept: float
    residuals: Floats  # (N,) how far the line lies above each point
    losses: Floats  # (N,)
    pulls: Floats  # (N,) slope of each loss along its residual: bounded for L1 and Huber
    mean: float  # of the losses

    @property
    def written(self) -> str:
        """The line in LaTeX."""
        return rf"\hat y = {number(self.slope)}\, x + {signed(self.intercept)}"


FITS: Mapping[str, str] = {"mse": "Mean squared error", "l1": "L1", "huber": "Huber"}


def fitted(points: ArrayLike, *, loss: str, delta: float = 1.0) -> Line:
    """The line whose mean loss over the points is least.

    Args:
        points: (N, 2) x and y, 2 to 100 of them.
        loss: key of FITS.
        delta: the bend of the Huber loss, from 0.1 to 3.

    Raises:
        InputError: there is no such loss, a number is out of range, or all points have the same x.
    """
    pick(FITS, loss, "loss to fit a line with")
    x, y = _points(points).T
    settings = {"delta": delta} if loss == "huber" else {}
    losses.curve(loss, 0, **settings)  # refuses a bend that is out of range
    middle, scale = x.mean(), np.abs(x - x.mean()).max()
    design = np.stack([(x - middle) / scale, np.ones_like(x)], axis=1)
    slope, height = _coefficients(design, y, loss, delta)
    slope /= scale
    residuals = slope * (x - middle) + height - y
    residuals[np.abs(residuals) < _MET * np.abs(y).max()] = 0
    found = losses.curve(loss, residuals, **settings)
    return Line(
        slope, height - slope * middle, residuals, found.value, found.slope, float(found.value.mean())
    )


def compared(points: ArrayLike, *, delta: float = 1.0) -> dict[str, Line]:
    """The line of every loss; Args and Raises as in `fitted`."""
    return {loss: fitted(points, loss=loss, delta=delta) for loss in FITS}


def sample(*, count: int = 20, outliers: int = 3, noise: float = 0.3, seed: int = 0) -> Floats:
    """(count, 2) points along y = x / 2 + 1, of which the last few lie far below it, at the right.

    Args:
        count: 2 to 100.
        outliers: how many, up to all.
        noise: standard deviation of y about the line, from 0 to 10.
        seed: of the noise.

    Raises:
        InputError: a number is out of range.
    """
    if not (2 <= count <= MAX_POINTS and 0 <= outliers <= count and 0 <= noise <= 10):
        raise InputError(
            f"{count} points with {outliers} outliers and noise {noise} cannot be drawn. Take 2 to "
            f"{MAX_POINTS} points, no more outliers than points, and noise from 0 to 10."
        )
    x = np.linspace(0, 10, count)
    y = x / 2 + 1 + noise * np.random.default_rng(seed).standard_normal(count)
    y[count - outliers :] -= 8
    return np.stack([x, y], axis=1)


def _coefficients(design: Floats, y: Floats, loss: str, delta: float) -> tuple[float, float]:
    if loss == "l1":
        return _least_absolute(design[:, 0], y)
    if loss == "huber":
        return _reweighted(design, y, lambda r: np.minimum(1, delta / np.maximum(np.abs(r), delta)))
    slope, height = np.linalg.lstsq(design, y)[0]
    return float(slope), float(height)


def _least_absolute(x: Floats, y: Floats) -> tuple[float, float]:
    """The best of all lines through two points; of several as good, the first."""
    first, second = np.triu_indices(len(x), 1)
    apart = np.abs(x[first] - x[second]) > _SAME
    first, second = first[apart], second[apart]
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    heights = y[first] - slopes * x[first]
    best = np.abs(slopes[:, None] * x + heights[:, None] - y).sum(1).argmin()
    return float(slopes[best]), float(heights[best])


def _reweighted(design: Floats, y: Floats, weight: Callable[[Floats], Floats]) -> tuple[float, float]:
    found = np.linalg.lstsq(design, y)[0]
    for _ in range(_ROUNDS):
        root = np.sqrt(weight(design @ found - y))
        before, found = found, np.linalg.lstsq(design * root[:, None], y * root)[0]
        if np.abs(found - before).max() <= _STILL * np.abs(found).max():
            break
    return float(found[0]), float(found[1])


def _points(values: ArrayLike) -> Floats:
    points = numbers(values, 2 * MAX_POINTS)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise InputError(f"A line is fitted to 2 to {MAX_POINTS} points (x, y), not to {points.shape}.")
    if (np.abs(points) > MAX_PLACE).any():
        raise InputError(f"Points lie within {MAX_PLACE:,.0f} of 0. Move the one that does not.")
    if np.ptp(points[:, 0]) < 1e-6:
        raise InputError("All points have the same x, so no line follows them. Move one to the side.")
    return points
