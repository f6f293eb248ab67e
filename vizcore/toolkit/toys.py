"""Points in the plane in two classes, and what a network may be told about each of them.

The shapes are those of TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788) and the two moons of
scikit-learn. Whatever is random depends on one seed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from vizcore.toolkit.errors import pick

Floats = NDArray[np.floating]
Places = NDArray[np.float64]  # (N, 2) x1 and x2
Classes = NDArray[np.float64]  # (N,) -1 or 1

COUNT = 500  # points, those held out too
REACH = 6.0  # the plane goes from -REACH to REACH along both axes
CLOSE = 0.3  # the least distance of a point from the borders of the four squares


@dataclass(frozen=True)
class Toy:
    """Two classes in the plane."""

    title: str
    says: str  # one sentence
    drawn: Callable[[Generator], tuple[Places, Classes]]  # COUNT points without noise


def _circle(owner: Generator) -> tuple[Places, Classes]:
    classes = _alternating()
    radii = np.where(classes > 0, owner.uniform(0, 2.5, COUNT), owner.uniform(3.5, 5, COUNT))
    return _around(radii, owner.uniform(0, 2 * np.pi, COUNT)), classes


def _xor(owner: Generator) -> tuple[Places, Classes]:
    places = owner.uniform(-5, 5, (COUNT, 2))
    places += np.where(places > 0, CLOSE, -CLOSE)
    return places, np.where(places.prod(axis=1) > 0, 1.0, -1.0)


def _gauss(owner: Generator) -> tuple[Places, Classes]:
    classes = _alternating()
    return 2 * classes[:, None] + owner.standard_normal((COUNT, 2)), classes


def _spiral(owner: Generator) -> tuple[Places, Classes]:
    classes, along = _alternating(), owner.uniform(0, 1, COUNT)
    return _around(5 * along, 3.5 * np.pi * along + np.where(classes > 0, 0, np.pi)), classes


def _moons(owner: Generator) -> tuple[Places, Classes]:
    classes, angles = _alternating(), owner.uniform(0, np.pi, COUNT)
    upper = _around(np.full(COUNT, 3.0), angles) + np.array([-1.5, -0.75])
    return np.where(classes[:, None] > 0, upper, -upper), classes


def _alternating() -> Classes:
    return np.where(np.arange(COUNT) % 2, 1.0, -1.0)


def _around(radii: Floats, angles: Floats) -> Places:
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


TOYS: Mapping[str, Toy] = {
    "circle": Toy("Circle", "One class lies around the other.", _circle),
    "xor": Toy("Exclusive or", "One class has both signs alike, the other has not.", _xor),
    "gauss": Toy("Gauss", "Two clouds that a straight line parts.", _gauss),
    "spiral": Toy("Spiral", "Two arms that wind around each other.", _spiral),
    "moons": Toy("Moons", "Two half circles that reach into each other.", _moons),
}


@dataclass(frozen=True, eq=False)
class Points:
    """Points to learn from, and others that no step ever sees."""

    places: Places
    classes: Classes
    held_places: Places
    held_classes: Classes


def points(toy: str, *, noise: float = 0.0, share: float = 0.5, seed: int = 0) -> Points:
    """The points of a toy. Another noise or share keeps them otherwise as they are.

    Args:
        toy: key of TOYS.
        noise: standard deviation of what is added to both coordinates, in units of the plane.
        share: of the points that is learnt from, above 0 and below 1.
        seed: of places, noise and split.

    Raises:
        InputError: there is no such toy.
    """
    owner = np.random.default_rng(seed)
    places, classes = pick(TOYS, toy, "data set").drawn(owner)
    places = places + noise * owner.standard_normal(places.shape)
    order = owner.permutation(COUNT)
    learnt, held = np.split(order, [round(share * COUNT)])
    return Points(places[learnt], classes[learnt], places[held], classes[held])


@dataclass(frozen=True)
class Feature:
    """What a network may be told about a point."""

    title: str
    latex: str
    of: Callable[[Floats, Floats], Floats]  # x1 and x2 -> its value
    most: float  # largest absolute value in the plane


FEATURES: Mapping[str, Feature] = {
    "x1": Feature("x₁", "x_1", lambda x1, x2: x1, REACH),
    "x2": Feature("x₂", "x_2", lambda x1, x2: x2, REACH),
    "x1x1": Feature("x₁²", "x_1^2", lambda x1, x2: x1 * x1, REACH**2),
    "x2x2": Feature("x₂²", "x_2^2", lambda x1, x2: x2 * x2, REACH**2),
    "x1x2": Feature("x₁x₂", "x_1 x_2", lambda x1, x2: x1 * x2, REACH**2),
    "sinx1": Feature("sin x₁", r"\sin x_1", lambda x1, x2: np.sin(x1), 1.0),
    "sinx2": Feature("sin x₂", r"\sin x_2", lambda x1, x2: np.sin(x2), 1.0),
}


def inputs(places: Floats, features: Sequence[str]) -> Floats:
    """(F + 1, N) the features of (N, 2) places, and a last row of ones for the biases."""
    x1, x2 = places.T
    rows = [pick(FEATURES, name, "feature").of(x1, x2) for name in features]
    return np.stack([*rows, np.ones_like(x1)])


def grid(side: int) -> NDArray[np.float32]:
    """(side * side, 2) the middles of the cells of the plane, row by row from the top left."""
    middles = REACH * ((2 * np.arange(side, dtype=np.float32) + 1) / side - 1)
    x2, x1 = np.meshgrid(-middles, middles, indexing="ij")
    return np.stack([x1.ravel(), x2.ravel()], axis=1)
