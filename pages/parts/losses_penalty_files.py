"""What can be taken away from the penalties."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from vizcore.toolkit.regularisers import PENALTIES, Bowl, path


def files(bowl: Bowl, strength: float, strengths: Sequence[float]) -> list[frame.Export]:
    """Everything in the export menu."""
    return [
        frame.Export(
            "λ and the weights with L2 and L1 (CSV)",
            "weights.csv",
            "text/csv",
            partial(frame.csv_of, table(bowl, strengths)),
        ),
        frame.Export(
            "A script that recomputes this",
            "recompute.py",
            "text/x-python",
            partial(script, bowl, strength),
        ),
    ]


def table(bowl: Bowl, strengths: Sequence[float]) -> NDArray[np.float64]:
    """(S, 5): λ, two weights with L2, two weights with L1."""
    return np.column_stack([strengths, *(path(bowl, name, strengths).weights for name in PENALTIES)])


def script(bowl: Bowl, strength: float) -> bytes:
    """A program that prints the best weights."""
    return f'''"""The best weights with L2 and with L1

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.regularisers import PENALTIES, Bowl

bowl = Bowl({bowl.centre}, {bowl.curvatures}, {bowl.angle})
for name, penalty in PENALTIES.items():
    first, second = penalty.best(bowl, {strength})
    print(f"{{name}} {{first:.6g}} {{second:.6g}}")
'''.encode()
