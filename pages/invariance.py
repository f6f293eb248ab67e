"""Invariance: whether a layer, a classifier or a segmenter notices that the picture moves."""

from collections.abc import Mapping
from importlib import import_module

import streamlit as st

from pages import frame
from pages.frame import links
from vizcore.exhibits import invariance

VIEWS: Mapping[str, str] = {
    "shift": "One layer",
    "network": "A whole network",
    "segment": "Classifier and segmenter",
    "rotation": "Rotation",
    "sampling": "Sampling",
}

links.follow("invariance", "view")
if links.setting("view", "shift") not in VIEWS:
    links.choose("view", "shift")
part = import_module(f"pages.parts.invariance_{links.setting('view')}")
links.follow("invariance", "view", "picture", "net", *part.SETTINGS)
page = frame.current()
for name, start in part.STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
frame.header("invariance", part.PRESETS, page, part.STARTS)
frame.sidebar(page)
st.segmented_control(
    "View",
    list(VIEWS),
    format_func=VIEWS.__getitem__,
    required=True,
    key="view",
    label_visibility="collapsed",
)
part.show(page)
frame.about(invariance, *part.EXPLAINED)
