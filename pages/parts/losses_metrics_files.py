"""What can be taken away from scores and their metrics."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from vizcore.toolkit import metrics

Floats = NDArray[np.float64]


def files(scores: Floats, targets: NDArray[np.int64], threshold: float) -> list[frame.Export]:
    """Everything in the export menu."""
    table = np.column_stack([scores, targets])
    return [
        frame.Export("Scores and targets (CSV)", "scores.csv", "text/csv", partial(frame.csv_of, table)),
        frame.Export(
            "Scores, ROC and PR curve (.npz)",
            "metrics.npz",
            "application/octet-stream",
            partial(curves, scores, targets),
        ),
        frame.Export(
            "A script that recomputes this from scores.csv",
            "recompute.py",
            "text/x-python",
            partial(script, threshold),
        ),
    ]


def curves(scores: Floats, targets: NDArray[np.int64]) -> bytes:
    """Scores and targets (N,), and the curves by the names of their fields."""
    found = vars(metrics.thresholds(scores, targets))
    return frame.npz_of(
        scores=scores, targets=targets, **{name: np.asarray(value) for name, value in found.items()}
    )


def script(threshold: float) -> bytes:
    """A program that prints the metrics at one threshold."""
    return f'''"""Metrics of scores at one threshold

It reads scores.csv of the same menu, which lies beside it.
Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from pathlib import Path

import numpy as np

from vizcore.toolkit.metrics import decision, thresholds

scores, targets = np.loadtxt(Path(__file__).with_name("scores.csv"), delimiter=",").T
found, curves = decision(scores, targets, {threshold}), thresholds(scores, targets)
print(f"accuracy {{found.accuracy:.6g}}, precision {{found.precision:.6g}}, recall {{found.recall:.6g}}")
print(f"F1 {{found.f1:.6g}}, AUC {{curves.auc:.6g}}, average precision {{curves.average_precision:.6g}}")
'''.encode()
