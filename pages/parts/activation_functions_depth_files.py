"""What can be taken away from signals through many layers."""

from functools import partial

import numpy as np

from pages import frame
from vizcore.toolkit.signal_flow import Flow


def files(flow: Flow, seed: int) -> list[frame.Export]:
    """Everything in the export menu."""
    arrays = {
        "functions": np.array(flow.functions),
        "initialisations": np.array(flow.initialisations),
        "activations": flow.activations,
        "gradients": flow.gradients,
        "factors": flow.factors,
    }
    named = "Factors of each layer, as a table (CSV)", "factors.csv", "text/csv"
    levels = "All root mean squares (.npz)", "flow.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*named, partial(table, flow)),
        frame.Export(*levels, partial(frame.npz_of, **arrays)),
        frame.Export(*program, partial(script, flow, seed)),
    ]


def table(flow: Flow) -> bytes:
    """A row for each function, a column for each initialisation."""
    rows = [["function", *flow.initialisations]]
    rows += [
        [name, *(f"{factor:.9g}" for factor in factors)]
        for name, factors in zip(flow.functions, flow.factors.T, strict=True)
    ]
    return "".join(",".join(row) + "\n" for row in rows).encode()


def script(flow: Flow, seed: int) -> bytes:
    """A Python program that recomputes the table with vizcore alone."""
    depth = flow.gradients.shape[2] - 1
    return f'''"""A signal and its gradient through {depth} layers.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.signal_flow import INITIALISATIONS, signal_flow

flow = signal_flow(list(ACTIVATIONS), list(INITIALISATIONS), depth={depth}, seed={seed})
for row, name in enumerate(flow.functions):
    print(name, *(f"{{factor:.6g}}" for factor in flow.factors[:, row]))
'''.encode()
