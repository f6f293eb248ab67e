"""Paths over a surface in two numbers, played step by step: what race.js needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from vizcore.plots import colours

Floats = NDArray[np.float64]
DECADES = 1e6  # how far an axis by powers of ten goes below its high end, at most
FAR = 100.0  # of a chart: times the value of the start to which it follows a path


@dataclass(frozen=True, eq=False)
class Runner:
    """An optimiser and the path that it takes."""

    name: str  # as it is reported
    title: str
    style: int  # colour, dashes and mark, as in charts
    points: Floats  # (N, 2) x and y, N - 1 steps; fewer than others where the path is cut
    values: Floats  # (N,) of the surface there
    gradients: Floats  # (N, 2) as the next step sees them
    shown: bool = True
    note: str = ""  # a word or two behind its numbers


@dataclass(frozen=True, eq=False)
class Race:
    """Everything that belongs to one state."""

    x: tuple[float, float]  # window of the picture
    y: tuple[float, float]
    values: Floats | None  # (H, W) over the window, lowest y first; None: those from before
    runners: Sequence[Runner]
    start: tuple[float, float]
    steps: int  # that are played
    step: int  # at which it stands
    minima: Sequence[tuple[float, float]] = ()
    log: bool = False  # colours, level lines and chart by powers of ten
    height: int = 450  # px of the picture at most; less where it is narrow


def mount(race: Race, *, key: str, alt: str, ask: str, on_pick: Callable[[], None]) -> None:
    """Show a race. `components.picked(key)` is its state whenever something was let go:

    {"start": [x, y], "step": k, "shown": [names], "n": how many such reports there were}.

    Args:
        race: what is shown.
        key: unique on the page.
        alt: what is seen, for people who don't see it.
        ask: address of `live.offer` that gets {"start": [x, y]} while the start is dragged, and answers with
            `pack(race)`, whose values are None.
        on_pick: runs before the page is run again.
    """
    heard = (components.picked(key) or {}).get("n", 0)
    message = pack(race, alt=alt, ask=ask, heard=heard)
    components.mount("race", data=message, key=key, on_pick=on_pick)


def pack(race: Race, *, alt: str = "", ask: str = "", heard: int = 0) -> bytes:
    """The message for race.js; an answer while the start is dragged needs nothing but the race.

    Args:
        race: what is shown.
        alt, ask: as for `mount`.
        heard: number of the report that this message answers; an older message takes nothing back.
    """
    header = {name: value for name, value in vars(race).items() if name != "values"}
    header |= {
        "alt": alt,
        "ask": ask,
        "heard": heard,
        "x_title": "x",
        "y_title": "y",
        "note_title": "η",
        "equal": True,
    }
    header |= {"runners": [_entry(runner) for runner in race.runners], "limits": chart_limits(race)}
    blocks: list[NDArray[Any]] = [_track(runner, race.steps) for runner in race.runners]  # f may be 1e300
    if race.values is not None:
        header |= {"side": race.values.shape, "range": colour_limits(race.values, race.log)}
        blocks += [_short(race.values), colours.LUTS["viridis"]]
    return components.pack(header, *blocks)


def _entry(runner: Runner) -> dict[str, object]:
    names = ("name", "title", "style", "shown", "note")
    return {name: getattr(runner, name) for name in names}


def _track(runner: Runner, steps: int) -> Floats:
    """(5, steps + 1) x, y, value, gradient along x and y at each step; nan behind the end of a cut path."""
    track = np.full((5, steps + 1), np.nan)
    rows = np.column_stack([runner.points, runner.values, runner.gradients])[: steps + 1]
    track[:, : len(rows)] = rows.T
    return track


def _short(values: Floats) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # beyond float32 it is infinite, and has the colour of the highest
        return values.astype(np.float32)


def colour_limits(values: Floats, log: bool) -> tuple[float, float]:
    """The lowest and the highest value that have colours of their own."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if log:
        low = max(float(np.quantile(finite, 0.005)), high / DECADES)
    return low, high if high > low else low + 1


def chart_limits(race: Race) -> tuple[float, float]:
    """The values that the chart over the steps goes through; a path that leaves them is cut."""
    values = np.concatenate([[np.nan], *(runner.values for runner in race.runners if runner.shown)])
    values = values[np.isfinite(values)]
    start = float(values[0]) if values.size else 1.0
    if race.log:
        positive = values[values > 0]
        high = 1.5 * max(start, min(float(positive.max(initial=0)), FAR * start)) or 1.0
        return max(float(positive.min(initial=high)) / 1.5, high / DECADES), high
    span = abs(start) + 1
    low, high = (
        max(values.min(initial=start), start - FAR * span),
        min(values.max(initial=start), start + span),
    )
    margin = 0.05 * float(high - low) or 0.5
    return float(low) - margin, float(high) + margin


def spans_decades(values: Floats) -> bool:
    """Whether values are better told apart by powers of ten: none below 0, and few within the lowest 1 %."""
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() >= 0 and finite.max() > 100 * np.quantile(finite, 0.01))
