"""What rare examples weigh in a loss over a batch: by their number, by class weights, by the focal loss.

Where one class is rare, the many easy examples of the other make up most of the loss and of the gradient,
each of them with little. Source: Lin et al. 2017, arXiv:1708.02002, section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import losses
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import LARGEST, numbers

Floats = NDArray[np.float64]
LOSSES: Mapping[str, str] = {"bce_logits": "Binary cross entropy with logits", "focal": "Focal"}
WAYS: Mapping[str, str] = {"plain": "Plain", "weighted": "Class weights", "focal": "Focal"}
RARE, MAX_RATIO, MAX_MEAN = 2, 1000, 10.0  # positives of a crowd, negatives to each, mean logit
LIMIT = 100.0  # largest logit without its sign


@dataclass(frozen=True, eq=False)
class Shares:
    """A batch of two classes, and what each class has of it."""

    losses: Floats  # (N,)
    slopes: Floats  # (N,) of each loss along its logit
    examples: float  # share of the positives among the examples, 0 to 1
    loss: float  # their share of the sum of the losses
    gradient: float  # their share of the sum of the slopes without their signs


def crowd(ratio: int, *, rare: float, many: float) -> tuple[Floats, Floats]:
    """Logits and targets of a batch with RARE positives, and `ratio` times as many negatives.

    Each class lies at the quantiles of a normal distribution with the standard deviation 1.

    Args:
        ratio: 1 to 1,000.
        rare: mean logit of the positives, -10 to 10.
        many: that of the negatives.

    Raises:
        InputError: a number is out of range.
    """
    if ratio not in range(1, MAX_RATIO + 1) or not (abs(rare) <= MAX_MEAN and abs(many) <= MAX_MEAN):
        raise InputError(
            f"The ratio goes from 1 to {MAX_RATIO:,} and mean logits from {-MAX_MEAN:g} to {MAX_MEAN:g}, not "
            f"{ratio}, {rare} and {many}."
        )
    counts = (RARE, RARE * ratio)
    logits = [mean + _quantiles(count) for mean, count in zip((rare, many), counts, strict=True)]
    return np.concatenate(logits), np.repeat([1.0, 0.0], counts)


def compared(ratio: int, *, rare: float, many: float, gamma: float) -> dict[str, Shares]:
    """What the rare examples of a crowd have of each of WAYS.

    The class weight is the ratio; the focal loss weighs both classes alike.

    Args:
        ratio, rare, many: as in `crowd`.
        gamma: of the focal loss.

    Raises:
        InputError: as in `crowd` and `shares`.
    """
    logits, targets = crowd(ratio, rare=rare, many=many)
    return {
        "plain": shares(logits, targets, "bce_logits"),
        "weighted": shares(logits, targets, "bce_logits", factor=ratio),
        "focal": shares(logits, targets, "focal", gamma=gamma, alpha=0.5),
    }


def shares(
    logits: ArrayLike, targets: ArrayLike, loss: str, *, factor: float = 1.0, **parameters: float
) -> Shares:
    """How much of a loss the positives are.

    Args:
        logits: (N,) of class 1, from -100 to 100.
        targets: (N,) 1 for positive, 0 for negative.
        loss: key of LOSSES.
        factor: by which the losses of the positives are multiplied, 0 to 1e6: a class weight of any size.
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
    if not 0 <= factor <= LARGEST:
        raise InputError(f"A class weight goes from 0 to {LARGEST:g}, not {factor}.")
    as_negative, as_positive = (losses.curve(loss, z, **{**parameters, "target": y}) for y in (0, 1))
    positive = wanted == 1
    costs = np.where(positive, factor * as_positive.value, as_negative.value)
    slopes = np.where(positive, factor * as_positive.slope, as_negative.slope)
    return Shares(
        costs, slopes, float(positive.mean()), _share(costs, positive), _share(np.abs(slopes), positive)
    )


def _quantiles(count: int) -> Floats:
    """(count,) of the standard normal distribution, evenly spaced in probability."""
    probabilities = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return torch.special.ndtri(probabilities).numpy()


def _share(values: Floats, chosen: NDArray[np.bool_]) -> float:
    total = values.sum()
    return float(values[chosen].sum() / total) if total else 0.0
