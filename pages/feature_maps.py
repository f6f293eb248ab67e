"""Feature maps: every map of every layer, with the values under the cursor."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import layers as layers_part
from pages.frame import links
from pages.parts import feature_maps_files as files
from pages.parts import feature_maps_panel as panels
from pages.parts import feature_maps_unit as units
from pages.parts import feature_maps_words as words
from pages.parts.convolution_controls import choice
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import Layer
from vizcore.toolkit import maps as of_maps
from vizcore.toolkit import nets
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.maps import LayerMaps

PRESETS: Mapping[str, frame.Preset] = {
    "edges": frame.Preset("First edges", {"picture": "shape-star", "net": "tiny_vgg", "layer": "relu1_1"}),
    "parts": frame.Preset(
        "Parts of a shape", {"picture": "shape-heart", "net": "tiny_vgg", "layer": "relu3_2"}
    ),
    "photo": frame.Preset("A photograph", {"picture": "cat", "net": "tiny_vgg", "layer": "relu1_2"}),
    "digit": frame.Preset("A digit", {"picture": "digit-3", "net": "lenet5", "layer": "relu1"}),
    "sum": frame.Preset(
        "A residual sum", {"picture": "shape-arrow", "net": "small_resnet", "layer": "stage1.1.add"}
    ),
    "one": frame.Preset(
        "One sum",
        {"picture": "digit-3", "net": "lenet5", "layer": "conv2", "channel": "5", "unit": "4.6"},
    ),
    "answer": frame.Preset("The answer", {"picture": "shape-star", "net": "tiny_vgg", "layer": "fc"}),
}
SORTS = {"channel": "number", "strength": "strength", "variance": "variance", "sparsity": "sparsity"}
RANGES = {"map": "each map", "layer": "the layer", "network": "the network"}
WHAT_SORTS = "strength: the mean of |value|; variance: over the pixels of a map; sparsity: the share of zeros"
STARTS = {"sort": next(iter(SORTS)), "range": next(iter(RANGES))}
SETTINGS = ("picture", "net", "layer", "channel", "unit", *STARTS, *frame.BESIDE)
# Layer, channel and unit when the page last ran as a whole, and how often it has: what is clicked since
# then is marked in the browser, and the messages that are large stay as they are.
START = "feature_maps.start"


def layers_of(stage: frame.Stage) -> dict[str, Layer]:
    return {layer.name: layer for layer in feature_maps.layers(stage.net)}


def choose_layer() -> None:
    links.choose("layer", str(components.picked("feature_maps.layers")))
    links.choose("channel", "")
    links.choose("unit", "")
    layer, _, _, turn = st.session_state[START]
    st.session_state[START] = layer, "", "", turn
    st.rerun("maps")  # the value follows when they are painted


def choose_unit() -> None:
    picked: dict[str, Any] = components.picked("feature_maps.maps")
    if "unit" in picked:
        links.choose("channel", str(picked["channel"]))
        links.choose("unit", ".".join(map(str, picked["unit"])))
    st.rerun("value")


@st.fragment(key="maps")
def explore() -> None:
    """The network's layers, and all maps of the chosen one."""
    stage = frame.current()
    known = layers_of(stage)
    layer = known[links.setting("layer")]
    with frame.explained_errors():
        seen = panels.seen_by(stage)
    left, right = st.columns([1.15, 2.85], gap="medium")
    first, channel, value, turn = st.session_state[START]
    with left:
        if stage.drawn:
            frame.pad()
            words.answer(stage, seen.response)
    with right:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            by = choice("Sorted by", SORTS, "sort", WHAT_SORTS)
            scale = choice("Same colours in", RANGES, "range", "what shares the range of the colour bar")
            with st.container(width="content"):
                take_away()
        other = frame.beside(stage)
        here, there = st.columns(2, gap="medium") if other else (st.container(), None)
        with here:
            if other:
                st.text(stage.label, width="stretch")
            shown = panels.panel(stage, layer, by, scale)
            start = unit_of(channel, value, shown.found, layer, stage.net)
            panels.mount(shown.message(start, turn, apart=True), "feature_maps.maps", choose_unit)
        if other and there:
            with there, frame.explained_errors():
                beside(stage, other, layer, by, scale, start)
        frame.beside_control(stage)
    with left:  # behind the maps, which are waited for
        identity = f"{stage.digest} {stage.net}"
        strip = layers_part.pack(list(known.values()), seen.thumbs, seen.signed, first, turn, identity)
        components.mount("layers", data=strip, key="feature_maps.layers", on_pick=choose_layer)
    links.publish("feature_maps", *SETTINGS, starts=STARTS)


