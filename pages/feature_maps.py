"""Feature maps: every map of every layer, with the values under the cursor."""

import io
from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import maps as maps_part
from pages.frame import links
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import INPUT, Image, Layer, LayerMaps, Response
from vizcore.plots import colours, curves, mosaic
from vizcore.toolkit import images, inputs, nets

PRESETS: Mapping[str, frame.Preset] = {
    "edges": frame.Preset("First edges", {"picture": "shape-star", "net": "tiny_vgg", "layer": "relu1_1"}),
    "parts": frame.Preset("Parts of a shape", {"picture": "shape-heart", "net": "tiny_vgg", "layer": "relu3_2"}),
    "photo": frame.Preset("A photograph", {"picture": "cat", "net": "tiny_vgg", "layer": "relu1_2"}),
    "digit": frame.Preset("A digit", {"picture": "digit-3", "net": "lenet5", "layer": "relu1"}),
    "sum": frame.Preset("A residual sum", {"picture": "shape-arrow", "net": "small_resnet", "layer": "stage1.1.add"}),
    "answer": frame.Preset("The answer", {"picture": "shape-star", "net": "tiny_vgg", "layer": "fc"}),
}
SORTS = {"channel": "number", "strength": "strength", "variance": "variance", "sparsity": "sparsity"}
RANGES = {"map": "each map", "layer": "the layer", "network": "the network"}
ANSWERS = {"same": "the same maps, mirrored", "near": "nearly the same", "other": "clearly other maps"}
START = "feature_maps.start"  # channel that the link names, until another layer is chosen


@st.cache_data(max_entries=64, show_spinner=False)
def maps_of(digest: str, net: str, layer: str, _image: Image) -> LayerMaps:
    return feature_maps.feature_maps(_image, net, layer)


@st.cache_data(max_entries=64, show_spinner=False)
def response_of(digest: str, net: str, _image: Image) -> Response:
    return feature_maps.response(_image, net)


def choose_layer() -> None:
    links.choose("layer", str(components.picked("feature_maps.layers")))
    links.choose("channel", "")
    st.session_state[START] = ""


def choose_channel() -> None:
    links.choose("channel", str(components.picked("feature_maps.maps")))


@st.fragment
def explore(stage: frame.Stage) -> None:
    """The network's layers, and all maps of the chosen one."""
    known = {layer.name: layer for layer in feature_maps.layers(stage.net)}
    layer = known[_layer(known)]
    with frame.explained_errors():
        found = maps_of(stage.digest, stage.net, layer.name, stage.image)
        guess = response_of(stage.digest, stage.net, stage.image)
    left, right = st.columns([1, 2.9], gap="medium")
    with left:
        rows = [vars(entry) for entry in known.values()]
        components.mount("layers", data={"layers": rows, "chosen": layer.name}, key="feature_maps.layers", on_pick=choose_layer)
    with right:
        tools = st.container(horizontal=True, vertical_alignment="bottom")
        sort = tools.segmented_control(
            "Sorted by", list(SORTS), format_func=SORTS.__getitem__, default="channel", required=True, key="sort", bind="query-params"
        )
        scale = tools.segmented_control(
            "Same colours in", list(RANGES), format_func=RANGES.__getitem__, default="map", required=True, key="range", bind="query-params"
        )
        limits = feature_maps.limits(found, scale, (guess.low, guess.high))
        order = feature_maps.order(found, sort)
        prepared = inputs.prepare(stage.image, nets.NETS[stage.net])
        view = maps_part.View(
            layer=layer.name,
            identity=f"{stage.digest} {stage.net} {layer.name}",
            selected=_channel(st.session_state[START], found),
            labels=nets.NETS[stage.net].classes if layer.name == list(known)[-1] else (),
            alt=_alt(layer, found),
        )
        packed = maps_part.pack(view, found.maps, limits, order, prepared.cropped)
        components.mount("maps", data=packed, key="feature_maps.maps", on_pick=choose_channel)
        channel = _channel(links.setting("channel"), found)
        with tools:
            frame.export_menu(exports(stage, layer, found, limits, order, channel, packed), "feature_maps")
    links.publish("layer", "channel")
    for notice in sorted({found.notice, guess.notice} - {""}):
        st.caption(notice)
    numbers(stage, layer, found, channel, guess)
    predict(stage, layer)


