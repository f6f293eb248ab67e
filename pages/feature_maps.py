"""Feature maps: every map of every layer, with the values under the cursor."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import maps as maps_part
from pages.frame import links
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import Layer, LayerMaps, Response
from vizcore.plots import colours, curves, mosaic
from vizcore.toolkit import images, nets
from vizcore.toolkit.images import Image

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
    "answer": frame.Preset("The answer", {"picture": "shape-star", "net": "tiny_vgg", "layer": "fc"}),
}
SORTS = {"channel": "number", "strength": "strength", "variance": "variance", "sparsity": "sparsity"}
RANGES = {"map": "each map", "layer": "the layer", "network": "the network"}
ANSWERS = {
    "same": "the same maps, mirrored",
    "near": "nearly those (a change below 0.2)",
    "other": "other maps (0.2 or more)",
}
WHAT_SORTS = "strength: the mean of |value|; variance: over the pixels of a map; sparsity: the share of zeros"
TEXTS = {"formula": "", "numbers": ""}  # shown below, for one layer; the list does without
SETTINGS = ("picture", "net", "layer", "channel")  # what the link says besides the widgets' values
START = "feature_maps.start"  # channel that the link names, until another layer is chosen


@st.cache_resource(max_entries=8, show_spinner=False)  # shared and never written to; a copy would cost
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
    layer = known[links.setting("layer")]
    with frame.explained_errors():
        guess = response_of(stage.digest, stage.net, stage.image)
    found = feature_maps.measured(guess.maps[layer.name])
    left, right = st.columns([1, 2.9], gap="medium")
    with left:
        data = {"layers": [vars(entry) | TEXTS for entry in known.values()], "chosen": layer.name}
        components.mount("layers", data=data, key="feature_maps.layers", on_pick=choose_layer)
    with right:
        tools = st.container(horizontal=True, vertical_alignment="bottom")
        with tools:
            by = choice("Sorted by", SORTS, "sort", WHAT_SORTS)
            scale = choice("Same colours in", RANGES, "range", "what shares the range of the colour bar")
        order = feature_maps.order(found, by)
        limits = feature_maps.limits(found, scale, (guess.low, guess.high))
        view = maps_part.View(
            layer=layer.name,
            identity=f"{stage.digest} {stage.net} {layer.name}",
            selected=channel_of(st.session_state[START], found, layer, stage.net),
            labels=names_of(layer, stage.net),
            alt=f"{layer.shape[0]} maps of layer {layer.name}, strongest: {strongest(found)}",
        )
        packed = maps_part.pack(view, found.maps, limits, order, guess.cropped)
        components.mount("maps", data=packed, key="feature_maps.maps", on_pick=choose_channel)
        channel = channel_of(links.setting("channel"), found, layer, stage.net)
        with tools:
            files = exports(stage, guess, layer, found, limits, order, channel, packed)
            frame.export_menu(files, "feature_maps")
    links.publish("feature_maps", *SETTINGS)
    if guess.notice:
        st.caption(guess.notice)
    with st.container(key="arithmetic"):  # keeps its height, so that nothing below it jumps
        explain(layer, found)
    values, answer = st.columns(2, gap="medium")
    with values:
        count(stage, layer, found, channel)
    with answer:
        say(stage, guess)
    if layer.shape[2] > 1:  # one value has no left and right
        predict(stage, layer)


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


def explain(layer: Layer, found: LayerMaps) -> None:
    """The arithmetic of the layer, and what to notice in its maps."""
    words, formula = st.columns([1, 1.2], gap="medium")
    for line in (layer.formula, *layer.numbers) if layer.formula else ():
        formula.latex(line)
    words.markdown(f"**{layer.kind}.** {layer.does}")
    channels, height, width = layer.shape
    zeros = float(found.zeros.mean())
    lines = [f"{channels:,} {'map' if channels == 1 else 'maps'} of {height} × {width}."]
    if channels > 1:
        lines.append(f"Strongest: {strongest(found)}.")
    lines.append(f"{zeros:.0%} of all values are exactly 0." if zeros else "No value is exactly 0.")
    if found.dead and height > 1:
        more = " and others" if len(found.dead) > 12 else ""
        named = ", ".join(map(str, found.dead[:12])) + more
        lines.append(f"**Dead for this picture**, 0 everywhere: {named} ({len(found.dead)} of {channels}).")
    elif layer.group == "activation" and height > 1:
        lines.append("No channel is dead: each has a value above 0 somewhere.")
    words.markdown("What to notice: " + " ".join(lines))


def count(stage: frame.Stage, layer: Layer, found: LayerMaps, channel: int) -> None:
    """The histogram of the selected map; where each map is one value, of all of them."""
    alone = found.maps[0].size == 1
    names = names_of(layer, stage.net)
    one = f"{names[channel]} ({channel})" if names else f"Map {channel}"
    what = f"All {layer.shape[0]:,} values of {layer.name}" if alone else one
    st.markdown(f"**{what}**: how often each occurs" if alone else f"**{what}**: how often each value occurs")
    counted = feature_maps.histogram(found.maps if alone else found.maps[channel])
    options = curves.histogram(
        counted.edges, counted.counts, x_title="value", y_title="units" if alone else "pixels"
    )
    st.echarts_chart(options, height=230, key="feature_maps.histogram", alt=f"histogram: {what}")


def say(stage: frame.Stage, guess: Response) -> None:
    """The network's five best guesses."""
    net = nets.NETS[stage.net]
    st.markdown(f"**{net.title} says: {guess.classes[0]}**")
    pairs = zip(guess.classes, guess.probabilities, strict=True)
    alt = ", ".join(f"{name} {share:.1%}" for name, share in pairs)
    options = curves.ranking(guess.classes, guess.probabilities)
    st.echarts_chart(options, height=170, key="feature_maps.guess", alt=alt)
    st.caption(f"Whatever the picture shows, it can only answer: {', '.join(net.classes)}.")


