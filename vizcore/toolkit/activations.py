"""Activation functions as curves: value, slope by autograd, where they saturate, what they do to noise.

All in double precision. `ACTIVATIONS` names the functions of one number, `VECTORS` those that need all
numbers of a layer at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from vizcore.toolkit.activation_table import ACTIVATIONS, Activation
from vizcore.toolkit.curves import Curve, Floats, traced
from vizcore.toolkit.errors import pick
from vizcore.toolkit.parameters import complete, numbers
from vizcore.toolkit.vector_activations import VECTORS, Vector, VectorActivation, vector

__all__ = [
    "ACTIVATIONS",
    "VECTORS",
    "Activation",
    "Curve",
    "Statistics",
    "Vector",
    "VectorActivation",
    "applied",
    "bounds",
    "curve",
    "lipschitz",
    "noise",
    "saturations",
    "statistics",
    "vector",
]

MAX_VALUES = 2**22  # of one call; 34 MB
FLAT = 0.05  # a slope nearer to 0 than this counts as saturated
_REACH = 12  # standard deviations up to which noise is summed; beyond lie 4e-33 of it
_NODES = 48  # of the quadrature between two whole numbers, where no function of the table has a corner


@dataclass(frozen=True)
class Statistics:
    """What a function makes of numbers drawn from N(0, 1)."""

    mean: float
    variance: float

    @property
    def zero_centred(self) -> bool:
        """Whether the mean stays at 0."""
        return abs(self.mean) < 1e-9


def applied(name: str, **parameters: float) -> Callable[[Tensor], Tensor]:
    """An activation function with its parameters set, from tensor to tensor of any shape.

    Args:
        name: key of ACTIVATIONS.
        parameters: as its entry lists them; one that is left out has its start value.

    Raises:
        InputError: there is no such function or parameter, or its value is out of range.
    """
    entry = pick(ACTIVATIONS, name, "activation function")
    values = complete(entry.parameters, parameters, entry.title)
    return lambda x: entry.function(x, **values)


def bounds(name: str, **parameters: float) -> tuple[float, float]:
    """The ends of a function's range, which may be infinite; arguments and errors as of `applied`."""
    entry = pick(ACTIVATIONS, name, "activation function")
    return entry.bounds(**complete(entry.parameters, parameters, entry.title))


def curve(name: str, x: ArrayLike, **parameters: float) -> Curve:
    """Value and slope of an activation function; `name` and `parameters` as of `applied`.

    Args:
        x: numbers of any shape from minus a million to a million, 1 to 4,194,304 of them: an axis, or the
            maps of a layer.

    Raises:
        InputError: there is no such function or parameter, or a number is out of range.
    """
    return traced(applied(name, **parameters), numbers(x, MAX_VALUES))


def saturations(found: Curve) -> tuple[tuple[float, float], ...]:
    """The stretches, (from, to), in which a curve is so flat that hardly any gradient comes through.

    Args:
        found: a curve whose x is (N,) and rises.
    """
    flat = np.abs(found.slope) < FLAT
    edges = np.flatnonzero(np.diff(flat, prepend=False, append=False))
    pairs = zip(edges[::2], edges[1::2] - 1, strict=True)
    return tuple((float(found.x[first]), float(found.x[last])) for first, last in pairs)


def lipschitz(name: str, **parameters: float) -> float:
    """The largest slope without its sign: two values lie at most this many times as far apart as their x.

    To six digits: sampled densely up to 10, on both sides of every whole number (where the corners are), and
    thinly up to 1,000. Infinite for a function that jumps. Arguments and errors as of `applied`.
    """
    function = applied(name, **parameters)
    if ACTIVATIONS[name].jumps:
        return np.inf
    corners, tail = np.arange(-10, 11), np.geomspace(10, 1000, 100)
    x = np.concatenate([np.linspace(-10, 10, 20_001), corners - 1e-9, corners + 1e-9, tail, -tail])
    return float(np.abs(traced(function, x).slope).max())


def noise() -> tuple[Floats, Floats]:
    """Places (N,) over which N(0, 1) is summed, and the share of it that stands at each (Gauss-Legendre)."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    x = (np.arange(-_REACH, _REACH)[:, None] + (nodes + 1) / 2).ravel()
    return x, np.tile(weights / 2, 2 * _REACH) * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def statistics(name: str, **parameters: float) -> Statistics:
    """Mean and variance after N(0, 1), by quadrature; arguments and errors as of `applied`."""
    x, density = noise()
    value = curve(name, x, **parameters).value
    mean = density @ value
    return Statistics(float(mean), float(density @ (value - mean) ** 2))
