"""What is said of optimisers on a network: their rules, their ends, what a step of each costs."""

from collections.abc import Mapping, Sequence
from math import comb

import numpy as np
import streamlit as st

from pages import frame
from pages.parts import live_training_compare_words as bands
from pages.parts.optimizers_network_runs import End
from vizcore.toolkit.latex import number
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.plans import plan
from vizcore.toolkit.recipes import RECIPES
from vizcore.toolkit.rivals import Spec
from vizcore.toolkit.seeds import CEILING

LUCK = 0.05  # a p-value from which on a difference counts as luck
EVEN = 1.05  # times as long: steps that take less than that are said to take about as long
GUESSED = 0.95 * np.log(10)  # nats, from where on ten digits are guessed


def rules(rates: Mapping[str, float], decay: float) -> None:
    """The step of each optimiser, with its rate and the weight decay in it."""
    adds = rf", to which weight decay adds ${number(decay)}\,w$, but not in AdamW" if decay else ""
    st.markdown(f"**One step** with the gradient $g$ of a batch{adds}:")
    for name, rate in rates.items():
        entry = OPTIMISERS[name]
        numbers = entry.formula.replace(r"\eta", below(rate, r"\eta"))
        numbers = numbers.replace(r"\lambda", below(decay, r"\lambda"))
        parts = [rf"$\displaystyle {{{part}}}$" for part in numbers.split(r", \quad ")]
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
    first = [
        setting(spec),
        "Seed by seed all begin with the same weights and see the same batches: only the rule differs.",
    ]
    first += decays(spec)
    if not ends:
        return [*first, "Line: the median. Dark: the middle half of all seeds. Light: all of them."]
    names, losses = [end.name for end in ends], [end.losses for end in ends]
    return [*first, verdict(names, losses), *troubles(ends), cost(ends)]


def setting(spec: Spec) -> str:
    """Which network learns what, and what the chart of the training loss shows."""
    known = plan(spec.of(0).one(0))
    return (
        f"{RECIPES[spec.net].title} with {known.parameters:,} weights learns {len(known.classes)} "
        f"handwritten digits from {known.examples:,} pictures, {spec.batch} in a batch; loss and accuracy "
        f"are measured on {known.held:,} others. One epoch, that is each picture once, is {known.steps} "
        "steps; the training loss is the mean over the last so many batches."
    )


def decays(spec: Spec) -> list[str]:
    """What weight decay is with Adam, where that can be compared."""
    if "adamw" not in spec.optimisers:
        return []
    if spec.weight_decay:
        return [
            "AdamW takes ηλw off each weight; the others add λw to the gradient (L2), which Adam then "
            "divides by √ŝ. So one λ is not equally strong in both: to compare them fairly, tune λ for each."
        ]
    return ["Without weight decay AdamW is Adam."] if "adam" in spec.optimisers else []


def verdict(names: Sequence[str], losses: Sequence[np.ndarray]) -> str:
    """Whether the lowest median is lower than the next, seed by seed, by more than luck."""
    first, second = bands.best_two(losses)
    wins = int((losses[first] < losses[second]).sum())
    count, pairs = int((losses[first] != losses[second]).sum()), comb(len(losses), 2)
    chance = sign_test(wins, count)
    said = (
        f"The two lowest medians: the loss of “{names[first]}” is below that of “{names[second]}” with "
        f"{wins} of {count} seeds. Sign test, two-sided: p = {chance:.2g}"
    )
    if pairs > 1:
        chance = min(1.0, pairs * chance)
        said += f", times {pairs} since this pair was picked from {pairs} afterwards: {chance:.2g}"
    if chance < LUCK:
        return f"{said}. Luck alone seldom does that: the difference counts, for these rates."
    return f"{said}. That may be **luck**: more seeds would tell."


def sign_test(wins: int, count: int) -> float:
    """How likely so uneven a count is by an even chance: a two-sided p-value (Dixon & Mood 1946)."""
    tail = sum(comb(count, each) for each in range(max(wins, count - wins), count + 1))
    return min(1.0, 2 * tail / 2**count)


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
    if slow.pace < EVEN * quick.pace:
        return f"A step takes about as long with each of them, {1000 * quick.pace:.2g} ms for all seeds."
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
