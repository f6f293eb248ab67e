"""One unit of a network, where it looks and how its value comes about: what unit.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours

_EXACT = 200_000  # values; more of them travel in half precision, which keeps three digits


@dataclass(frozen=True)
class View:
    """What goes with the values."""

    identity: str  # of the unit; while it stays, so do the visitor's selections
    mode: str  # "sum": each value has a weight; "max": the largest value wins; "values": only they are shown
    title: str  # such as "conv2_1, map 7, row 12, column 5"
    source: str  # layer or layers that the unit reads, such as "relu1_2"
    value: float  # of the unit
    bias: float | None  # added at the end; None where there is none
    result: str  # what the sum is called, such as "conv2_1[7, 12, 5]"
    names: Sequence[str]  # K names of the channels that it reads, such as "red" or "map 12"
    corner: tuple[int, int]  # row and column of the patch's first value in the source; below 0 in the padding
    step: int  # rows and columns of the source from one value of the patch to the next: the dilation
    box: tuple[int, int, int, int]  # theoretical receptive field: top, left, bottom, right in px, half open
    alt: str  # what is seen, for people who don't see it


def pack(
    view: View,
    patch: NDArray[np.float32],
    weights: NDArray[np.float32] | None,
    inside: NDArray[np.bool_],
    picture: NDArray[np.float32],
    gradient: NDArray[np.float32] | None,
) -> bytes:
    """The message for unit.js.

    Args:
        view: texts, the value and places.
        patch: (K, h, w) values that the unit reads.
        weights: (K, h, w) what each is multiplied by; None but for the mode "sum".
        inside: (h, w) whether a value lies in the source; False in the padding around it.
        picture: (H, W, 3) in [0, 1].
        gradient: (H, W) at least 0, how strongly each pixel moves the unit; None where it isn't known.
    """
    channels, height, width = patch.shape
    header = vars(view) | {
        "names": list(view.names),
        "k": channels,
        "h": height,
        "w": width,
        "picture": {"h": picture.shape[0], "w": picture.shape[1]},
    }
    none = np.zeros(0, np.float32)
    return pack_blocks(
        header,
        _compact(patch),
        none if weights is None else _compact(weights),
        inside.astype(np.uint8),
        np.round(picture * 255).astype(np.uint8),
        none if gradient is None else gradient,
        np.stack([colours.LUTS[name] for name in ("viridis", "rdbu", "berlin")]),
    )


def _compact(values: NDArray[np.float32]) -> NDArray[np.floating]:
    """In half precision if they are many and none is too large for it."""
    fits = values.size <= _EXACT or np.abs(values).max() > np.finfo(np.float16).max
    return values if fits else values.astype(np.float16)
