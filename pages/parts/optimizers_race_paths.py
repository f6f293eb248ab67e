"""Several optimisers from one start over one surface, and how the map shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from pages.components import race as race_part
from pages.components.race import Race, Runner
from pages.parts.optimizers_race_settings import Course, Pair
from vizcore.exhibits import optimizers
from vizcore.exhibits.optimizers import Path
from vizcore.toolkit.errors import InputError

SIDE = 121  # values of the map along each side
NO_VALUE = "no value"
ENDS = {"": "", "diverged": "diverged", "undefined": NO_VALUE, "singular": "no H⁻¹"}


@dataclass(frozen=True)
class Entry:
    """An optimiser that takes part."""

    name: str  # as the component reports it
    optimizer: str  # key of RULES
    title: str
    style: int
    lr: float
    settings: Mapping[str, float] = field(default_factory=dict)  # parameters of the optimiser


@dataclass(frozen=True)
class Heat:
    """All that paths depend on."""

    course: Course
    entries: Sequence[Entry]
    shown: Sequence[str]  # names of the entries that are not hidden
    start: Pair
    steps: int

    @cached_property
    def paths(self) -> Mapping[str, Path]:
        """The path of each entry; none where the surface has no value or slope at the start."""
        try:
            return {entry.name: self.path(entry) for entry in self.entries}
        except InputError:
            return {}

    def path(self, entry: Entry) -> Path:
        """The path of one entry.

        Raises:
            InputError: the surface has no value or no slope at the start.
        """
        given = {**self.course.given, **entry.settings}
        return optimizers.trajectory(
            entry.optimizer,
            self.course.surface,
            self.start,
            entry.lr,
            self.steps,
            seed=self.course.seed,
            **given,
        )

    @property
    def racers(self) -> list[Entry]:
        """The entries that are shown."""
        return [entry for entry in self.entries if entry.name in self.shown]


def race_of(heat: Heat, step: int) -> Race:
    """The whole state of the map, at a step."""
    course = heat.course
    left, right, low, high = course.window
    values = optimizers.grid(course.surface, course.window, SIDE, **course.given)
    return Race(
        (left, right),
        (low, high),
        values,
        runners_of(heat),
        heat.start,
        heat.steps,
        step,
        optimizers.landscape(course.surface).minima,
        race_part.spans_decades(values),
    )


def answer(heat: Heat, shown: Race, question: Mapping[str, Any]) -> bytes:
    """What the browser shows while the start is dragged: other paths over the same map.

    Args:
        heat: what is shown.
        shown: the same, as the map shows it.
        question: {"start": [x, y]}, which anybody may have written.
    """
    moved = replace(heat, start=heat.course.start(question.get("start")))
    return race_part.pack(replace(shown, values=None, runners=runners_of(moved), start=moved.start))


def runners_of(heat: Heat) -> list[Runner]:
    """All entries with their paths."""
    return [_runner(heat, entry) for entry in heat.entries]


def _runner(heat: Heat, entry: Entry) -> Runner:
    path, shown = heat.paths.get(entry.name), entry.name in heat.shown
    if path is None:
        return Runner(
            entry.name,
            entry.title,
            entry.style,
            np.array([heat.start]),
            np.array([np.nan]),
            np.zeros((1, 2)),
            shown,
            NO_VALUE,
        )
    note = ENDS[path.over] or f"{entry.lr:.3g}"
    course = path.points, path.values, path.gradients
    return Runner(entry.name, entry.title, entry.style, *course, shown, note)
