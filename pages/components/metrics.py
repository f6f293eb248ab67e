"""Scores of two classes with a threshold through them, and what it makes of them: what metrics.js needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages import components
from pages.components import charts
from pages.components.charts import Chart, Point


@dataclass(frozen=True)
class Row:
    """One metric."""

    title: str
    above: str  # of its fraction, with letters
    below: str
    counted: tuple[str, str]  # the same with counts
    value: float


@dataclass(frozen=True, eq=False)
class Counted:
    """What a threshold makes of the scores."""

    threshold: float
    counts: tuple[int, int, int, int]  # true positives, false negatives, false positives, true negatives
    rows: Sequence[Row]
    points: Sequence[Sequence[Point]]  # where it stands in each chart over a rate


def pack(
    counted: Counted,
    scores: Sequence[Chart],
    rates: Sequence[Chart],
    *,
    names: tuple[str, str],
    alt: str,
    ask: str,
) -> bytes:
    """The message for metrics.js.

    Args:
        counted: at the threshold of now.
        scores: charts over the scores; the threshold is their cursor.
        rates: charts over a rate.
        names: of positives and negatives.
        alt: what is seen, for people who don't see it.
        ask: address that answers {"threshold": number} with `pack_answer`; where it is let go comes back as
            the same.
    """
    parts = [charts.pack(scores), charts.pack(rates)]
    header = _header(counted) | {"names": names, "alt": alt, "ask": ask}
    return components.pack(header, *(np.frombuffer(part, np.uint8) for part in parts))


def pack_answer(counted: Counted) -> bytes:
    """The reply to `ask`: what differs from threshold to threshold."""
    return components.pack(_header(counted))


def _header(counted: Counted) -> dict[str, Any]:
    return vars(counted) | {
        "rows": [vars(row) for row in counted.rows],
        "points": [[vars(point) for point in points] for points in counted.points],
    }
