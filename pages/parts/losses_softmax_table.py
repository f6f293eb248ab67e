"""One softmax in every kind of number, as a table."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages import frame
from vizcore.toolkit.softmaxes import Computed


def arithmetics(every: Sequence[Computed], shown: tuple[str, bool]) -> None:
    """A table of all types, with the naive way and the stable one; `shown` is the type and way above it."""
    st.markdown(
        "**In four kinds of numbers**: as the formula stands (naive), and without the largest (stable)."
    )
    rows = [row(found, (found.dtype, found.stable) == shown) for found in every]
    frame.table({name: [each[name] for each in rows] for name in rows[0]})


def row(found: Computed, shown: bool) -> dict[str, str]:
    """One arithmetic, in Markdown."""
    entries = {"type": f"**{found.dtype}**" if shown else found.dtype}
    entries["softmax"] = "stable" if found.stable else "naive"
    entries["in words"] = in_words(found)
    entries["largest power"] = marked(found.powers.max())
    entries |= {f"$p_{at}$": marked(share, digits=5) for at, share in enumerate(found.probabilities)}
    return entries | {"loss": marked(found.loss), "one-hot": marked(found.one_hot_loss)}


def marked(value: float, digits: int = 3) -> str:
    """A number; what is none stands out."""
    if not np.isfinite(value):
        return f":orange-background[{value}]"
    return f"{value:.{digits}g}".replace("-", "−")  # a hyphen would break the line


def in_words(found: Computed) -> str:
    """What went wrong, in a few words."""
    if found.overflows:
        return "overflows"
    if np.isinf(found.loss):
        return "the target's p became 0"
    if np.isnan(found.one_hot_loss):
        return "0 times infinity is nan"
    return f"{found.vanished} of the p became 0" if found.vanished else "every step fits"
