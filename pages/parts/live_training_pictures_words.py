"""What there is to say about a training run: its formula, what to notice, and a question."""

import math
from dataclasses import replace
from typing import Any

import streamlit as st

from pages import frame
from vizcore import runs
from vizcore.exhibits.live_training import Spec, train
from vizcore.toolkit.latex import number
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.plans import Plan

Line = dict[str, Any]
GAP = 1.5  # the validation loss over its lowest value, from where on it has clearly risen
FAR = 20  # the validation loss over the training loss, from where on the latter says nothing any more
WELL = 0.95  # share of hits
TRIED = {"lower": "lower", "like": "about the same", "higher": "higher, or no number any more"}
TRIAL = 40  # steps of a trial run


def explain(spec: Spec) -> None:
    """The rule by which the weights are moved, and the same with its rate."""
    entry = OPTIMISERS[spec.optimiser]
    filled = entry.formula.replace(r"\eta", number(spec.lr)).replace(r"\lambda", number(spec.weight_decay))
    general, numbers = st.columns(2, gap="small")
    general.latex(rule(entry.formula))
    numbers.latex(rule(filled))
    st.caption(f"{entry.title}: {entry.says} The batch has {spec.batch} examples.")


def rule(formula: str) -> str:
    """The steps of a rule one below the other, aligned at their arrows."""
    rows = [r"g &= \partial L / \partial w"]
    rows += [row.replace(r"\leftarrow", r"&\leftarrow") for row in formula.split(r", \quad ")]
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


def noticed(known: Plan, status: runs.Status, lines: list[Line]) -> list[str]:
    """Sentences with the numbers of the run, once it rests."""
    trained = [line for line in lines if line["step"]]
    if status.state in ("queued", "running") or not trained:
        return [
            f"{known.examples:,} pictures to learn from, {known.held:,} that no step ever sees, "
            f"{known.parameters:,} weights. Which loss is lower, and does the distance between them grow?"
        ]
    last = trained[-1]
    if not math.isfinite(last["loss"]):
        return diverged(trained)
    recent = [line["loss"] for line in trained if line["step"] > last["step"] - known.steps]
    loss = sum(recent) / len(recent)
    said = [
        f"At epoch {last['epoch']:.3g}, {last['accuracy']:.1%} of {known.held:,} held-out pictures are "
        f"right. Over the last epoch the training loss was ${number(loss)}$, the validation loss is "
        f"${number(last['validation'])}$."
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
            f"The validation loss was lowest, {best['validation']:.3g}, at step {best['measured']:,}, and "
            "has risen since, while the training loss fell: the network learns by heart. It **overfits**."
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
    last = lines[-1]
    finite = [line for line in lines if math.isfinite(line["loss"])]
    most = max((line["loss"] for line in finite), default=math.nan)
    return [
        f"At step {last['step']:,} the loss was {last['loss']}: the run has **diverged**. Before that it had "
        f"grown to {most:.3g}. Each step went so far beyond the valley that it landed higher than it began. "
        "Go back to an earlier step, take a smaller rate, and branch."
    ]


@st.cache_data(max_entries=64, show_spinner="Trying it for a few steps")
def tried(spec: Spec) -> float:
    """Mean loss in nats of the last quarter of a short run with these settings; nan where it diverges."""
    work = train(spec)
    losses = [report.loss for report, _ in zip(work, range(TRIAL + 1), strict=False)]
    return sum(losses[-TRIAL // 4 :]) / (TRIAL // 4) if len(losses) > TRIAL else math.nan


def predict(spec: Spec) -> None:
    """What another rate would do to the first steps."""
    other = spec.lr * 10 if spec.lr <= 1 else spec.lr / 10

    def reveal() -> tuple[str, str]:
        now, then = tried(short(spec, spec.lr)), tried(short(spec, other))
        truth = "like" if abs(then - now) <= 0.1 * now else "lower" if then < now else "higher"
        return (
            truth,
            f"Over steps {3 * TRIAL // 4} to {TRIAL} the loss is {then:.3g}, and {now:.3g} with {spec.lr:g}.",
        )

    ask = f"η were {other:g} in place of {spec.lr:g}? After {TRIAL} steps the training loss would be …"
    frame.question(ask, TRIED, f"pictures.predict.{hash(spec)}", reveal)


def short(spec: Spec, lr: float) -> Spec:
    """The same settings with another rate, on the CPU."""
    return replace(spec, lr=lr, device="cpu")
