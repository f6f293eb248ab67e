"""What a landscape says in words and formulas: how it comes about, what to notice, and a question."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import frame
from vizcore.toolkit.directions import NORMALISATIONS
from vizcore.toolkit.landscape_spec import STATISTICS, Spec
from vizcore.toolkit.latex import number, signed, worded

Newest = Mapping[str, Any]
DIRECTIONS: Mapping[str, str] = {  # LaTeX, by plane
    "pca": r"d_1, d_2 = \text{principal components of } \theta_t - \theta_T",
    "hessian": r"H d_1 = \lambda_1 d_1,\quad H d_2 = \lambda_2 d_2, \quad H = \nabla^2 L(\theta^*)",
}
DRAWN: Mapping[str, str] = {  # LaTeX of random directions, by normalisation
    "filter": r"d_f = \frac{\varepsilon_f}{\lVert \varepsilon_f \rVert} \lVert \theta^*_f \rVert"
    r"\quad \text{for each filter } f",
    "layer": r"d_l = \frac{\varepsilon_l}{\lVert \varepsilon_l \rVert} \lVert \theta^*_l \rVert"
    r"\quad \text{for each layer } l",
    "none": r"d = \frac{\varepsilon}{\lVert \varepsilon \rVert} \lVert \theta^* \rVert",
}
STRAIGHT = {
    "falls": "fall all the way",
    "hill": "rise over a hill, then fall",
    "higher": "end higher than it began",
}
RIGHT = {
    "few": "less than a third right",
    "some": "a third to two thirds right",
    "most": "more than that right",
}
HILL = 0.02  # of the loss at the start: less than that is no hill
FLAT = 0.05  # share of the loss by which it may differ and still count as that of the network
RING = 48  # places around the middle


def known(newest: Newest) -> bool:
    """Whether there is a surface by now."""
    return "computed" in newest


def note(spec: Spec, newest: Newest) -> str:
    """How the surface has come about so far, in a sentence or two."""
    match newest.get("phase"):
        case "training":
            done, of = newest["done"], newest["of"]
            return (
                f"Training comes first: update {done} of {of}, loss {newest['loss']:.3g} nats in its batch."
            )
        case "directions":
            return f"Looking for the two most curved directions: {newest['done']} products with the Hessian."
        case "surface" if newest["grid"]:
            return _grids(spec, newest)
        case _:
            return "The first surface has 13 × 13 points; then it is refined."


def _grids(spec: Spec, newest: Newest) -> str:
    """Which points are computed, and how wrong the spline between the coarser ones was."""
    grid, points, error = newest["grid"], spec.points, newest["error"]
    computed = f"{grid} × {grid} points computed"
    if grid < points:
        computed += f", {points} × {points} drawn: in between stands a cubic spline of the log loss"
    if error is None:
        return f"{computed}."
    coarser = next(each for each in (13, 25, 49) if 2 * each - 1 == grid)
    return (
        f"{computed}. The spline through {coarser} × {coarser} was off by {error:.2g} % of the range at most."
    )


def titles(spec: Spec, newest: Newest) -> tuple[str, str, str]:
    """Names of both directions and of the height."""
    match spec.plane:
        case "pca":
            shares = map(percent, newest["explained"])
            first, second = (f"principal component {at}: {share}" for at, share in enumerate(shares, 1))
        case "hessian":
            values = (f"{value:.3g}" for value in newest["eigenvalues"])
            first, second = (f"eigenvector {at}, curvature {value}" for at, value in enumerate(values, 1))
        case _:
            first, second = "random direction 1", "random direction 2"
    return f"a: {first}", f"b: {second}", "loss (nats)"


def explain(spec: Spec, newest: Newest, place: tuple[float, float]) -> None:
    """The plane, the directions, and the loss at the cursor with its numbers."""
    st.latex(r"\theta(a, b) = \theta^* + a\,d_1 + b\,d_2")
    st.latex(r"L(a, b) = \frac{1}{M} \sum_{i=1}^{M} -\log p_{\theta(a, b)}(y_i \mid x_i)")
    a, b = place
    here, middle = r"\dots", ""  # with these the formula is as tall as with numbers
    if known(newest):
        here = number(at(newest, a, b))
        middle = rf", \qquad L(0, 0) = {number(at(newest, 0.0, 0.0))}" if place != (0.0, 0.0) else ""
    st.latex(rf"L({number(a)}, {number(b)}) = {here}{middle}")
    st.latex(DIRECTIONS.get(spec.plane, DRAWN[spec.normalisation]))
    if spec.plane == "hessian" and known(newest):
        _bowl(newest, place)
    st.caption(caption(spec))


def _bowl(newest: Newest, place: tuple[float, float]) -> None:
    """What the curvatures alone say of the loss at the cursor."""
    (a, b), (first, second) = place, map(float, newest["eigenvalues"])
    middle = at(newest, 0.0, 0.0)
    bowl = middle + (first * a**2 + second * b**2) / 2
    sums = (
        rf"\tfrac12 \left({number(first)} \cdot {signed(a)}^2 + {signed(second)} \cdot {signed(b)}^2\right)"
    )
    st.latex(rf"L(0, 0) + {sums} = {number(bowl)}")


def caption(spec: Spec) -> str:
    """What the loss is taken over, how long the directions are, and what becomes of batch norm."""
    over = "all its pictures" if not spec.pictures else f"{spec.pictures:,} pictures"
    if spec.training is not None:
        over = over.replace("its pictures", "pictures that it learns from")
    says = f" {NORMALISATIONS[spec.normalisation].says}" if spec.plane == "random" else ""
    norm = f"Means and variances of batch norm, where there is any, are {STATISTICS[spec.statistics]}."
    return f"The mean is over {over}, at every point.{says} {norm}"


def noticed(spec: Spec, newest: Newest) -> list[str]:
    """Sentences with the numbers of the landscape."""
    if not known(newest):
        return [
            "The first surface comes within seconds, from few points but all pictures; then it is refined."
        ]
    said = [_lowest(newest)]
    if "path_loss" in newest and "explained" in newest:
        said += _path(newest)
    elif spec.plane == "random":
        said.append(_around(spec, newest))
    elif spec.plane == "hessian":
        said.append(_curved(newest))
    return said


def _lowest(newest: Newest) -> str:
    """Where the loss is lowest in the plane, and how much lower than in its middle."""
    loss, middle = newest["loss"], at(newest, 0.0, 0.0)
    row, column = np.unravel_index(np.argmin(loss), loss.shape)
    lowest = float(loss[row, column])
    a, b = (number(round(float(each), 4)) for each in (newest["a"][column], newest["b"][row]))
    if lowest > (1 - FLAT) * middle:
        return (
            f"Nowhere in this plane the loss is much lower than that of the network, {worded(middle)} nats."
        )
    return (
        f"The network has a loss of {worded(middle)} nats. It is no minimum of this plane: at $a = {a}$, "
        f"$b = {b}$ the loss is {worded(lowest)}."
    )


def _path(newest: Newest) -> list[str]:
    """How much of the path lies in the plane, and how far its losses are from those of the plane."""
    own, plane, shares = newest["path_loss"], newest["plane_loss"], newest["explained"]
    worst, far = int(np.nanargmax(np.abs(plane - own))), percent(newest["relative"].max())
    return [
        f"The plane holds {percent(shares.sum())} of the variance of the path. Its checkpoints are up to "
        f"{newest['distances'].max():.3g} away from it, {far} of the path's length.",
        "So **the loss on the plane is not the loss on the path**: checkpoint "
        f"{worst + 1} of {len(own)} has {worded(float(own[worst]))} nats, and its nearest point of the plane "
        f"{worded(float(plane[worst]))}.",
    ]


def _around(spec: Spec, newest: Newest) -> str:
    """The loss around the network, at the distance of one length of the directions or at the edge."""
    far = min(1.0, spec.span)
    ring = around(newest, far)
    least, most, usual = (worded(float(each)) for each in (ring.min(), ring.max(), np.median(ring)))
    return (
        f"At a distance of {far:g} the loss is {least} to {most} nats, {usual} in the middle of these. How "
        "wide the valley looks is up to the length of the directions: compare normalisations."
    )


def _curved(newest: Newest) -> str:
    """How curved the loss is, and what that allows."""
    first, second = map(float, newest["eigenvalues"])
    said = f"The largest eigenvalue of the Hessian is {worded(first)}, the second {worded(second)}."
    if first > 0:
        return f"{said} Gradient descent with a rate above 2 / λ₁ = {worded(2 / first)} would not stay here."
    return f"{said} No direction is curved upwards here."


def predict(spec: Spec, newest: Newest, run: str) -> None:
    """What a straight way to the end would be like, or how many pictures are right at the edge."""
    if "path_loss" in newest and spec.plane == "pca":
        ask = "training had gone straight from its first to its last place in this plane? The loss would …"
        frame.question(ask, STRAIGHT, f"ll.straight.{run}", lambda: _straight(newest))
    else:
        ask = f"the weights were moved to a = {spec.span:g}, b = 0? Of the pictures there would be …"
        frame.question(ask, RIGHT, f"ll.edge.{run}", lambda: _edge(newest))


def _straight(newest: Newest) -> tuple[str, str]:
    start = newest["coordinates"][0]
    losses = np.array([at(newest, *(share * start)) for share in np.linspace(1, 0, RING)])
    truth = "hill" if losses.max() > (1 + HILL) * losses[0] else "falls"
    truth = "higher" if losses[-1] > losses[0] else truth
    begin, most, end = (worded(float(each)) for each in (losses[0], losses.max(), losses[-1]))
    return truth, f"It begins at {begin} nats, is {most} at its highest and ends at {end}."


def _edge(newest: Newest) -> tuple[str, str]:
    row, column = _nearest(newest, np.inf, 0.0)
    right, loss = float(newest["accuracy"][row, column]), float(newest["loss"][row, column])
    truth = "few" if right < 1 / 3 else "some" if right <= 2 / 3 else "most"
    return truth, f"Of the pictures {percent(right)} are right, with a loss of {worded(loss)} nats."


def around(newest: Newest, far: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(RING,) losses at a distance from the middle."""
    angles = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    return np.array([at(newest, far * np.cos(each), far * np.sin(each)) for each in angles])


def at(newest: Newest, a: float, b: float) -> float:
    """The loss at the point that is drawn nearest to a place."""
    return float(newest["loss"][_nearest(newest, a, b)])


def _nearest(newest: Newest, a: float, b: float) -> tuple[int, int]:
    """Row and column of the point nearest to a place."""
    low, high = newest["a"][0], newest["a"][-1]
    a, b = np.clip([a, b], low, high)
    return int(np.abs(newest["b"] - b).argmin()), int(np.abs(newest["a"] - a).argmin())


def percent(share: float) -> str:
    """A share from 0 to 1, such as "84.8 %"."""
    return f"{100 * share:.3g} %"
