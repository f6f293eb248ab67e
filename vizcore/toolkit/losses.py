"""Losses over their prediction: curves, surfaces and written formulas of what `loss_table` lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch.nn import functional as F

from vizcore.toolkit.curves import Curve, Floats, traced
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.latex import number
from vizcore.toolkit.loss_table import LOSSES, Choice, Loss
from vizcore.toolkit.parameters import complete, numbers

POINTS, MAX_POINTS = 401, 10_000  # of a curve: when no places are given, and at most
MOST = 201  # curves of a surface


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss over its prediction and one of its parameters."""

    x: Floats  # (N,) predictions
    y: Floats  # (M,) values of the parameter
    value: Floats  # (M, N)
    slope: Floats  # (M, N) along x


def curve(name: str, x: ArrayLike | None = None, **parameters: float) -> Curve:
    """A loss over its prediction, and its gradient.

    Args:
        name: key of LOSSES.
        x: (N,) predictions or one; when left out, evenly spaced over the span that is worth drawing.
        parameters: those of the loss; what is left out is at its start.

    Raises:
        InputError: there is no such loss or parameter, or a number is out of range.
    """
    loss = pick(LOSSES, name, "loss")
    predictions = np.linspace(*loss.span, POINTS) if x is None else _predictions(loss, x)
    return traced(partial(loss.value, **_settings(loss, parameters)), predictions)


def surface(
    name: str, over: str, *, x: ArrayLike | None = None, count: int = 61, **parameters: float
) -> Surface:
    """A loss over its prediction and one of its parameters.

    Args:
        name: key of LOSSES.
        over: the parameter, which takes `count` values from its low to its high, or all its choices.
        x: (N,) predictions, as in `curve`.
        count: 2 to 201.
        parameters: the other ones.

    Raises:
        InputError: as in `curve`, or the count is out of range.
    """
    loss = pick(LOSSES, name, "loss")
    parameter = pick({entry.name: entry for entry in loss.parameters}, over, "parameter")
    if not 2 <= count <= MOST:
        raise InputError(f"A surface has 2 to {MOST} rows, not {count}.")
    if isinstance(parameter, Choice):
        rows = np.array(parameter.values)
    else:
        rows = np.linspace(parameter.low, parameter.high, count)
    curves = [curve(name, x, **{**parameters, over: row}) for row in rows.tolist()]
    return Surface(
        curves[0].x, rows, np.stack([row.value for row in curves]), np.stack([row.slope for row in curves])
    )


def written(name: str, x: float, **parameters: float) -> str:
    """The formula with the numbers of one prediction in it, in LaTeX, and what it comes to.

    Args and Raises as in `curve`.
    """
    loss = pick(LOSSES, name, "loss")
    value = curve(name, x, **parameters).value.item()
    return f"{loss.written(x, **_settings(loss, parameters))} = {number(value)}"


def kl_of_probabilities(prediction: float, target: float) -> float:
    """What torch's KL divergence comes to when it is given probabilities instead of their logarithms.

    It is no divergence: it may be negative, and it is not 0 where both agree.

    Args:
        prediction: probability of the first of two classes.
        target: the one that it should have.
    """
    given, wanted = (torch.tensor([share, 1 - share]) for share in (prediction, target))
    return F.kl_div(given, wanted, reduction="sum").item()


def _predictions(loss: Loss, x: ArrayLike) -> Floats:
    predictions = numbers(x, MAX_POINTS).ravel()
    low, high = loss.limits
    wrong = predictions[(predictions < low) | (predictions > high)]
    if wrong.size:
        raise InputError(
            f"The {loss.axis} of this loss lies between {low:g} and {high:g}, so it cannot be {wrong[0]:g}."
        )
    return predictions


def _settings(loss: Loss, given: Mapping[str, float]) -> dict[str, float]:
    """All parameters, those that are left out at their start."""
    values = complete(loss.parameters, given, loss.title)
    for parameter in loss.parameters:
        if isinstance(parameter, Choice) and values[parameter.name] not in parameter.values:
            choices = ", ".join(f"{value:g}" for value in parameter.values)
            raise InputError(f"{parameter.title} is one of {choices}, not {values[parameter.name]:g}.")
    return values
