"""What there is to say about a training run: its formula, what to notice, and a question."""

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import streamlit as st

from pages import frame
from pages.server import ways
from vizcore.exhibits.live_training import Spec, train
from vizcore.toolkit.latex import number, worded
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.plans import Plan

Line = dict[str, Any]
GAP = 1.5  # the validation loss over its lowest value, from where on it has clearly risen
FAR = 20  # the validation loss over the training loss, from where on the latter says nothing any more
WELL = 0.95  # share of hits
BEFORE = 10  # steps before a run diverged that are looked at
RAISED = 1.5  # times the rate, from where on somebody raised it: no schedule does so in one step
TRIED = {"lower": "lower", "like": "about the same", "higher": "higher, or no number any more"}
TRIAL = 40  # steps of a trial run


def explain(spec: Spec, lines: list[Line]) -> None:
    """The rule by which the weights are moved, and the same with the rate of the last of these steps."""
    entry, taken = OPTIMISERS[spec.optimiser], [line for line in lines if line["step"]]
    rate = taken[-1]["lr"] if taken else spec.lr
    filled = entry.formula.replace(r"\eta", number(rate)).replace(r"\lambda", number(spec.weight_decay))
    general, numbers = st.columns(2, gap="small")
    general.latex(rule(entry.formula))
    numbers.latex(rule(filled))
    when = f" These are the numbers of step {taken[-1]['step']:,}." if taken else ""
    st.caption(f"{entry.title}: {entry.says} The batch has {spec.batch} examples.{when}")


def rule(formula: str) -> str:
    """The steps of a rule one below the other, aligned at their arrows."""
    rows = [r"g &= \partial L / \partial w"]
    rows += [row.replace(r"\leftarrow", r"&\leftarrow") for row in formula.split(r", \quad ")]
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


def noticed(known: Plan, lines: list[Line], largest: float = 0.0) -> list[str]:
    """Sentences with the numbers of a run up to a step; where no step is known, on what it will be.

    Args:
        known: the run before its first step.
        lines: its history up to the step.
        largest: magnitude of its weights there.
    """
    trained = [line for line in lines if line["step"]]
    if not trained:
        before = [f"Before the first step, {line['accuracy']:.1%} of them are right." for line in lines[:1]]
        return [
            f"{known.examples:,} pictures to learn from, {known.held:,} held out that no step ever sees, "
            f"{known.parameters:,} weights.",
            *before,
            "Which loss is lower, and does the distance between them grow?",
        ]
    last = trained[-1]
    if is_diverged(lines):
        return diverged(trained)
    if largest > ways.FAR:
        return [ran_away(last, largest)]
    recent = [line["loss"] for line in trained if line["step"] > last["step"] - known.steps]
    loss = sum(recent) / len(recent)
    said = [
        f"At epoch {last['epoch']:.3g}, {last['accuracy']:.1%} of {known.held:,} held-out pictures are "
        f"right. The training loss of the batch at step {last['step']:,} is ${number(last['loss'])}$, the "
        f"validation loss is ${number(last['validation'])}$."
    ]
    return said + verdict(known, trained, loss)


def verdict(known: Plan, lines: list[Line], loss: float) -> list[str]:
    """What the two losses say of the run."""
    last, best = lines[-1], min(lines, key=lambda line: line["validation"])
    chance = math.log(len(known.classes))
    if loss > 0.9 * chance:
        return [
            f"Guessing among {len(known.classes)} classes costs ln {len(known.classes)} = {chance:.3g}: "
            "the network has hardly learnt anything yet."
        ]
    if last["validation"] > GAP * best["validation"]:
        return [
            f"The validation loss was lowest, {worded(best['validation'])}, at step {best['measured']:,}, "
            "and has risen since, while the training loss fell: the network learns by heart. It **overfits**."
        ]
    if last["validation"] > FAR * loss and last["accuracy"] < WELL:
        return [
            "The network knows what it has seen by heart, but is often wrong on the rest, and further steps "
            "lower the training loss only: it **overfits**. More pictures, augmentation or dropout can help."
        ]
    if last["validation"] > 2 * loss:
        return ["The network does better on what it has seen: this is the gap of generalisation."]
    return ["Both are close: what the network has learnt holds for pictures that it has not seen."]


