"""Points of a plane as they stand in a link, such as "1.5_2~3_-4b", and as they come from the browser."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.frame import links
from vizcore.toolkit.errors import InputError

_NUMBER = r"-?\d{1,3}(?:\.\d{1,3})?"
_POINT = re.compile(rf"({_NUMBER})_({_NUMBER})([a-h]?)", re.ASCII)
_LETTERS = "abcdefgh"  # of the styles; that of the first style of a range is left out


_CEILINGS = [each * 10**power for power in range(5) for each in (1.0, 2.0, 3.0, 5.0)]


@dataclass(frozen=True)
class Range:
    """Which points a plane takes."""

    x: tuple[float, float]
    y: tuple[float, float]
    count: tuple[int, int]  # least and most
    styles: tuple[int, ...]  # kinds of points that there are


@dataclass(frozen=True)
class Points:
    """Places and what kind of point stands there."""

    places: tuple[tuple[float, float], ...]
    styles: tuple[int, ...]

    @property
    def array(self) -> NDArray[np.float64]:
        """(N, 2) x and y."""
        return np.array(self.places, float).reshape(-1, 2)


def read(text: str, allowed: Range) -> Points | None:
    """The points that a text names; None where it names none, or one that is not allowed."""
    found = [_POINT.fullmatch(part) for part in text.split("~")]
    if not all(found):
        return None
    parts, first = [match.groups() for match in found if match], _LETTERS[allowed.styles[0]]
    points = Points(
        tuple((float(x), float(y)) for x, y, _ in parts),
        tuple(_LETTERS.index(letter or first) for *_, letter in parts),
    )
    return points if _allowed(points, allowed) else None


def written(points: Points, allowed: Range) -> str:
    """The text that names these points."""
    letters = ["" if style == allowed.styles[0] else _LETTERS[style] for style in points.styles]
    pairs = zip(points.places, letters, strict=True)
    return "~".join(f"{_brief(x)}_{_brief(y)}{letter}" for (x, y), letter in pairs)


def asked(question: Mapping[str, Any], allowed: Range) -> Points:
    """The points that a browser asks about, or tells of.

    Raises:
        InputError: they are none that the plane takes; anybody may have written them.
    """
    try:
        pairs = [(float(x), float(y)) for x, y in question["dots"]]
        points = Points(tuple(pairs), tuple(map(int, question["styles"])))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError("The points arrived damaged. Move one of them again.") from error
    if not _allowed(points, allowed):
        least, most = allowed.count
        raise InputError(f"The plane takes {least} to {most} points within its axes.")
    return points


def setting(key: str, start: str, allowed: Range) -> Points:
    """The points of a setting; those of `start` where it names none that are allowed."""
    found = read(links.setting(key, start), allowed)
    if found is None:
        links.choose(key, start)
        found = read(start, allowed)
        assert found is not None, start
    return found


def take(key: str, allowed: Range, component: str, at: str) -> None:
    """Keep where the component left its points in one setting, and which one is chosen in another."""
    message = components.picked(component)
    links.choose(key, written(asked(message, allowed), allowed))
    links.choose(at, str(message.get("dot", message.get("added", ""))))


def chosen(at: str, count: int) -> int:
    """The point that a setting names; -1 where it names none."""
    found = links.indices(links.setting(at), (count,))
    return found[0] if found else -1


def ceiling(*values: NDArray[np.float64], least: float = 1.0) -> float:
    """A round number that no value exceeds: an end for an axis, which stays while points move a little."""
    most = max([least, *(float(np.abs(each).max(initial=0)) for each in values)])
    return next(number for number in _CEILINGS if number >= min(most, _CEILINGS[-1]))


def _allowed(points: Points, allowed: Range) -> bool:
    (left, right), (low, high), (least, most) = allowed.x, allowed.y, allowed.count
    return (
        least <= len(points.places) <= most
        and len(points.styles) == len(points.places)
        and all(left <= x <= right and low <= y <= high for x, y in points.places)
        and set(points.styles) <= set(allowed.styles)
    )


def _brief(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
