"""The square wave 0 0 1 1 on a circle, in max pooling with and without a blur, before and after a move."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.convolution_controls import choice
from vizcore.exhibits import invariance

MOVES = ("1", "2", "3", "4")  # px to the left


def wave() -> None:
    """Both signals, value by value, moved as far as the link says."""
    st.subheader("The square wave of Zhang 2019", anchor=False)
    words, rows = st.columns([1, 1.9], gap="medium")
    with words:
        move = int(choice("Moved to the left by", {each: f"{each} px" for each in MOVES}, "shift_wave"))
    before, after = (invariance.square_wave(by) for by in (0, move))
    rows.latex(
        r"\begin{array}{l|l|l} & \text{as it is} & \text{moved by }"
        + str(move)
        + r"\text{ px} \\ \hline "
        + r" \\ ".join(
            rf"\text{{{title}}} & {written(getattr(before, name))} & {written(getattr(after, name))}"
            for title, name in (
                ("signal", "signal"),
                ("max of each and the next", "dense"),
                ("every 2nd: max pooling", "pooled"),
                ("blurred with weights 1 2 1", "blurred"),
                ("every 2nd: max + blur", "antialiased"),
            )
        )
        + r"\end{array}"
    )
    plain, smooth = (
        float(abs(getattr(after, name) - getattr(before, name)).max()) for name in ("pooled", "antialiased")
    )
    words.markdown(
        f"The signal lies on a circle. Moved by {move} px, max pooling changes by up to {plain:g}, and "
        f"with the blur by up to {smooth:g}."
    )


def written(values: Sequence[float]) -> str:
    """Values as they are in the paper: 0, 1 and quarters between them."""
    return r"\; ".join(f"{value:g}".removeprefix("0") or "0" for value in values)
