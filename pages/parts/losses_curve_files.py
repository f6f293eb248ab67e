"""What can be taken away from one loss."""

from functools import partial

import numpy as np

from pages import frame
from pages.parts.losses_curve_words import Shown
from vizcore.exhibits import losses


def files(shown: Shown) -> list[frame.Export]:
    """Everything in the export menu."""
    found = losses.curve(shown.name, **shown.settings)
    table = np.stack([found.x, found.value, found.slope], axis=1)
    return [
        frame.Export(
            "Prediction, loss and gradient, as a table (CSV)",
            f"{shown.name}.csv",
            "text/csv",
            partial(frame.csv_of, table),
        ),
        frame.Export(
            "Prediction, loss and gradient (.npz)",
            f"{shown.name}.npz",
            "application/octet-stream",
            partial(frame.npz_of, prediction=found.x, loss=found.value, gradient=found.slope),
        ),
        frame.Export(
            "A script that recomputes this", "recompute.py", "text/x-python", partial(script, shown)
        ),
    ]


def script(shown: Shown) -> bytes:
    """A program that prints loss and gradient at the cursor."""
    settings = "".join(f", {name}={value!r}" for name, value in shown.settings.items())
    return f'''"""{shown.loss.title} of one prediction

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.exhibits.losses import curve

found = curve({shown.name!r}, {shown.at!r}{settings})
print(f"loss {{found.value.item():.6g}}, gradient {{found.slope.item():.6g}}")
'''.encode()
