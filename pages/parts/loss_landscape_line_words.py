"""What is said of a line from one solution to another, with its numbers."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.parts.loss_landscape_line_settings import Ends
from vizcore.toolkit.crossing import Spec, barrier, cross
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.latex import aligned, number

Report = Mapping[str, Any]
HARDLY = 0.1  # nats: a barrier below that is none to speak of
SLIGHT = 1e-3  # of the range of a line: a rise by less is none
MUCH = 2.0  # times, from which on one end counts as sharper
LIKE = 1.3  # times, up to which two barriers are about the same
COARSE = 8  # steps of the line that is tried for the question
TRIED = {"lower": "lower", "like": "about the same", "higher": "higher"}  # answers of the question
OTHER_EPOCHS = {True: 1, False: 10}  # for the question, by whether there are more than that now


def standing(ends: Ends, newest: Report | None) -> str:
    """Which of the solutions is being trained, behind the title of the chart."""
    phase = newest["phase"] if newest else "line"
    if phase == "line":
        return ""
    return f" (training {'A' if phase == 'first' else 'B'}: {ends.names[phase == 'second']})"


def explain(ends: Ends, newest: Report | None, at: float) -> None:
    """A place on the line and the barrier, and the same with the numbers at the cursor."""
    st.latex(r"\theta(\alpha) = (1 - \alpha)\,\theta_A + \alpha\,\theta_B")
    st.latex(r"\text{barrier} = \max_{0 \le \alpha \le 1} L(\alpha) - (1 - \alpha)\,L(0) - \alpha\,L(1)")
    st.latex(aligned(_numbers(newest, at)))
    first, second = map(escaped, ends.names)
    st.caption(
        f"A: {first}. B: {second}. The loss is the mean over the {ends.rows[0]}. What batch norm has "
        "measured moves along like a weight. The barrier counts from the straight line between the losses of "
        "both ends."
    )


def _numbers(newest: Report | None, at: float) -> list[str]:
    """The rows of the formula at an α and at the barrier; with dots they are as tall as with numbers."""
    if newest is None:
        return [r"L(\alpha) &= \dots", r"\text{barrier} &= \dots", "&", "&"]
    alphas, losses = newest["alphas"], newest["losses"][0]
    first, second = (losses_at(newest, each)[0] for each in (0.0, 1.0))
    height, where = barrier(alphas, losses)
    return [
        rf"L({at:g}) &= {number(losses_at(newest, at)[0])}",
        rf"\text{{barrier}} &= {number(losses_at(newest, where)[0])}",
        rf"&\quad - {1 - where:.3g} \cdot {number(first)} - {where:.3g} \cdot {number(second)}",
        rf"&= {number(height)}",
    ]


def losses_at(newest: Report, alpha: float) -> NDArray[np.float64]:
    """(R,) losses at the place of the line that is nearest to an α, of each set of pictures."""
    found: NDArray[np.float64] = newest["losses"][:, int(np.abs(newest["alphas"] - alpha).argmin())]
    return found


def noticed(ends: Ends, newest: Report | None) -> list[str]:
    """Sentences with the numbers of the line, once all of it is known."""
    if newest is None:
        return [ends.says, "Will the loss rise in between, and how far?"]
    if ends.settings.get("begins") or len(ends.rows) == 1 or not trained(ends):
        return [*fallen(ends, newest), ends.says]
    return [*risen(ends, newest), *behind(newest), ends.says]


def trained(ends: Ends) -> bool:
    """Whether both solutions are trained here."""
    return not ends.arrays and not isinstance(ends.settings["first"], str)


def risen(ends: Ends, newest: Report) -> list[str]:
    """How high the barrier is, and what that means."""
    alphas = newest["alphas"]
    (height, where), (held, _) = (barrier(alphas, row) for row in newest["losses"])
    first, second = (losses_at(newest, each)[0] for each in (0.0, 1.0))
    right = newest["accuracies"][0, int(np.abs(alphas - where).argmin())]
    said = [
        f"Both ends are {newest['distance']:.3g} apart, and on the pictures learnt from A has a loss of "
        f"{first:.3g}, B of {second:.3g}."
    ]
    top, higher = losses_at(newest, where)[0], max(first, second)
    if height < HARDLY and top > MUCH * higher:
        return [
            *said,
            f"In between it rises to {top:.3g} at α = {where:.3g}, {top / higher:.3g} times the higher end: "
            f"few nats, {height:.3g} above the straight line and {held:.3g} on those held out, yet **a clear "
            "barrier** on the log scale.",
        ]
    if height < HARDLY:
        return [
            *said,
            f"In between it is {height:.3g} nats above the straight line at most, {held:.3g} on those held "
            f"out, and {top:.3g} there: hardly a barrier, so both lie in **one valley**.",
        ]
    return [
        *said,
        f"In between it rises to {losses_at(newest, where)[0]:.3g} at α = {where:.3g}: a **barrier of "
        f"{height:.3g} nats**, where {right:.0%} are right; on those held out it is {held:.3g}. Two good "
        "networks, but their mean is not one.",
    ]


def behind(newest: Report) -> list[str]:
    """At which end the loss is higher a quarter of the way further on; nothing where both are about alike."""
    before, after = float(newest["losses"][0][0]), float(newest["losses"][0][-1])
    steep, flat = ("A", "B") if before > after else ("B", "A")
    most, least = max(before, after), min(before, after)
    if most < MUCH * least:
        return []
    return [
        f"A quarter of the way beyond {steep} the loss is {most:.3g}, as far beyond {flat} {least:.3g}: "
        f"along this line {steep} is the sharper one."
    ]


def fallen(ends: Ends, newest: Report) -> list[str]:
    """Whether the loss falls all the way from the first end to the second."""
    alphas, losses = newest["alphas"], newest["losses"][0]
    way = losses[(alphas >= 0) & (alphas <= 1)]
    ups = int((np.diff(way) > SLIGHT * np.ptp(way)).sum())
    fall = f"From A to B the loss goes from {way[0]:.3g} to {way[-1]:.3g}"
    if ups:
        highest = float(way.max())
        return [f"{fall}; in {ups} of {len(way) - 1} steps it rises, and it is {highest:.3g} at most."]
    half = float(np.interp(0.5, np.linspace(0, 1, len(way)), way))
    height, where = barrier(alphas, losses)
    against = (
        f" The barrier of {height:.3g} is no hill: it is how far the loss is above the straight line between "
        f"the losses of A and B, at α = {where:.3g}."
    )
    return [
        f"{fall} and falls in **every** step; halfway it is {half:.3g}.{against if height > HARDLY else ''}"
    ]


def predict(ends: Ends, newest: Report, epochs: int) -> None:
    """The barrier after another time of training."""
    other = OTHER_EPOCHS[epochs > 1]

    def reveal() -> tuple[str, str]:
        now = barrier(newest["alphas"], newest["losses"][0])[0]
        changed = {name: {**ends.settings[name], "epochs": other} for name in ("first", "second")}
        *_, last = cross(Spec(**{**ends.settings, **changed, "steps": COARSE}))
        then = barrier(last.alphas, last.losses[0])[0]
        return compared(now, then), f"It would be {then:.3g} nats, and is {now:.3g}."

    times = "only one epoch" if other == 1 else f"{other} epochs"
    ask = f"training took {times}? The barrier would be …"
    frame.question(ask, TRIED, f"ll_line.predict.{hash(str(ends.settings))}", reveal)


def compared(now: float, then: float) -> str:
    """How a barrier compares with that of now; small ones are all the same."""
    low, high = (max(each, HARDLY / 2) for each in (now, then))
    if max(low / high, high / low) <= LIKE or math.isnan(then):
        return "like"
    return "higher" if then > now else "lower"
