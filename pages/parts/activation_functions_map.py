"""On a feature map: what an activation function makes of the values of a layer, one by one and altogether."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import activation_map as map_part
from pages.components.activation_map import Row
from pages.frame import links
from pages.parts import activation_functions_map_files as files
from pages.parts import activation_functions_map_settings as settings
from pages.parts import activation_functions_map_tiles as tiles
from pages.parts import feature_maps_panel as panels
from pages.parts.activation_functions_map_settings import Seen
from pages.parts.activation_functions_map_words import noticed
from pages.parts.convolution_controls import select
from vizcore.toolkit import activation_maps, activations, curves
from vizcore.toolkit.activation_formulas import written
from vizcore.toolkit.activation_maps import histograms, measures, saturated
from vizcore.toolkit.activations import ACTIVATIONS, curve
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.latex import number

FINE = 8  # places of the drawn curve in each bar of the histograms
AGAIN = {"same": "the same", "other": "another one"}
SAME = 1e-9  # difference of values that are the same
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "map_layer": "conv1_1",
    "map_channel": "",
    "map_at": "",
    "map_name": "relu",
    "map_shared": "one",
    "map_slopes": "",
    **{
        f"map_{parameter.name}": f"{parameter.start:g}"
        for entry in ACTIVATIONS.values()
        for parameter in entry.parameters
    },
}
SETTINGS = tuple(STARTS)


def _preset(title: str, name: str, picture: str = "", net: str = "", **settings: str) -> frame.Preset:
    stage = {key: value for key, value in (("picture", picture), ("net", net)) if value}
    named = {f"map_{key}": value for key, value in ({"name": name} | settings).items()}
    return frame.Preset(title, {"view": "map"} | stage | named)


PRESETS: Mapping[str, frame.Preset] = {
    "relu": _preset("ReLU on edges", "relu", layer=STARTS["map_layer"]),
    "sparse": _preset("Mostly zeros", "relu", "shape-star", "tiny_vgg", layer="conv3_2"),
    "sigmoid": _preset("Sigmoid flattens", "sigmoid", "camera", "tiny_vgg", layer="conv2_1"),
    "leaky": _preset("Leaky keeps the rest", "leaky_relu", "camera", "tiny_vgg", negative_slope="0.3"),
    "relu6": _preset("ReLU6 clips", "relu6", "shape-star", "tiny_vgg", layer="conv1_2", channel="5"),
    "gelu": _preset("A face through GELU", "gelu", "astronaut", "tiny_vgg", layer="conv1_2"),
    "prelu": _preset("A slope per channel", "prelu", "cat", "small_resnet", layer="bn1", shared="channels"),
}
EXPLAINED = (
    activations.curve,
    curves.traced,
    activation_maps.prelu,
    activation_maps.histograms,
    activation_maps.sources,
)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the map before and after with the histograms, the formula, and all functions in a row."""
    if frame.missing(stage, known=panels.known(stage)):
        return
    with frame.explained_errors():
        seen = controls(stage)
    table = rows(seen)
    laboratory(seen, table)
    explain(seen, table)
    tiles.functions(seen)
    tiles.channels(seen)
    predict(seen)
    links.publish("activation_functions", "view", "picture", "net", *SETTINGS, starts=STARTS)


def controls(stage: frame.Stage) -> Seen:
    """Show what can be chosen, and return what becomes of it.

    Raises:
        InputError: the network has no map before an activation, or its values are out of range.
    """
    shapes = activation_maps.sources(stage.net)
    titles = {name: f"{name} ({c} of {h} × {w})" for name, (c, h, w) in shapes.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = next(iter(titles))
        layer = select("Layer before an activation", titles, "map_layer", first, width=230, then=forget)
        maps = panels.seen_by(stage).response.maps[layer]
        names = {str(channel): str(channel) for channel in range(len(maps))}
        both = str(activation_maps.two_sided(maps))
        channel = int(select("Channel", names, "map_channel", both, width=100))
        function = settings.function(len(maps), channel)
    size = np.abs(maps[channel])
    named = links.indices(links.setting("map_at"), size.shape)
    row, col = named or np.unravel_index(size.argmax(), size.shape)
    return Seen(stage, layer, channel, function, function.of(maps), (int(row), int(col)))


def forget() -> None:
    """Another layer has other channels and other values."""
    links.choose("map_channel", "")
    links.choose("map_at", "")


def rows(seen: Seen) -> list[Row]:
    """The table: layer and channel, before and after."""
    found, one = seen.found, seen.channel
    parts = {"Layer": slice(None), f"Channel {one}": slice(one, one + 1)}
    table: list[Row] = []
    for name, part in parts.items():
        before, after = measures(found.x[part]), measures(found.value[part])
        table.append((f"{name}, before", before.mean, before.variance, before.zeros, None))
        flat = saturated(found.slope[part])
        table.append((f"{name}, after", after.mean, after.variance, after.zeros, flat))
    return table


def laboratory(seen: Seen, table: list[Row]) -> None:
    """Mount both maps with the histograms."""
    stage, channel, title = seen.stage, seen.channel, seen.function.title
    shares = histograms(seen.found, channel)
    axis = np.linspace(shares.edges[0], shares.edges[-1], FINE * (len(shares.edges) - 1) + 1)
    drawn = curve(seen.function.name, axis, **seen.function.parameters)
    view = map_part.View(
        identity=f"{stage.digest} {stage.net} {seen.layer} {channel}",
        titles=(f"x: channel {channel} of {seen.layer}", f"f(x): {title}"),
        layer=seen.layer,
        channel=f"channel {channel}",
        place=seen.place,
        curve=drawn,
        flat=activations.saturations(drawn),
        rows=table,
        alt=f"Channel {channel} of {seen.layer} before and after {title}, "
        f"which makes {table[1][3]:.0%} of all values of the layer 0.",
    )
    message = map_part.pack(view, seen.before, seen.after, shares)
    components.mount("activation_map", data=message, key="map.lab", on_pick=take_place)


def take_place() -> None:
    """Put the value that was clicked into the link."""
    links.choose("map_at", ".".join(map(str, components.picked("map.lab")["place"])))


def explain(seen: Seen, table: list[Row]) -> None:
    """The formula, the same with the numbers of the chosen value, what to notice, and the export menu."""
    entry, (row, col) = ACTIVATIONS[seen.function.name], seen.place
    x, value = float(seen.before[row, col]), float(seen.after[row, col])
    slope = float(seen.found.slope[seen.channel, row, col])
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(f"f(x) = {entry.formula}")
    formula.latex(written(entry.formula, x, value, seen.function.parameters))
    formula.latex(rf"f'(x) = {entry.slope} \qquad f'({number(x)}) = {number(slope)}")
    words.markdown("**What to notice.** " + " ".join(noticed(seen, table)))
    with words:
        frame.export_menu(partial(files.files, seen), "map")


def predict(seen: Seen) -> None:
    """What the function makes of its own outputs."""

    def reveal() -> tuple[str, str]:
        values = seen.found.value
        change = float(np.abs(seen.function.of(values).value - values).max())
        return "same" if change <= SAME else "other", (
            f"The largest change of a value of {escaped(seen.layer)} is ${number(change)}$."
        )

    function = seen.function
    key = f"map.predict.{seen.stage.digest}.{seen.stage.net}.{seen.layer}.{function}"
    ask = f"{function.title} were applied once more, to its own outputs? They would be …"
    frame.question(ask, AGAIN, key, reveal)
