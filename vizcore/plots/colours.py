"""Colour maps as look-up tables: perceptually even for magnitudes, diverging around 0 for signed values.

Anchors at every sixteenth are interpolated, at most 8/255 from the originals: viridis (van der Walt &
Smith 2015, CC0), cividis (Nuñez, Anderton & Renslow 2018, CC0), RdBu reversed (ColorBrewer, Apache 2.0)
and berlin with its dark middle for dark pages (Crameri, Shephard & Heron 2020, MIT).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Lut = NDArray[np.uint8]  # (256, 3) red, green, blue from the lowest to the highest value


def _lut(anchors: str) -> Lut:
    points = np.array([list(bytes.fromhex(anchor)) for anchor in anchors.split()], dtype=np.float64)
    places = np.linspace(0, 255, len(points))
    table = np.stack([np.interp(np.arange(256), places, points[:, k]) for k in range(3)], axis=1)
    return np.round(table).astype(np.uint8)


LUTS: Mapping[str, Lut] = {
    "viridis": _lut(
        "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c "
        "1f9f88 27ad81 3dbc74 5cc863 81d34d aadc32 d5e21a fde725"
    ),
    "cividis": _lut(
        "00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 "
        "8b8778 9a9376 aaa073 bbad6d ccba64 ddc858 efd748 fee838"
    ),
    "rdbu": _lut(
        "053061 175290 2a71b2 3f8ec0 6bacd1 9bc9e0 c2ddec e0ecf3 f7f6f6 "
        "fbe6da fbceb7 f5ac8b e58368 d25849 bb2a34 960f27 67001f"
    ),
    "berlin": _lut(
        "9eb0ff 79abed 519fd3 3685ad 286886 1d4b61 14303e 111a20 190c09 "
        "2a0e01 3f1201 591c07 7b321c 9c4f3d bc6d61 dd8d86 ffadad"
    ),
}


def lut_for(limits: NDArray[np.float32], *, dark: bool = False) -> Lut:
    """The table for values of one sign (viridis) or of both, on a light or a dark page.

    Args:
        limits: (C, 2) lowest and highest value of each map; the lowest is below 0 if there are both signs.
        dark: whether the page is.
    """
    if limits[0, 0] >= 0:
        return LUTS["viridis"]
    return LUTS["berlin" if dark else "rdbu"]
