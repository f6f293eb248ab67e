"""A mosaic of feature maps and one of them enlarged: what maps.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours

_EXACT = 1 << 20  # bytes; larger layers travel in half precision, which keeps three digits


@dataclass(frozen=True)
class View:
    """What goes with the values."""

    layer: str  # its name
    identity: str  # of picture, network and layer: while it stays, so does what the visitor selected
    selected: int  # channel to start with
    unit: tuple[int, int]  # row and column of the value to start with
    turn: int  # another number makes the visitor's selection give way to that above
    labels: Sequence[str]  # name of each channel; empty when they have only numbers
    apart: bool  # whether a click on a value of the large map does something
    alt: str  # what is seen, for people who don't see it


def pack(
    view: View,
    maps: NDArray[np.float32],
    limits: NDArray[np.float32],
    order: NDArray[np.int64],
    picture: NDArray[np.float32],
) -> bytes:
    """The message for maps.js.

    Args:
        view: texts and the selection.
        maps: (C, H, W) values.
        limits: (C, 2) values of the two end colours.
        order: (C,) channels in the order in which they are shown.
        picture: (H, W, 3) in [0, 1], what lies under the enlarged map.
    """
    channels, height, width = maps.shape
    fits = maps.nbytes <= _EXACT or np.abs(maps).max() > np.finfo(np.float16).max
    header = {
        "id": view.identity,
        "layer": view.layer,
        "selected": view.selected,
        "unit": view.unit,
        "turn": view.turn,
        "apart": view.apart,
        "labels": list(view.labels),
        "alt": view.alt,
        "c": channels,
        "h": height,
        "w": width,
        "picture": {"h": picture.shape[0], "w": picture.shape[1]},
    }
    return pack_blocks(
        header,
        maps if fits else maps.astype(np.float16),
        limits,
        order.astype(np.int32),
        colours.lut_for(limits),
        colours.lut_for(limits, dark=True),
        np.round(picture * 255).astype(np.uint8),
    )
