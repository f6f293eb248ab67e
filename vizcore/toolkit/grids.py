"""Small pictures whose numbers can be followed by hand, and pictures as bare grids of numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit.errors import InputError


@dataclass(frozen=True, eq=False)
class Grid:
    """A small picture whose numbers can be followed by hand."""

    title: str
    values: NDArray[np.float64]  # (H, W), read-only
    lecture: str  # where it comes from; empty for our own
    says: str  # one sentence: what to see in it


def grid(title: str, values: ArrayLike, lecture: str, says: str) -> Grid:
    """A Grid with values (H, W) of its own that nobody changes by accident."""
    array = np.array(values, np.float64)
    array.flags.writeable = False
    return Grid(title, array, lecture, says)


def plane(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """A copy (H, W) of a picture with one channel; `what` names it in the message.

    Raises:
        InputError: it has more or fewer axes than rows and columns.
    """
    array = np.array(values, np.float64)
    if array.ndim != 2:
        raise InputError(
            f"The {what} must have rows and columns and nothing else, not the shape {array.shape}. "
            "Take one channel of a colour picture, or its grey values."
        )
    return array
