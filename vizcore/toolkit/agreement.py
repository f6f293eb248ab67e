"""How often a network says the same of one picture at different shifts.

Source: Zhang 2019, arXiv:1904.11486, whose consistency is the share of pairs of shifts for which the network
names the same class.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Consistency:
    """How often a network says the same of one picture at different shifts."""

    shifts: Indices  # (S, 2) px down and to the right
    classes: tuple[str, ...]
    top: Indices  # (S,) most probable class
    pairs: float  # share of all pairs of shifts with the same class, 0 to 1: Zhang's consistency
    neighbours: float  # the same of shifts that are 1 px apart
    change: float  # mean distance of a pair's logits in their mean length; all three: nan without pairs


def agreement(shifts: Indices, logits: Floats, classes: tuple[str, ...]) -> Consistency:
    """How often answers to one picture at different shifts agree.

    Args:
        shifts: (S, 2) px down and to the right.
        logits: (S, N).
        classes: name of each of the N outputs.
    """
    top = logits.argmax(1)
    first, second = np.triu_indices(len(top), 1)
    alike = top[first] == top[second]
    near = np.abs(shifts[first] - shifts[second]).sum(1) == 1
    apart = sum(float(np.linalg.norm(logits[k + 1 :] - logits[k], axis=1).sum()) for k in range(len(logits)))
    lengths = float(np.linalg.norm(logits, axis=1).sum()) * (len(top) - 1) / 2
    return Consistency(
        shifts=shifts,
        classes=classes,
        top=top,
        pairs=float(alike.mean()) if len(alike) else np.nan,
        neighbours=float(alike[near].mean()) if near.any() else np.nan,
        change=apart / lengths if len(alike) else np.nan,
    )
