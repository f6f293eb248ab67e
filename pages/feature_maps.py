"""Feature maps: every map of every layer, with the values under the cursor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import layers as layers_part
from pages.components import maps as maps_part
from pages.frame import links
from pages.parts import feature_maps_files as files
from pages.parts import feature_maps_unit as units
from pages.parts import feature_maps_words as words
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import Layer, Response
from vizcore.plots import thumbnails
from vizcore.toolkit import maps as of_maps
from vizcore.toolkit import nets
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.maps import LayerMaps
from vizcore.toolkit.shared import Shared

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
# In the link, besides what the widgets put there.
SETTINGS = ("picture", "net", "layer", "channel", "unit", *frame.BESIDE)
# Layer, channel and unit when the page last ran as a whole, and how often it has: what is clicked since
# then is marked in the browser, and the messages that are large stay as they are.
START = "feature_maps.start"
KEPT = 400_000_000  # bytes of maps that all sessions share


@dataclass(frozen=True, eq=False)
class Seen:
    """A network's response to a picture, and the pictures of its layers in the strip."""

    response: Response
    thumbs: list[NDArray[np.uint8]]  # (h, w) of each layer
    signed: list[bool]  # of each layer, whether its strongest map has values below 0


@st.cache_resource(max_entries=1, show_spinner=False)
def _seen() -> Shared[Seen]:
    return Shared(KEPT, lambda seen: seen.response.nbytes)


def seen_by(stage: frame.Stage) -> Seen:
    """What the network makes of the picture, computed once for all who ask."""

    def look() -> Seen:
        response = feature_maps.response(stage.image, stage.net)
        thumbs, signed = zip(
            *(thumbnails.strongest(of_maps.strongest(maps)) for maps in response.maps.values()), strict=True
        )
        return Seen(response, list(thumbs), list(signed))

    return _seen().get((stage.digest, stage.net), look)


def choose_layer() -> None:
    links.choose("layer", str(components.picked("feature_maps.layers")))
    links.choose("channel", "")
    links.choose("unit", "")
    layer, _, _, turn = st.session_state[START]
    st.session_state[START] = layer, "", "", turn


def choose_unit() -> None:
    picked: dict[str, Any] = components.picked("feature_maps.maps")
    links.choose("channel", str(picked["channel"]))
    links.choose("unit", ".".join(map(str, picked["unit"])))


@st.fragment
def explore() -> None:
    """The network's layers, all maps of the chosen one, and one value taken apart."""
    stage = frame.current()
    known = {layer.name: layer for layer in feature_maps.layers(stage.net)}
    layer = known[links.setting("layer")]
    with frame.explained_errors():
        seen = seen_by(stage)
    guess = seen.response
    found = of_maps.measured(guess.maps[layer.name])
    left, right = st.columns([1.15, 2.85], gap="medium")
    with left:
        if stage.drawn:
            frame.pad()
            words.answer(stage, guess)
    with right:
        tools = st.container(horizontal=True, vertical_alignment="bottom")
        with tools:
            by = choice("Sorted by", SORTS, "sort", WHAT_SORTS)
            scale = choice("Same colours in", RANGES, "range", "what shares the range of the colour bar")
        other = frame.beside(stage)
        here, there = st.columns(2, gap="medium") if other else (st.container(), None)
        with here:
            if other:
                st.text(stage.label, width="stretch")
            order = of_maps.order(found, by)
            limits = of_maps.limits(found, scale, (guess.low, guess.high))
            first, channel, value, turn = st.session_state[START]
            start = unit_of(channel, value, found, layer, stage.net)
            packed = mosaic(stage, guess, layer, found, limits, order, start, turn, "feature_maps.maps")
        if other and there:
            with there, frame.explained_errors():
                beside(stage, other, layer, by, scale, start)
        frame.beside_control(stage)
        unit = unit_of(links.setting("channel"), links.setting("unit"), found, layer, stage.net)
    with left:  # behind the maps, which are waited for
        identity = f"{stage.digest} {stage.net}"
        strip = layers_part.pack(list(known.values()), seen.thumbs, seen.signed, first, turn, identity)
        components.mount("layers", data=strip, key="feature_maps.layers", on_pick=choose_layer)
    links.publish("feature_maps", *SETTINGS)
    if guess.notice:
        st.caption(guess.notice)
    taken_apart = units.taken_apart(stage, guess, layer, unit)
    with st.container(key="arithmetic"):  # keeps its height, so that nothing below it jumps
        words.explain(layer, found, taken_apart)
    if taken_apart:
        units.one_value(stage, guess, layer, unit, taken_apart)
    with tools:
        shown = files.Shown(stage, guess, layer, found, limits, order, unit, packed)
        frame.export_menu(files.files(shown, taken_apart), "feature_maps")
    values, answer = st.columns(2, gap="medium")
    with values:
        words.count(stage, layer, found, unit[0])
    with answer:
        words.say(stage, guess)
    if layer.shape[2] > 1:  # one value has no left and right
        words.predict(stage, layer)
    if stage.drawn:
        frame.received(stage)


