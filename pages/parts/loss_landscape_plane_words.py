"""What a landscape says in words and formulas: how it comes about, what to notice, and a question."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import frame
from vizcore.toolkit import refinement
from vizcore.toolkit.directions import NORMALISATIONS
from vizcore.toolkit.landscape_spec import STATISTICS, Spec
from vizcore.toolkit.latex import number, signed, worded
from vizcore.toolkit.optimisation import OPTIMISERS

Newest = Mapping[str, Any]
DIRECTIONS: Mapping[str, str] = {  # LaTeX, by plane
    "pca": r"d_1, d_2 = \text{principal components of } \theta_t - \bar\theta,"
    r"\quad \bar\theta = \tfrac1T \textstyle\sum_t \theta_t",
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
FIRST = 13  # points along each side of the first surface


def known(newest: Newest) -> bool:
    """Whether there is a surface by now."""
    return "computed" in newest


def progress(newest: Newest) -> dict[str, Any]:
    """How far a run is in its phase: in words, in s to the end of it, and the points of the surface."""
    if not newest:
        return {"far": ""}
    done, of = newest["done"], newest["of"]
    match newest["phase"]:
        case "training":
            return {"far": f"update {done:,} of {of:,} of the training", "eta": newest["eta"]}
        case "directions":
            return {"far": f"product {done} with the Hessian", "eta": None}
        case "curvature":
            return {"far": f"sample {done} of {of} of the trace", "eta": None}
        case _:
            far = f"point {done:,} of {of:,} of the surface"
            return {"far": far, "eta": newest["eta"], "total": of}


def note(spec: Spec, newest: Newest) -> str:
    """How the surface has come about so far, in a sentence or two."""
    match newest.get("phase"):
        case "training":
            return (
                f"Training comes first, then {FIRST**2} points; loss {newest['loss']:.3g} nats in its batch."
            )
        case "directions":
            return f"Looking for the two most curved directions: {newest['done']} products with the Hessian."
        case "surface" if newest["grid"]:
            return _grids(spec, newest)
        case "surface":
            return f"The first surface, of {FIRST} × {FIRST} points, {_soon(newest)}; then it is refined."
        case _:
            return f"The first surface has {FIRST} × {FIRST} points; then it is refined."


def _soon(newest: Newest) -> str:
    """When the first surface is there, at the pace so far."""
    left = newest["of"] - newest["done"]
    if newest["eta"] is None or not left:
        return "is computed"
    seconds = newest["eta"] / left * max(0, FIRST**2 - newest["done"])
    return f"comes in about {max(1, round(seconds))} s"


def _grids(spec: Spec, newest: Newest) -> str:
    """Which points are computed, and how wrong the spline between the coarser ones was."""
    grid, points, error = newest["grid"], spec.points, newest["error"]
    computed = f"{grid} × {grid} points computed"
    if grid < points:
        computed += f", {points} × {points} drawn: in between stands a cubic spline of the log loss"
    if grid**2 == newest["of"] < points**2:
        computed += ". A finer grid would take longer than some minutes"
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
    here, middle, equals = r"\dots", "", "="  # with these the formula is as tall as with numbers
    if known(newest):
        here = number(at(newest, a, b))
        equals = "=" if newest["computed"][_nearest(newest, a, b)] else r"\approx"
        middle = rf", \qquad L(0, 0) = {number(at(newest, 0.0, 0.0))}" if place != (0.0, 0.0) else ""
    st.latex(rf"L({number(a)}, {number(b)}) {equals} {here}{middle}")
    st.latex(DIRECTIONS.get(spec.plane, DRAWN[spec.normalisation]))
    if spec.plane == "hessian" and known(newest):
        _bowl(newest, place)
    st.caption(caption(spec, newest))


def _bowl(newest: Newest, place: tuple[float, float]) -> None:
    """What the curvatures alone say of the loss at the cursor."""
    (a, b), (first, second) = place, map(float, newest["eigenvalues"])
    middle = at(newest, 0.0, 0.0)
    bowl = middle + (first * a**2 + second * b**2) / 2
    sums = (
        rf"\tfrac12 \left({number(first)} \cdot {signed(a)}^2 + {signed(second)} \cdot {signed(b)}^2\right)"
    )
    st.latex(rf"L(0, 0) + {sums} = {number(bowl)}")


def caption(spec: Spec, newest: Newest) -> str:
    """What the loss is taken over, who trained, how long directions are, and what becomes of batch norm."""
    over = f"M = {int(newest['pictures']):,} pictures" if "pictures" in newest else "M pictures"
    if spec.training is not None:
        over += f" that it learns from, by {_trained(spec)}"
    says = f" {NORMALISATIONS[spec.normalisation].says}" if spec.plane == "random" else ""
    norm = f"Means and variances of batch norm, where there is any, are {STATISTICS[spec.statistics]}."
    return f"The mean is over {over}; all of them count at every point.{says} {norm}"


def _trained(spec: Spec) -> str:
    """The optimiser of the training, with its rate and batches."""
    training = spec.trained()
    return f"{OPTIMISERS[training.optimiser].title}, η = {training.lr:g}, in batches of {training.batch}"


def noticed(spec: Spec, newest: Newest) -> list[str]:
    """Sentences with the numbers of the landscape."""
    if not known(newest):
        return [
            "The first surface has few points, but each of them is over all pictures; then it is refined."
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
    loss, middle = np.where(newest["computed"], newest["loss"], np.inf), at(newest, 0.0, 0.0)
    row, column = np.unravel_index(np.argmin(loss), loss.shape)
    lowest = float(loss[row, column])
    a, b = (number(round(float(each), 4)) for each in (newest["a"][column], newest["b"][row]))
    if lowest > (1 - FLAT) * middle:
        return (
            f"Nowhere in this plane the loss is much lower than that of the network, {worded(middle)} nats."
        )
    return (
        f"The network has a loss of {worded(middle)} nats. It is no minimum of this plane: of the "
        f"computed points the lowest is $a = {a}$, $b = {b}$, where the loss is {worded(lowest)}."
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
    least, most, usual = (worded(float(f"{each:.2g}")) for each in (ring.min(), ring.max(), np.median(ring)))
    return (
        f"At a distance of {far:g}, on a circle, the loss is about {least} to {most} nats, half of it below "
        f"{usual}, by a spline between the points. How "
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
    losses = between(newest, np.linspace(1, 0, RING)[:, None] * start)
    losses[[0, -1]] = newest["plane_loss"][[0, -1]]  # which were computed there
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
    return between(newest, far * np.stack([np.cos(angles), np.sin(angles)], axis=1))


def between(
    newest: Newest, places: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(n,) losses at places (n, 2) of a and b, by a spline; at the nearest points where some are infinite."""
    loss, low, high = newest["loss"], newest["a"][0], newest["a"][-1]
    if not np.isfinite(loss).all():
        return np.array([at(newest, *place) for place in places])
    columns, rows = ((len(loss) - 1) * (places.clip(low, high) - low) / (high - low)).T
    return refinement.between(loss, rows, columns)


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
