"""A map before and after a function, with both histograms: what activation_map.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours
from vizcore.toolkit.activation_maps import Histograms
from vizcore.toolkit.curves import Curve

Row = tuple[str, float, float, float, float | None]
LONE = 3  # a bar so many times as tall as the next one is cut, and its share written at it


@dataclass(frozen=True, eq=False)
class View:
    """What goes with the values."""

    identity: str  # of picture, layer and channel: while it stays, so does what the visitor points at
    titles: tuple[str, str]  # of the two maps
    layer: str  # what the bars of the histograms count
    channel: str  # what their line counts
    place: tuple[int, int]  # row and column that are chosen
    curve: Curve  # the function, over the axis of the histograms
    flat: Sequence[tuple[float, float]]  # stretches of x with hardly any slope
    rows: Sequence[Row]  # of the table: what, mean, variance, share of zeros and of hardly any slope
    alt: str  # what is seen, for people who don't see it


def pack(view: View, before: NDArray[np.floating], after: NDArray[np.floating], shares: Histograms) -> bytes:
    """The message for activation_map.js; a click on a value comes back as {"place": [row, column]}.

    Args:
        view: texts, the chosen place and the function.
        before: (H, W).
        after: (H, W).
        shares: of the layer and of the channel.
    """
    header = {
        "id": view.identity,
        "titles": view.titles,
        "layer": view.layer,
        "channel": view.channel,
        "place": view.place,
        "flat": view.flat,
        "rows": view.rows,
        "alt": view.alt,
        "h": before.shape[0],
        "w": before.shape[1],
        "limits": [limits(before), limits(after)],
        "tops": [top(shares.before, shares.channel_before), top(shares.after, shares.channel_after)],
    }
    of_layer, of_channel = (shares.before, shares.after), (shares.channel_before, shares.channel_after)
    numbers = [before, after, shares.edges, *of_layer, *of_channel, view.curve.x, view.curve.value]
    luts = np.concatenate([colours.LUTS[name].ravel() for name in ("viridis", "rdbu", "berlin")])
    return pack_blocks(header, *(block.astype(np.float32) for block in numbers), luts)


def limits(values: NDArray[np.floating]) -> tuple[float, float]:
    """Values of the two end colours: around 0 where some lie below it, else from 0."""
    low, high = float(values.min()), float(values.max())
    most = max(-low, high) or 1.0
    return (-most if low < 0 else 0.0), most


def top(layer: NDArray[np.floating], channel: NDArray[np.floating]) -> float:
    """The share at the top of a histogram: above its bars, while the line of the channel may be cut."""
    return 1.15 * min(max(_tallest(layer), _tallest(channel)), 2 * _tallest(layer))


def _tallest(shares: NDArray[np.floating]) -> float:
    """The largest share; where one bar towers over the others, the second."""
    second, first = np.sort(shares)[-2:]
    return float(second if first > LONE * second > 0 else first)
