"""What can be taken away from a search for a learning rate."""

from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

from pages import frame
from vizcore.toolkit.rate_finder import RATES, Spec

ARRAYS = ("losses", "smoothed", "suggestions", "ends")


def files(spec: Spec, newest: Mapping[str, Any]) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "The losses, as a table (CSV)", "rates.csv", "text/csv"
    everything = "The losses (.npz)", "rates.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    arrays = {name: newest[name] for name in ARRAYS}
    return [
        frame.Export(*course, partial(table, spec, newest)),
        frame.Export(*everything, partial(frame.npz_of, rates=RATES, **arrays)),
        frame.Export(*program, partial(script, spec)),
    ]


def table(spec: Spec, newest: Mapping[str, Any]) -> bytes:
    """A row for each batch: its rate, and loss and smoothed loss of each optimiser in nats."""
    names = [f"{name} {what}" for name in spec.optimisers for what in ("loss", "smoothed")]
    pairs = zip(newest["losses"], newest["smoothed"], strict=True)
    columns = [RATES, *(column for pair in pairs for column in pair)]
    return f"{','.join(['rate', *names])}\n".encode() + frame.csv_of(np.column_stack(columns))


def script(spec: Spec) -> bytes:
    """A Python program that tries all rates once more with vizcore alone."""
    usual = Spec()
    changed = {field.name: getattr(spec, field.name) for field in fields(spec)}
    settings = ", ".join(
        f"{name}={value!r}" for name, value in changed.items() if value != getattr(usual, name)
    )
    return f'''"""The loss while the learning rate rises from batch to batch.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.rate_finder import RATES, Spec, swept

spec = Spec({settings})
for report in swept(spec):
    losses = report.smoothed[:, report.step - 1]
    print(f"{{RATES[report.step - 1]:.3g}}", *(f"{{loss:.4g}}" for loss in losses))
print("suggested", dict(zip(spec.optimisers, report.suggestions.round(6), strict=True)))
'''.encode()