def numbers(stage: frame.Stage, layer: Layer, found: LayerMaps, channel: int, guess: Response) -> None:
    """The arithmetic of the layer, the values of the selected map, and the network's guess."""
    formula, values, answer = st.columns(3, gap="medium")
    with formula:
        st.markdown(f"**{layer.kind}.** {layer.does}")
        if layer.formula:
            st.latex(layer.formula)
        if layer.numbers:
            st.latex(layer.numbers)
        for sentence in notice(layer, found):
            st.markdown(sentence)
    with values:
        st.markdown(f"**Map {channel}**: how often each value occurs")
        counted = feature_maps.histogram(found.maps[channel])
        drawn = curves.histogram(counted.edges, counted.counts, x_title="value", y_title="pixels")
        st.echarts_chart(drawn, height=220, key="feature_maps.histogram", alt=f"histogram of map {channel} of {layer.name}")
    with answer:
        net = nets.NETS[stage.net]
        st.markdown(f"**{net.title} says: {guess.classes[0]}**")
        alt = ", ".join(f"{name} {share:.1%}" for name, share in zip(guess.classes, guess.probabilities, strict=True))
        st.echarts_chart(curves.ranking(guess.classes, guess.probabilities), height=170, key="feature_maps.guess", alt=alt)
        st.caption(f"It knows nothing but these: {', '.join(net.classes)}.")


def notice(layer: Layer, found: LayerMaps) -> list[str]:
    """What to notice in the maps of a layer, with its numbers."""
    channels, height, width = layer.shape
    zeros = float(found.zeros.mean())
    strongest = ", ".join(str(index) for index in feature_maps.order(found, "strength")[:3])
    lines = [f"{channels} maps of {height} × {width}: {found.maps.size:,} values. The strongest maps are {strongest}."]
    if zeros:
        lines.append(f"{zeros:.0%} of all values are exactly 0.")
    if found.dead:
        named = ", ".join(map(str, found.dead[:12])) + (" and others" if len(found.dead) > 12 else "")
        lines.append(f"**{len(found.dead)} of {channels} channels are 0 everywhere in this picture:** {named}.")
    elif layer.group == "activation" and height > 1:
        lines.append("No channel is 0 everywhere in this picture.")
    return lines


def predict(stage: frame.Stage, layer: Layer) -> None:
    """One question, answered by the visitor, then by the network."""
    answer = st.radio(
        f"**What if** the picture were mirrored, left for right? The maps of {layer.name} would be …",
        list(ANSWERS), format_func=ANSWERS.__getitem__, index=None, horizontal=True, key=f"feature_maps.predict.{layer.name}",
    )
    if answer is None:
        return
    change = feature_maps.mirror_change(stage.image, stage.net, layer.name)
    truth = "same" if change < 0.01 else "near" if change < 0.2 else "other"
    opening = "So it is" if truth == answer else f"They are **{ANSWERS[truth]}**"
    st.markdown(
        rf"{opening}: $\lVert f(Mx) - M f(x) \rVert / \lVert f(x) \rVert = {change:.3g}$, where $M$ mirrors. "
        "A convolution follows a picture that is shifted; it need not follow one that is mirrored, because its kernels are not mirrored with it."
    )


