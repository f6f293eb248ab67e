"""Input, output and unpooled input of one pooling: what pooling.js needs, as one message."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.exhibits.pooling import Pooled
from vizcore.plots import colours


@dataclass(frozen=True)
class View:
    """What goes with the numbers."""

    identity: str  # of picture and settings, not of typed values: while it stays, so does what is selected
    selected: tuple[int, int]  # row and column of the output to start with
    turn: int  # another number makes the visitor's selection give way to that above
    editable: bool  # whether values of the input can be typed in
    live: str  # address that answers while they are; "" where there is none
    alts: tuple[
        str, str, str
    ]  # what is seen in input, output and unpooled input, for people who don't see it


def pack(view: View, image: NDArray[np.floating], found: Pooled, unpooled: NDArray[np.floating]) -> bytes:
    """The message for pooling.js.

    What is clicked comes back as {"unit": [row, column]}, what is typed as {"values": [[...], ...]}, which
    also goes to the address `live`; that replies with `answer`.

    Args:
        view: texts and the selection.
        image: (H, W) values of the input.
        found: what the pooling makes of them.
        unpooled: (H, W) what the output alone makes of the input.
    """
    rows, cols = found.axes
    header = vars(view) | {
        "kind": found.kind,
        "h": rows.size,
        "w": cols.size,
        "oh": rows.count,
        "ow": cols.count,
        "window": (rows.window, cols.window),
        "stride": (rows.stride, cols.stride),
        "padding": (rows.padding, cols.padding),
        "values": image.ravel().tolist() if view.editable else [],  # as text they keep every digit
    }
    return pack_blocks(
        header,
        *_results(found, unpooled),
        image.astype(np.float32),
        found.weights.astype(np.float32),
        found.rows.astype(np.int32),
        found.cols.astype(np.int32),
        np.stack([colours.LUTS[name] for name in ("viridis", "rdbu", "berlin")]),
    )


def answer(found: Pooled, unpooled: NDArray[np.floating]) -> bytes:
    """What the address `live` replies: what is made of other values, as large as in the message."""
    return pack_blocks({}, *_results(found, unpooled))


def _results(found: Pooled, unpooled: NDArray[np.floating]) -> tuple[NDArray[np.generic], ...]:
    """Output (H', W'), winners as places in the picture (H', W'), -1 for none; what is unpooled (H, W)."""
    row, col = found.winners[..., 0], found.winners[..., 1]
    winners = np.where(row < 0, -1, row * found.axes[1].size + col)
    return found.output.astype(np.float32), winners.astype(np.int32), unpooled.astype(np.float32)
