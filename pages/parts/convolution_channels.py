"""Channels: how a convolution goes about a picture that has several, from one sum to separate groups."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages import frame
from pages.frame import links
from pages.parts import convolution_groups, convolution_maps, convolution_pixel, convolution_sum
from pages.parts.convolution_controls import choice
from pages.server.errors import advice
from vizcore.toolkit import channels, convolutions
from vizcore.toolkit.errors import InputError

KINDS: Mapping[str, str] = {
    "sum": "one filter, one map",
    "maps": "several filters",
    "pixel": "1 × 1",
    "groups": "depthwise and grouped",
}
SHOWN: Mapping[str, Callable[[frame.Stage], None]] = {
    "sum": convolution_sum.show,
    "maps": convolution_maps.show,
    "pixel": convolution_pixel.show,
    "groups": convolution_groups.show,
}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "channels_kind": "sum",
    **convolution_sum.STARTS,
    **convolution_maps.STARTS,
    **convolution_pixel.STARTS,
    **convolution_groups.STARTS,
}
SETTINGS = tuple(STARTS)


def _preset(title: str, kind: str, **settings: str) -> frame.Preset:
    """A state of this view; `picture` is the only setting that is not its own."""
    picture = {"picture": settings.pop("picture")} if "picture" in settings else {}
    named = {f"channels_{name}": value for name, value in {"kind": kind, **settings}.items()}
    return frame.Preset(title, {"view": "channels"} | picture | named)


_RED = {"red": "gaussian", "green": "gaussian", "blue": "gaussian"}
PRESETS: Mapping[str, frame.Preset] = {
    "red": _preset(
        "Red, not green", "sum", **_RED, times_red="1", times_green="-1", times_blue="0", picture="coffee"
    ),
    "one": _preset("One filter (Kainz)", "maps", filters="1", size="5", padding="valid", second="0"),
    "stack": _preset("456 and 550 (Kainz)", "maps", filters="6", size="5", padding="same", second="10"),
    "sepia": _preset("A matrix per pixel", "pixel", matrix="sepia", relu="no"),
    "grouped": _preset("Two groups (Kainz)", "groups", inputs="8", outputs="8", groups="2"),
    "depthwise": _preset("Depthwise", "groups", inputs="8", outputs="8", groups="8"),
}
EXPLAINED = (channels.filtered, channels.mixed, channels.reads, convolutions.correlate)


@st.fragment
def show(stage: frame.Stage) -> None:
    """What is asked about the channels, and its answer."""
    kind = choice("Channels", KINDS, "channels_kind")
    try:
        SHOWN[kind](stage)
    except InputError as error:
        advice(str(error))
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=STARTS)