def diverged(lines: list[Line]) -> list[str]:
    """How the loss grew until it was no number any more."""
    last, known = lines[-1], [line for line in lines if math.isfinite(line["loss"])][-BEFORE:]
    said = [f"At step {last['step']:,}, the loss was {last['loss']}: the run has **diverged**."]
    change = raised(lines)
    tried = [line for line in known if not change or line["step"] > change[0]["step"]]  # at this rate
    highest = max(tried, key=lambda line: line["loss"], default=None)
    if highest and highest["loss"] > tried[0]["loss"]:
        said.append(
            f"From step {tried[0]['step']:,} to step {highest['step']:,}, it had grown from "
            f"{worded(tried[0]['loss'])} to {worded(highest['loss'])}: each step went so far beyond the "
            "valley that it landed higher than it began."
        )
    elif known:
        said.append(f"At step {known[-1]['step']:,}, it was still {worded(known[-1]['loss'])}.")
    if change:
        before, after = change
        rates = f"from {worded(before['lr'])} to {worded(after['lr'])}"
        said.append(f"The cause: the rate was raised {rates} after step {before['step']:,}.")
    return [*said, "Go back to an earlier step, take a smaller rate, and branch."]


def ran_away(last: Line, largest: float) -> str:
    """What it means that weights are huge."""
    return (
        f"At step {last['step']:,}, the largest weight is {worded(largest)}: **the weights have run away**. "
        f"The loss is {worded(last['loss'])}, a number still, but the steps were far too large, and nothing "
        "is learnt from here. Go back to an earlier step, take a smaller rate, and branch."
    )


def is_diverged(lines: list[Line]) -> bool:
    """Whether the newest loss is no number any more."""
    return bool(lines) and not math.isfinite(lines[-1]["loss"])


def raised(lines: list[Line]) -> tuple[Line, Line] | None:
    """Where somebody raised the rate lately: the last line before, and the first one with the new rate.

    A run takes orders behind a line, so the change came right after the first of these.
    """
    for line, following in reversed([*pairwise(lines[-BEFORE - 2 :])]):
        if following["lr"] > RAISED * line["lr"]:
            return line, following
    return None


@st.cache_data(max_entries=64, show_spinner="Trying it for a few steps")
def tried(spec: Spec) -> float:
    """Mean loss in nats of the last quarter of a short run with these settings; no number if it diverges."""
    work = train(spec)
    losses = [report.loss for report, _ in zip(work, range(TRIAL + 1), strict=False)]
    last = losses[-TRIAL // 4 :]
    return sum(last) / len(last)


def predict(spec: Spec, went_too_far: bool) -> None:
    """What another rate would do to the first steps: a tenth of it for a run that went too far."""
    other = spec.lr / 10 if went_too_far or spec.lr > 1 else spec.lr * 10

    def reveal() -> tuple[str, str]:
        now, then = tried(short(spec, spec.lr)), tried(short(spec, other))
        both = f"the loss is {worded(then)}, and {worded(now)} with {worded(spec.lr)}"
        return judged(then, now), f"Over steps {3 * TRIAL // 4} to {TRIAL} {both}."

    ask = (
        f"η were {worded(other)} in place of {worded(spec.lr)}? After {TRIAL} steps the training loss "
        "would be …"
    )
    frame.question(ask, TRIED, f"pictures.predict.{hash(spec)}.{other}", reveal)


def judged(then: float, now: float) -> str:
    """The key of TRIED for a loss against the one there is now."""
    if not math.isfinite(then):
        return "higher"
    if not math.isfinite(now):
        return "lower"
    return "like" if abs(then - now) <= 0.1 * now else "lower" if then < now else "higher"


def short(spec: Spec, lr: float) -> Spec:
    """The same settings with another rate, on the CPU."""
    return replace(spec, lr=lr, device="cpu")
