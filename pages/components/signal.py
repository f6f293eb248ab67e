"""A signal and what sliding windows make of it, one below the other: what signal.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks

Floats = NDArray[np.float64]
_NONE = np.zeros(0, np.float32)


@dataclass(frozen=True, eq=False)
class Track:
    """One row of samples. The first row is given; each other one comes from the row above it."""

    title: str
    values: Floats  # (N,)
    weights: Floats | None = None  # (K,) of the window as it slides; None in the first row
    sources: NDArray[np.int64] | None = None  # (P,) sample of the row above at each padded place, -1 for 0
    before: int = 0  # padded places in front of the first sample
    sums: Floats | None = None  # (N,) in front of the threshold, where there is one
    threshold: float = 0.0  # a sum of at least this makes 1, a smaller one 0
    behind: Floats | None = None  # (N,) another curve to compare with, dashed
    behind_title: str = ""


def pack(tracks: Sequence[Track], *, selected: int, bits: bool, identity: str, alt: str) -> bytes:
    """The message for signal.js.

    Args:
        tracks: from the input to the output.
        selected: sample of the last row that is written out while nothing is pointed at.
        bits: whether a click on a sample of the first row turns 0 into 1 and back.
        identity: of the signal; while it stays, so does what the visitor points at with the keys.
        alt: what is seen, for people who don't see it.
    """
    entries = [
        {
            "title": track.title,
            "before": track.before,
            "threshold": track.threshold,
            "behind": track.behind_title,
        }
        for track in tracks
    ]
    blocks = [
        _NONE if block is None else block.astype(np.int32 if block is track.sources else np.float32)
        for track in tracks
        for block in (track.values, track.weights, track.sources, track.sums, track.behind)
    ]
    header = {"identity": identity, "selected": selected, "bits": bits, "alt": alt, "tracks": entries}
    return pack_blocks(header, *blocks)
