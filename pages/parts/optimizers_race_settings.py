"""The settings of a race: surface, start, optimisers and their rates, each with its control."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages import components
from pages.frame import links
from pages.parts.convolution_controls import line, select, slide
from vizcore.exhibits.optimizers import RULES, SURFACES
from vizcore.toolkit.parameters import Parameter
from vizcore.toolkit.surfaces import landscape

Pair = tuple[float, float]

RACERS = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "newton")
STYLES = {name: style for style, name in enumerate(RACERS)}  # an optimiser keeps its colour
OWN = "own"
NONE = "none"  # optimiser is shown
FORMULA = "x^2/4 + y^2 + sin(3x)*cos(2y)"
LONGEST = 200  # characters of it
STEPS = ("20", "40", "60", "100", "200", "300")
_SIZES = (1, 1.5, 2, 2.1, 2.5, 3, 4, 5, 7)
RATES = tuple(f"{size * 10.0**power:g}" for power in range(-4, 1) for size in _SIZES)
KINDS = {"own": "Each its own", "all": "One for all"}
PARAMETERS = {each.name: each for surface in SURFACES.values() for each in surface.parameters}
# setting of optimisers -> title and steps of its slider; those with the same one share it
OWN_SETTINGS: Mapping[str, tuple[str, Sequence[str]]] = {
    "momentum": ("Momentum μ", ("0", "0.5", "0.8", "0.9", "0.95", "0.99")),
    "alpha": ("Decay of the square α, RMSProp", ("0", "0.5", "0.9", "0.99", "0.999")),
    "beta1": ("Decay of the mean β₁, Adam", ("0", "0.5", "0.8", "0.9", "0.95", "0.99")),
    "beta2": ("Decay of the square β₂, Adam", ("0.5", "0.9", "0.99", "0.999")),
    "decay": ("Weight decay λ, AdamW", ("0", "0.01", "0.1", "0.5", "1")),
}
SEEDS = tuple(map(str, range(10)))
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "race_surface": "ravine",
    "race_formula": FORMULA,
    "race_rates": "own",
    "race_lr": "0.02",
    "race_steps": "60",
    "race_step": "",
    "race_start": "",
    "race_on": "gd.momentum.adam",
    "race_of": "adam",
    "race_seed": "0",
    **{f"race_{name}": "" for name in PARAMETERS},
    **{f"race_{each.name}": f"{each.start:g}" for name in RACERS for each in RULES[name].parameters},
    **{f"race_lr_{name}": f"{RULES[name].rate:g}" for name in RACERS},
    "race_lr_gd": "0.03",
}
FLATTEST = 0.75  # of a window: its short side over its long one
WIDE = 200  # px: a slider
_NUMBER = r"-?\d{1,4}(?:\.\d{1,6})?"
_PLACE = re.compile(rf"({_NUMBER})_({_NUMBER})", re.ASCII)


@dataclass(frozen=True)
class Course:
    """What paths go over: a surface, and the part of it that is drawn."""

    surface: str  # key of SURFACES, or a formula in x and y
    given: Mapping[str, float]  # parameters of the surface
    extent: float = 0  # to which the window goes on each side of 0; 0: the surface's own window
    begin: Pair | None = None  # the usual start; None: the surface's own
    seed: int = 0  # of the noise, where the surface has some

    @property
    def window(self) -> tuple[float, float, float, float]:
        """What is drawn: x from, to, y from, to."""
        if self.extent:
            return -self.extent, self.extent, -self.extent, self.extent
        left, right, low, high = landscape(self.surface).window
        missing = max(0.0, (right - left) * FLATTEST - (high - low)) / 2
        return left, right, low - missing, high + missing

    def start(self, place: object) -> Pair:
        """A place as the start, if it is one within the window; else the usual one."""
        left, right, low, high = self.window
        match place:
            case [int() | float() as x, int() | float() as y] if left <= x <= right and low <= y <= high:
                return float(x), float(y)
        return self.usual

    @property
    def usual(self) -> Pair:
        """Where paths start unless somebody says otherwise."""
        return self.begin or landscape(self.surface).start


def chosen_course() -> Course:
    """The surface with its parameters; an own formula is not checked yet."""
    titles = {name: surface.title for name, surface in SURFACES.items()} | {OWN: "Own formula"}
    name = select("Surface", titles, "race_surface", STARTS["race_surface"], width=170, then=start_anew)
    if name == OWN:
        with st.container(width=WIDE):
            return Course(line("f(x, y) =", "race_formula", FORMULA, LONGEST), {})
    given = {each.name: chosen_number(each) for each in SURFACES[name].parameters}
    if "noise" not in given:
        return Course(name, given)
    seed = select("Seed", {each: each for each in SEEDS}, "race_seed", STARTS["race_seed"], width=90)
    return Course(name, given, seed=int(seed))


def start_anew() -> None:
    """Another surface has another start, other parameters, and the whole paths to begin with."""
    for name in ("race_start", "race_step", *(f"race_{each}" for each in PARAMETERS)):
        links.choose(name, "")


def chosen_number(parameter: Parameter) -> float:
    """The value of a parameter of the surface. The one it starts with leaves the link."""
    key, start = f"race_{parameter.name}", f"{parameter.start:g}"
    with st.container(width=WIDE):
        value = slide(parameter.title, [f"{each:g}" for each in places(parameter)], key, start)
    if links.setting(key) == start:
        links.choose(key, "")
    return value


def places(parameter: Parameter) -> list[float]:
    """All values that a parameter can be set to."""
    count = round((parameter.high - parameter.low) / parameter.step) + 1
    return [round(value, 6) for value in np.linspace(parameter.low, parameter.high, count).tolist()]


def chosen_rates(shown: Sequence[str]) -> Mapping[str, float]:
    """The learning rate of each optimiser, one for all or one each; and the sliders of their own settings."""
    alike = select("Learning rates", KINDS, "race_rates", STARTS["race_rates"], width=150) == "all"
    if alike:
        with st.container(width=WIDE):
            slide("Rate η", RATES, "race_lr", STARTS["race_lr"])
    with st.popover("Settings" if alike else "Rates", icon=":material/tune:"):
        for name in () if alike else shown:
            key = f"race_lr_{name}"
            slide(f"{RULES[name].title}: rate η", RATES, key, STARTS[key])
        wanted = {each.name for name in shown for each in RULES[name].parameters}
        for name, (title, steps) in OWN_SETTINGS.items():
            if name in wanted:
                slide(title, steps, f"race_{name}", STARTS[f"race_{name}"])
        if alike and not wanted:
            st.caption("These optimisers have a rate, and nothing else.")
    key = "race_lr" if alike else "race_lr_{}"
    return {name: float(settled(key.format(name), RATES)) for name in RACERS}


def own_settings(optimizer: str) -> dict[str, float]:
    """What an optimiser is set to besides its rate."""
    names = [each.name for each in RULES[optimizer].parameters]
    return {name: float(settled(f"race_{name}", OWN_SETTINGS[name][1])) for name in names}


def settled(key: str, options: Sequence[str]) -> str:
    """A setting; the one that it starts with where it is none of the options."""
    if links.setting(key, STARTS[key]) not in options:
        links.choose(key, STARTS[key])
    return links.setting(key)


def chosen_steps() -> int:
    """How many steps a path has."""
    return int(select("Steps", {each: each for each in STEPS}, "race_steps", STARTS["race_steps"], width=90))


def chosen_start(course: Course, prefix: str) -> Pair:
    """Where the paths start, by the settings that begin with `prefix`."""
    match = _PLACE.fullmatch(links.setting(key := f"{prefix}_start"))
    start = course.start([float(part) for part in match.groups()] if match else None)
    if start == course.usual:
        links.choose(key, "")
    return start


def chosen_step(steps: int, prefix: str) -> int:
    """The step at which it stands; the last one where the link names none."""
    found = links.indices(links.setting(key := f"{prefix}_step"), (steps + 1,))
    if not found:
        links.choose(key, "")
    return found[0] if found else steps


def chosen_names(names: Sequence[str], key: str, start: str) -> tuple[str, ...]:
    """Which of the names a setting has, in their order; those of `start` where it has none of them."""
    found = links.setting(key, start).split(".")
    if not {*names, NONE} & {*found}:
        links.choose(key, start)
        found = start.split(".")
    return tuple(name for name in names if name in found)


def take(key: str, prefix: str, usual: Pair, steps: int) -> None:
    """Keep where the component called `key` was left, in the settings that begin with `prefix`."""
    picked = components.picked(key)
    (x, y), step, shown = picked["start"], picked["step"], picked["shown"]
    links.choose(f"{prefix}_start", "" if (x, y) == usual else f"{x:g}_{y:g}")
    links.choose(f"{prefix}_step", "" if step == steps else str(step))
    links.choose(f"{prefix}_on", ".".join(shown) or NONE)
