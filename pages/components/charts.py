"""Charts with one cursor through them: what charts.js needs, as one message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Line:
    """A curve."""

    name: str
    y: Floats  # (N,) nan leaves a gap, what is infinite is cut at the edge
    style: int = -1  # one of eight colours with dashes; -1: its place in the chart
    steps: bool = False  # a staircase: each value holds up to the next place
    x: Floats | None = None  # (N,) rising places of its own, else those of the chart


@dataclass(frozen=True)
class Point:
    """A marked dot."""

    x: float
    y: float
    name: str
    style: int = 0


@dataclass(frozen=True, eq=False)
class Chart:
    """Curves over the same x."""

    title: str
    x: Floats  # (N,) rising
    lines: Sequence[Line]
    x_title: str  # charts with the same one share cursor and hover
    y_title: str
    limits: tuple[float, float] | None = None  # of y; None: from the finite values
    log: bool = False  # y by powers of ten
    log_x: bool = False
    shades: Sequence[tuple[float, float, int]] = ()  # hatched: from, to on x, and the style of their line
    points: Sequence[Point] = ()
    height: int = 260  # px


def mount(
    charts: Sequence[Chart],
    *,
    key: str,
    alt: str,
    cursor: float | None = None,
    columns: int = 1,
    ask: str = "",
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Show charts.

    Args:
        charts: one at least.
        key: unique on the page; `picked(key)` is {"x": number} when the cursor is let go.
        alt: what is seen, for people who don't see it.
        cursor: where it stands on the x of the first chart; None: there is none, and hover still reads.
        columns: how many stand side by side where there is room.
        ask: address that answers {"x": number} with `pack(charts)` while the cursor is dragged.
        on_pick: runs before the page (or fragment) is run again when the cursor is let go.
    """
    message = pack(charts, alt=alt, cursor=cursor, columns=columns, ask=ask)
    components.mount("charts", data=message, key=key, on_pick=on_pick)


def pack(
    charts: Sequence[Chart],
    *,
    alt: str = "",
    cursor: float | None = None,
    columns: int = 1,
    ask: str = "",
) -> bytes:
    """The message for charts.js, also as the reply to `ask`; arguments as of `mount`."""
    header = {"alt": alt, "cursor": cursor, "columns": columns, "ask": ask, "charts": figures(charts)}
    return components.pack(header, *blocks(charts))


def figures(charts: Sequence[Chart]) -> list[dict[str, Any]]:
    """The charts without their numbers, for takeFigures of charts_figures.js; `blocks` belong to it."""
    return [_entry(chart) for chart in charts]


def blocks(charts: Sequence[Chart]) -> list[NDArray[np.float32]]:
    """The numbers of the charts, in the order in which takeFigures reads them."""
    found = []
    for chart in charts:
        found.append(_numbers(chart.x))
        for line in chart.lines:
            found += [_numbers(line.y)] if line.x is None else [_numbers(line.x), _numbers(line.y)]
    return found


def torn(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The same curve, (N,) each, with a gap wherever it jumps: moves ten times as far as before and after.

    Between two level stretches it may do so in two moves, by way of one place halfway.
    """
    with np.errstate(invalid="ignore"):  # from infinite to infinite
        moves = np.abs(np.diff(y))
        around = np.pad(moves, 2)
        single = moves > 10 * (around[1:-3] + around[3:-1]) + 1e-9
        double = (np.minimum(moves[:-1], moves[1:]) > 1e-9) & (around[1:-4] + around[4:-1] < 1e-9)
    jumps = np.flatnonzero(single | np.append(double, False) | np.append(False, double)) + 1
    return np.insert(x, jumps, (x[jumps - 1] + x[jumps]) / 2), np.insert(y, jumps, np.nan)


def torn_line(name: str, x: Floats, y: Floats, style: int = -1) -> Line:
    """A curve over the places of its chart, with a gap wherever it jumps."""
    places, values = torn(x, y)
    return Line(name, values, style, x=None if len(places) == len(x) else places)


def _entry(chart: Chart) -> dict[str, Any]:
    lines = [
        {"name": line.name, "style": _style(line, at), "steps": line.steps, "own": line.x is not None}
        for at, line in enumerate(chart.lines)
    ]
    rest = {name: value for name, value in vars(chart).items() if name != "x"}
    points = [vars(point) for point in chart.points]
    return rest | {"lines": lines, "points": points, "limits": chart.limits or limits(chart)}


def _style(line: Line, at: int) -> int:
    return at if line.style < 0 else line.style


def limits(chart: Chart) -> tuple[float, float]:
    """The least and the largest finite value with a margin; of an axis by powers of ten, of those above 0."""
    parts = [*(line.y for line in chart.lines), [point.y for point in chart.points]]
    values = np.concatenate([np.asarray(part, float) for part in parts])
    values = values[np.isfinite(values) & ((values > 0) | (not chart.log))]
    if not values.size:
        return (0.1, 10.0) if chart.log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if chart.log:
        margin = (high / low) ** 0.04 if high > low else 10.0
        return low / margin, high * margin
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def _numbers(values: Floats) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # beyond float32 it is infinite, and cut at the edge
        return np.asarray(values, np.float32)
