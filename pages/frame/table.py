"""A table of words and numbers."""

from collections.abc import Mapping, Sequence

import streamlit as st


def table(columns: Mapping[str, Sequence[str]]) -> None:
    """Show cells in Markdown, a column below each title.

    They are handed over as they travel. Streamlit would make a data frame of them first, and twice, which
    takes thirty times as long.
    """
    import pyarrow  # here, because the first page appears before

    st.table(pyarrow.table(columns), border="horizontal", hide_index=True)
