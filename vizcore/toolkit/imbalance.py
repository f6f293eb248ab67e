"""What rare examples weigh in a loss over a batch: by their number, by class weights, by the focal loss.

Where one class is rare, the many easy examples of the other make up most of the loss and of the gradient,
each of them with little. Source: Lin et al. 2017, arXiv:1708.02002, section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import losses
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
LOSSES: Mapping[str, str] = {"bce_logits": "Binary cross entropy with logits", "focal": "Focal"}
LIMIT = 100.0  # largest logit without its sign


@dataclass(frozen=True, eq=False)
class Shares:
    """A batch of two classes, and what each class has of it."""

    losses: Floats  # (N,)
    slopes: Floats  # (N,) of each loss along its logit
    examples: float  # share of the positives among the examples, 0 to 1
    loss: float  # their share of the sum of the losses
    gradient: float  # their share of the sum of the slopes without their signs


def shares(logits: ArrayLike, targets: ArrayLike, loss: str, **parameters: float) -> Shares:
    """How much of a loss the positives are.

    Args:
        logits: (N,) of class 1, from -100 to 100.
        targets: (N,) 1 for positive, 0 for negative.
        loss: key of LOSSES.
        parameters: the weight of class 1, or gamma and alpha, as in `losses.curve`.

    Raises:
        InputError: there is no such loss or parameter, or numbers are out of range or do not belong together.
    """
    pick(LOSSES, loss, "loss for two classes")
    z, wanted = (numbers(values, losses.MAX_POINTS).ravel() for values in (logits, targets))
    if len(z) != len(wanted) or not np.isin(wanted, (0, 1)).all():
        raise InputError(f"{len(z)} logits need as many targets, each 1 or 0, not {len(wanted)} of any kind.")
    if (np.abs(z) > LIMIT).any():
        raise InputError(f"Logits go from {-LIMIT:g} to {LIMIT:g} here.")
    as_negative, as_positive = (losses.curve(loss, z, **{**parameters, "target": y}) for y in (0, 1))
    positive = wanted == 1
    costs = np.where(positive, as_positive.value, as_negative.value)
    slopes = np.where(positive, as_positive.slope, as_negative.slope)
    return Shares(
        costs, slopes, float(positive.mean()), _share(costs, positive), _share(np.abs(slopes), positive)
    )


def _share(values: Floats, chosen: NDArray[np.bool_]) -> float:
    total = values.sum()
    return float(values[chosen].sum() / total) if total else 0.0
