"""How good a decision is at one threshold and at all of them, by scikit-learn.

What is scored at or above the threshold is called positive. Losses are what training brings down; metrics are
what people ask for. They count, so they have no slope. Source: Fawcett 2006, An introduction to ROC analysis.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
MAX_EXAMPLES = 10_000
# Numerator and denominator of each metric: true or false, called positive or negative.
FRACTIONS: Mapping[str, tuple[str, str]] = {
    "accuracy": ("TP + TN", "TP + FP + FN + TN"),
    "precision": ("TP", "TP + FP"),
    "recall": ("TP", "TP + FN"),
    "f1": ("2 · TP", "2 · TP + FP + FN"),
    "false_positive_rate": ("FP", "FP + TN"),
}


@dataclass(frozen=True)
class Decision:
    """What a threshold makes of the scores. Ratios of nothing to nothing are 0."""

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    accuracy: float  # share of all that is right
    precision: float  # share of what is called positive that is
    recall: float  # share of what is positive that is called so; the true positive rate
    f1: float  # harmonic mean of precision and recall
    false_positive_rate: float  # share of what is negative that is called positive

    @property
    def fractions(self) -> dict[str, tuple[str, str]]:
        """Numerator and denominator of every metric, with its counts."""
        counts = {
            "TP": self.true_positives,
            "FP": self.false_positives,
            "FN": self.false_negatives,
            "TN": self.true_negatives,
        }

        def written(text: str) -> str:
            for name, count in counts.items():
                text = text.replace(name, str(count))
            return text

        return {name: (written(above), written(below)) for name, (above, below) in FRACTIONS.items()}


@dataclass(frozen=True, eq=False)
class Thresholds:
    """The curves that a threshold runs along as it falls from infinity."""

    false_positive_rate: Floats  # (R,) 0 to 1
    true_positive_rate: Floats  # (R,) 0 to 1
    roc_thresholds: Floats  # (R,) infinity first
    auc: float  # area under the ROC curve: how often a positive is scored above a negative
    recall: Floats  # (P,) 1 to 0: this curve starts at the lowest threshold
    precision: Floats  # (P,) its last is 1 by convention, at the recall 0
    pr_thresholds: Floats  # (P - 1,)
    average_precision: float  # area under the steps of the PR curve
    share: float  # of positives, which is the precision of guessing


def decision(scores: ArrayLike, targets: ArrayLike, threshold: float) -> Decision:
    """All metrics at one threshold.

    Args:
        scores: (N,).
        targets: (N,) 1 for positive, 0 for negative.
        threshold: scores from there on are called positive.

    Raises:
        InputError: numbers are out of range, or do not belong together.
    """
    from sklearn import metrics

    values, wanted = _examples(scores, targets)
    if np.isnan(threshold):
        raise InputError("The threshold is not a number. Choose one on the axis of the scores.")
    called = (values >= threshold).astype(np.int64)
    counts = metrics.confusion_matrix(wanted, called, labels=[0, 1])
    (passed, alarms), (misses, hits) = counts.tolist()
    return Decision(
        float(threshold),
        hits,
        alarms,
        misses,
        passed,
        float(metrics.accuracy_score(wanted, called)),
        float(metrics.precision_score(wanted, called, zero_division=0)),
        float(metrics.recall_score(wanted, called, zero_division=0)),
        float(metrics.f1_score(wanted, called, zero_division=0)),
        alarms / max(alarms + passed, 1),
    )


def thresholds(scores: ArrayLike, targets: ArrayLike) -> Thresholds:
    """ROC and PR curves with their areas.

    Args:
        scores: (N,).
        targets: (N,) 1 for positive, 0 for negative; both have to be there.

    Raises:
        InputError: as in `decision`, or one class has no example.
    """
    from sklearn import metrics

    values, wanted = _examples(scores, targets)
    if wanted.min() == wanted.max():
        raise InputError(f"All {len(wanted)} examples are of one class. ROC and PR curves need both.")
    false_rate, true_rate, roc = metrics.roc_curve(wanted, values, drop_intermediate=False)
    precision, recall, pr = metrics.precision_recall_curve(wanted, values)
    return Thresholds(
        false_rate,
        true_rate,
        roc,
        float(metrics.auc(false_rate, true_rate)),
        recall,
        precision,
        pr,
        float(metrics.average_precision_score(wanted, values)),
        float(wanted.mean()),
    )


def along(scores: ArrayLike, targets: ArrayLike, places: ArrayLike) -> dict[str, Floats]:
    """What `decision` finds at many thresholds, by counting: (T,) each of accuracy, precision, recall and F1.

    Where nothing is called positive, the precision is 0 / 0, which is nan here.

    Args:
        scores: (N,).
        targets: (N,) 1 for positive, 0 for negative.
        places: (T,) thresholds.

    Raises:
        InputError: as in `decision`.
    """
    values, wanted = _examples(scores, targets)
    where = numbers(places, MAX_EXAMPLES).ravel()
    positives, negatives = (np.sort(values[wanted == kind]) for kind in (1, 0))
    hits = len(positives) - np.searchsorted(positives, where)
    alarms = len(negatives) - np.searchsorted(negatives, where)
    with np.errstate(invalid="ignore"):
        precision = hits / (hits + alarms)
    return {
        "accuracy": (hits + len(negatives) - alarms) / len(values),
        "precision": precision,
        "recall": hits / max(len(positives), 1),
        "f1": 2 * hits / np.maximum(hits + alarms + len(positives), 1),
    }


def sample(
    *, count: int = 400, share: float = 0.5, distance: float = 1.5, seed: int = 0
) -> tuple[Floats, NDArray[np.int64]]:
    """Scores (count,) of two normal distributions of width 1, and the classes (count,) they are of.

    Args:
        count: 2 to 10,000 examples.
        share: of positives, at least one of them and one negative.
        distance: between the means, from 0 (guessing) to 10; the AUC is Φ(distance / √2) on average.
        seed: of the scores.

    Raises:
        InputError: a number is out of range.
    """
    if not (2 <= count <= MAX_EXAMPLES and 0 < share < 1 and 0 <= distance <= 10):
        raise InputError(
            f"{count} examples with {share} positive and a distance of {distance} cannot be drawn. Take 2 to "
            f"{MAX_EXAMPLES:,} examples, a share above 0 and below 1, and a distance from 0 to 10."
        )
    positives = min(max(round(share * count), 1), count - 1)
    targets = (np.arange(count) < positives).astype(np.int64)
    noise = np.random.default_rng(seed).standard_normal(count)
    return distance * (targets - 0.5) + noise, targets


def _examples(scores: ArrayLike, targets: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    values, wanted = numbers(scores, MAX_EXAMPLES).ravel(), numbers(targets, MAX_EXAMPLES).ravel()
    if len(values) != len(wanted):
        raise InputError(f"{len(values)} scores need as many targets, not {len(wanted)}.")
    if not np.isin(wanted, (0, 1)).all():
        raise InputError("A target is 1 for positive or 0 for negative. Change the one that is neither.")
    return values, wanted.astype(np.int64)
