"""Settings that stand in the address, so that every state of a page is a link.

Widgets of Streamlit do this by themselves (`bind="query-params"`); this is for the others: the
picture, the network, and what is clicked inside a component. The session holds the value under
the name of the setting, and the address shows it.
"""

import streamlit as st

_LONGEST = 60  # characters; a link is written by anybody


def setting(name: str, default: str = "") -> str:
    """The value of a setting: as chosen in this visit, else from the link, else the default."""
    if name in st.session_state:
        return str(st.session_state[name])
    return st.query_params.get(name, default)[:_LONGEST]


def choose(name: str, value: str) -> None:
    """Set a setting, or the widget with this key; `publish` shows it in the address."""
    st.session_state[name] = value


def publish(*names: str) -> None:
    """Write settings into the address; an empty one is left out."""
    for name in names:
        value = st.session_state.setdefault(name, setting(name))
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]
