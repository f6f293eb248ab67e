"""What can be taken away from a run of metric learning."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from vizcore.toolkit.metric_learning import Placed, Spec, learned


def files(spec: Spec, placed: Sequence[Placed], step: int) -> list[frame.Export]:
    """Everything in the export menu."""
    return [
        frame.Export(
            "The points at this step, with their classes (CSV)",
            "points.csv",
            "text/csv",
            partial(table, spec, placed, step),
        ),
        frame.Export(
            "Every step: points, moves, loss (.npz)",
            "embedding.npz",
            "application/octet-stream",
            partial(arrays, spec, placed),
        ),
        frame.Export(
            "A script that recomputes this", "recompute.py", "text/x-python", partial(script, spec, placed)
        ),
    ]


def table(spec: Spec, placed: Sequence[Placed], step: int) -> bytes:
    """(N, 3): both coordinates and the class of each point."""
    report = list(learned(spec, placed))[step]
    return frame.csv_of(np.column_stack([report.points, report.labels]))


def arrays(spec: Spec, placed: Sequence[Placed]) -> bytes:
    """Everything that the run reports, one step behind the other."""
    reports = list(learned(spec, placed))
    names = ("points", "moves", "loss", "active", "accuracy")
    found: dict[str, NDArray[np.float64]] = {
        name: np.array([getattr(report, name) for report in reports]) for name in names
    }
    return frame.npz_of(labels=reports[0].labels, **found)


def script(spec: Spec, placed: Sequence[Placed]) -> bytes:
    """A program that prints what the run ends with."""
    return f'''"""Points that a loss moves

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.metric_learning import Placed, Spec, learned

placed = {list(placed)}
*_, last = learned({spec}, placed)
print(f"step {{last.step}}, loss {{last.loss:.6g}}, active {{last.active:.6g}}")
'''.encode()
