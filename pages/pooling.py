"""Pooling: what one number per window keeps of a picture, and what it forgets."""

from collections.abc import Mapping
from importlib import import_module

import streamlit as st

from pages import frame
from pages.frame import links
from vizcore.exhibits import pooling

VIEWS: Mapping[str, str] = {
    "grid": "Pooling",
    "shift": "Before and after a shift",
    "detector": "One dimension",
}

part = import_module(f"pages.parts.pooling_{frame.view('pooling', VIEWS)}")
links.follow("pooling", "view", "picture", "net", *part.STARTS)
page = frame.current()
for name, start in part.STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
part.settle()
st.session_state["pooling.turn"] = st.session_state.get("pooling.turn", 0) + 1
frame.header("pooling", part.PRESETS, page, part.STARTS)
frame.sidebar(page)
frame.switch(VIEWS)
part.show(page)
frame.about(pooling, *part.EXPLAINED)
