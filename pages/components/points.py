"""A plane with points that can be dragged, and lines, arrows and contours in it: what points.js needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.components import charts as charts_part
from pages.components.charts import Chart

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Dot:
    """A point of the plane."""

    x: float
    y: float
    style: int = (
        0  # colour of a line's style, and a shape; 0 to 7, of which 7 is a circle in the grey of data
    )
    note: str = ""  # said while it is pointed at or chosen, behind its coordinates
    label: str = ""  # written beside it
    fixed: bool = False  # whether it stays where it is


@dataclass(frozen=True, eq=False)
class Path:
    """A line through places of the plane."""

    name: str  # in the legend; a name that stands there already, or none, adds no entry
    places: Floats  # (M, 2) x and y; nan interrupts it
    style: int = 0  # colour and dashes, as in charts
    faint: bool = False  # thin and half transparent, as for residuals
    marked: bool = False  # with a small mark at each place, as for a trail
    closed: bool = False  # filled lightly, as for a region
    reads: bool = False  # y as a function of x: its value at the pointer stands in the legend


@dataclass(frozen=True, eq=False)
class Arrows:
    """Moves, or forces, at places of the plane."""

    name: str
    places: Floats  # (M, 2) where they begin
    moves: Floats  # (M, 2) from there to their heads
    style: int = 0


@dataclass(frozen=True, eq=False)
class Contours:
    """Values over the whole plane as lines of equal value; the one at the pointer stands in the legend."""

    name: str
    values: Floats  # (H, W), lowest y first, from edge to edge of the plane
    levels: Sequence[float]
    style: int = 0


@dataclass(frozen=True, eq=False)
class Plane:
    """Everything that belongs to one state of the plane."""

    x: tuple[float, float]  # range of each axis; dots are dragged within it
    y: tuple[float, float]
    dots: Sequence[Dot] = ()
    paths: Sequence[Path] = ()
    arrows: Sequence[Arrows] = ()
    contours: Sequence[Contours] = ()
    kinds: Sequence[tuple[int, str]] = ()  # styles of dots and their names, for the legend
    x_title: str = "x"
    y_title: str = "y"
    equal: bool = False  # one unit is as long along both axes
    selected: int = -1  # dot whose note is shown while nothing is pointed at; -1: none
    grows: tuple[int, int] | None = None  # least and most dots, where a click adds one and Delete removes one
    keeps: bool = False  # whether the last dot of a style stays
    adds: int = 0  # style of a dot that is added
    line: str = ""  # one sentence below the plane
    height: int = 420  # px at most; less where the plane is narrow and equal
    charts: Sequence[Chart] = ()  # beside it, or below where it is narrow; they follow a drag as well


def mount(
    plane: Plane, *, key: str, alt: str, ask: str = "", on_pick: Callable[[], None] | None = None
) -> None:
    """Show a plane. `components.picked(key)` tells what was done:

    {"dot": i, "x": .., "y": ..}: a dot was chosen, and perhaps moved;
    {"added": i} and {"removed": i}: there is one more, the last, or one less.
    Each has all places and styles as well, {"dots": [[x, y], ..], "styles": [..]}, and its number "n".

    Args:
        plane: what is shown.
        key: unique on the page.
        alt: what is seen, for people who don't see it.
        ask: address of `live.offer` that gets {"dot": i, "x": .., "y": .., "dots": .., "styles": ..} while a
            dot is dragged and answers with `pack(plane)`; "" where there is none.
        on_pick: runs before the page is run again.
    """
    heard = (components.picked(key) or {}).get("n", 0)
    packed = pack(plane, alt=alt, ask=ask, heard=heard)
    components.mount("points", data=packed, key=key, on_pick=on_pick)


def pack(plane: Plane, *, alt: str = "", ask: str = "", heard: int = 0) -> bytes:
    """The message for points.js; an answer while a dot is dragged needs nothing but the plane.

    Args:
        plane: what is shown.
        alt, ask: as for `mount`.
        heard: number of the pick that this message answers; an older message does not move the dots back.
    """
    blocks = [*(path.places for path in plane.paths), *(field.values for field in plane.contours)]
    for arrows in plane.arrows:
        blocks += [arrows.places, arrows.moves]
    blocks += charts_part.blocks(plane.charts)
    header = vars(plane) | {
        "alt": alt,
        "ask": ask,
        "heard": heard,
        "charts": charts_part.figures(plane.charts),
        "dots": [vars(dot) for dot in plane.dots],
        "paths": [_without(path, "places") for path in plane.paths],
        "arrows": [_without(arrows, "places", "moves") for arrows in plane.arrows],
        "contours": [
            _without(field, "values", "levels")
            | {"levels": [float(level) for level in field.levels], "side": field.values.shape}
            for field in plane.contours
        ],
    }
    return components.pack(header, *(np.asarray(block, np.float32) for block in blocks))


def _without(entry: object, *names: str) -> dict[str, object]:
    return {name: value for name, value in vars(entry).items() if name not in names}
