r"""What L1 and L2 do to two weights: the loss they are added to, its contours, and where the best weights go.

The loss is the bowl $L(w) = \tfrac{1}{2} (w - w^*)^T H (w - w^*)$, as smooth losses are near minima. L2 adds
$\tfrac{\lambda}{2} \lVert w \rVert_2^2$ and shrinks weights: by h / (h + λ) along an axis of the bowl of
curvature h. L1 adds $\lambda \lVert w \rVert_1$ and sets weights to exactly 0: its diamond has corners on the
axes. Sources: Goodfellow, Bengio & Courville 2016, section 7.1; Tibshirani 1996, JRSS B 58(1) (lasso).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.latex import number
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
REACH = 10.0  # largest weight without its sign
FLATTEST, STEEPEST = 0.01, 100.0  # curvatures
MAX_STRENGTH, MAX_STRENGTHS = 1e4, 1_000
MAX_SIDE = 401  # of a picture of a bowl
ROUND = 128  # places of a closed curve


@dataclass(frozen=True)
class Bowl:
    """A quadratic loss of two weights."""

    centre: tuple[float, float] = (2.0, 1.0)  # w*, the best weights without a penalty
    curvatures: tuple[float, float] = (1.0, 4.0)  # along its axes
    angle: float = 30.0  # degrees anticlockwise from the first weight to the first axis

    def __post_init__(self) -> None:
        if not all(abs(place) <= REACH for place in self.centre):
            raise InputError(f"The best weights lie within {REACH:g} of 0, not at {self.centre}.")
        if not all(FLATTEST <= curvature <= STEEPEST for curvature in self.curvatures):
            raise InputError(f"Curvatures go from {FLATTEST:g} to {STEEPEST:g}, not {self.curvatures}.")
        if not abs(self.angle) <= 360:
            raise InputError(f"The angle goes from -360 to 360 degrees, not {self.angle}.")

    @property
    def axes(self) -> Floats:
        """(2, 2) unit vectors along the axes, in columns."""
        cos, sin = np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))
        return np.array([[cos, -sin], [sin, cos]])

    @property
    def hessian(self) -> Floats:
        """(2, 2) second derivatives."""
        return self.axes @ np.diag(self.curvatures) @ self.axes.T

    def loss(self, weights: Floats) -> Floats:
        """(...) the loss at weights (..., 2)."""
        away = weights - np.array(self.centre)
        return 0.5 * np.einsum("...i,ij,...j", away, self.hessian, away)

    def slope(self, weights: Floats) -> Floats:
        """(..., 2) the gradient of the loss at weights (..., 2)."""
        return (weights - np.array(self.centre)) @ self.hessian

    def contour(self, level: float) -> Floats:
        """(M, 2) the ellipse of weights where the loss has a value of 0 or more."""
        radii = np.sqrt(2 * level / np.array(self.curvatures))
        return np.array(self.centre) + radii * _circle() @ self.axes.T


@dataclass(frozen=True)
class Penalty:
    """What is added to the loss for every λ."""

    title: str
    formula: str  # LaTeX
    value: Callable[[Floats], Floats]  # of weights (..., 2), without λ
    ball: Callable[[float], Floats]  # the closed curve (M, 2) of weights where it has a value of 0 or more
    best: Callable[[Bowl, float], Floats]  # the weights (2,) where loss and λ times the penalty are least
    written: Callable[[Bowl, float], list[str]]  # how these weights come about: lines of LaTeX
    says: str


@dataclass(frozen=True, eq=False)
class Path:
    """Where the best weights go as the penalty grows."""

    strengths: Floats  # (S,) λ
    weights: Floats  # (S, 2)
    losses: Floats  # (S,) without the penalty
    penalties: Floats  # (S,) without λ: the contour of the penalty on which the weights lie
    zeros: NDArray[np.int64]  # (S,) how many weights are exactly 0


@dataclass(frozen=True, eq=False)
class Landscape:
    """A loss and a penalty over the plane of two weights."""

    axis: Floats  # (N,) both weights
    loss: Floats  # (N, N) rows: second weight, columns: first
    penalty: Floats  # (N, N) without λ


def shrunk(bowl: Bowl, strength: float) -> Floats:
    """(2,) the best weights with L2: (H + λ I)^-1 H w*."""
    hessian = bowl.hessian
    return np.linalg.solve(hessian + strength * np.eye(2), hessian @ np.array(bowl.centre))


def thresholded(bowl: Bowl, strength: float) -> Floats:
    """(2,) the best weights with L1; in a bowl along the axes, w* with a soft threshold of λ / h.

    Once it is known which weights are 0 and which signs the others have, the rest is linear. So all nine
    cases are solved and the one that costs least is taken, which is exact for bowls however narrow.
    """
    hessian, cases = bowl.hessian, []
    target = hessian @ np.array(bowl.centre)
    for signs in product((0, 1, -1), repeat=2):
        weights, kept = np.zeros(2), np.flatnonzero(signs)
        right = target[kept] - strength * np.array(signs)[kept]
        weights[kept] = np.linalg.solve(hessian[np.ix_(kept, kept)], right)
        cases.append(weights)
    found = np.stack(cases)
    return found[(bowl.loss(found) + strength * np.abs(found).sum(1)).argmin()]


def _circle() -> Floats:
    turns = np.linspace(0, 2 * np.pi, ROUND + 1)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1)


def _shrunk_written(bowl: Bowl, strength: float) -> list[str]:
    hessian, centre = _matrix(bowl.hessian), _column(np.array(bowl.centre))
    sum_ = _matrix(bowl.hessian + strength * np.eye(2))
    return [
        r"w = (H + \lambda I)^{-1} H w^*",
        rf"= {sum_}^{{-1}} {hessian} {centre}",
        rf"= {_column(shrunk(bowl, strength))}",
    ]


def _thresholded_written(bowl: Bowl, strength: float) -> list[str]:
    weights = thresholded(bowl, strength)
    slope = bowl.slope(weights)
    lines = [
        rf"w_{axis + 1} = 0: \quad \left| \partial L / \partial w_{axis + 1} \right| = "
        rf"{number(abs(slope[axis]))} \le \lambda = {number(strength)}"
        if weights[axis] == 0
        else rf"w_{axis + 1} = {number(weights[axis])}: \quad \partial L / \partial w_{axis + 1} = "
        rf"-\lambda\,\operatorname{{sign}}(w_{axis + 1}) = {number(slope[axis])}"
        for axis in (0, 1)
    ]
    return lines + (_soft_written(bowl, strength, weights) if _upright(bowl) else [])


def _upright(bowl: Bowl) -> bool:
    """Whether the axes of a bowl are those of the plane."""
    return bool(abs(bowl.hessian[0, 1]) < 1e-9)


def _soft_written(bowl: Bowl, strength: float, weights: Floats) -> list[str]:
    """The soft threshold of each weight, which is true along the axes only."""
    lines = [r"w_i = \operatorname{sign}(w^*_i)\,\max(0,\ |w^*_i| - \lambda / h_i)"]
    for axis, (best, steep) in enumerate(zip(bowl.centre, np.diag(bowl.hessian).tolist(), strict=True)):
        sign = "-" if best < 0 else ""
        lines.append(
            rf"w_{axis + 1} = {sign}\max(0,\ {number(abs(best))} - {number(strength)} / {number(steep)}) = "
            rf"{number(weights[axis])}"
        )
    return lines


def _matrix(values: Floats) -> str:
    rows = r" \\ ".join(" & ".join(map(number, row)) for row in (values.round(9) + 0.0).tolist())
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _column(values: Floats) -> str:
    return _matrix(values[:, None])


PENALTIES: Mapping[str, Penalty] = {
    "l2": Penalty(
        "L2 (weight decay)",
        r"\tfrac{1}{2} \lVert w \rVert_2^2",
        lambda weights: 0.5 * np.square(weights).sum(-1),
        lambda value: np.sqrt(2 * value) * _circle(),
        shrunk,
        _shrunk_written,
        "Shrinks all weights, those most on which the loss depends least; none becomes exactly 0.",
    ),
    "l1": Penalty(
        "L1 (lasso)",
        r"\lVert w \rVert_1",
        lambda weights: np.abs(weights).sum(-1),
        lambda value: value * _circle()[:: ROUND // 4].round(),
        thresholded,
        _thresholded_written,
        "Takes the same from every weight however small it is, so those that matter little become exactly 0.",
    ),
}


def path(bowl: Bowl, penalty: str, strengths: Sequence[float]) -> Path:
    """The best weights for several strengths of a penalty.

    Args:
        bowl: the loss.
        penalty: key of PENALTIES.
        strengths: (S,) λ, from 0 to 10,000.

    Raises:
        InputError: there is no such penalty, or strengths are out of range.
    """
    entry = pick(PENALTIES, penalty, "penalty")
    values = numbers(strengths, MAX_STRENGTHS).ravel()
    if not ((values >= 0) & (values <= MAX_STRENGTH)).all():
        raise InputError(f"The strength λ goes from 0 to {MAX_STRENGTH:,.0f}. Change the one that does not.")
    weights = np.stack([entry.best(bowl, strength) for strength in values.tolist()])
    zeros = (weights == 0).sum(1)
    return Path(values, weights, bowl.loss(weights), entry.value(weights), zeros)


def landscape(bowl: Bowl, penalty: str, *, reach: float = 4.0, side: int = 101) -> Landscape:
    """Loss and penalty on a grid, for contours.

    Args:
        bowl: the loss.
        penalty: key of PENALTIES.
        reach: both weights go from -reach to reach, above 0 and up to 20.
        side: N, 2 to 401.

    Raises:
        InputError: there is no such penalty, or the grid is out of range.
    """
    entry = pick(PENALTIES, penalty, "penalty")
    if not (0 < reach <= 2 * REACH and 2 <= side <= MAX_SIDE):
        raise InputError(
            f"A landscape reaches up to {2 * REACH:g} and has 2 to {MAX_SIDE} places a side, "
            f"not {reach} and {side}."
        )
    axis = np.linspace(-reach, reach, side)
    weights = np.stack(np.meshgrid(axis, axis), axis=-1)
    return Landscape(axis, bowl.loss(weights), entry.value(weights))
