"""Input, kernel and output of one convolution: what convolution.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours


@dataclass(frozen=True)
class Slider:
    """A number that makes the kernel, such as the sigma of a Gaussian."""

    name: str  # under which it is reported
    title: str
    low: float
    high: float
    step: float
    value: float
    unit: str  # "" where it has none


@dataclass(frozen=True)
class View:
    """What goes with the numbers."""

    identity: (
        str  # of picture and settings, not of the weights: while it stays, so does what the visitor selected
    )
    stride: int
    dilation: int
    before: tuple[int, int]  # padding above and at the left; of a transposed one what is cut off there
    transposed: bool
    flipped: bool  # whether the kernel is turned by 180° before it is applied
    selected: tuple[int, int]  # row and column of the output to start with
    turn: int  # another number makes the visitor's selection give way to that above
    editable: bool  # whether the weights can be typed in
    live: str  # address that answers while something is dragged or typed; "" where there is none
    sliders: Sequence[Slider]
    alts: tuple[str, str]  # what is seen in the input and in the output, for people who don't see it


def pack(
    view: View,
    image: NDArray[np.floating],
    kernel: NDArray[np.floating],
    output: NDArray[np.floating],
    rows: NDArray[np.integer],
    cols: NDArray[np.integer],
) -> bytes:
    """The message for convolution.js.

    What is clicked comes back as {"unit": [row, column]}, {"kernel": [[...], ...]} or
    {"sliders": {name: value}}; the last two also go to the address `live`, which answers with `answer`.

    Args:
        view: texts, settings and the selection.
        image: (H, W) values of the input.
        kernel: (h, w) as written, that is before it is turned if it is.
        output: (H', W') values of the output.
        rows: (H + padding,) row of the input at each row of the padded input, -1 for zeros; of a
            transposed convolution they are not read.
        cols: the same for columns.
    """
    header = vars(view) | _weights(kernel) | {"sliders": [vars(slider) for slider in view.sliders]}
    sizes = {"h": image.shape[0], "w": image.shape[1], "oh": output.shape[0], "ow": output.shape[1]}
    return pack_blocks(
        header | sizes,
        image.astype(np.float32),
        output.astype(np.float32),
        rows.astype(np.int32),
        cols.astype(np.int32),
        np.stack([colours.LUTS[name] for name in ("viridis", "rdbu", "berlin")]),
    )


def answer(kernel: NDArray[np.floating], output: NDArray[np.floating]) -> bytes:
    """What the address `live` replies: weights and the output that they make, as large as in the message."""
    return pack_blocks(_weights(kernel), output.astype(np.float32))


def _weights(kernel: NDArray[np.floating]) -> dict[str, Any]:
    """The kernel as text, which keeps every digit of what somebody typed."""
    return {"kh": kernel.shape[0], "kw": kernel.shape[1], "kernel": kernel.ravel().tolist()}
