"""What can be taken away from a run in the plane."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pages import frame
from vizcore import runs
from vizcore.toolkit.playground_spec import Spec

COLUMNS = ("step", "loss", "test", "hits", "accuracy")


def files(spec: Spec, run: str, newest: Mapping[str, Any]) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "The course, as a table (CSV)", "plane.csv", "text/csv"
    everything = "Weights and maps (.npz)", "plane.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    arrays = {name: newest[name] for name in ("weights", "map", "units")}
    return [
        frame.Export(*course, partial(table, run)),
        frame.Export(*everything, partial(frame.npz_of, **arrays)),
        frame.Export(*program, partial(script, spec)),
    ]


def table(run: str) -> bytes:
    """A row for each report that was kept: epoch, both losses, and both shares of right points."""
    rows = [",".join(["epoch", *COLUMNS[1:]])]
    rows += [",".join(f"{line[name]:.9g}" for name in COLUMNS) for line in runs.history(run)[0]]
    return ("\n".join(rows) + "\n").encode()


def script(spec: Spec) -> bytes:
    """A Python program that learns once more with vizcore alone."""
    settings = {name: getattr(spec, name) for name in Spec.__dataclass_fields__ if name != "pace"}
    changed = {name: value for name, value in settings.items() if value != getattr(Spec(), name)}
    written = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    return f'''"""A small network learns to tell two classes of points in the plane apart.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.playground import Spec, train

for report in train(Spec({written})):
    print(report.step, f"{{report.loss:.4g}} {{report.test:.4g}} {{report.accuracy:.3f}}")
'''.encode()
