"""The run behind optimisers on a network: its curves, what is new of it, and what has come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.components import compare
from pages.components.compare import BAND, Shown
from pages.parts.optimizers_race_settings import STYLES
from vizcore import runs
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.plans import plan
from vizcore.toolkit.rivals import Spec

FUNCTION = "optimizers.network"
LINES = {**STYLES, "sgd": STYLES["gd"]}  # an optimiser has the colour and dashes that it has in the race
EACH = ("measured", *compare.QUANTITIES)  # of a line of the history: one for each optimiser
Numbers = NDArray[np.float64]
Line = dict[str, Any]


@dataclass(frozen=True, eq=False)
class End:
    """What has come of one optimiser."""

    name: str
    losses: Numbers  # (K,) nats, validation of each seed
    accuracies: Numbers  # (K,) 0 to 1
    diverged: int  # seeds
    steps: int
    pace: float  # s a step of all seeds takes
    times: Numbers  # (M,) s, when validation was measured
    medians: Numbers  # (M,) nats, of it

    def at(self, seconds: float) -> float:
        """The median that was measured last after so many seconds."""
        return float(self.medians[self.times <= seconds][-1])


def curves(spec: Spec) -> list[Shown]:
    """The optimisers as curves."""
    known = plan(spec.of(0).one(0))
    return [
        Shown(OPTIMISERS[name].title, BAND, known.steps, known.total, LINES[name]) for name in spec.optimisers
    ]


def lines_of(history: Sequence[Line], place: int) -> list[Line]:
    """The history of one optimiser."""
    return [{"step": line["steps"][place]} | {name: line[name][place] for name in EACH} for line in history]


def paces(run: str, count: int) -> list[float]:
    """Mean seconds of a step of each of so many optimisers; 0 before the first."""
    newest = runs.newest(run)
    if newest is None:
        return [0.0] * count
    return [seconds / max(1, step) for seconds, step in zip(newest["seconds"], newest["steps"], strict=True)]


def view(
    run: str, shown: Sequence[Shown], axis: str, history: Sequence[Line], newest: Line | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What the browser gets of the run while it goes on, as `pages.server.runs.View`.

    Args:
        run: its id.
        shown: the optimisers as curves.
        axis: "step" or "seconds".
        history: what is new of it.
        newest: not used; seconds are needed in each message.
    """
    status, count = runs.status(run), len(shown)
    lines = [lines_of(history, place) for place in range(count)]
    scales = paces(run, count) if axis == "seconds" else [1.0] * count
    header, blocks = compare.news(shown, [status] * count, lines, scales)
    told = "" if status.over else f"Step {status.step} of {shown[0].total} of each, in turns"
    anew = bool(history) and history[0]["report"] == 0
    return header | {"told": told, "anew": [anew] * count}, blocks


def ended(run: str, spec: Spec) -> list[End]:
    """What has come of each optimiser; nothing where the run broke off before its first step."""
    newest, history = runs.newest(run), runs.history(run)[0]
    if newest is None or not newest["step"]:
        return []
    return [
        _end(OPTIMISERS[name].title, newest, lines_of(history, place), place, pace)
        for place, (name, pace) in enumerate(
            zip(spec.optimisers, paces(run, len(spec.optimisers)), strict=True)
        )
    ]


def _end(name: str, newest: Line, lines: Sequence[Line], place: int, pace: float) -> End:
    return End(
        name=name,
        losses=newest["validations"][place],
        accuracies=newest["accuracies"][place],
        diverged=newest["diverged"][place],
        steps=newest["steps"][place],
        pace=pace,
        times=np.array([line["measured"] * pace for line in lines]),
        medians=np.array([line["validation"][BAND // 2] for line in lines]),
    )
