r"""Smooth fields that bend a picture: random, drawn from a seed, of a strength that is said exactly.

A field $\tau$ moves what is seen at $u$ from $u - \tau(u)$. Its strength is the largest stretch,
$\sup_u \lVert \nabla \tau(u) \rVert$ (spectral norm, over the pixels): the number that bounds what bending
may change (Mallat 2012, *Group invariant scattering*, arXiv:1101.2286). Below 1 no two places change their
order, so the picture bends and does not fold.
"""

import itertools
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from vizcore.toolkit.resampling import Floats, Points, Size, grid

WAVES = 2  # most periods of a field along one side


def displacement(places: Points, size: Size, strength: float, seed: int) -> Points:
    r"""The field $\tau$ at some places: px downwards and to the right.

    A sum of waves with at most WAVES periods along each side, so it is smooth and goes on at the opposite
    side. Their amplitudes and phases are drawn from the seed; long waves get larger ones.

    Args:
        places: rows and columns in px; need not be whole.
        size: (H, W) of the picture in px.
        strength: largest stretch, 0 for none.
        seed: which field.
    """
    unit = strength / _stretch(size, seed)
    down, right = _field(places, size, seed)
    return unit * down, unit * right


@lru_cache(maxsize=64)
def _stretch(size: Size, seed: int) -> float:
    """Largest spectral norm of the gradient of the field as it is drawn."""
    columns = [np.stack(_field(grid(size), size, seed, axis), axis=-1) for axis in (0, 1)]
    gradients = np.stack(columns, axis=-1)  # (H, W, 2, 2)
    return float(np.linalg.norm(gradients, ord=2, axis=(-2, -1)).max())


def _field(places: Points, size: Size, seed: int, derived: int | None = None) -> Points:
    """The field as it is drawn, or its derivative along an axis (0 down, 1 to the right)."""
    down, right = np.zeros((2, *np.broadcast(*places).shape))
    for m, n, amplitudes, phases in _waves(seed):
        turns = 2 * np.pi * m / size[0], 2 * np.pi * n / size[1]  # radians per px
        angle = turns[0] * places[0] + turns[1] * places[1]
        wave, factor = (np.sin, 1.0) if derived is None else (np.cos, turns[derived])
        down += factor * amplitudes[0] * wave(angle + phases[0])
        right += factor * amplitudes[1] * wave(angle + phases[1])
    return down, right


def _waves(seed: int) -> Iterator[tuple[int, int, Floats, Floats]]:
    """Periods down and across, then (2,) amplitudes and phases of the two components."""
    draws = np.random.default_rng(seed)
    for m, n in itertools.product(range(WAVES + 1), range(-WAVES, WAVES + 1)):
        if (m, n) > (0, 0):  # each wave once, and no shift of the whole
            yield m, n, draws.normal(size=2) / (m * m + n * n), draws.uniform(0, 2 * np.pi, 2)
