"""Convolution: what one kernel does to a picture, from one product to what it costs."""

from collections.abc import Mapping
from importlib import import_module

import streamlit as st

from pages import frame
from pages.frame import links
from vizcore.exhibits import convolution

VIEWS: Mapping[str, str] = {
    "slide": "One kernel",
    "channels": "Channels",
    "signal": "One dimension",
    "laws": "Laws",
    "matrix": "As a matrix",
    "cost": "Cost",
    "find": "Find a pattern",
}

part = import_module(f"pages.parts.convolution_{frame.view('convolution', VIEWS)}")
settings = ("view", "picture", "net", *part.SETTINGS)
links.follow("convolution", *settings)
page = frame.current()
starts: Mapping[str, str] = getattr(part, "STARTS", {})
for name, start in starts.items():
    links.setting(name, start)  # before the header asks which preset is shown
st.session_state["convolution.turn"] = st.session_state.get("convolution.turn", 0) + 1
frame.header("convolution", part.PRESETS, page, starts)
frame.sidebar(page)
frame.switch(VIEWS)
part.show(page)
frame.about(convolution, *part.EXPLAINED)
