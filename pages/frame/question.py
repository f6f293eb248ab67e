"""One question a page asks: what will happen if? Answered by the visitor, then by the computation."""

from collections.abc import Callable, Mapping

import streamlit as st


def question(ask: str, answers: Mapping[str, str], key: str, reveal: Callable[[], tuple[str, str]]) -> None:
    """Ask, and once there is an answer say what is true.

    Args:
        ask: the question as Markdown, of our own words.
        answers: name -> what can be answered.
        key: another one forgets the answer.
        reveal: computes the name of the true answer, and a sentence with its numbers as Markdown.
    """
    guess = st.radio(
        f"**What if** {ask}",
        list(answers),
        format_func=answers.__getitem__,
        index=None,
        horizontal=True,
        key=key,
    )
    if guess is None:
        return
    truth, why = reveal()
    opening = "So it is." if truth == guess else f"It is **{answers[truth]}**."
    st.markdown(f"{opening} {why}")
