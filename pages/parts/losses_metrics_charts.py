"""Scores of two classes, and the curves and counts that a threshold makes of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components.charts import Chart, Line, Point
from pages.components.metrics import Counted, Row
from vizcore.toolkit import metrics
from vizcore.toolkit.metrics import Thresholds

Floats = NDArray[np.float64]

STEPS = 20  # thresholds for each unit of the score
BINS = 40
MARGIN = 0.5  # of thresholds beyond the outermost scores
HEIGHTS = {"count": "examples", "share": "share of their class"}
METRICS = {
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "false_positive_rate": "False positive rate",
}
ORANGE, BLUE, GREEN, RED, GREY = 0, 1, 2, 4, 7  # styles of lines


@dataclass(frozen=True, eq=False)
class Scored:
    """Examples with their scores, and everything that does not depend on the threshold."""

    scores: Floats  # (N,)
    targets: NDArray[np.int64]  # (N,) 1 for positive
    positive: str  # what the positives are
    negative: str
    places: Floats  # (T,) thresholds that can be chosen
    along: Mapping[str, Floats]  # metric -> (T,)
    curves: Thresholds


def scored(scores: Floats, targets: NDArray[np.int64], positive: str, negative: str) -> Scored:
    """The curves of some scores."""
    first, last = math.floor(scores.min() - MARGIN), math.ceil(scores.max() + MARGIN)
    places = np.arange(STEPS * first, STEPS * last + 1) / STEPS
    along, curves = metrics.along(scores, targets, places), metrics.thresholds(scores, targets)
    return Scored(scores, targets, positive, negative, places, along, curves)


def counted(data: Scored, threshold: float) -> Counted:
    """What a threshold makes of the scores."""
    found = metrics.decision(data.scores, data.targets, threshold)
    counts = found.true_positives, found.false_negatives, found.false_positives, found.true_negatives
    rows = [
        Row(title, *metrics.FRACTIONS[name], found.fractions[name], getattr(found, name))
        for name, title in METRICS.items()
    ]
    roc_point = Point(found.false_positive_rate, found.recall, "", RED)
    pr_points = [Point(found.recall, found.precision, "", RED)] if found.recall else []
    return Counted(found.threshold, counts, rows, ([roc_point], pr_points))


def histogram(data: Scored, heights: str) -> Chart:
    """How often each score comes, in either class."""
    edges = np.linspace(data.places[0], data.places[-1], BINS + 1)
    lines = []
    for name, kind, style in ((data.positive, 1, ORANGE), (data.negative, 0, BLUE)):
        values = data.scores[data.targets == kind]
        bars = np.histogram(values, edges)[0] / (len(values) if heights == "share" else 1)
        lines.append(Line(name, np.append(bars, 0.0), style, steps=True, x=edges))
    most = 1.05 * max(float(line.y.max()) for line in lines)
    title = "Scores; drag the threshold: what is at it or right of it is called yes"
    return Chart(title, data.places, lines, "score", HEIGHTS[heights], (0, most), height=290)


def over_thresholds(data: Scored) -> Chart:
    """Four metrics at every threshold."""
    lines = [Line(METRICS[name], values, GREEN + at) for at, (name, values) in enumerate(data.along.items())]
    return Chart("At every threshold", data.places, lines, "score", "metric", (0, 1.04), height=220)


def roc(curves: Thresholds) -> Chart:
    """Both rates against each other, as the threshold falls."""
    ends = np.array([0.0, 1.0])
    lines = [
        Line("scores", curves.true_positive_rate, ORANGE, x=curves.false_positive_rate),
        Line("guessing", ends, GREY, x=ends),
    ]
    title = f"ROC curve, AUC {curves.auc:.4f}"
    axis = np.linspace(0, 1, 101)
    return Chart(title, axis, lines, "false positive rate", "recall", (0, 1.04), height=250)


def precision_recall(curves: Thresholds) -> Chart:
    """Precision against recall; the area is that below the steps."""
    recall, precision = curves.recall[::-1], curves.precision[::-1]
    ends = np.array([0.0, 1.0])
    lines = [
        Line("scores", np.repeat(precision[1:], 2), ORANGE, x=np.repeat(recall, 2)[1:-1]),
        Line("guessing", np.full(2, curves.share), GREY, x=ends),
    ]
    title = f"PR curve, average precision {curves.average_precision:.4f}"
    axis = np.linspace(0, 1, 101)
    return Chart(title, axis, lines, "recall", "precision", (0, 1.04), height=250)
