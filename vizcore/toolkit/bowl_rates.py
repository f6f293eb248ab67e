"""How fast gradient descent with a fixed rate goes down a quadratic bowl.

Along each axis of the bowl, of curvature a, a step multiplies what is left by 1 - lr a (Boyd & Vandenberghe
2004, section 9.3; Nesterov 2004, section 1.2.3).
"""

from collections.abc import Sequence

import numpy as np

from vizcore.toolkit.curves import Floats
from vizcore.toolkit.errors import InputError


def factors(lr: float, curvatures: tuple[float, float]) -> tuple[float, float]:
    """By what one step multiplies the distance along each axis."""
    flat, steep = curvatures
    return 1 - lr * flat, 1 - lr * steep


def fastest(curvatures: tuple[float, float]) -> float:
    """The rate that leaves least along the axis that is slower: 2 / (smallest + largest curvature)."""
    return 2 / sum(curvatures)


def steps_to(share: float, lrs: Floats, curvatures: Sequence[float]) -> Floats:
    """After how many steps the distance along each axis has shrunk to a share of what it was.

    Args:
        share: above 0, below 1.
        lrs: (N,) rates.
        curvatures: along the axes, above 0.

    Returns:
        (N,) whole numbers, 1 at least; infinity where one of the distances never shrinks.

    Raises:
        InputError: the share is out of range.
    """
    if not 0 < share < 1:
        raise InputError(f"The share that is left lies between 0 and 1, not {share}.")
    slower = np.max([np.abs(1 - np.asarray(lrs) * curvature) for curvature in curvatures], axis=0)
    with np.errstate(divide="ignore"):
        steps = np.ceil(np.log(share) / np.log(slower) - 1e-9)
    return np.where(slower < 1, np.maximum(steps, 1), np.inf)


def steps_from(start: tuple[float, float], share: float, lr: float, curvatures: tuple[float, float]) -> float:
    """After how many steps a path from `start` has a share of its distance to the minimum left, for good.

    Args:
        start: from the minimum, along the axes.
        share: above 0, below 1.
        lr: rate.
        curvatures: along the axes, above 0.

    Returns:
        A whole number, 0 at the minimum; infinity where it never comes so near, or does not stay.

    Raises:
        InputError: the share is out of range.
    """
    off, factor = np.abs(start), np.abs(factors(lr, curvatures))
    used = [curvature for curvature, far in zip(curvatures, off, strict=True) if far]
    if not used:
        return 0.0
    (most,) = steps_to(share, np.array([lr]), used)
    if np.isinf(most):
        return float(most)
    left = np.hypot(*(off[:, None] * factor[:, None] ** np.arange(most + 1)))
    return float((left <= share * left[0] * (1 + 1e-9)).argmax())
