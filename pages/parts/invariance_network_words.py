"""What the numbers of a network and its blurred twin say: formulas, what to notice, and a question."""

import math

import numpy as np
import streamlit as st

from pages import frame
from pages.parts.invariance_controls import AFTER, after
from pages.parts.invariance_networks import AMOUNTS, SHIFT, TWINS, Along, Case, Grids
from vizcore.exhibits.invariance import NetworkResponse
from vizcore.toolkit import warps
from vizcore.toolkit.agreement import Consistency
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.latex import number

THIRDS = {"0": "the first third", "1": "the middle third", "2": "the last third"}


def explain(case: Case, along: Along, grids: Grids | None, place: tuple[float, float]) -> None:
    """The formulas with their numbers, what to notice, and a question."""
    words, formulas = st.columns([1, 1.2], gap="medium")
    for line in formulas_of(case, along[0], grids, place):
        formulas.latex(line)
    words.markdown("**What to notice.** " + " ".join(noticed(case, along, grids)))
    if case.move == SHIFT and case.border == "circular":
        predict_period(along[0], case)
    else:
        predict_depth(along[0], case)


def formulas_of(
    case: Case, response: NetworkResponse, grids: Grids | None, place: tuple[float, float]
) -> list[str]:
    """The transformation, the error of one layer at the amount that is shown, and the consistency."""
    lines = [warps.TRANSFORMATIONS[case.along].formula]
    near = int(np.abs(response.amounts - place[1]).argmin())
    layer = int(np.nan_to_num(response.error[near], posinf=0).argmax())
    name, error = response.layers[layer].replace("_", r"\_"), number(float(response.error[near, layer]))
    lines.append(
        rf"\frac{{\lVert f(Sx) - S f(x) \rVert}}{{\lVert f(x) \rVert}} = {error}"
        rf"\quad\text{{in {name}, the largest at {response.amounts[near]:g}}}"
    )
    if grids:
        lines += [
            pairs(agreed, len(agreed.shifts)) + rf"\quad\text{{{twin}}}"
            for twin, agreed in zip(TWINS, grids.agreements, strict=True)
        ]
    return lines


def pairs(agreed: Consistency, count: int) -> str:
    """The consistency, with its numbers."""
    every = math.comb(count, 2)
    return (
        rf"\frac{{\text{{pairs with the same class}}}}{{\binom{{{count}}}{{2}}}} = "
        rf"\frac{{{round(agreed.pairs * every)}}}{{{every}}} = {100 * agreed.pairs:.3g}\,\%"
    )


def noticed(case: Case, along: Along, grids: Grids | None) -> list[str]:
    """Sentences with the numbers of all amounts and shifts."""
    bare, blurred = along
    lines = []
    if grids:
        lines += helped(*grids.agreements)
    else:
        entry = warps.TRANSFORMATIONS[case.move]
        for title, response in zip(TWINS, along, strict=True):
            share = float((response.top == response.first).mean())
            lines.append(
                f"{title.capitalize()}, the network names the same class at {share:.0%} of all "
                f"{len(response.top)} amounts of {entry.title.lower()}."
            )
    if bare.classes[bare.first] != blurred.classes[blurred.first]:
        lines.append(
            f"Unmoved, the network says {escaped(bare.classes[bare.first])} and its twin "
            f"{escaped(blurred.classes[blurred.first])}: the weights were learned without the blur."
        )
    if case.move == SHIFT:
        lines.append(exact(bare, case))
    return lines


def helped(bare: Consistency, blurred: Consistency) -> list[str]:
    """How much the blur helps on this picture."""
    change = blurred.pairs - bare.pairs
    verdict = (
        "neither more nor less consistent"
        if change == 0
        else "more consistent"
        if change > 0
        else "less consistent"
    )
    points = "" if change == 0 else f"{abs(100 * change):.3g} percentage points "
    lines = [
        f"On this picture blurring before subsampling makes the network {points}{verdict}: of all pairs of "
        f"shifts {bare.pairs:.1%} get the same class as it is, {blurred.pairs:.1%} with the blur."
    ]
    if bare.change:
        ratio = blurred.change / bare.change
        lines.append(
            f"Its answers (logits) to two shifts lie {bare.change:.3g} of their length apart on average as "
            f"it is, and {blurred.change:.3g} with the blur, {ratio:.0%} of that."
        )
    return lines


def exact(response: NetworkResponse, case: Case) -> str:
    """Which layers follow which shifts exactly."""
    if case.border != "circular":
        return (
            "With a mirrored border no layer with padding follows any shift exactly: "
            "something else comes in at the sides."
        )
    every, longest = int((response.periods[:, 1] == 1).sum()), int(response.periods[:, 1].max())
    if longest == 0:
        return "No layer follows any shift exactly: without padding the windows do not go round the torus."
    exact = f"{every} of the {len(response.layers)} layers follow" if every else "no layer follows"
    return (
        f"On the torus {exact} every shift exactly; the deepest that follow any follow "
        f"only shifts by multiples of {longest} px."
    )


def predict_period(response: NetworkResponse, case: Case) -> None:
    """One question on a shift by all strides at once; on depth where no layer has strides that add up."""
    amounts = AMOUNTS[case.move]
    known = np.flatnonzero((response.periods[:, 1] > 1) & (response.periods[:, 1] <= amounts[-1]))
    if not known.size:
        predict_depth(response, case)
        return
    layer = int(known[response.periods[known, 1].argmax()])
    period, name = int(response.periods[layer, 1]), response.layers[layer]

    def reveal() -> tuple[str, str]:
        one, whole = (float(response.error[amounts == by, layer][0]) for by in (1, period))
        truth, numbers = after(whole, one)
        return truth, f"The error is {numbers}. All strides up to that layer together are {period}."

    ask = f"the picture moves by {period} px instead of 1 px? The error of layer {name} would be …"
    frame.question(ask, AFTER, f"network.predict.{case}", reveal)


def predict_depth(response: NetworkResponse, case: Case) -> None:
    """One question on which layers are furthest off."""

    def reveal() -> tuple[str, str]:
        mean = np.nan_to_num(response.error, posinf=0).mean(0)
        parts = [float(part.mean()) for part in np.array_split(mean, 3)]
        values = ", ".join(f"{value:.3g}" for value in parts)
        return str(int(np.argmax(parts))), f"It is {values} in the first, the middle and the last third."

    ask = "you look at the error of every layer? It would be largest, on average, in …"
    frame.question(ask, THIRDS, f"network.depth.{case}", reveal)
