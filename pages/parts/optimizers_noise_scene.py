"""What the view of gradient noise shows of one point: clouds of gradients, their law, three paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import gradient_noise
from vizcore.toolkit.gradient_noise import Cloud, Descent, Examples

COUNT = 200  # N, examples
DRAWS = 600  # batches of a cloud
BATCHES = (2, 4, 8, 16, 32, 64, 128)  # k that can be chosen
MEASURED = (4, 16, 64, 200)  # k of which the variance is measured besides
SINGLE, BATCH, FULL = "single", "batch", "full"
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Setup:
    """What is chosen besides the point."""

    k: int  # examples in a batch
    lr: float
    again: bool  # whether an example may come more than once in a batch
    spread: float  # standard deviation of the examples about their line
    steps: int  # of the paths
    paths: bool  # whether paths are shown in place of gradients


@dataclass(frozen=True, eq=False)
class Scene:
    """What follows for a point."""

    setup: Setup
    given: Examples
    point: Values  # (2,) weights
    clouds: Mapping[str, Cloud]  # SINGLE and BATCH
    measured: Mapping[int, float]  # k -> variance of the gradients of DRAWS batches
    paths: Mapping[str, Descent]  # SINGLE, BATCH and FULL
    lowest: float  # loss

    @property
    def scatter(self) -> float:
        """Variance of the gradients of single examples."""
        return self.clouds[SINGLE].expected


@lru_cache(maxsize=8)
def examples(spread: float) -> Examples:
    """The examples that scatter so far."""
    return gradient_noise.examples(COUNT, spread)


def scene(setup: Setup, point: Values) -> Scene:
    """What follows for a point (2,)."""
    given, again = examples(setup.spread), setup.again
    clouds = {
        SINGLE: gradient_noise.each_alone(given, point),
        BATCH: gradient_noise.cloud(given, point, setup.k, draws=DRAWS, again=again),
    }
    measured = {1: clouds[SINGLE].variance, setup.k: clouds[BATCH].variance}
    for k in MEASURED:
        measured[k] = (
            measured.get(k) or gradient_noise.cloud(given, point, k, draws=DRAWS, again=again).variance
        )
    paths = {
        name: gradient_noise.descent(given, point, k, setup.lr, setup.steps, again=again and k < COUNT)
        for name, k in ((SINGLE, 1), (BATCH, setup.k), (FULL, COUNT))
    }
    lowest = float(gradient_noise.losses(given, gradient_noise.minimum(given)))
    return Scene(setup, given, point, clouds, measured, paths, lowest)
