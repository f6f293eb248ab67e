"""Filters: the weights of every convolution, what training made of them, and what changing them does."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages import components, frame
from pages.frame import links
from pages.parts import convolution_controls as controls
from pages.parts import filters_beside as beside
from pages.parts import filters_files as files
from pages.parts import filters_mosaic as mosaics
from pages.parts import filters_one as single
from pages.parts import filters_surgery as operations
from pages.parts import filters_words as words
from pages.parts.filters_mosaic import Shown
from pages.server.errors import advice
from vizcore.exhibits import feature_maps, filters
from vizcore.exhibits.filters import ConvLayer, Filters
from vizcore.toolkit import kernels, nets, surgery
from vizcore.toolkit.errors import InputError

PRESETS: Mapping[str, frame.Preset] = {
    "first": frame.Preset(
        "First filters", {"picture": "shape-star", "net": "tiny_vgg", "layer": "conv1_1", "twin": ""}
    ),
    "training": frame.Preset(
        "What training did",
        {"picture": "shape-star", "net": "tiny_vgg", "layer": "conv1_1", "twin": "training"},
    ),
    "digits": frame.Preset(
        "Strokes of digits", {"picture": "digit-3", "net": "lenet5", "layer": "conv1", "twin": ""}
    ),
    "deep": frame.Preset(
        "A deeper layer",
        {"picture": "shape-heart", "net": "small_resnet", "layer": "stage2.0.conv1", "twin": ""},
    ),
    "surgery": frame.Preset(
        "An 8 becomes a 3",
        {
            "picture": "digit-8",
            "net": "lenet5!z-conv1-1",
            "layer": "conv1",
            "channel": "1",
            "twin": "surgery",
        },
    ),
}
# What stands in the link, and what it is at first.
STARTS: Mapping[str, str] = {
    "order": "number",
    "tiles": "whole",
    "input": "0",
    "scale": "filter",
    "on": "crop",
    "seed": "0",
    "kernel": "",
}
SETTINGS = ("picture", "net", "layer", "channel", "twin", *STARTS)
MOSAIC, TWIN = "filters.mosaic", "filters.mosaic2"  # keys of the components


@st.fragment
def explore() -> None:
    """All filters of the chosen layer, one of them, and what it does to the picture and the answer."""
    stage = frame.current()
    if stage.net != st.session_state[words.START][2]:  # operated on: the sidebar has to say so, too
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = chosen_layer(stage.net)
        by = controls.choice("Sorted by", mosaics.ORDERS, "order")
        tools = st.container(width="content")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source, scale = mosaics.controls(layer)
        other = beside.control(stage.net)
    found = mosaics.filters_of(stage.net, layer.name)
    shown = Shown(stage.net, layer, found, source, scale, by)
    twin = beside.twin(other, shown) if other else None
    channel = filter_of(links.setting("channel"), found)
    packed = look(shown, twin, channel)
    links.publish("filters", *SETTINGS, starts=STARTS)
    left, right = st.columns(2, gap="medium")
    with left:
        single.on_picture(stage, shown, channel)
        single.send(shown, channel)
    with right:
        operations.controls(layer, channel)
        operations.effect(stage, layer, channel)
    words.explain(shown, twin)
    words.figures(shown, twin)
    words.predict(stage, shown, channel)
    with tools:
        frame.export_menu(lambda: files.files(stage, shown, channel, packed), "filters")


def look(shown: Shown, twin: Shown | None, channel: int) -> bytes:
    """The mosaic beside the enlarged filter; of two networks the mosaics, then both filters.

    Returns:
        The message that shows the first mosaic.
    """
    first, turn, _ = st.session_state[words.START]
    left, right = st.columns(2, gap="medium")
    with left:
        if twin:
            st.text(nets.find(shown.net).title)
        packed = mosaics.mosaic(shown, filter_of(first, shown.found), turn, MOSAIC, choose_filter)
        st.caption(mosaics.caption(shown))
    if twin:
        with right:
            st.text(nets.find(twin.net).title)
            mosaics.mosaic(twin, channel, turn, TWIN, choose_in_twin)
        left, right = st.columns(2, gap="medium")
        with right:
            single.one(twin, channel, "filters.one2", None)
    with left if twin else right:
        single.one(shown, channel, operations.EDITED, edit(shown.layer.name, channel))
    return packed


def edit(layer: str, channel: int) -> Callable[[], None]:
    """What happens when a weight of a filter is changed."""
    return lambda: operations.edit_weight(layer, channel)


def choose_filter() -> None:
    links.choose("channel", str(components.picked(MOSAIC)["channel"]))


def choose_layer() -> None:
    links.choose("layer", st.session_state["filters.layer"])
    links.choose("unit", "")
    words.select("")


def choose_in_twin() -> None:
    words.select(str(components.picked(TWIN)["channel"]))


def filter_of(text: str, found: Filters) -> int:
    """The filter that a link names; else the strongest."""
    (channel,) = links.indices(text, (len(found.norm),)) or filters.order(found, "norm")[:1]
    return int(channel)


def chosen_layer(net: str) -> ConvLayer:
    """One of the convolutions, from a list of them all."""
    known = {layer.name: layer for layer in filters.layers(net)}
    st.session_state["filters.layer"] = links.setting("layer")
    name = st.selectbox(
        "Layer",
        list(known),
        format_func=lambda name: words.title(known[name]),
        key="filters.layer",
        on_change=choose_layer,
        width=330,
    )
    return known[name]


def settle(net: str) -> None:
    """Bring what the link names down to what there is: a convolution, one of its filters, a kernel."""
    known = {layer.name: layer for layer in filters.layers(net)}
    name = links.setting("layer")
    if name not in known:
        before = [layer.name for layer in feature_maps.layers(net)]
        reached = before[: before.index(name) + 1] if name in before else []
        nearest = next((entry for entry in reversed(reached) if entry in known), next(iter(known)))
        if name and not reached:
            links.miss("layer", nearest, "The link names a layer that is not there; this is the first one.")
        else:  # such as the activation that the page of the feature maps shows
            links.choose("layer", nearest)
    channel, count = links.setting("channel"), known[links.setting("layer")].shape[0]
    if channel and links.indices(channel, (count,)) is None:
        links.miss("channel", "", "The link names a filter that is not there; this is the strongest.")
    try:
        kernels.read(links.setting("kernel") or "0")
    except InputError:
        links.miss("kernel", "", "The kernel that the link brings cannot be read; send it again.")


links.follow("filters", *SETTINGS)
page = frame.current()
for name, start in STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
convolutions = filters.layers(page.net)
if convolutions:
    settle(page.net)
chosen = links.setting("channel"), st.session_state.get(words.START, ("", 0, ""))[1] + 1, page.net
st.session_state[words.START] = chosen
frame.header("filters", PRESETS, page, STARTS)
frame.sidebar(page)
if frame.missing(page):
    links.publish("filters", *SETTINGS, starts=STARTS)
    st.stop()
if convolutions:
    first = convolutions[0].name
    named = links.setting("channel") if links.setting("layer") == first else ""
    operations.offer(page.net, filter_of(named, mosaics.filters_of(page.net, first)))
    explore()
else:
    advice("This network has no convolution, so it has no filters. Choose another one in the sidebar.")
frame.about(
    filters,
    filters.filters,
    filters.cosines,
    filters.channels,
    filters.picture,
    filters.effect,
    surgery.operate,
)
