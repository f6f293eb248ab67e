"""What there is to say about one step: its formulas with their numbers, what to notice, and a question."""

import math
from collections.abc import Callable

import numpy as np
import streamlit as st

from pages import frame
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit.latex import aligned, number, worded
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.update_sums import update_sums
from vizcore.toolkit.walkthrough import Walk

TIMES = 10.0  # of the rate, for the question
SURE = 0.1  # probability of all other classes, below which it is written in place of that of the class
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
    """What the chosen example costs, and the slope at the logit of its class.

    Of a probability near 1 single precision keeps few digits of what is missing; hence double here.
    """
    label, count = int(found.labels[example]), len(found.labels)
    target, place = float(found.targets[example, label]), f"{example + 1}, c"
    others = odds(found, example)
    rest = others / (1 + others) if math.isfinite(others) else 1.0
    chance = f"1 - {number(rest)}" if rest < SURE else number(float(found.probabilities[example, label]))
    log = rf"\log ({chance})" if rest < SURE else rf"\log {chance}"
    loss = f"-{log}" if target == 1 else rf"-\sum_c y_{{{place}}} \log p_{{{place}}}"
    sure = target == 1 and rest < SURE
    cost = math.log1p(others) if sure else float(found.losses[example])
    slope = -rest / count if sure else float(found.slopes[example, label])
    return [
        rf"L_{{{example + 1}}} &= {loss} = {number(cost)}",
        rf"\frac{{\partial L}}{{\partial z_{{{example + 1}, {label}}}}} &= "
        rf"\frac{{{chance} - {number(target)}}}{{{count}}} = {number(slope)}",
    ]


def odds(found: Walk, example: int) -> float:
    """All other classes against that of the example: the sum of their probabilities over its own."""
    logits, label = found.logits[example].astype(np.float64), found.labels[example]
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.exp(np.delete(logits, label) - logits[label]).sum())


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
            f"The loss changed by {worded(changed)}."
        )
    if changed > 0:
        return (
            f"The step went too far: its slope promised {worded(found.expected)}, but the loss rose by "
            f"{worded(changed)}. It would fall if the step were short enough."
        )
    return (
        f"The loss fell by {worded(-changed)}, {changed / found.expected:.0%} of what its slope promised, "
        "since the surface bends: the shorter the step, the nearer to 100%."
    )


def predict(found: Walk, again: Callable[[float], Walk]) -> None:
    """The same step with ten times the rate."""

    def reveal() -> tuple[str, str]:
        other = again(TIMES).after
        after = other if math.isfinite(other) else math.inf
        truth = "lower" if after < found.after else "between" if after < found.before else "higher"
        return (
            truth,
            f"It would be {worded(other)}; it was {worded(found.before)}, and is {worded(found.after)}.",
        )

    ask = f"this step were taken with η = {worded(TIMES * found.lr)}? The loss of this batch would be …"
    frame.question(ask, TENFOLD, f"step.predict.{found.step}.{found.before}.{found.lr}", reveal)
