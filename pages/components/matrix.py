"""A convolution as a matrix between two small pictures: what matrix.js needs, as one message."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from pages.components.panels import shades
from vizcore.plots import colours


@dataclass(frozen=True)
class View:
    """What goes with the numbers."""

    identity: str  # while it stays, so does what the visitor points at
    names: tuple[str, str]  # of the picture on the right of the matrix, and of what comes out
    selected: int  # row of the matrix to start with
    alt: str  # what is seen, for people who don't see it


def pack(
    view: View,
    matrix: NDArray[np.float64],
    reads: NDArray[np.bool_],
    given: NDArray[np.float64],
    output: NDArray[np.float64],
) -> bytes:
    """The message for matrix.js.

    Args:
        view: texts and the selection.
        matrix: (H' W', H W) weights.
        reads: of the same shape, where there is a weight, be it 0.
        given: (H, W) the picture.
        output: (H', W') matrix times the flattened picture.
    """
    most = float(np.abs(matrix).max()) or 1.0
    header = vars(view) | {
        "id": view.identity,
        "given": given.shape,
        "output": output.shape,
        "colours": [("signed", (-most, most)), shades(given), shades(output)],
    }
    luts = np.stack([colours.LUTS[name] for name in ("viridis", "rdbu", "berlin")])
    values = (array.astype(np.float32) for array in (matrix, given, output))
    return pack_blocks(header, *values, reads.astype(np.uint8), luts)
