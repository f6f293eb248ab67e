"""A picture that is moved by hand and what answers to it: what invariance.js needs, as one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours

Floats = NDArray[np.floating]
Colours = Literal["rgb", "grey", "signed", "magnitude", "classes"]
Drag = Literal["shift", "turn", "along"]

# Entry 0 is the background; then the colours of Okabe & Ito (2008) without black, a brown, a grey and white.
_CLASSES = "5b6470 e69f00 56b4e9 009e73 f0e442 0072b2 d55e00 cc79a7 a6761d b3b3b3 ffffff"
CLASSES = np.frombuffer(bytes.fromhex(_CLASSES), np.uint8)  # red, green, blue of each


@dataclass(frozen=True, eq=False)
class Panel:
    """A picture or a map that changes with the move."""

    title: str
    values: NDArray[Any]  # (H, W), or (H, W, 3) for the colours "rgb"; entries of `names` for "classes"
    colours: Colours
    limits: tuple[float, float] = (0.0, 1.0)  # values of the two end colours; not for "rgb" and "classes"
    note: str = ""  # one line below it
    names: Sequence[str] = ()  # of classes
    box: float = 0.0  # side of a square to mark around the middle, as a share of the map's; 0: none


@dataclass(frozen=True)
class Bars:
    """Values with names, each as a bar, with a mark where it stood before the move."""

    title: str
    names: Sequence[str]
    values: Sequence[float]
    before: Sequence[float] = ()
    most: float = 1.0  # value of a full bar
    percent: bool = True  # whether values are written as shares


@dataclass(frozen=True, eq=False)
class Chart:
    """Curves over the amount of the move, or over the layers of a network."""

    title: str
    x_title: str
    y_title: str
    x: Floats  # (N,) rising; amounts, or 1 to N for layers
    curves: Mapping[str, Floats]  # name -> (N,)
    limits: tuple[float, float]  # of y
    labels: Sequence[str] = ()  # (N,) of the layers; empty for amounts


@dataclass(frozen=True, eq=False)
class Answer:
    """Everything that belongs to one move."""

    line: str  # one sentence
    panels: Sequence[Panel] = ()
    bars: Sequence[Bars] = ()
    profiles: Sequence[Chart] | None = ()  # over layers; None: they stay as they are until there is time
    picture: Floats | None = None  # (H, W, 3) after the move; None for a shift, which the browser does itself
    rows: int = 1  # of panels, where there is room; they come column by column


@dataclass(frozen=True, eq=False)
class Field:
    """A grid with one number, or one class, in every cell: over shifts, or over layers and amounts."""

    title: str
    values: Floats | None  # (R, C); None while it is being computed
    across: Floats  # (C,) px to the right, or the amount, of each column
    down: Floats | None = None  # (R,) px down of each row; None where rows are layers
    labels: Sequence[str] = ()  # (R,) of the layers
    colours: Literal["magnitude", "classes"] = "magnitude"
    limits: tuple[float, float] = (0.0, 1.0)
    note: str = ""
    names: Sequence[str] = ()  # of classes 1, 2, ...


@dataclass(frozen=True, eq=False)
class View:
    """What stays while the picture moves."""

    identity: str  # of picture and settings, not of the move
    drag: Drag  # shift: by px; turn: around the middle, anticlockwise; along: from left to right
    place: tuple[float, float]  # px down and to the right; else 0 and the amount
    neutral: float  # the amount that changes nothing
    reach: tuple[float, float]  # least and most of either number
    step: float
    unit: str  # of the amount
    live: str  # address that answers {"place": [..], "rest": whether there is time}; "" where there is none
    picture: Floats  # (H, W, 3) in [0, 1] before the move
    border: Literal["circular", "reflect", "zeros"]
    title: str  # of the picture
    alt: str  # what is seen, for people who don't see it
    fields: Sequence[Field] = ()
    charts: Sequence[Chart] = ()


def pack(view: View, answer: Answer) -> bytes:
    """The message for invariance.js; a move that ends comes back as {"place": [number, number]}."""
    header = _without(view, "picture", "fields", "charts")
    header |= {
        "h": view.picture.shape[0],
        "w": view.picture.shape[1],
        "fields": [_field(entry) for entry in view.fields],
        "charts": [_chart(chart) for chart in view.charts],
    }
    luts = np.concatenate([*(colours.LUTS[name].ravel() for name in ("viridis", "rdbu", "berlin")), CLASSES])
    reply = np.frombuffer(pack_answer(answer), np.uint8)
    fields = (_numbers(() if entry.values is None else entry.values) for entry in view.fields)
    return pack_blocks(header, _bytes(view.picture), luts, reply, *fields, *_curves(view.charts))


def pack_answer(answer: Answer) -> bytes:
    """What the address `live` replies, and what stands in the message for the place it starts at."""
    header = {
        "line": answer.line,
        "panels": [_without(panel, "values") | _size(panel.values) for panel in answer.panels],
        "bars": [vars(bars) for bars in answer.bars],
        "profiles": None if answer.profiles is None else [_chart(chart) for chart in answer.profiles],
        "moved": answer.picture is not None,
        "rows": answer.rows,
    }
    picture = [] if answer.picture is None else [_bytes(answer.picture)]
    blocks = [_pixels(panel) for panel in answer.panels]
    return pack_blocks(header, *picture, *blocks, *_curves(answer.profiles or ()))


def _field(entry: Field) -> dict[str, Any]:
    places = {"across": entry.across.tolist(), "down": None if entry.down is None else entry.down.tolist()}
    return _without(entry, "values") | places | {"ready": entry.values is not None}


def _chart(chart: Chart) -> dict[str, Any]:
    return _without(chart, "x", "curves") | {"names": list(chart.curves)}


def _curves(charts: Sequence[Chart]) -> list[NDArray[np.float32]]:
    """Of each chart two blocks: x, and one curve behind the other."""
    return [_numbers(block) for chart in charts for block in (chart.x, [*chart.curves.values()])]


def _without(entry: object, *names: str) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if name not in names}


def _size(values: NDArray[Any]) -> dict[str, int]:
    return {"h": values.shape[0], "w": values.shape[1]}


def _pixels(panel: Panel) -> NDArray[Any]:
    if panel.colours == "rgb":
        return _bytes(panel.values)
    return panel.values.astype(np.uint8 if panel.colours == "classes" else np.float16)


def _bytes(picture: Floats) -> NDArray[np.uint8]:
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _numbers(values: Any) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)
