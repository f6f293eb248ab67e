"""What can be taken away from a function of a whole layer."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from pages import frame
from vizcore.exhibits.activation_functions import VECTORS
from vizcore.toolkit.vector_activations import Vector


def files(function: str, parameters: Mapping[str, float], found: Vector) -> list[frame.Export]:
    """Everything in the export menu."""
    table = np.column_stack([found.x, found.value, found.jacobian])
    arrays = {"x": found.x, "value": found.value, "jacobian": found.jacobian}
    named = "Input, output and Jacobian by row, as a table (CSV)", "vector.csv", "text/csv"
    packed = "Input, output and Jacobian (.npz)", "vector.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*named, partial(frame.csv_of, table)),
        frame.Export(*packed, partial(frame.npz_of, **arrays)),
        frame.Export(*program, partial(script, function, parameters, found)),
    ]


def script(function: str, parameters: Mapping[str, float], found: Vector) -> bytes:
    """A program that prints the outputs and the Jacobian."""
    settings = "".join(f", {name}={value!r}" for name, value in parameters.items())
    return f'''"""{VECTORS[function].title} of {len(found.x)} numbers, and its Jacobian.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.exhibits.activation_functions import vector

found = vector({function!r}, {found.x.tolist()!r}{settings})
print("outputs", *(f"{{value:.6g}}" for value in found.value))
for row in found.jacobian:
    print("slopes", *(f"{{value:.6g}}" for value in row))
'''.encode()
