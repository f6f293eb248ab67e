"""The path of a training run beside a plane of weights: where it lies, and how far away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.directions import Plane
from vizcore.toolkit.errors import InputError

Numbers = NDArray[np.float64]
PARALLEL = 1e-6  # sine of the angle between two directions below which they are one


@dataclass(frozen=True, eq=False)
class Projection:
    """The points of a plane that are nearest to the T checkpoints of a path."""

    coordinates: Numbers  # (T, 2) a and b
    distances: Numbers  # (T,) Euclidean, from the checkpoint to its point
    length: float  # of the path: the Euclidean distances from each checkpoint to the next, added up

    @property
    def relative(self) -> Numbers:
        """(T,) the distances as shares of the length of the path."""
        return self.distances / (self.length or 1.0)


def projection(path: NDArray[np.float32], plane: Plane) -> Projection:
    """The nearest points of a plane, by least squares: its directions need not be at right angles.

    Args:
        path: (T, P) weights at T checkpoints.
        plane: its directions may have any length.

    Raises:
        InputError: the directions are parallel, or one has no length.
    """
    directions = np.stack([plane.first, plane.second]).astype(np.float64)
    lengths = np.linalg.norm(directions, axis=1)
    if not lengths.all() or _sine(*directions / lengths[:, None]) <= PARALLEL:
        raise InputError(
            "The two directions are parallel, or one has no length, so they span no plane. Choose others."
        )
    away = (path - plane.origin).astype(np.float64)
    coordinates = away @ np.linalg.pinv(directions)
    distances = np.sqrt(np.square(away - coordinates @ directions).sum(axis=1))
    length = np.linalg.norm(np.diff(away, axis=0), axis=1).sum()
    return Projection(coordinates, distances, float(length))


def _sine(first: Numbers, second: Numbers) -> float:
    """Of the angle between two directions of length 1."""
    return float(np.linalg.norm(second - (first @ second) * first))
