"""What can be taken away from several activation functions."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from pages import frame
from pages.parts.activation_functions_curves_settings import POINTS, Chosen
from vizcore.toolkit.activations import Curve


def files(chosen: Chosen, found: Mapping[str, Curve]) -> list[frame.Export]:
    """Everything in the export menu."""
    curves = "The curves and their slopes, as a table (CSV)", "curves.csv", "text/csv"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*curves, partial(table, found)),
        frame.Export(*program, partial(script, chosen)),
    ]


def table(found: Mapping[str, Curve]) -> bytes:
    """A column for x, and two for each function."""
    names = ["x", *(column for name in found for column in (name, f"{name}'"))]
    x = next(iter(found.values())).x
    columns = [x, *(values for curve in found.values() for values in (curve.value, curve.slope))]
    return f"{','.join(names)}\n".encode() + frame.csv_of(np.stack(columns, 1))


def script(chosen: Chosen) -> bytes:
    """A Python program that recomputes the curves with vizcore alone."""
    given = {name: dict(parameters) for name, parameters in chosen.parameters.items()}
    return f'''"""Activation functions and their slopes.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

import numpy as np

from vizcore.exhibits.activation_functions import curve

x = np.union1d(np.linspace({-chosen.reach:g}, {chosen.reach:g}, {POINTS}).round(9), {chosen.cursor!r})
at = np.searchsorted(x, {chosen.cursor!r})
for name, parameters in {given!r}.items():
    found = curve(name, x, **parameters)
    print(name, f"{{found.value[at]:.6g}} {{found.slope[at]:.6g}}")
'''.encode()
