"""Losses over planes in the space of weights, as surfaces and maps: what terrain.js needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from vizcore.plots import colours

Floats = NDArray[np.floating[Any]]
NONE = partial(np.zeros, 0, np.float32)
NO_GRID = partial(np.zeros, (0, 0), np.float32)
NO_PATH = partial(np.zeros, (0, 2), np.float32)


@dataclass(frozen=True, eq=False)
class Terrain:
    """A loss over a plane, and the path of an optimiser where there is one; empty until it is known."""

    title: str
    note: str = ""  # how it has come about so far, in words
    titles: tuple[str, str, str] = ("a", "b", "loss (nats)")  # of the two directions, and of the height
    a: Floats = field(default_factory=NONE)  # (N,) coordinates along the first direction, rising and even
    b: Floats = field(default_factory=NONE)  # (M,) along the second one
    loss: Floats = field(default_factory=NO_GRID)  # (M, N) nats; row = b, column = a
    accuracy: Floats = field(default_factory=NO_GRID)  # (M, N) 0 to 1
    computed: NDArray[np.bool_] | None = None  # (M, N) where it was computed; None: everywhere
    path: Floats = field(default_factory=NO_PATH)  # (T, 2) coordinates of checkpoints
    path_loss: Floats = field(default_factory=NONE)  # (T,) nats, of the checkpoints themselves
    steps: Sequence[int] = ()  # (T,) at which they were taken


def mount(data: bytes, *, key: str, on_pick: Callable[[], None] | None = None) -> None:
    """Show terrains. What `picked(key)` says: {"place": [a, b]} where the cursor was left, {"log": bool},
    {"camera": [turn, tilt, zoom]}, {"again": run} where another run is asked for, or {"over": bool} where
    there are values or an end.

    Args:
        data: what `pack` made.
        key: unique on the page.
        on_pick: runs before the page (or fragment) is run again.
    """
    components.mount("terrain", data=data, key=key, on_pick=on_pick)


def pack(
    terrains: Sequence[Terrain],
    *,
    key: str,
    run: str = "",
    place: tuple[float, float] = (0.0, 0.0),
    log: bool = True,
    surface: bool = True,
    limits: tuple[float, float] | None = None,
    camera: tuple[float, float, float] | None = None,
    **live: Any,
) -> bytes:
    """The message for terrain.js.

    Args:
        terrains: one, or several that share camera, colour scale and cursor.
        key: the camera is kept under this name.
        run: another one for other terrains.
        place: a and b of the cursor.
        log: whether the scale has powers of ten.
        surface: whether there are surfaces besides the maps.
        limits: of the scale; None fits it to all values.
        camera: turn and tilt in radians, and zoom; None: as it was left in this session, or as at first.
        live: url, status, over and unit of a run that is followed, whose view is `drawn`; its `progress`
            (`far` in words, `eta` in s and `total`) stands before what the status says of these.
    """
    header, blocks = drawn(terrains)
    header |= {"key": key, "run": run, "place": place, "log": log, "surface": surface, "limits": limits}
    header["camera"] = camera
    return components.pack({"url": "", "unit": "row", **header, **live}, *blocks, colours.LUTS["viridis"])


def drawn(terrains: Sequence[Terrain]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays of what is drawn, for `pack` and for the messages of a run."""
    blocks = [block for terrain in terrains for block in _blocks(terrain)]
    return {"panes": [_header(terrain) for terrain in terrains]}, blocks


def _header(terrain: Terrain) -> dict[str, Any]:
    coarse = terrain.computed is not None and not terrain.computed.all()
    return {"title": terrain.title, "note": terrain.note, "titles": terrain.titles, "coarse": coarse}


def _blocks(terrain: Terrain) -> list[NDArray[Any]]:
    computed = np.ones(terrain.loss.shape, np.bool_) if terrain.computed is None else terrain.computed
    values = (terrain.a, terrain.b, terrain.loss, terrain.accuracy)
    way = (terrain.path, terrain.path_loss)
    return [
        *(np.asarray(block, np.float32) for block in values),
        computed.astype(np.uint8),
        *(np.asarray(block, np.float32) for block in way),
        np.asarray(terrain.steps, np.int32),
    ]
