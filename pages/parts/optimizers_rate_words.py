"""A bowl with a rate on it, and what is said of them, with their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pages import frame
from pages.parts.optimizers_race_paths import Entry, Heat
from vizcore.toolkit import bowl_rates
from vizcore.toolkit.latex import aligned, number, signed

LEFT = 0.01  # share of the distance that is left when a path counts as done
CHOSEN = "chosen"
# name of an entry -> title, style of its line, and its rate in shares of 2 / L where that is fixed
ENTRIES: Mapping[str, tuple[str, int, float | None]] = {
    CHOSEN: ("Chosen", 0, None),
    "small": ("Too small", 1, 0.05),
    "best": ("Fastest", 2, None),
    "big": ("Too big", 4, 1.02),
}
GROWTH = {"same": "stay about the same", "twice": "double, about", "four": "become about four times as many"}


@dataclass(frozen=True)
class Bowl:
    """f(x, y) = (x² + κ y²) / 2, and a rate."""

    condition: float  # κ
    share: float  # of 2 / L: the rate

    @property
    def curvatures(self) -> tuple[float, float]:
        """Along x and along y."""
        return 1.0, self.condition

    @property
    def limit(self) -> float:
        """2 / L."""
        return 2 / self.condition

    @property
    def lr(self) -> float:
        """The chosen rate."""
        return self.share * self.limit

    @property
    def best(self) -> float:
        """The fastest rate."""
        return bowl_rates.fastest(self.curvatures)

    @property
    def entries(self) -> list[Entry]:
        """The chosen rate among one that is too small, the fastest, and one that is too big."""
        rates = {CHOSEN: self.lr, "best": self.best}
        return [
            Entry(name, "gd", title, style, rates[name] if share is None else share * self.limit)
            for name, (title, style, share) in ENTRIES.items()
        ]

    def needed(self, lr: float) -> float:
        """Steps until LEFT of the distance is left on the slowest axis; infinity for a rate from 2 / L on."""
        return float(bowl_rates.steps_to(LEFT, np.array([lr]), self.curvatures)[0])


def formulas(bowl: Bowl, heat: Heat, step: int) -> str:
    """Where k steps lead, with the numbers of the chosen rate, and the limit; in LaTeX."""
    rows = [r"f(x, y) &= \tfrac12 (x^2 + \kappa\, y^2)", r"a_x &= 1, \quad a_y = L = \kappa"]
    path = heat.paths[CHOSEN]
    last = min(step, len(path.points) - 1)
    for own, (axis, curvature) in enumerate(zip("xy", bowl.curvatures, strict=True)):
        start, place = heat.start[own], float(path.points[last, own])
        rows.append(
            rf"{axis}_{{{last}}} &= (1 - \eta\, a_{axis})^{{{last}}}\, {axis}_0"
            rf" \\ &= (1 - {number(bowl.lr)} \cdot {curvature:g})^{{{last}}} \cdot {signed(start)} "
            rf"= {number(place)}"
        )
    rows.append(
        rf"\frac{{2}}{{L}} &= \frac{{2}}{{{bowl.condition:g}}} = {number(bowl.limit)} \\ "
        rf"\eta_\text{{fastest}} &= \frac{{2}}{{a_x + a_y}} = {number(bowl.best)}"
    )
    return aligned(rows)


def noticed(bowl: Bowl, start: tuple[float, float]) -> list[str]:
    """Sentences on the factors of the chosen rate, and on how long it takes from a start."""
    flat, steep = bowl_rates.factors(bowl.lr, bowl.curvatures)
    count = bowl_rates.steps_from(start, LEFT, bowl.lr, bowl.curvatures)
    said = [
        f"Each step multiplies x by 1 − η = {flat:.3g} and y by 1 − ηκ = {steep:.3g}.",
        _course(start, flat, steep),
        f"With η = {bowl.lr:.3g} {_steps(count)} from this start, and along the slowest axis "
        f"{_count(bowl.needed(bowl.lr))}. With the fastest rate {bowl.best:.3g}, where both factors have "
        f"the size {abs(1 - bowl.best):.3g}, it takes {bowl.needed(bowl.best):.0f} at most, from anywhere.",
        "A bowl as steep along both axes takes one step: what slows gradient descent down is that one rate "
        "has to suit the steepest axis and the flattest.",
    ]
    return [sentence.replace(" -", " −") for sentence in said]


def _course(start: tuple[float, float], flat: float, steep: float) -> str:
    """What the factors do to this start: an axis along which it is at the minimum does not count."""
    x, y = start
    if not x and not y:
        return "This start is the minimum, where no rate moves it."
    if y:
        return _manner("y", steep)
    beside = "; beside it, y would grow at every step" if steep < -1 - 1e-9 else ""
    return f"This start has y = 0, and stays on the x axis{beside}. {_manner('x', flat)}"


def _manner(axis: str, factor: float) -> str:
    """What the factor along an axis does."""
    if abs(factor) < 1e-9:
        return f"So {axis} is at its minimum after a single step."
    if factor > 0:
        return f"So {axis} shrinks without changing sides: safe, and slow."
    if factor > -1 + 1e-9:
        return f"So {axis} changes sides at every step, and shrinks."
    if factor > -1 - 1e-9:
        return f"So {axis} jumps from side to side for ever: η = 2 / L is the edge."
    return f"So {axis} changes sides and grows at every step: the path diverges."


def _steps(count: float) -> str:
    if not np.isfinite(count):
        return "1 % of the distance is never reached"
    return f"it takes {_count(count)} until 1 % of the distance is left"


def _count(count: float) -> str:
    return f"{count:.0f} {'step' if count == 1 else 'steps'}" if np.isfinite(count) else "never"


def predict(bowl: Bowl) -> None:
    """How the steps grow with the condition number."""
    twice = Bowl(2 * bowl.condition, bowl.share)

    def reveal() -> tuple[str, str]:
        before, after = bowl.needed(bowl.best), twice.needed(twice.best)
        ratio = after / before
        truth = "same" if ratio < 1.4 else "twice" if ratio < 2.9 else "four"
        return truth, (
            f"From {before:.0f} to {after:.0f}: the factor is (κ − 1) / (κ + 1), so the steps grow in "
            "proportion to κ. With momentum they grow with its root."
        )

    ask = (
        f"the condition number were {2 * bowl.condition:g} instead of {bowl.condition:g}, each with its "
        "fastest rate? The steps to 1 % along the slowest axis would …"
    )
    frame.question(ask, GROWTH, f"rate.predict.{bowl.condition}", reveal)
