"""What can be taken away from a run in which units die."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pages import frame

ARRAYS = ("losses", "accuracies", "dead", "highest")


def files(settings: Mapping[str, Any], newest: Mapping[str, Any]) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "The course, as a table (CSV)", "dying.csv", "text/csv"
    everything = "Every unit in every epoch (.npz)", "dying.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*course, partial(table, newest)),
        frame.Export(*everything, partial(frame.npz_of, **{name: newest[name] for name in ARRAYS})),
        frame.Export(*program, partial(script, settings)),
    ]


def table(newest: Mapping[str, Any]) -> bytes:
    """A row for each epoch: loss in nats, accuracy, and the dead units of each layer."""
    rows = ["epoch,loss,accuracy,dead 1,dead 2"]
    counts = newest["dead"].sum(axis=2)
    for epoch, (loss, accuracy, dead) in enumerate(
        zip(newest["losses"], newest["accuracies"], counts, strict=True)
    ):
        rows.append(f"{epoch},{loss:.9g},{accuracy:.9g},{dead[0]},{dead[1]}")
    return ("\n".join(rows) + "\n").encode()


def script(settings: Mapping[str, Any]) -> bytes:
    """A Python program that trains once more with vizcore alone."""
    spec = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return f'''"""Units that die while a small network learns to read digits.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.dying import Spec, train

for report in train(Spec({spec})):
    print(report.epoch, f"{{report.loss:.4g}} {{report.accuracy:.3f}}", *report.dead[-1].sum(axis=1))
'''.encode()
