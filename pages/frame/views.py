"""Pages with several views: which one is shown, and the row of names that switches."""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

import streamlit as st

from pages.frame import links
from pages.frame.about import about
from pages.frame.header import header
from pages.frame.stage import current, sidebar


def show_views(exhibit: ModuleType, views: Mapping[str, str]) -> None:
    """A page with a row of views, of which one is shown: that of `pages/parts/<key>_<view>.py`.

    Such a part has PRESETS, STARTS (setting -> value where the link says nothing), EXPLAINED (the
    functions that computed what is shown), `show(stage)`, and perhaps `settle()`, which sees to settings
    before the header asks for them.

    Args:
        exhibit: module of vizcore.exhibits.
        views: name -> title, the first one first.
    """
    key = exhibit.__name__.rpartition(".")[2]
    part = import_module(f"pages.parts.{key}_{view(key, views)}")
    links.follow(key, "view", "picture", "net", *part.STARTS)
    stage = current()
    for name, start in part.STARTS.items():
        links.setting(name, start)  # before the header asks which preset is shown
    if hasattr(part, "settle"):
        part.settle()
    st.session_state[f"{key}.turn"] = turn(key) + 1
    header(key, part.PRESETS, stage, part.STARTS)
    sidebar(stage)
    switch(views)
    part.show(stage)
    about(exhibit, *part.EXPLAINED)


def turn(key: str) -> int:
    """How often the whole page was run in this visit, fragments apart."""
    number: int = st.session_state.get(f"{key}.turn", 0)
    return number


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
