"""A picture, a patch cut out of it, and how well it fits everywhere: what patch.js needs, as one message."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours

_EXACT = 1 << 18  # scores; more of them travel in half precision, which keeps three digits


@dataclass(frozen=True)
class View:
    """What goes with the values. Places are row and column of a window's first pixel."""

    identity: str  # of picture, patch and map; while it stays, so does what the visitor drags
    box: tuple[int, int, int, int]  # top, left, height, width of the patch in px
    peaks: tuple[tuple[int, int, float], ...]  # row, column and score, best first
    rival: tuple[int, int] | None  # where the plain correlation is largest; None without a map
    chosen: tuple[int, int] | None  # whose formula is written out
    limits: tuple[float, float]  # values of the two end colours
    measure: str  # what the values are called, such as "score"
    alt: str  # what is seen, for people who don't see it


def pack(view: View, picture: NDArray[np.float64], values: NDArray[np.float64]) -> bytes:
    """The message for patch.js.

    Args:
        view: texts and places.
        picture: (H, W) in [0, 1].
        values: (H - h + 1, W - w + 1) to be shown as a map; (0, 0) where there are none.
    """
    limits = np.array([view.limits], np.float32)
    header = vars(view) | {
        "h": picture.shape[0],
        "w": picture.shape[1],
        "rows": values.shape[0],
        "cols": values.shape[1],
    }
    return pack_blocks(
        header,
        np.round(picture * 255).astype(np.uint8),
        values.astype(np.float32 if values.size <= _EXACT else np.float16),
        colours.lut_for(limits),
        colours.lut_for(limits, dark=True),
    )
