"""What is chosen for one pooling of one picture: settings in the link, and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.frame import links
from pages.parts import planes
from pages.parts.convolution_controls import choice, select
from vizcore.exhibits import pooling
from vizcore.exhibits.pooling import GRIDS, Pooled
from vizcore.toolkit import kernels
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.grids import Grid
from vizcore.toolkit.pools import POOLS

OWN = "own"  # the input is what `grid_values` says
SIZES = planes.SIZES[: planes.SIZES.index("256") + 1]
WINDOWS = {str(side): f"{side} × {side}" for side in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16)}
STRIDES = ("1", "2", "3", "4", "5", "6", "7", "8")
CEIL = {"floor": "if it fits", "ceil": "always (ceil mode)"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    **planes.starts("grid", "64"),
    "grid_values": "",
    "grid_kind": "max",
    "grid_window": "2",
    "grid_stride": "side",
    "grid_padding": "0",
    "grid_ceil": "floor",
    "grid_unit": "",
}


@dataclass(frozen=True, eq=False)
class Chosen:
    """Everything that the output depends on."""

    picture: NDArray[np.float64]  # (H, W)
    settings: Mapping[str, Any]  # of `pool`
    shade: str  # which channel of the picture

    @property
    def shape(self) -> tuple[int, int]:
        """(H, W)"""
        return self.picture.shape[0], self.picture.shape[1]

    def pooled(self, picture: NDArray[np.float64] | None = None) -> Pooled:
        """What the pooling makes of the picture, or of another one."""
        return pooling.pool(self.picture if picture is None else picture, **self.settings)


def settle() -> None:
    """Forget numbers of the link that cannot be read, before the header says what could not be followed."""
    grids()


def controls(stage: frame.Stage) -> Chosen:
    """Show what can be chosen, and return what is."""
    with st.container(horizontal=True, vertical_alignment="top"):
        picture = planes.plane(stage, "grid", STARTS["grid_size"], grids(), SIZES)
        kind = choice("Pooling", {name: entry.title for name, entry in POOLS.items()}, "grid_kind")
    with st.container(horizontal=True, vertical_alignment="top"):
        given = {"kind": kind} | window_controls()
    return Chosen(picture, given, links.setting("grid_colour"))


def grids() -> dict[str, Grid]:
    """The grids of numbers with more than one row, and the visitor's own where the link holds one."""
    found = {name: grid for name, grid in GRIDS.items() if len(grid.values) > 1}
    if text := links.setting("grid_values"):
        try:
            found[OWN] = Grid("Own numbers", kernels.read(text), "", "")
        except InputError:
            links.miss("grid_values", "", "The link names a grid of numbers that cannot be read.")
    return found


def window_controls() -> dict[str, Any]:
    """Where the windows lie: the settings of `pool`."""
    sides = WINDOWS | {"global": "all of it (global)"}
    window = select("Window", sides, "grid_window", STARTS["grid_window"], width=150)
    whole = window == "global"
    steps = {"side": "side by side", **{step: f"{step} px" for step in STRIDES}}
    stride = select("Stride", steps, "grid_stride", STARTS["grid_stride"], width=150, disabled=whole)
    paddings = {str(px): f"{px} px" if px else "none" for px in range(1 if whole else int(window) // 2 + 1)}
    padding = select("Padding", paddings, "grid_padding", "0", width=110, disabled=len(paddings) == 1)
    ceil = choice("Keep a last window", CEIL, "grid_ceil")
    return {
        "window": None if whole else int(window),
        "stride": None if whole or stride == "side" else int(stride),
        "padding": int(padding),
        "ceil_mode": ceil == "ceil",
    }
