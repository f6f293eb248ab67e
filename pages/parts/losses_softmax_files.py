"""What can be taken away from logits, their softmax and their loss."""

from functools import partial

import numpy as np

from pages import frame
from vizcore.toolkit.softmaxes import Computed

COLUMNS = ("logits", "exponents", "powers", "probabilities", "logarithms", "gradient")


def files(found: Computed, temperature: float) -> list[frame.Export]:
    """Everything in the export menu."""
    arrays = {name: getattr(found, name) for name in COLUMNS}
    named = "Every step by class, as a table (CSV)", "softmax.csv", "text/csv"
    packed = "Every step (.npz)", "softmax.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*named, partial(table, found)),
        frame.Export(*packed, partial(frame.npz_of, loss=np.array(found.loss), **arrays)),
        frame.Export(*program, partial(script, found, temperature)),
    ]


def table(found: Computed) -> bytes:
    """A row for each class, under the names of the steps."""
    values = np.column_stack([getattr(found, name) for name in COLUMNS])
    return f"{','.join(COLUMNS)}\n".encode() + frame.csv_of(values)


def script(found: Computed, temperature: float) -> bytes:
    """A program that prints probabilities, gradient and loss."""
    arithmetic = f"dtype={found.dtype!r}, stable={found.stable}, temperature={temperature!r}"
    return f'''"""Softmax and cross entropy of {len(found.logits)} logits in {found.dtype}.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.softmaxes import computed

found = computed({found.logits.tolist()!r}, {found.target}, {arithmetic})
print("probabilities", *(f"{{value:.6g}}" for value in found.probabilities))
print("gradient", *(f"{{value:.6g}}" for value in found.gradient))
print(f"loss {{found.loss:.6g}}")
'''.encode()
