"""One pixel through a 1 x 1 convolution with editable weights: what mixer.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks


@dataclass(frozen=True, eq=False)
class Mixer:
    """The weights, and what they make of one pixel. An edit is reported as {"table": [[...], ...]}."""

    inputs: Sequence[str]  # I names of channels
    outputs: Sequence[str]  # O names
    weights: NDArray[np.float64]  # (O, I)
    bias: NDArray[np.float64]  # (O,)
    place: tuple[int, int]  # row and column of the pixel
    pixel: NDArray[np.float64]  # (I,)
    result: NDArray[np.float64]  # (O,)
    most: float  # largest magnitude of a weight or bias


def pack(mixer: Mixer) -> bytes:
    """The message for mixer.js."""
    table = np.column_stack([mixer.weights, mixer.bias]).round(6).tolist()
    return pack_blocks(
        {
            "id": f"{table} {mixer.place}",
            "inputs": list(mixer.inputs),
            "outputs": list(mixer.outputs),
            "table": table,
            "place": mixer.place,
            "pixel": mixer.pixel.tolist(),
            "result": mixer.result.tolist(),
            "most": mixer.most,
        }
    )
