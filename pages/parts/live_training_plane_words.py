"""What is said of a network in the plane: a unit as a formula with its numbers, and what to notice."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import frame
from pages.components.plane import Unit
from vizcore.runs import Status
from vizcore.toolkit import playground, small_net
from vizcore.toolkit.latex import number, signed, worded
from vizcore.toolkit.playground_look import outputs_at
from vizcore.toolkit.playground_spec import Spec
from vizcore.toolkit.toys import FEATURES

GAP = 1.5  # a test loss so many times the training loss tells of learning by heart
GOOD = 0.97  # share of test points from which the classes count as told apart
TRIAL_EPOCHS = 300  # for the question
ANSWERS = {"better": "more of them right", "even": "as many, to 2 points", "worse": "fewer"}


def explain(
    spec: Spec, status: Status, newest: Mapping[str, Any], unit: Unit | None, place: tuple[float, float]
) -> None:
    """The sum of the selected unit, and under it the same with its numbers at the selected place."""
    layer, at = unit if unit else (len(spec.layers), 0)
    loss = small_net.LOSSES[spec.loss]
    name = rf"h^{{({layer + 1})}}_{{{at + 1}}}" if unit else "o"
    function = small_net.ACTIVATIONS[spec.activation].latex if unit else loss.shown_latex
    st.latex(rf"{name} = {function}\left({_symbols(spec, layer)}\right)")
    weights = small_net.layers(newest["weights"], spec.sizes)[layer][at]
    outputs = outputs_at(spec, newest["weights"], place)
    total = float(weights[:-1] @ outputs[layer] + weights[-1])
    result = float(outputs[layer + 1][at]) if unit else float(loss.shown(np.array(total)))
    st.latex(
        rf"\begin{{aligned}} {name} &= {function}\left({_numbers(weights.tolist(), outputs[layer].tolist())}"
        rf"\right) \\ &= {function}\left({number(total)}\right) = {number(result)} \end{{aligned}}"
    )
    st.caption(
        f"At the selected place, $x_1 = {place[0]:g}$ and $x_2 = {place[1]:g}$, "
        f"{when(status, newest['step'])}. Click a unit, or a place in the large map, to see others."
    )


def when(status: Status, epoch: int) -> str:
    """Of what time the numbers of the formula are; the map goes on while they stand."""
    when = f"after epoch {epoch:,}" if epoch else "before the first step"
    if status.state in ("queued", "running"):
        return f"{when}; the map goes on: pause the run for the numbers of what it shows"
    return when


def _symbols(spec: Spec, layer: int) -> str:
    """The sum of a unit of a layer, of which the features are 0, without numbers."""
    below = [FEATURES[name].latex for name in spec.features]
    if layer:
        below = [f"h^{{({layer})}}_{{{at + 1}}}" for at in range(spec.layers[layer - 1])]
    terms = [rf"w_{{{at + 1}}}\, {each}" for at, each in enumerate(below)]
    if len(terms) > 3:
        terms[1:-1] = [r"\dots"]
    return " + ".join([*terms, "b"])


def _numbers(weights: list[float], values: list[float]) -> str:
    """The same sum with its numbers, three products on a line; the last weight is the bias."""
    terms = [
        rf"{signed(weight) if at else number(weight)} \cdot {signed(value)}"
        for at, (weight, value) in enumerate(zip(weights[:-1], values, strict=True))
    ]
    terms.append(signed(weights[-1]))
    lines = [" + ".join(terms[begin : begin + 3]) for begin in range(0, len(terms), 3)]
    if len(lines) == 1:
        return lines[0]
    return r"\begin{aligned} &" + r" \\ &+ ".join(lines) + r" \end{aligned}"


def noticed(spec: Spec, status: Status, newest: Mapping[str, Any]) -> list[str]:
    """Sentences with the numbers of the run."""
    if not status.over:
        return [
            "Watch the units of the first layer first: each can only draw one edge through its features, "
            "and every later layer adds up what the one before it drew."
        ]
    if not np.isfinite(newest["loss"]):
        return ["The loss is no longer a number: with this learning rate every step goes too far."]
    said = [
        f"After {newest['step']} epochs the loss is {worded(newest['loss'])} on the training points and "
        f"{worded(newest['test'])} on the test points, of which {newest['accuracy']:.0%} are told right."
    ]
    if newest["accuracy"] < GOOD:
        said.append(_why_not(spec, newest))
    elif newest["test"] > GAP * newest["loss"]:
        said.append(
            "The test points have the higher loss: where the classes are near each other, it drew the "
            "border along the points that it knows."
        )
    asleep = int(newest["asleep"].sum())
    if asleep:
        said.append(
            f"Units with a dashed frame, {asleep} of {sum(spec.layers)}, hardly learn: their slope is "
            "below 0.001 at every training point."
        )
    return said


def _why_not(spec: Spec, newest: Mapping[str, Any]) -> str:
    """A likely reason why the classes are not told apart."""
    straight = not spec.layers or spec.activation == "linear"
    if straight:
        return "Without a bend in between, the border is a straight line in the features: choose others."
    if spec.activation == "sigmoid" and len(spec.layers) > 3:
        return (
            f"The slope of a sigmoid is a quarter at most, so what reaches the first of {len(spec.layers)} "
            "layers is tiny. Fewer layers, or tanh, learn this."
        )
    if newest["hits"] - newest["accuracy"] > 0.05:
        return f"Of the training points {newest['hits']:.0%} are right: it knows some of them by heart."
    return "More units, more epochs or another learning rate may tell more of them apart."


def predict(spec: Spec) -> None:
    """How many test points are right without hidden layers, or with one where there is none."""
    other = () if spec.layers else (4,)

    def reveal() -> tuple[str, str]:
        settings = {name: getattr(spec, name) for name in Spec.__dataclass_fields__}
        short = settings | {"epochs": TRIAL_EPOCHS, "pace": 0.0}
        *_, now = playground.train(Spec(**short))
        *_, then = playground.train(Spec(**short | {"layers": other}))
        more = then.accuracy - now.accuracy
        truth = "even" if abs(more) <= 0.02 else "better" if more > 0 else "worse"
        return (
            truth,
            f"After {TRIAL_EPOCHS} epochs {then.accuracy:.0%} instead of {now.accuracy:.0%} are right.",
        )

    change = "the hidden layers were taken away" if spec.layers else "there were one hidden layer of 4 units"
    asked = f"{change}? Of the test points there would be …"
    key = ".".join(str(getattr(spec, name)) for name in ("data", "features", "layers", "activation", "noise"))
    frame.question(asked, ANSWERS, f"plane.predict.{key}", reveal)
