"""Losses while the learning rate rises, as they come."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.components.charts import Chart, Line, Point
from vizcore.toolkit.rate_finder import RATES

ABOVE = 2.0  # times the loss of guessing, where the chart ends, or above what the loss was at first
EACH_BATCH = 7  # style of the losses that are not smoothed


def chart(titles: Sequence[str], chance: float, newest: Mapping[str, Any] | None, *, marked: bool) -> Chart:
    """The chart of a search for rates.

    Args:
        titles: of the optimisers.
        chance: nats that guessing costs.
        newest: the newest report, or None.
        marked: whether the suggestions are final, and shown.
    """
    unknown = np.full((len(titles), len(RATES)), np.nan)
    smoothed = newest["smoothed"] if newest else unknown
    lines = [
        Line(title, values, style) for style, (title, values) in enumerate(zip(titles, smoothed, strict=True))
    ]
    if len(titles) == 1:
        losses = newest["losses"] if newest else unknown
        lines.append(Line("each batch", losses[0], EACH_BATCH))
    first = float(np.nanmax(smoothed[:, 0])) if newest else 0.0
    return Chart(
        "Loss while the rate rises",
        RATES,
        lines,
        "learning rate η",
        "cross entropy (nats)",
        limits=(0.0, ABOVE * max(chance, first) if np.isfinite(first) else ABOVE * chance),
        log_x=True,
        points=points(smoothed, newest["suggestions"]) if newest and marked else (),
        height=340,
    )


def points(smoothed: NDArray[np.float64], suggestions: NDArray[np.float64]) -> list[Point]:
    """The place on each curve where it falls fastest."""
    found = []
    for style, (values, rate) in enumerate(zip(smoothed, suggestions, strict=True)):
        if np.isfinite(rate):
            at = int(np.abs(RATES - rate).argmin())
            found.append(Point(float(rate), float(values[at]), f"{rate:.2g}", style))
    return found
