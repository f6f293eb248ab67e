"""Pictures and kernels in rows, such as both sides of an equation, with one cursor: what panels.js needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours

Colours = Literal["grey", "rgb", "signed", "magnitude"]


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture, one map or one kernel."""

    title: str
    values: NDArray[np.floating]  # (H, W), or (H, W, 3) for the colours "rgb"
    colours: Colours
    limits: tuple[float, float] = (0.0, 1.0)  # values of the two end colours; not for "rgb"
    sign: str = ""  # stands before it: "−", "=", "+"
    linked: bool = True  # whether it is under the common cursor; a kernel is not
    window: tuple[int, int] = (1, 1)  # rows and columns that the value under the cursor is made of
    corner: tuple[int, int] = (0, 0)  # of that window, from the cursor: (-1, -1) for 3 x 3 around it


@dataclass(frozen=True)
class View:
    """What goes with the panels."""

    identity: str  # while it stays, so does what the visitor points at
    columns: int  # panels in a row
    place: tuple[int, int]  # row and column that is chosen
    alt: str  # what is seen, for people who don't see it
    picks: bool = False  # whether a click chooses another place: {"place": [row, column]}


def pack(view: View, panels: Sequence[Panel | None]) -> bytes:
    """The message for panels.js.

    Args:
        view: texts and the chosen place.
        panels: row by row; None leaves a place empty.
    """
    blocks = [panel.values.astype(np.float32) for panel in panels if panel]
    luts = np.stack([colours.LUTS[name] for name in ("viridis", "rdbu", "berlin")])
    header = {
        "id": view.identity,
        "columns": view.columns,
        "place": view.place,
        "alt": view.alt,
        "picks": view.picks,
        "panels": [_described(panel) if panel else None for panel in panels],
    }
    return pack_blocks(header, *blocks, luts)


def shades(*maps: NDArray[np.floating]) -> tuple[Colours, tuple[float, float]]:
    """Colours and limits that maps share: diverging around 0 where one of them has values below it."""
    low, high = min(float(map_.min()) for map_ in maps), max(float(map_.max()) for map_ in maps)
    most = max(-low, high) or 1.0
    if low < 0:
        return "signed", (-most, most)
    return ("grey", (0.0, 1.0)) if 0.25 <= most <= 1 else ("magnitude", (0.0, most))


def kernel(title: str, weights: NDArray[np.floating], *, most: float = 0.0, sign: str = "") -> Panel:
    """A kernel in diverging colours.

    Args:
        title: what it is called.
        weights: (h, w).
        most: magnitude of the end colours; 0: the largest weight.
        sign: stands before it.
    """
    limit = most or float(np.abs(weights).max()) or 1.0
    return Panel(title, weights, "signed", (-limit, limit), sign=sign, linked=False)


def _described(panel: Panel) -> dict[str, Any]:
    height, width = panel.values.shape[:2]
    low, high = panel.limits
    return {
        "title": panel.title,
        "colours": panel.colours,
        "low": low,
        "high": high,
        "sign": panel.sign,
        "linked": panel.linked,
        "window": panel.window,
        "corner": panel.corner,
        "h": height,
        "w": width,
    }
