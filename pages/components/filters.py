"""The filters of a layer, and one of them: what filters.js and filters_one.js need, each as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots.colours import LUTS

Weights = NDArray[np.float32]
Fact = tuple[str, str, float | None]  # what it is, its value, the direction of a line beside it in degrees


@dataclass(frozen=True)
class Mosaic:
    """What goes with the weights of a layer."""

    identity: str  # of network, layer and tiles; shown in `data-painted` once all is drawn
    selected: int  # filter to start with
    turn: int  # another number makes the visitor's selection give way to that above
    colour: bool  # whether the three kernels of a filter are red, green and blue of one tile
    across: int  # kernels in a row of a tile
    inputs: Sequence[str]  # names of the input channels; empty where they have numbers only
    notes: Sequence[str]  # of each filter, what is measured on it, in a few words
    alt: str  # what is seen, for people who don't see it


def pack(
    view: Mosaic,
    weights: Weights,
    channels: NDArray[np.int64],
    limits: NDArray[np.float32],
    order: NDArray[np.int64],
) -> bytes:
    """The message for filters.js.

    Args:
        view: texts and the selection.
        weights: (O, T, h, w), of each filter the kernels that its tile shows.
        channels: (O, T) the input channels that they belong to.
        limits: (O,) the weights that get the end colours, above 0.
        order: (O,) filters in the order in which they are shown.
    """
    count, tiles, height, width = weights.shape
    return pack_blocks(
        _header(view) | {"o": count, "t": tiles, "h": height, "w": width},
        weights,
        channels.astype(np.int32),
        limits,
        order.astype(np.int32),
        LUTS["rdbu"],
        LUTS["berlin"],
    )


@dataclass(frozen=True)
class One:
    """What goes with the weights of one filter."""

    identity: str  # of network, layer, filter and kernels; shown in `data-painted` once all is drawn
    title: str
    editable: bool
    colour: bool  # whether the three kernels are red, green and blue
    names: Sequence[str]  # of each kernel: the input channel that it lies on
    notes: Sequence[str]  # of each kernel, what is measured on it alone
    facts: Sequence[Fact]  # what is measured on the whole filter
    alt: str  # what the spectrum shows, for people who don't see it


def pack_one(
    view: One, weights: Weights, channels: NDArray[np.int64], limit: float, spectrum: NDArray[np.float64]
) -> bytes:
    """The message for filters_one.js.

    Args:
        view: texts.
        weights: (K, h, w) the kernels that are shown.
        channels: (K,) their places in the filter; what an edit reports as its `input`.
        limit: the weight that gets the end colours, above 0.
        spectrum: (S, S) gain of waves, frequency 0 at row and column S / 2.
    """
    sizes = {"h": weights.shape[1], "w": weights.shape[2], "size": len(spectrum)}
    return pack_blocks(
        _header(view) | sizes | {"limit": limit, "peak": float(spectrum.max())},
        weights,
        channels.astype(np.int32),
        spectrum.astype(np.float32),
        np.stack([LUTS[name] for name in ("viridis", "rdbu", "berlin")]),
    )


def _header(view: Mosaic | One) -> dict[str, object]:
    """Fields as JSON, with the identity under the name that the scripts know."""
    fields = dict(vars(view))
    return {"id": fields.pop("identity")} | fields
