"""Grids and curves over all moves of a picture: what a network and its blurred twin say there."""

import numpy as np
from numpy.typing import NDArray

from pages.components.invariance import Chart, Field
from pages.parts.invariance_networks import AMOUNTS, RADIUS, TWINS, Along, Case, Grids
from vizcore.exhibits import invariance
from vizcore.toolkit import nets, warps

Floats = NDArray[np.float64]

LETTERS = 9  # classes that have a letter of their own


def shifts(found: Grids | None, first: int, classes: tuple[str, ...]) -> list[Field]:
    """Class and probability at every shift of the square, for both networks.

    Args:
        found: None while it is being computed.
        first: class of the picture as it is.
        classes: their names.
    """
    reach, probability = np.arange(-RADIUS, RADIUS + 1.0), f"Probability of {classes[first]}"
    if found is None:
        return [
            Field(f"{what}, {twin}", None, reach, reach) for twin in TWINS for what in ("Class", probability)
        ]
    tops = [grid.argmax(-1) for grid in found.probabilities]
    letters, names = lettered(tops, first, classes)
    most = max(float(grid[..., first].max()) for grid in found.probabilities)
    return [
        field
        for twin, grid, kinds, agreed in zip(
            TWINS, found.probabilities, letters, found.agreements, strict=True
        )
        for field in (
            Field(
                f"Class, {twin}",
                kinds,
                reach,
                reach,
                colours="classes",
                note=f"{agreed.pairs:.1%} consistent",
                names=names,
            ),
            Field(f"{probability}, {twin}", grid[..., first], reach, reach, limits=(0.0, most)),
        )
    ]


def layers(case: Case, found: Along | None) -> list[Field]:
    """The error of every layer at every amount, for both networks; `found` is None while it is computed."""
    amounts, titles = AMOUNTS[case.move], [f"Error of every layer, {twin}" for twin in TWINS]
    if found is None:
        names = [step.name for step in nets.skeleton(case.net)]
        return [Field(title, None, amounts, labels=names) for title in titles]
    errors = [np.nan_to_num(response.error.T, posinf=0) for response in found]
    limits = (0.0, max(1e-3, *(float(each.max()) for each in errors)))
    return [
        Field(title, values, amounts, labels=response.layers, limits=limits)
        for title, values, response in zip(titles, errors, found, strict=True)
    ]


def probabilities(case: Case, found: Along | None, first: int, classes: tuple[str, ...]) -> Chart:
    """The probability of the first class over the amount, for both networks."""
    entry, amounts = warps.TRANSFORMATIONS[case.along], AMOUNTS[case.move]
    curves = [np.full(len(amounts), np.nan)] * len(TWINS)
    most = 1.0
    if found:
        curves = [invariance.softmax(response.logits)[:, first] for response in found]
        most = max(float(curve.max()) for curve in curves)
    return Chart(
        f"Probability of {classes[first]}",
        f"{entry.title.lower()} ({entry.unit or '1: mirrored'})",
        "probability",
        amounts,
        dict(zip(TWINS, curves, strict=True)),
        (0.0, most),
    )


def lettered(
    tops: list[NDArray[np.int64]], first: int, classes: tuple[str, ...]
) -> tuple[list[Floats], list[str]]:
    """Classes as 1, 2, ... and their names: the first one, then by how often they occur, then all others."""
    names, counts = np.unique(np.concatenate([top.ravel() for top in tops]), return_counts=True)
    order = [first, *(int(name) for name in names[np.argsort(-counts, kind="stable")] if name != first)]
    numbers = {name: min(number, LETTERS + 1) for number, name in enumerate(order, 1)}
    shown = [classes[name] for name in order[:LETTERS]] + ["another class"] * (len(order) > LETTERS)
    return [np.vectorize(numbers.__getitem__)(top).astype(np.float64) for top in tops], shown
