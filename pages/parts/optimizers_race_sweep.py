"""How low each optimiser of a race gets with every rate, from the same start in as many steps."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pages.components import charts
from pages.components.charts import Chart, Line, Point
from pages.parts.optimizers_race_paths import Heat
from vizcore.exhibits import optimizers

RATES = np.geomspace(1e-4, 10, 25)
LOWEST = 1e-12  # of the value at the start: what is below it stands at the lower edge
ABOVE = 10  # times the value at the start: the upper edge
Values = NDArray[np.float64]


def mount(heat: Heat, *, log: bool) -> None:
    """Show the chart; `log` says whether values go by powers of ten."""
    names = ", ".join(entry.title for entry in heat.racers)
    alt = f"f after {heat.steps} steps of {names}, over 25 rates from {RATES[0]:g} to {RATES[-1]:g}."
    charts.mount([chart(heat, log=log)], key="race.sweep", alt=alt)


def chart(heat: Heat, *, log: bool) -> Chart:
    """f at the end of a path over its rate; the dots are the chosen rates."""
    given = tuple(heat.course.given.items())
    first = float(heat.paths[heat.racers[0].name].values[0]) or 1.0
    swept = [
        ends(each.optimizer, heat.course.surface, heat.start, heat.steps, heat.course.seed, own)
        for each in heat.racers
        for own in [given + tuple(each.settings.items())]
    ]
    floor = LOWEST * first if log else -np.inf
    paths = [(each, heat.paths[each.name]) for each in heat.racers]
    return Chart(
        f"f after {heat.steps} steps with any rate (dots: chosen)",
        RATES,
        [
            Line(each.title, np.maximum(values, floor), each.style)
            for each, values in zip(heat.racers, swept, strict=True)
        ],
        "rate η",
        "f",
        limits(np.concatenate(swept), first, floor),
        log=log,
        log_x=True,
        points=[
            Point(each.lr, max(float(path.values[-1]), floor), "", each.style)
            for each, path in paths
            if not path.over
        ],
        height=230,
    )


def limits(values: Values, first: float, floor: float) -> tuple[float, float]:
    """The lowest of the values, and somewhat more than that at the start."""
    low = max(float(np.min(values[np.isfinite(values)], initial=first)), floor)
    if floor > 0:
        return low / 2, ABOVE * first
    return low - 0.05 * (first - low + 1), first + 0.2 * (first - low + 1)


@lru_cache(maxsize=128)
def ends(
    optimizer: str,
    surface: str,
    start: tuple[float, float],
    steps: int,
    seed: int,
    given: tuple[tuple[str, float], ...],
) -> Values:
    """(25,) f after the last step, with each of RATES; infinity where the path is over before.

    Args:
        optimizer, surface, start, steps, seed: as of `trajectory`.
        given: names and values of its parameters.
    """
    return optimizers.ends(optimizer, surface, start, RATES, steps, seed=seed, **dict(given))
