"""All filters of a layer as tiles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components
from pages.components import filters as filters_part
from pages.frame import links
from pages.parts.convolution_controls import choice
from vizcore.exhibits import filters
from vizcore.exhibits.filters import ConvLayer, Filters
from vizcore.toolkit import nets

CELLS = 36  # weights in a tile, but at least one kernel
ORDERS: Mapping[str, str] = {name: name for name in filters.ORDERS}
ORDERED: Mapping[str, str] = {
    "norm": "The strongest comes first.",
    "orientation": "Sorted by the angle of the edges that they answer to, anticlockwise from the horizontal.",
    "frequency": "The coarsest comes first.",
    "similarity": "Each is followed by the one most like it among those that are left.",
}
TILES: Mapping[str, str] = {"whole": "the filter", "one": "one input channel"}
SCALES: Mapping[str, str] = {"filter": "each filter", "layer": "the layer"}
Pick = Callable[[], None]

# Shared by all sessions, which only read: 9 MB for the largest layer of VGG-16.
filters_of = st.cache_resource(max_entries=8, show_spinner=False)(filters.filters)


@dataclass(frozen=True, eq=False)
class Shown:
    """A layer, and how its filters are shown."""

    net: str
    layer: ConvLayer
    found: Filters
    source: int | None  # the input channel whose kernels are shown; None: the strongest, or all in colour
    scale: str  # a key of SCALES: what shares the range of the colours
    by: str  # a key of ORDERS

    @property
    def order(self) -> NDArray[np.int64]:
        """(O,) the filters as they are sorted."""
        return filters.order(self.found, self.by)

    @property
    def colour(self) -> bool:
        """Whether a filter is shown as the colour that it looks for."""
        return self.source is None and self.layer.first and self.layer.shape[1] == 3

    @property
    def limits(self) -> NDArray[np.float32]:
        """(O,) the weights that get the end colours."""
        far = np.abs(self.found.weights).max(axis=(1, 2, 3))
        shared = self.scale == "layer"
        return np.where((far == 0) | shared, far.max() or 1, far).astype(np.float32)

    @property
    def channels(self) -> NDArray[np.int64]:
        """(O, T) the input channels of each filter in its tile, counted within the group."""
        weights = self.found.weights
        count = max(1, CELLS // weights[0, 0].size)
        return np.stack([self.kernels(channel, count) for channel in range(len(weights))])

    @property
    def offsets(self) -> NDArray[np.int64]:
        """(O,) the first input channel that each filter reads: above 0 in groups."""
        count, inputs = self.layer.shape[:2]
        return np.arange(count) // (count // self.layer.groups) * inputs

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what a first layer reads; the others read maps that have numbers only."""
        return nets.find(self.net).channels if self.layer.first else ()

    def kernels(self, channel: int, count: int) -> NDArray[np.int64]:
        """The input channels that stand for a filter: all colours, the chosen one, or the strongest."""
        if self.colour:
            return np.arange(3)
        if self.source is not None:
            return np.array([self.source])
        return filters.channels(self.found.weights[channel], count)

    def input_name(self, channel: int, source: int) -> str:
        """What one of a filter's kernels lies on."""
        number = int(self.offsets[channel]) + source
        return self.inputs[number] if self.inputs else f"input map {number}"


def controls(layer: ConvLayer) -> tuple[int | None, str]:
    """Choose the input channel of all tiles (None: the filter as a whole), and what shares their colours."""
    inputs, source = layer.shape[1], None
    if inputs > 1 and choice("A tile shows", TILES, "tiles") == "one":
        source = number_control("Input channel", "input", inputs)
    return source, choice("Same colours in", SCALES, "scale")


def number_control(label: str, name: str, count: int) -> int:
    """A whole number below `count`, which stands in the link under its name."""
    key = f"filters.{name}"
    st.session_state[key] = number(name, count)
    return st.number_input(
        label,
        0,
        count - 1,
        key=key,
        on_change=lambda: links.choose(name, str(st.session_state[key])),
        width=130,
    )


def number(name: str, count: int) -> int:
    """The number below `count` that a setting says, else 0."""
    (found,) = links.indices(links.setting(name), (count,)) or (0,)
    return found


def mosaic(shown: Shown, start: int, turn: int, key: str, on_pick: Pick | None) -> bytes:
    """Show the tiles; returns the message that does."""
    channels = shown.channels
    strongest = ", ".join(map(str, filters.order(shown.found, "norm")[:3]))
    view = filters_part.Mosaic(
        identity=f"{shown.net} {shown.layer.name}",
        selected=start,
        turn=turn,
        colour=shown.colour,
        across=int(np.ceil(np.sqrt(channels.shape[1]))),
        inputs=shown.inputs,
        notes=[measured(shown.found, channel) for channel in range(len(channels))],
        alt=f"{len(channels)} filters of layer {shown.layer.name}, strongest: {strongest}",
    )
    weights = np.take_along_axis(shown.found.weights, channels[:, :, None, None], axis=1)
    sources = channels + shown.offsets[:, None]
    packed = filters_part.pack(view, weights, sources, shown.limits, shown.order)
    components.mount("filters", data=packed, key=key, on_pick=on_pick)
    return packed


def measured(found: Filters, channel: int) -> str:
    """A filter's norm, orientation and frequency, as far as it has them."""
    degrees, frequency = found.orientation[channel], found.frequency[channel]
    parts = [f"norm {found.norm[channel]:.3g}"]
    parts += [] if np.isnan(degrees) else [f"edges at {degrees:.0f}°"]
    parts += [] if np.isnan(frequency) or found.weights[0, 0].size == 1 else [f"{frequency:.2f} cycles/px"]
    return ", ".join(parts)


def caption(shown: Shown) -> str:
    """What a tile is, and in which order they stand."""
    return " ".join(filter(None, (_tile(shown), ORDERED.get(shown.by))))


def _tile(shown: Shown) -> str:
    inputs, height, width = shown.layer.shape[1:]
    if shown.colour:
        return "Each tile is one filter: red, green and blue say which colour it answers to; grey is 0."
    if shown.source is not None:
        return f"Each tile is a filter's kernel for input channel {shown.source}: blue below 0, red above."
    if inputs == 1:
        return "Each tile is the one kernel of a filter: blue below 0, red above."
    count = min(inputs, max(1, CELLS // (height * width)))
    which = f"{count} strongest" if count > 1 else "strongest"
    return f"Each tile shows the {which} of a filter's {inputs} kernels: blue below 0, red above."
