"""End of a page: the theory, and the code that computed what was shown."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

import streamlit as st


def about(module: ModuleType, *functions: Callable[..., Any]) -> None:
    """Show the docstring of an exhibit as its theory, and functions as the code that ran."""
    with st.expander("Theory and sources", icon=":material/menu_book:"):
        st.markdown(inspect.getdoc(module) or "")
    with st.expander("The code that ran", icon=":material/code:"):
        st.caption(f"From {module.__name__}; it works without this page, in a notebook for example.")
        for function in functions:
            st.code(_source(function), language="python")


@lru_cache(maxsize=256)
def _source(function: Callable[..., Any]) -> str:
    """The same each time a page runs, and not quickly found."""
    return inspect.getsource(function)
