"""Where the picture was moved to: it stands in the link, and comes back from the component."""

import re
from collections.abc import Mapping
from typing import Any

from pages import components
from pages.frame import links

_PLACE = re.compile(r"(-?\d{1,4}(?:\.\d{1,4})?),(-?\d{1,4}(?:\.\d{1,4})?)", re.ASCII)
REACH = 32  # px, the furthest shift either way


def shift(key: str) -> tuple[int, int]:
    """px down and to the right that a setting such as "2,-3" says; none where it says anything else."""
    down, right = _place(key) or (0.0, 0.0)
    return (int(down), int(right)) if max(abs(down), abs(right)) <= REACH else (0, 0)


def amount(key: str, low: float, high: float, start: float) -> float:
    """The second number of a setting such as "0,1.5"; `start` where there is none from `low` to `high`."""
    _, value = _place(key) or (0.0, start)
    return value if low <= value <= high else start


def take(key: str, component: str) -> None:
    """Keep where the component left the picture."""
    down, right = components.picked(component)["place"]
    links.choose(key, f"{down:g},{right:g}")


def asked(question: Mapping[str, Any], reach: float = REACH) -> tuple[float, float]:
    """The place that a browser asks about; 0 in place of what is no number up to `reach`."""
    place = question.get("place")
    numbers = place if isinstance(place, list) and len(place) == 2 else (0, 0)
    down, right = (
        float(value) if isinstance(value, (int, float)) and abs(value) <= reach else 0.0 for value in numbers
    )
    return down, right


def _place(key: str) -> tuple[float, float] | None:
    named = _PLACE.fullmatch(links.setting(key))
    return (float(named[1]), float(named[2])) if named else None
