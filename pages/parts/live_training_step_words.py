"""What there is to say about one step: its formulas with their numbers, what to notice, and a question."""

import math
from collections.abc import Callable

import numpy as np
import streamlit as st

from pages import frame
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit.latex import aligned, number
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.update_sums import update_sums
from vizcore.toolkit.walkthrough import Walk

TIMES = 10.0  # of the rate, for the question
TENFOLD = {
    "lower": "lower than it is",
    "between": "between that and the loss before",
    "higher": "higher than before",
}


def explain(spec: Spec, found: Walk, example: int) -> None:
    """Loss and gradient of the chosen example, and every sum of the weight that is followed."""
    mean = r"L &= -\frac{1}{B} \sum_{i=1}^{B} \sum_c y_{i,c} \log p_{i,c}"
    st.latex(aligned([mean, r"\frac{\partial L}{\partial z_{i,c}} &= \frac{p_{i,c} - y_{i,c}}{B}"]))
    st.latex(aligned(example_written(found, example)))
    weight, entry = found.followed, OPTIMISERS[spec.optimiser]
    st.markdown(f"The weight at {list(weight.place)} of `{weight.name}`, by {entry.title}:")
    sums = update_sums(weight, spec.optimiser, found.lr, spec.weight_decay)
    st.latex(aligned(rf"{each.name} &\leftarrow {each.formula}" for each in sums))
    rows = [rf"g &= \partial L / \partial w = {number(weight.slope)}"]
    if weight.gradient != weight.slope:
        rows.append(rf"g &= {number(weight.gradient)} \quad \text{{with L1, and clipped}}")
    st.latex(aligned([*rows, *(f"{each.name} &= {each.numbers} = {number(each.value)}" for each in sums)]))


def example_written(found: Walk, example: int) -> list[str]:
    """What the chosen example costs, and the slope at the logit of its class."""
    label, count = int(found.labels[example]), len(found.labels)
    chance, target = float(found.probabilities[example, label]), float(found.targets[example, label])
    cost, slope = float(found.losses[example]), float(found.slopes[example, label])
    place = f"{example + 1}, c"
    loss = rf"-\log {number(chance)}" if target == 1 else rf"-\sum_c y_{{{place}}} \log p_{{{place}}}"
    return [
        rf"L_{{{example + 1}}} &= {loss} = {number(cost)}",
        rf"\frac{{\partial L}}{{\partial z_{{{example + 1}, {label}}}}} &= "
        rf"\frac{{{number(chance)} - {number(target)}}}{{{count}}} = {number(slope)}",
    ]


def noticed(found: Walk) -> list[str]:
    """Sentences with the numbers of the step."""
    hits, count, classes = int((found.guesses == found.labels).sum()), len(found.labels), len(found.classes)
    said = [
        f"{hits} of {count} guesses are right; guessing at random costs $\\ln {classes}$ = "
        f"{math.log(classes):.3g}."
    ]
    if count >= 4 and found.losses.sum() > 0:
        worst = np.sort(found.losses)[-(count // 4) :].sum() / found.losses.sum()
        said.append(f"The worst quarter of the batch makes {worst:.0%} of the loss, and pulls the most.")
    return [*said, outcome(found)]


def outcome(found: Walk) -> str:
    """What came of the step, against what its slope promised."""
    changed = found.after - found.before
    if not math.isfinite(changed):
        return f"After the step the loss is {found.after}: it went so far that no number is left."
    if found.expected >= 0:
        return (
            "The step goes up the slope of this batch: what the optimiser keeps of earlier ones weighs more. "
            f"The loss changed by {changed:.3g}."
        )
    if changed > 0:
        return (
            f"The step went too far: its slope promised {found.expected:.3g}, but the loss rose by "
            f"{changed:.3g}. It would fall if the step were short enough."
        )
    return (
        f"The loss fell by {-changed:.3g}, {changed / found.expected:.0%} of what its slope promised, since "
        "the surface bends: the shorter the step, the nearer to 100%."
    )


def predict(found: Walk, again: Callable[[float], Walk]) -> None:
    """The same step with ten times the rate."""

    def reveal() -> tuple[str, str]:
        other = again(TIMES).after
        after = other if math.isfinite(other) else math.inf
        truth = "lower" if after < found.after else "between" if after < found.before else "higher"
        return truth, f"It would be {other:.3g}; it was {found.before:.3g}, and is {found.after:.3g}."

    ask = f"this step were taken with η = {TIMES * found.lr:.3g}? The loss of this batch would be …"
    frame.question(ask, TENFOLD, f"step.predict.{found.step}.{found.before}.{found.lr}", reveal)
