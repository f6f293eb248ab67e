r"""The line between two classes of points that each convex loss of the margin finds, and the fewest mistakes.

With classes $y_n = \pm 1$ the line is where $f(x) = w \cdot x + b$ is 0, and least is
$\frac{1}{N} \sum_n \ell(y_n f(x_n)) + \frac{\lambda}{2} \lVert w \rVert^2$: the penalty keeps $w$ finite
where the classes can be separated, and leaves $b$ alone. Newton's method finds it; the corner of the hinge is
rounded for that, less and less (Chapelle 2007, Training a Support Vector Machine in the Primal).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.curves import traced
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.margins import MARGIN_LOSSES, MarginLoss
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
MAX_POINTS = 60
MAX_PLACE = 100.0  # of a point along either axis, without its sign
PENALTIES = (1e-4, 10.0)  # λ, least and most
_CORNERS = (1.0, 1e-1, 1e-3, 1e-5)  # widths of the hinge's corner in units of the margin, one after the other
_STEPS = 100  # of Newton's method, at most
_HALVINGS = 50  # of one step
_STILL = 1e-12  # expected gain that counts as none
_RIDGE = 1e-9  # curvature along b where no point gives any
_SHIFT = 1e-6  # by which a line through two points is moved off them, in units of their distance

STAND_INS: Mapping[str, MarginLoss] = {
    name: entry for name, entry in MARGIN_LOSSES.items() if name != "zero_one"
}


@dataclass(frozen=True, eq=False)
class Separator:
    """f(x) = weights · x + bias, found by one loss."""

    weights: Floats  # (2,)
    bias: float
    margins: Floats  # (N,) y f(x), above 0 where f is right
    losses: Floats  # (N,)
    slopes: Floats  # (N,) of each loss along its margin; above 0 where it asks for a smaller margin
    mean: float  # of the losses, without the penalty

    @property
    def mistakes(self) -> int:
        """How many points lie on the wrong side, or on the line."""
        return int((self.margins <= 0).sum())


def separator(points: ArrayLike, classes: ArrayLike, *, loss: str, penalty: float = 0.01) -> Separator:
    """The line that costs least.

    Args:
        points: (N, 2), 2 to 60 of them.
        classes: (N,) 1 or -1, each at least once.
        loss: key of STAND_INS.
        penalty: λ, from 0.0001 to 10.

    Raises:
        InputError: there is no such loss, or a number is out of range.
    """
    entry = pick(STAND_INS, loss, "loss to separate classes with")
    places, signs = _checked(points, classes)
    if not PENALTIES[0] <= penalty <= PENALTIES[1]:
        raise InputError(f"The penalty λ goes from {PENALTIES[0]:g} to {PENALTIES[1]:g}, not {penalty}.")
    design = signs[:, None] * np.column_stack([places, np.ones(len(places))])
    found = np.zeros(3)
    for value in [_rounded(width) for width in _CORNERS] if loss == "hinge" else [entry.value]:
        found = _least(value, design, found, penalty)
    costs = traced(entry.value, design @ found)
    return Separator(found[:2], float(found[2]), costs.x, costs.value, costs.slope, float(costs.value.mean()))


def compared(points: ArrayLike, classes: ArrayLike, *, penalty: float = 0.01) -> dict[str, Separator]:
    """The line of every stand-in; Args and Raises as in `separator`."""
    return {loss: separator(points, classes, loss=loss, penalty=penalty) for loss in STAND_INS}


def fewest_mistakes(points: ArrayLike, classes: ArrayLike) -> int:
    """How many points lie on the wrong side of the best line there is: the least 0-1 loss.

    A best line can be moved until it meets two points, so it lies close to a line through two of them: these
    are all tried, moved off the two to either side and turned about the middle between them.

    Args and Raises as in `separator`.
    """
    places, signs = _checked(points, classes)
    first, second = np.triu_indices(len(places), 1)
    along = places[second] - places[first]
    long = np.square(along).sum(1)
    first, second, along, long = (values[long > 0] for values in (first, second, along, long))
    away = places[None] - (places[first] + places[second])[:, None] / 2  # (P, N, 2) from the middle
    across = (away * np.stack([-along[:, 1], along[:, 0]], 1)[:, None]).sum(2) / long[:, None]
    further = (away * along[:, None]).sum(2) / long[:, None]
    moves = (np.ones_like(further), -np.ones_like(further), further, -further)
    sides = np.stack([across + _SHIFT * move for move in moves]) * signs
    wrong = np.concatenate([(sides <= 0).sum(2).ravel(), (sides >= 0).sum(2).ravel()])
    return int(min(wrong.min(initial=len(signs)), (signs > 0).sum(), (signs < 0).sum()))


def _rounded(width: float) -> Callable[[Tensor], Tensor]:
    """The hinge with a parabola of this width in place of its corner."""

    def value(margin: Tensor) -> Tensor:
        lack = F.relu(1 - margin)
        return torch.where(lack < width, lack.square() / (2 * width), lack - width / 2)

    return value


def _least(value: Callable[[Tensor], Tensor], design: Floats, start: Floats, penalty: float) -> Floats:
    """(3,) weights and bias, by Newton's method with halved steps."""
    shrink = np.diag([penalty, penalty, 0.0])
    found, count = start, len(design)

    def cost(at: Floats) -> float:
        margins = torch.from_numpy(design @ at)
        return float(value(margins).mean()) + float(at @ shrink @ at) / 2

    for _ in range(_STEPS):
        slope, bend = _derivatives(value, design @ found)
        gradient = design.T @ slope / count + shrink @ found
        curvature = design.T @ (bend[:, None] * design) / count + shrink + _RIDGE * np.eye(3)
        step = -np.linalg.solve(curvature, gradient)
        gain, before = -float(gradient @ step), cost(found)
        if gain < _STILL:
            break
        shares = (0.5**halvings for halvings in range(_HALVINGS))
        better = (share for share in shares if cost(found + share * step) < before - 1e-4 * share * gain)
        if not (share := next(better, 0.0)):
            break
        found = found + share * step
    return found


def _derivatives(value: Callable[[Tensor], Tensor], margins: Floats) -> tuple[Floats, Floats]:
    """(N,) first and second derivatives of a loss along its margin, by autograd."""
    with torch.enable_grad():
        places = torch.tensor(margins, requires_grad=True)
        (slope,) = torch.autograd.grad(value(places).sum(), places, create_graph=True)
        (bend,) = torch.autograd.grad(slope.sum(), places)
    return slope.detach().numpy(), bend.numpy()


def _checked(points: ArrayLike, classes: ArrayLike) -> tuple[Floats, Floats]:
    places, signs = numbers(points, 2 * MAX_POINTS), numbers(classes, MAX_POINTS)
    if places.ndim != 2 or places.shape[1] != 2 or signs.shape != places.shape[:1]:
        raise InputError(
            f"A line separates points (N, 2) with classes (N,), not {places.shape} and {signs.shape}."
        )
    if (np.abs(places) > MAX_PLACE).any():
        raise InputError(f"Points lie within {MAX_PLACE:g} of 0 here. Move the one that does not.")
    if set(signs) != {1.0, -1.0}:
        raise InputError("Both classes, +1 and −1, need a point. Add one of the class that has none.")
    return places, signs
