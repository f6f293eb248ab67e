"""The drawing pad: what pad.js sends, checked and turned into pixels, and what it gets."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError

SIDE = 64  # px
_MOST_STROKES, _MOST_POINTS = 300, 20_000  # of a drawing, as in pad.js
_LETTERS = 4 * -(-(SIDE**2) // 3)  # of SIDE * SIDE bytes in base64
_LAST = 2**53  # numbers above it are not exact in a browser


@dataclass(frozen=True)
class Stroke:
    """One line of the pen; lengths in sides of the pad."""

    width: float
    ink: int  # 1 draws in white, 0 erases
    points: tuple[float, ...]  # x, y, x, y, ... from the top left; outside of 0 to 1 is outside of the pad


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is on the pad."""

    pixels: NDArray[np.float32]  # (64, 64, 3) in [0, 1], grey
    strokes: tuple[Stroke, ...]  # what it was drawn with, oldest first
    n: int  # how many messages had come with it, 0 for none


def blank() -> Drawing:
    """An empty pad: all black."""
    return Drawing(np.zeros((SIDE, SIDE, 3), np.float32), (), 0)


def data_for(drawing: Drawing, reset: str) -> dict[str, Any]:
    """What pad.js gets.

    Args:
        drawing: what the last message brought. Its number tells the pad that it may send the next.
        reset: when this changes, a pad that is already there gives up its own strokes for these.
    """
    return {"n": drawing.n, "strokes": [vars(stroke) for stroke in drawing.strokes], "reset": reset}


def received(message: object) -> Drawing:
    """The drawing in a message of the pad, which anyone may have written.

    Raises:
        InputError: it is not a message that the pad sends.
    """
    n, text, strokes = _fields(message, "n", "pixels", "strokes")
    _check(type(n) is int and 0 < n <= _LAST)
    _check(isinstance(strokes, list) and len(strokes) <= _MOST_STROKES)
    entries = [_fields(stroke, "width", "ink", "points") for stroke in strokes]
    _check(all(isinstance(points, list) for *_, points in entries))
    _check(sum(len(points) for *_, points in entries) <= 2 * _MOST_POINTS)
    return Drawing(_pixels(text), tuple(_stroke(*entry) for entry in entries), n)


def _pixels(text: Any) -> NDArray[np.float32]:
    """(64, 64, 3) in [0, 1] from one byte a pixel in base64."""
    _check(isinstance(text, str) and len(text) == _LETTERS)
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    _check(len(raw) == SIDE**2)
    grey = np.frombuffer(raw, np.uint8).reshape(SIDE, SIDE, 1).astype(np.float32) / 255
    return np.repeat(grey, 3, axis=2)


def _stroke(width: Any, ink: Any, points: list[Any]) -> Stroke:
    _check(_is_number(width) and 0 < width <= 1)
    _check(type(ink) is int and ink in (0, 1))
    _check(len(points) > 0 and len(points) % 2 == 0)
    _check(all(_is_number(value) and -1 <= value <= 2 for value in points))
    return Stroke(width, ink, tuple(points))


def _fields(entry: Any, *names: str) -> list[Any]:
    """The values of an object that has these names and no other."""
    _check(isinstance(entry, dict) and entry.keys() == set(names))
    return [entry[name] for name in names]


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)  # True and False are no numbers here


def _check(sound: bool) -> None:
    if not sound:
        raise InputError("The drawing arrived damaged. Draw another stroke.")
