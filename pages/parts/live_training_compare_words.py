"""What is said of a comparison: whether the difference between bands is real, with its numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from vizcore.toolkit.seeds import CEILING

Numbers = NDArray[np.float64]
QUARTERS = (0.25, 0.5, 0.75)
CLEAR = 2.0  # standard deviations from an even chance, from where on a difference counts as real
ANSWERS = {"never": "in no pair", "seldom": "in less than one of ten", "often": "in one of ten or more"}


def chance(first: Numbers, second: Numbers) -> float:
    """Share of all pairs in which the first has the lower loss; equal ones count half (Mann & Whitney)."""
    below = first[:, None] < second[None, :]
    same = first[:, None] == second[None, :]
    return float(below.mean() + same.mean() / 2)


def even(first: Numbers, second: Numbers) -> float:
    """Standard deviation of `chance` where both come from one distribution."""
    return float(np.sqrt((len(first) + len(second) + 1) / (12 * len(first) * len(second))))


def best_two(losses: Sequence[Numbers]) -> tuple[int, int]:
    """Places of the lowest median and of the one behind it."""
    order = np.argsort([np.median(each) for each in losses], kind="stable")
    return int(order[0]), int(order[1])


def explain(names: Sequence[str], losses: Sequence[Numbers]) -> None:
    """The chance that one is better, and the same with its numbers for the two lowest."""
    st.latex(r"P(a < b) = \frac{1}{K^2} \sum_{i=1}^{K} \sum_{j=1}^{K} \left[a_i < b_j\right]")
    if not _known(losses):
        return
    first, second = best_two(losses)
    count = len(losses[first])
    found, spread = chance(losses[first], losses[second]), even(losses[first], losses[second])
    st.latex(rf"P = \frac{{{found * count**2:g}}}{{{count**2}}} = {found:.3g}")
    st.caption(
        f"a: validation losses of “{names[first]}”, b: of “{names[second]}”. Of two equal settings, {count} "
        f"seeds each, it is 0.5 ± {CLEAR * spread:.2g} in 95 of 100 cases."
    )


def noticed(says: str, names: Sequence[str], losses: Sequence[Numbers]) -> list[str]:
    """Sentences with the numbers of the bands, once they are there."""
    if not _known(losses):
        return [says, "Line: the median. Dark: the middle half of all seeds. Light: all of them."]
    return [says, verdict(names, losses)]


def table(names: Sequence[str], losses: Sequence[Numbers], accuracies: Sequence[Numbers]) -> str:
    """Median and quartiles of each band as Markdown."""
    head = "| at the end | loss: quartile | median | quartile | right, median |\n|:--|--:|--:|--:|--:|"
    return "\n".join([head, *(row(*each) for each in zip(names, losses, accuracies, strict=True))])


def row(name: str, losses: Numbers, accuracies: Numbers) -> str:
    """A row of the table; what is as high as can be has diverged."""
    shown = ["diverged" if each >= CEILING else f"{each:.3g}" for each in np.quantile(losses, QUARTERS)]
    return f"| {name} | {' | '.join(shown)} | {np.median(accuracies):.0%} |"


def verdict(names: Sequence[str], losses: Sequence[Numbers]) -> str:
    """Whether the lowest median is lower than the next by more than luck."""
    first, second = best_two(losses)
    one, other = (f"“{names[place]}”" for place in (first, second))
    found, spread = chance(losses[first], losses[second]), even(losses[first], losses[second])
    apart = np.quantile(losses[first], 0.75) < np.quantile(losses[second], 0.25)
    quartiles = "do not overlap" if apart else "overlap"
    pairs = f"The quartiles of {one} and {other} {quartiles}; in {found:.0%} of all pairs "
    wins = int((losses[first] < losses[second]).sum())
    pairs += f"the loss of {one} is lower, seed by seed in {wins} of {len(losses[first])}. "
    if found - 0.5 > CLEAR * spread:
        return pairs + "Luck alone does that in less than 5 of 100 cases: the difference is **real**."
    return pairs + "That may be **luck**: more seeds would tell, and one pair of runs tells nothing."


def predict(names: Sequence[str], losses: Sequence[Numbers], key: str) -> None:
    """How often a single pair of runs would have named the wrong winner."""
    if not _known(losses) or len(losses) < 2:
        return
    first, second = best_two(losses)

    def reveal() -> tuple[str, str]:
        wrong = 1 - chance(losses[first], losses[second])
        truth = "never" if wrong == 0 else "seldom" if wrong < 0.1 else "often"
        return truth, f"In {wrong:.1%} of {len(losses[first]) * len(losses[second]):,} pairs."

    ask = f"there were one run of each only? “{names[second]}” would beat “{names[first]}” …"
    frame.question(ask, ANSWERS, f"compare.predict.{key}", reveal)


def lines(names: Sequence[str], last: Sequence[dict[str, Any] | None]) -> list[str]:
    """Sentences on single runs."""
    said = [
        f"**{name}**: validation loss {line['validation']:.3g}, {line['accuracy']:.0%} right after "
        f"{line['step']:,} steps."
        for name, line in zip(names, last, strict=True)
        if line
    ]
    return [*said, "These are single runs: another seed may change their order. Bands of seeds tell."]


def _known(losses: Sequence[Numbers]) -> bool:
    return bool(losses) and all(len(each) for each in losses)
