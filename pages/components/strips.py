"""Small pictures in rows with a name, and with a bar where they are counted: what strips.js needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks


@dataclass(frozen=True, eq=False)
class Strip:
    """One row."""

    name: str  # may be somebody's words: strips.js shows it as text
    pictures: NDArray[np.uint8]  # (n, C, S, S), C is 1 for grey or 3 for RGB; all rows have the same S
    counts: Sequence[int] = field(default=())  # parts of its bar, in the order of `View.parts`


@dataclass(frozen=True)
class View:
    """What goes with the rows."""

    alt: str  # what is seen, for people who don't see it
    parts: Sequence[str] = ()  # what the parts of a bar count
    side: int = 36  # px of a picture on the screen, where there is room


def pack(view: View, strips: Sequence[Strip]) -> bytes:
    """The message for strips.js."""
    rows = [
        {
            "name": strip.name,
            "pictures": len(strip.pictures),
            "counts": [int(count) for count in strip.counts],
        }
        for strip in strips
    ]
    pixels = [_rgb(strip.pictures).ravel() for strip in strips if len(strip.pictures)]
    side = max(strip.pictures.shape[-1] for strip in strips)
    header = {"alt": view.alt, "parts": [*view.parts], "side": view.side, "size": side, "rows": rows}
    return pack_blocks(header, np.concatenate(pixels) if pixels else np.zeros(0, np.uint8))


def _rgb(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, S, S, 3)"""
    colour = np.repeat(pictures, 3, axis=1) if pictures.shape[1] == 1 else pictures
    return np.ascontiguousarray(colour.transpose(0, 2, 3, 1))