def mosaic(
    stage: frame.Stage,
    guess: Response,
    layer: Layer,
    found: LayerMaps,
    limits: NDArray[np.float32],
    order: NDArray[np.int64],
    start: units.Unit,
    turn: int,
    key: str,
) -> bytes:
    """All maps of a layer; returns the message that shows them."""
    view = maps_part.View(
        layer=layer.name,
        identity=f"{stage.digest} {stage.net} {layer.name}",
        selected=start[0],
        unit=start[1:],
        turn=turn,
        labels=words.names_of(layer, stage.net),
        apart=key == "feature_maps.maps",
        alt=f"{layer.shape[0]} maps of layer {layer.name}, strongest: {words.strongest(found)}",
    )
    packed = maps_part.pack(view, found.maps, limits, order, guess.cropped)
    components.mount(
        "maps", data=packed, key=key, on_pick=choose_unit if key == "feature_maps.maps" else None
    )
    return packed


def beside(
    stage: frame.Stage, other: frame.Stage, layer: Layer, by: str, scale: str, start: units.Unit
) -> None:
    """The maps of the second picture or network, at the layer that corresponds."""
    frame.beside_card(other)
    if frame.missing(other, "net2"):
        return
    known = {entry.name: entry for entry in feature_maps.layers(other.net)}
    twin = known[feature_maps.counterpart(layer, stage.net, other.net)]
    guess = seen_by(other).response
    found = of_maps.measured(guess.maps[twin.name])
    limits = of_maps.limits(found, scale, (guess.low, guess.high))
    same = twin.shape == layer.shape
    first = start if same else unit_of("", "", found, twin, other.net)
    order = of_maps.order(found, by)
    mosaic(other, guess, twin, found, limits, order, first, 0, "feature_maps.maps2")
    st.caption(f"{twin.name}: {twin.kind}. {escaped(guess.classes[0])}, {guess.probabilities[0]:.1%}")


def choice(label: str, options: Mapping[str, str], key: str, explanation: str) -> str:
    """A row of options, the first one at the start; stands in the address under its key."""
    chosen: str = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=next(iter(options)),
        required=True,
        key=key,
        bind="query-params",
        help=explanation,
    )
    return chosen


def unit_of(channel: str, unit: str, found: LayerMaps, layer: Layer, net: str) -> units.Unit:
    """The unit that a link names; else the class that wins, or the strongest value of the strongest map."""
    if is_channel(channel, layer):
        chosen = int(channel)
    elif layer == feature_maps.layers(net)[-1]:
        chosen = int(found.maps.argmax())
    else:
        chosen = int(of_maps.order(found, "strength")[0])
    if is_unit(unit, layer):
        row, col = map(int, unit.split("."))
    else:
        row, col = np.unravel_index(np.abs(found.maps[chosen]).argmax(), found.maps[chosen].shape)
    return chosen, int(row), int(col)


def is_channel(text: str, layer: Layer) -> bool:
    return text.isascii() and text.isdigit() and int(text) < layer.shape[0]


def is_unit(text: str, layer: Layer) -> bool:
    parts = text.split(".")
    digits = len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts)
    return digits and all(int(part) < size for part, size in zip(parts, layer.shape[1:], strict=True))


def settle(net: str) -> None:
    """Bring the layer and the channel that the link names down to some that there are."""
    known = {layer.name: layer for layer in feature_maps.layers(net)}
    first = next(layer.name for layer in known.values() if layer.group == "activation")
    if not links.setting("layer"):
        links.choose("layer", first)
    elif links.setting("layer") not in known:
        why = (
            f"The link names a layer that {nets.find(net).title} does not have; this is its first activation."
        )
        links.miss("layer", first, why)
    layer = known[links.setting("layer")]
    if links.setting("channel") and not is_channel(links.setting("channel"), layer):
        links.miss("channel", "", "The link names a map that this layer does not have; this is another one.")
    if links.setting("unit") and not is_unit(links.setting("unit"), layer):
        links.miss("unit", "", "The link names a value that this map does not have; this is its strongest.")


links.follow("feature_maps", *SETTINGS)
page = frame.current()
settle(page.net)
chosen = (links.setting(name) for name in ("layer", "channel", "unit"))
st.session_state[START] = *chosen, st.session_state.get(START, (0,))[-1] + 1
frame.header("feature_maps", PRESETS, page)
frame.sidebar(page)
if frame.missing(page):
    links.publish("feature_maps", *SETTINGS)
    st.stop()
explore()
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
