"""A function of two numbers as a picture, with its curve along one row: what relief.js needs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.components.charts import Chart, Line, figures
from vizcore.plots import colours

Floats = NDArray[np.float64]
_MARGIN = 0.04  # of the range of values, above and below the curves
_USUAL, _FAR = 0.97, 3.0  # share of the values that are no peaks, and how many times as large those are
_PURPLE = 3  # the style of gradients


@dataclass(frozen=True, eq=False)
class Relief:
    """Values over a grid of places, and how steep they are from left to right."""

    x: Floats  # (N,) rising, evenly spaced
    y: Floats  # (M,) rising, evenly spaced
    value: Floats  # (M, N) finite
    slope: Floats  # (M, N) along x
    x_title: str
    y_title: str
    value_title: str
    slope_title: str


def mount(
    relief: Relief,
    *,
    key: str,
    alt: str,
    place: tuple[float, float],
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Show a relief with a cursor; `picked(key)` is {"x": number, "y": number} when it is let go.

    Args:
        relief: what is shown.
        key: unique on the page.
        alt: what is seen, for people who don't see it.
        place: x and y of the cursor.
        on_pick: runs before the page (or fragment) is run again.
    """
    components.mount("relief", data=pack(relief, alt=alt, place=place), key=key, on_pick=on_pick)


def pack(relief: Relief, *, alt: str, place: tuple[float, float]) -> bytes:
    """The message for relief.js."""
    rows = [
        _row(relief, relief.value, relief.value_title, 0),
        _row(relief, relief.slope, relief.slope_title, _PURPLE),
    ]
    titles = {"x_title": relief.x_title, "y_title": relief.y_title, "value_title": relief.value_title}
    header = titles | {"alt": alt, "place": place, "charts": figures(rows)}
    blocks = (relief.x, relief.y, relief.value, relief.slope)
    return components.pack(
        header, *(np.asarray(block, np.float32) for block in blocks), colours.LUTS["viridis"]
    )


def limits_without_peaks(values: Floats) -> tuple[float, float]:
    """The range of values with a margin; where a few of them are far beyond the others, of these alone."""
    usual = float(np.quantile(np.abs(values), _USUAL))
    kept = values[np.abs(values) <= usual] if np.abs(values).max() > _FAR * usual > 0 else values
    low, high = float(kept.min()), float(kept.max())
    margin = _MARGIN * (high - low) or 0.5
    return low - margin, high + margin


def _row(relief: Relief, values: Floats, title: str, style: int) -> Chart:
    """A chart of one row, whose axis fits all of them."""
    lines, limits = [Line(title, values[0], style)], limits_without_peaks(values)
    return Chart(f"{title} along the row", relief.x, lines, relief.x_title, title, limits, height=170)
