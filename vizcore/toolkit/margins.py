r"""The 0-1 loss and the convex losses that are trained in its place, as functions of the margin.

The margin $m = y f(x)$ of a decision with $y = \pm 1$ is positive where it is right. The 0-1 loss counts
mistakes but has no slope. Its stand-ins have one, and none lies below it: a small one means few mistakes.
Source: Bartlett, Jordan & McAuliffe 2006, Convexity, Classification, and Risk Bounds, JASA 101(473).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.curves import Curve, Floats, traced
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import numbers

MAX_MARGINS = 10_000
FURTHEST = 100.0  # margin from 0; the exponential of more is of no use


@dataclass(frozen=True)
class MarginLoss:
    """A loss of the margin m."""

    title: str
    formula: str  # LaTeX
    value: Callable[[Tensor], Tensor]
    best: Callable[[float], float]  # the score that costs least when the class is 1 with a probability
    aims_at: str  # LaTeX, the same with that probability as η
    source: str


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _sign(probability: float) -> float:
    return float(probability > 0.5) - float(probability < 0.5)


MARGIN_LOSSES: Mapping[str, MarginLoss] = {
    "zero_one": MarginLoss(
        "0-1",
        r"[m \le 0]",
        lambda m: (m <= 0).to(m.dtype),
        _sign,
        r"\text{any score of the sign of } \eta - \tfrac{1}{2}",
        "Bartlett, Jordan & McAuliffe 2006",
    ),
    "hinge": MarginLoss(
        "Hinge",
        r"\max(0,\ 1 - m)",
        lambda m: F.relu(1 - m),
        _sign,
        r"\operatorname{sign}(\eta - \tfrac{1}{2})",
        "Cortes & Vapnik 1995",
    ),
    "logistic": MarginLoss(
        "Logistic",
        r"\log_2(1 + e^{-m})",
        lambda m: -F.logsigmoid(m) / math.log(2),
        _log_odds,
        r"\log \frac{\eta}{1 - \eta}",
        "Friedman, Hastie & Tibshirani 2000",
    ),
    "exponential": MarginLoss(
        "Exponential",
        r"e^{-m}",
        lambda m: torch.exp(-m),
        lambda probability: _log_odds(probability) / 2,
        r"\tfrac{1}{2} \log \frac{\eta}{1 - \eta}",
        "Freund & Schapire 1997 (AdaBoost)",
    ),
    "squared": MarginLoss(
        "Squared",
        r"(1 - m)^2",
        lambda m: (1 - m).square(),
        lambda probability: 2 * probability - 1,
        r"2 \eta - 1",
        "Bartlett, Jordan & McAuliffe 2006",
    ),
}


def curve(name: str, margins: ArrayLike) -> Curve:
    """A loss and its slope along the margin.

    Args:
        name: key of MARGIN_LOSSES; the logistic loss is in bits there, so that it is 1 at the margin 0.
        margins: (N,) from -100 to 100.

    Raises:
        InputError: there is no such loss, or a margin is out of range.
    """
    return traced(pick(MARGIN_LOSSES, name, "loss of the margin").value, _margins(margins))


def risk(name: str, scores: ArrayLike, probability: float) -> Curve:
    """What a score costs on average when the class is 1 with a probability, else -1.

    Args:
        name: key of MARGIN_LOSSES.
        scores: (N,) from -100 to 100.
        probability: η, from 0 to 1.

    Raises:
        InputError: as in `curve`, or the probability is none.
    """
    value = pick(MARGIN_LOSSES, name, "loss of the margin").value
    if not 0 <= probability <= 1:
        raise InputError(f"A probability goes from 0 to 1, not {probability}.")
    return traced(lambda f: probability * value(f) + (1 - probability) * value(-f), _margins(scores))


def best_score(name: str, probability: float) -> float:
    """The score with the lowest risk: for every loss it has the sign of the likelier class.

    Args:
        name: key of MARGIN_LOSSES.
        probability: η, above 0 and below 1.

    Raises:
        InputError: there is no such loss, or the probability is out of range.
    """
    loss = pick(MARGIN_LOSSES, name, "loss of the margin")
    if not 0 < probability < 1:
        raise InputError(f"The best score exists for a probability above 0 and below 1, not {probability}.")
    return loss.best(probability)


def _margins(values: ArrayLike) -> Floats:
    margins = numbers(values, MAX_MARGINS).ravel()
    if (abs(margins) > FURTHEST).any():
        raise InputError(f"Margins and scores go from {-FURTHEST:g} to {FURTHEST:g} here.")
    return margins