def received(stage: frame.Stage) -> None:
    """What the network really gets to see, with the numbers of the normalisation."""
    net = nets.NETS[stage.net]
    prepared = inputs.prepare(stage.image, net)
    height, width = stage.image.shape[:2]
    top, left, bottom, right = prepared.box
    channels, rows, columns = net.input_shape
    st.subheader("What the network receives", anchor=False)
    original, cropped, normalised = st.columns(3, gap="medium")
    with original:
        st.image(images.encode_png(mosaic.enlarged(_framed(stage.image, prepared.box), max(1, 256 // width))), output_format="PNG", width="stretch", alt=f"the picture, {width} by {height} pixels; the crop is bright")
        st.markdown(f"**Your picture**, {width} × {height} px. The square from column {left} to {right} and row {top} to {bottom} is cut out.")
    with cropped:
        st.image(images.encode_png(mosaic.enlarged(prepared.cropped, 256 // rows)), output_format="PNG", width="stretch", alt=f"the square at {columns} by {rows} pixels")
        st.markdown(f"**Resized** to {columns} × {rows} px" + (", in grey." if channels == 1 else "."))
    with normalised:
        low, high = float(prepared.normalised.min()), float(prepared.normalised.max())
        far = max(abs(low), abs(high))
        limits = np.tile(np.array([[-far, far]], np.float32), (channels, 1))
        shown = mosaic.tiles(prepared.normalised, limits, columns=channels, gap=1)
        st.image(mosaic.png(mosaic.enlarged(shown, max(1, 256 // rows)), colours.LUTS["rdbu"]), output_format="PNG", width="stretch", alt=f"{channels} normalised channels")
        st.markdown(f"**Normalised**: {'red, green and blue, ' if channels == 3 else ''}values from {low:.3g} to {high:.3g}, blue below 0, red above.")
    for name, mean, std in zip(("red", "green", "blue") if channels == 3 else ("grey",), net.mean, net.std, strict=True):
        st.latex(rf"x'_\text{{{name}}} = \frac{{x_\text{{{name}}} - {mean:g}}}{{{std:g}}}")


def exports(stage: frame.Stage, layer: Layer, found: LayerMaps, limits: NDArray[np.float32], order: NDArray[np.int64], channel: int, packed: bytes) -> list[frame.Export]:
    """What can be taken away from this page."""
    stem = f"{stage.net}-{layer.name}"
    sample = "" if stage.picture == frame.MINE else stage.picture
    title = f"Feature maps of {layer.name} in {nets.NETS[stage.net].title}"
    lut = colours.lut_for(signed=bool(limits[0, 0] < 0), dark=False)
    lines = [
        "",
        "from vizcore.exhibits.feature_maps import feature_maps, response",
        "",
        f"found = feature_maps(image, {stage.net!r}, {layer.name!r})",
        f"values = found.maps[{channel}]",
        'print("maps", *found.maps.shape)',
        f'print("map {channel}", f"{{values.min():.6g}} {{values.mean():.6g}} {{values.max():.6g}}")',
        f"guess = response(image, {stage.net!r})",
        "for name, share in zip(guess.classes, guess.probabilities):",
        '    print(name, f"{share:.4f}")',
    ]
    return [
        frame.Export("All maps as a picture (PNG)", f"{stem}.png", "image/png", lambda: mosaic.png(mosaic.tiles(found.maps[order], limits[order]), lut)),
        frame.Export("All maps as a page that works offline (HTML)", f"{stem}.html", "text/html", partial(frame.html_page, title, "maps", packed)),
        frame.Export(f"Map {channel} as a table (CSV)", f"{stem}-{channel}.csv", "text/csv", partial(_csv, found.maps[channel])),
        frame.Export("All values (NumPy .npz)", f"{stem}.npz", "application/octet-stream", partial(_npz, found.maps, stage.image)),
        frame.Export("Python script that recomputes them", "recompute.py", "text/x-python", partial(frame.script, title, sample, lines)),
        frame.Export("The picture (PNG)", "picture.png", "image/png", partial(images.encode_png, stage.image)),
    ]


def _csv(values: NDArray[np.float32]) -> bytes:
    buffer = io.StringIO()
    np.savetxt(buffer, values, delimiter=",", fmt="%.9g")
    return buffer.getvalue().encode()


def _npz(maps: NDArray[np.float32], image: Image) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, maps=maps, image=image)
    return buffer.getvalue()


def _framed(image: Image, box: tuple[int, int, int, int]) -> Image:
    """The picture, faded outside of the box."""
    top, left, bottom, right = box
    faded = 0.35 * image + 0.5
    faded[top:bottom, left:right] = image[top:bottom, left:right]
    return faded


def _alt(layer: Layer, found: LayerMaps) -> str:
    strongest = ", ".join(str(index) for index in feature_maps.order(found, "strength")[:3])
    return f"{layer.shape[0]} maps of layer {layer.name}, strongest: {strongest}"


def _channel(text: str, found: LayerMaps) -> int:
    """The channel that a link names, or the strongest."""
    if text.isascii() and text.isdigit() and int(text) < len(found.maps):
        return int(text)
    return int(feature_maps.order(found, "strength")[0])


def _layer(known: Mapping[str, Layer]) -> str:
    """The layer that a link names, or the first activation."""
    name = links.setting("layer")
    if name in known:
        return name
    return next((layer.name for layer in known.values() if layer.group == "activation"), INPUT)


now = frame.current()
links.choose("layer", _layer({layer.name: layer for layer in feature_maps.layers(now.net)}))
st.session_state[START] = links.setting("channel")
frame.header("feature_maps", PRESETS)
shown = frame.stage()
explore(shown)
received(shown)
frame.about(feature_maps, feature_maps.feature_maps, feature_maps.limits)