def predict(stage: frame.Stage, layer: Layer) -> None:
    """One question, answered by the visitor, then by the network."""
    answer = st.radio(
        f"**What if** the picture were mirrored, left for right? The maps of {layer.name} would be …",
        list(ANSWERS),
        format_func=ANSWERS.__getitem__,
        index=None,
        horizontal=True,
        key=f"feature_maps.predict.{stage.digest}.{layer.name}",
    )
    if answer is None:
        return
    change = feature_maps.mirror_change(stage.image, stage.net, layer.name)
    truth = "same" if change < 0.001 else "near" if change < 0.2 else "other"
    opening = "So it is" if truth == answer else f"They are **{ANSWERS[truth]}**"
    why = (
        "Nothing before this layer tells left from right."
        if truth == "same"
        else "A convolution follows a picture that shifts; it need not follow one that is mirrored, "
        "because its kernels stay as they are."
    )
    st.markdown(
        rf"{opening}. The change is $\lVert f(Mx) - M f(x) \rVert / \lVert f(x) \rVert = {change:.3g}$, "
        f"where $M$ mirrors. {why}"
    )


def exports(
    stage: frame.Stage,
    guess: Response,
    layer: Layer,
    found: LayerMaps,
    limits: NDArray[np.float32],
    order: NDArray[np.int64],
    channel: int,
    packed: bytes,
) -> list[frame.Export]:
    """What can be taken away from this page."""
    stem = f"{stage.net}-{layer.name}"
    sample = "" if stage.picture == frame.MINE else stage.picture
    title = f"Feature maps of {layer.name} in {nets.NETS[stage.net].title}"
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
        frame.Export(
            "These maps, as a picture",
            f"{stem}.png",
            "image/png",
            lambda: picture(found.maps[order], limits[order]),
        ),
        frame.Export(
            "These maps, as a page that works offline",
            f"{stem}.html",
            "text/html",
            partial(frame.html_page, title, "maps", packed),
        ),
        frame.Export(
            f"Map {channel}, as a table (CSV)",
            f"{stem}-{channel}.csv",
            "text/csv",
            partial(frame.csv_of, found.maps[channel]),
        ),
        frame.Export(
            "These maps, as numbers (.npz)",
            f"{stem}.npz",
            "application/octet-stream",
            partial(frame.npz_of, maps=found.maps, image=stage.image),
        ),
        frame.Export(
            "Every layer, as pictures (.zip)",
            f"{stage.net}.zip",
            "application/zip",
            partial(every_layer, guess),
        ),
        frame.Export(
            "A script that recomputes this",
            "recompute.py",
            "text/x-python",
            partial(frame.script, title, sample, lines),
        ),
        frame.Export(
            "The picture, for that script",
            "picture.png",
            "image/png",
            partial(images.encode_png, stage.image),
        ),
    ]


def picture(maps: NDArray[np.float32], limits: NDArray[np.float32]) -> bytes:
    entries = mosaic.tiles(maps, limits)
    large = mosaic.enlarged(entries, max(1, 1600 // entries.shape[1]))
    return mosaic.png(large, colours.lut_for(limits), background=(255, 255, 255))


def every_layer(guess: Response) -> bytes:
    """A ZIP with the mosaic of each layer."""
    found = guess.maps.items()
    pairs = [(maps, feature_maps.limits(feature_maps.measured(maps), "map", (0, 1))) for _, maps in found]
    names = [f"{number:03}-{name}.png" for number, (name, _) in enumerate(found)]
    return frame.zip_of(dict(zip(names, mosaic.pngs(pairs), strict=True)))


def channel_of(text: str, found: LayerMaps, layer: Layer, net: str) -> int:
    """The channel that a link names; else the class that wins, or the strongest map."""
    if is_channel(text, layer):
        return int(text)
    if layer == feature_maps.layers(net)[-1]:
        return int(found.maps.argmax())
    return int(feature_maps.order(found, "strength")[0])


def is_channel(text: str, layer: Layer) -> bool:
    return text.isascii() and text.isdigit() and int(text) < layer.shape[0]


def names_of(layer: Layer, net: str) -> tuple[str, ...]:
    """What the channels of the first and the last layer are called; the others have numbers only."""
    if layer.name == feature_maps.INPUT:
        return nets.NETS[net].channels
    return nets.NETS[net].classes if layer == feature_maps.layers(net)[-1] else ()


def strongest(found: LayerMaps) -> str:
    return ", ".join(str(index) for index in feature_maps.order(found, "strength")[:3])


def settle(net: str) -> None:
    """Bring the layer and the channel that the link names down to some that there are."""
    known = {layer.name: layer for layer in feature_maps.layers(net)}
    first = next(layer.name for layer in known.values() if layer.group == "activation")
    if not links.setting("layer"):
        links.choose("layer", first)
    elif links.setting("layer") not in known:
        why = (
            f"The link names a layer that {nets.NETS[net].title} does not have; this is its first activation."
        )
        links.miss("layer", first, why)
    if links.setting("channel") and not is_channel(links.setting("channel"), known[links.setting("layer")]):
        links.miss("channel", "", "The link names a map that this layer does not have; this is another one.")


links.follow("feature_maps", *SETTINGS)
shown = frame.current()
settle(shown.net)
st.session_state[START] = links.setting("channel")
frame.header("feature_maps", PRESETS, shown)
frame.sidebar(shown)
explore(shown)
frame.received(shown)
frame.about(
    feature_maps, feature_maps.response, feature_maps.all_maps, feature_maps.feature_maps, feature_maps.limits
)
