"""Pages with several views: which one is shown, and the row of names that switches."""

from collections.abc import Mapping

import streamlit as st

from pages.frame import links


def view(page: str, views: Mapping[str, str]) -> str:
    """The view that the link names; the first one where it names none, such as when the page is opened.

    Args:
        page: key of the exhibit.
        views: name -> title.
    """
    if links.entered(page):
        st.session_state.pop("view", None)  # another page's
    links.follow(page, "view")
    if links.setting("view") not in views:
        links.choose("view", next(iter(views)))
    return links.setting("view")


def switch(views: Mapping[str, str]) -> None:
    """A row with the titles of all views."""
    st.session_state["view.control"] = links.setting("view")
    st.segmented_control(
        "View",
        list(views),
        format_func=views.__getitem__,
        required=True,
        key="view.control",
        on_change=lambda: links.choose("view", st.session_state["view.control"]),
        label_visibility="collapsed",
    )
