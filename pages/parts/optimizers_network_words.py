"""What is said of optimisers on a network: their rules, their ends, what a step of each costs."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from pages import frame
from pages.parts import live_training_compare_words as bands
from pages.parts.optimizers_network_runs import End
from vizcore.toolkit.latex import number
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.rivals import Spec
from vizcore.toolkit.seeds import CEILING

GUESSED = 0.95 * np.log(10)  # nats, from where on ten digits are guessed


def rules(rates: Mapping[str, float], decay: float) -> None:
    """The step of each optimiser, with its rate and the weight decay in it."""
    adds = rf", to which weight decay adds ${number(decay)}\,w$, but not in AdamW" if decay else ""
    st.markdown(f"**One step** with the gradient $g$ of a batch{adds}:")
    for name, rate in rates.items():
        entry = OPTIMISERS[name]
        numbers = entry.formula.replace(r"\eta", below(rate, r"\eta"))
        numbers = numbers.replace(r"\lambda", below(decay, r"\lambda"))
        parts = [rf"$\displaystyle {part}$" for part in numbers.split(r", \quad ")]
        st.markdown(f"**{entry.title}** {', '.join(parts)}")


def below(value: float, symbol: str) -> str:
    """A number with the symbol that it stands for below it."""
    return rf"\underset{{{symbol}}}{{{number(value)}}}"


def table(ends: Sequence[End]) -> str:
    """Losses, accuracy and cost of each as Markdown."""
    head = "| at the end | median loss (quartiles) | right | ms a step |\n|:--|--:|--:|--:|"
    return "\n".join([head, *map(row, ends)])


def row(end: End) -> str:
    """A row of the table."""
    low, median, high = (told(each) for each in np.quantile(end.losses, bands.QUARTERS))
    right = f"{np.median(end.accuracies):.0%}"
    return f"| {end.name} | {median} ({low} to {high}) | {right} | {1000 * end.pace:.2g} |"


def told(loss: float) -> str:
    """A loss in words; what is as high as can be has diverged."""
    return "diverged" if loss >= CEILING else f"{loss:.3g}"


def noticed(spec: Spec, ends: Sequence[End]) -> list[str]:
    """Sentences with the numbers of the bands, once they are there."""
    first = ["Seed by seed all begin with the same weights and see the same batches: only the rule differs."]
    if {"adam", "adamw"} <= set(spec.optimisers) and not spec.weight_decay:
        first.append("Without weight decay AdamW is Adam.")
    if not ends:
        return [*first, "Line: the median. Dark: the middle half of all seeds. Light: all of them."]
    names, losses = [end.name for end in ends], [end.losses for end in ends]
    return [*first, bands.verdict(names, losses), *troubles(ends), cost(ends)]


def troubles(ends: Sequence[End]) -> list[str]:
    """A sentence on each that has diverged, or has learnt nothing."""
    found = []
    for end in ends:
        if end.diverged:
            found.append(
                f"{end.name} diverged with {end.diverged} of {len(end.losses)} seeds: its rate is too big."
            )
        elif np.median(end.losses) > GUESSED:
            found.append(
                f"{end.name} has learnt nothing with half of the seeds or more: its median is that of "
                "guessing, ln 10 = 2.3. Its rate is too big, or far too small."
            )
    return found


def cost(ends: Sequence[End]) -> str:
    """What a step of each costs, and how far the slowest gets while the quickest takes all of its steps."""
    quick, slow = (choose(ends, key=lambda end: end.pace) for choose in (min, max))
    whole = quick.pace * quick.steps
    return (
        f"A step of {slow.name} takes {slow.pace / quick.pace:.2g} times as long as one of {quick.name}: "
        f"in the {whole:.2g} s that {quick.name} needs for {quick.steps} steps, {slow.name} takes "
        f"{whole / slow.pace:.0f}. They take turns in one process, so that other work on "
        "the machine slows all of them; the more the network itself computes, the less the rule counts."
    )


def predict(ends: Sequence[End], key: str) -> None:
    """Who leads when the quickest has taken all of its steps."""
    whole = min(end.pace * end.steps for end in ends)

    def reveal() -> tuple[str, str]:
        then = {end.name: end.at(whole) for end in ends}
        medians = ", ".join(f"{name} {told(loss)}" for name, loss in then.items())
        return min(then, key=lambda name: then[name]), f"Medians when {whole:.2g} s had passed: {medians}."

    ask = "all stopped as soon as the quickest has taken its last step? The lowest loss would be that of …"
    frame.question(ask, {end.name: end.name for end in ends}, f"network.predict.{key}", reveal)
