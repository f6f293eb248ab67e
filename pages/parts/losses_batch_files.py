"""What can be taken away from one batch."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pages import frame
from vizcore.toolkit.class_losses import Batch, Floats


def files(
    logits: Floats, targets: list[int], settings: Mapping[str, Any], found: Batch
) -> list[frame.Export]:
    """Everything in the export menu."""
    named = "Every example with its weight and loss, as a table (CSV)", "batch.csv", "text/csv"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*named, partial(table, logits, targets, found)),
        frame.Export(*program, partial(script, logits, targets, settings)),
    ]


def table(logits: Floats, targets: list[int], found: Batch) -> bytes:
    """A row for each example: logits, target, weight and loss."""
    head = [*(f"logit {each}" for each in range(logits.shape[1])), "target", "weight", "loss"]
    rows = zip(logits.tolist(), targets, found.weights.tolist(), found.losses.tolist(), strict=True)
    lines = [",".join(f"{value:.9g}" for value in (*z, y, w, loss)) for z, y, w, loss in rows]
    return "\n".join([",".join(head), *lines, ""]).encode()


def script(logits: Floats, targets: list[int], settings: Mapping[str, Any]) -> bytes:
    """A program that prints the mean."""
    given = "".join(f", {name}={value!r}" for name, value in settings.items())
    return f'''"""Cross entropy over a batch

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.class_losses import batch

found = batch({logits.tolist()!r}, {targets!r}{given})
print(f"mean {{found.mean:.6g}}, per example {{found.per_example:.6g}}")
'''.encode()
