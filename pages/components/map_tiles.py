"""Small maps side by side, one of which is chosen: what map_tiles.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours


@dataclass(frozen=True)
class View:
    """What goes with the maps."""

    alt: str  # what is seen, for people who don't see it
    chosen: int  # place of one of them
    titles: Sequence[str]  # of each map
    notes: Sequence[str]  # of each map: a few words
    shown: bool  # whether titles and notes stand below the maps, or only answer to hover
    side: int  # px of a map on the screen, at least


def pack(view: View, maps: NDArray[np.floating]) -> bytes:
    """The message for map_tiles.js; a click comes back as the place of a map.

    Args:
        view: texts and what is chosen.
        maps: (N, H, W), each coloured by its own range: around 0 where it has values below 0, else from 0.
    """
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    most = np.maximum(-low, high)
    limits = np.stack([np.where(low < 0, -most, 0), np.where(most > 0, most, 1)], axis=1)
    luts = np.concatenate([colours.LUTS[name].ravel() for name in ("viridis", "rdbu", "berlin")])
    header = vars(view) | {"h": maps.shape[1], "w": maps.shape[2]}
    return pack_blocks(header, maps.astype(np.float32), limits.astype(np.float32), luts)