def beside(
    stage: frame.Stage, other: frame.Stage, layer: Layer, by: str, scale: str, start: panels.Unit
) -> None:
    """The maps of the second picture or network, at the layer that corresponds."""
    frame.beside_card(other)
    if frame.missing(other, "net2", panels.known(other)):
        return
    twin = layers_of(other)[feature_maps.counterpart(layer, stage.net, other.net)]
    shown = panels.panel(other, twin, by, scale)
    first = start if twin.shape == layer.shape else unit_of("", "", shown.found, twin, other.net)
    panels.mount(shown.message(first), "feature_maps.maps2")
    best, share = shown.guess.classes[0], shown.guess.probabilities[0]
    st.caption(f"{twin.name}: {twin.kind}. {escaped(best)}, {share:.1%}")


@st.fragment
def take_away() -> None:
    """The export menu; what it offers is computed when somebody opens it."""

    def offers() -> list[frame.Export]:
        stage = frame.current()
        layer = layers_of(stage)[links.setting("layer")]
        shown = panels.panel(stage, layer, links.setting("sort"), links.setting("range"))
        unit = chosen_unit(stage, layer, shown.found)
        return files.files(shown, unit, units.taken_apart(stage, shown.guess, layer, unit))

    frame.export_menu(offers, "feature_maps")


@st.fragment(key="value")
def one_value() -> None:
    """The layer in words and formulas, one value of it taken apart, and the network's answer."""
    stage = frame.current()
    if frame.missing(stage):  # the maps need it no more, but what a value comes from does
        return
    layer = layers_of(stage)[links.setting("layer")]
    guess = panels.seen_by(stage).response
    if guess.notice:
        st.caption(guess.notice)
    found = of_maps.measured(guess.maps[layer.name])
    unit = chosen_unit(stage, layer, found)
    taken_apart = units.taken_apart(stage, guess, layer, unit)
    with st.container(key="arithmetic"):  # keeps its height, so that nothing below it jumps
        words.explain(layer, found, taken_apart)
    if taken_apart:
        units.one_value(stage, guess, layer, unit, taken_apart)
    values, answer = st.columns(2, gap="medium")
    with values:
        words.count(stage, layer, found, unit[0])
    with answer:
        words.say(stage, guess)
    if layer.shape[2] > 1:  # one value has no left and right
        words.predict(stage, layer)
    if stage.drawn:
        frame.received(stage)
    links.publish("feature_maps", *SETTINGS, starts=STARTS)


def chosen_unit(stage: frame.Stage, layer: Layer, found: LayerMaps) -> panels.Unit:
    return unit_of(links.setting("channel"), links.setting("unit"), found, layer, stage.net)


def unit_of(channel: str, unit: str, found: LayerMaps, layer: Layer, net: str) -> panels.Unit:
    """The unit that a link names; else the class that wins, or the strongest value of the strongest map."""
    if named := links.indices(channel, layer.shape[:1]):
        chosen = named[0]
    elif layer == feature_maps.layers(net)[-1]:
        chosen = int(found.maps.argmax())
    else:
        chosen = int(of_maps.order(found, "strength")[0])
    size = np.abs(found.maps[chosen])
    row, col = links.indices(unit, layer.shape[1:]) or np.unravel_index(size.argmax(), size.shape)
    return chosen, int(row), int(col)


def settle(stage: frame.Stage) -> None:
    """Bring the layer and the channel that the link names down to some that there are."""
    known = layers_of(stage)
    first = next(layer.name for layer in known.values() if layer.group == "activation")
    if not links.setting("layer"):
        links.choose("layer", first)
    elif links.setting("layer") not in known:
        title = nets.find(stage.net).title
        why = f"The link names a layer that {title} does not have; this is its first activation."
        links.miss("layer", first, why)
    layer = known[links.setting("layer")]
    if links.setting("channel") and not links.indices(links.setting("channel"), layer.shape[:1]):
        links.miss("channel", "", "The link names a map that this layer does not have; this is another one.")
    if links.setting("unit") and not links.indices(links.setting("unit"), layer.shape[1:]):
        links.miss("unit", "", "The link names a value that this map does not have; this is its strongest.")


links.follow("feature_maps", *SETTINGS)
page = frame.current()
settle(page)
chosen = (links.setting(name) for name in ("layer", "channel", "unit"))
st.session_state[START] = *chosen, st.session_state.get(START, (0,))[-1] + 1
frame.header("feature_maps", PRESETS, page)
frame.sidebar(page)
if frame.missing(page, known=panels.known(page)):
    links.publish("feature_maps", *SETTINGS, starts=STARTS)
    st.stop()
explore()
one_value()
if not page.drawn:
    frame.received(page)
frame.about(
    feature_maps,
    feature_maps.response,
    feature_maps.all_maps,
    feature_maps.receptive_field,
    feature_maps.effective_field,
    feature_maps.unit_arithmetic,
    of_maps.limits,
)
