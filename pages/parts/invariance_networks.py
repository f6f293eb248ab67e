"""A network and its blurred twin: what both say of a picture that moves, now and at every amount."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.components.invariance import Answer, Bars, Chart
from pages.parts import invariance_places as places
from pages.parts.invariance_controls import Border
from vizcore.exhibits import invariance
from vizcore.exhibits.invariance import NetworkResponse
from vizcore.toolkit import warps
from vizcore.toolkit.agreement import Consistency
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.glances import Glance, Glances
from vizcore.toolkit.images import Image

T = TypeVar("T")
Floats = NDArray[np.float64]

SHIFT = "shift"  # beside the names in warps.TRANSFORMATIONS
TWINS = ("as it is", "with blur")
RADIUS = 8  # px of the grid of shifts
BARS = 4  # classes that are shown
# Amounts of each move that are measured, from the least to the largest.
AMOUNTS: Mapping[str, Floats] = {
    SHIFT: np.arange(-16.0, 17),
    "rotation": np.arange(-180.0, 181, 10),
    "scale": np.arange(10, 41) / 20,
    "flip": np.array([0.0, 1]),
    "brightness": np.arange(41) / 20,
    "warp": np.arange(19) / 20,
}


@dataclass(frozen=True)
class Case:
    """What is asked of both networks; equal cases have equal answers."""

    digest: str  # of the picture
    net: str
    move: str  # SHIFT, or a key of warps.TRANSFORMATIONS
    border: Border
    taps: int  # of the twin's blur
    side: int | None  # px of the square that is seen; None: as the network was made for
    seed: int  # of a warp

    @property
    def subjects(self) -> tuple[Subject, Subject]:
        """The network, and its twin that blurs before it subsamples."""
        return Subject(self.net, self.border, self.side), Subject(self.net, self.border, self.side, self.taps)

    @property
    def along(self) -> str:
        """The transformation whose amounts are measured one by one."""
        return "shift_x" if self.move == SHIFT else self.move

    @property
    def neutral(self) -> float:
        return warps.TRANSFORMATIONS[self.along].neutral


Eyes = tuple[Glances, Glances]  # the network and its twin
Along = tuple[NetworkResponse, NetworkResponse]  # of the network and of its twin, at each of AMOUNTS


@dataclass(frozen=True, eq=False)
class Grids:
    """What both networks say at every shift of the square; the second of each pair is the twin."""

    probabilities: tuple[NDArray[np.float32], NDArray[np.float32]]  # (17, 17, N)
    agreements: tuple[Consistency, Consistency]


def along(
    case: Case, image: Image, progress: Callable[[float], None], stop: Callable[[], bool]
) -> Along | None:
    """Classes and the errors of all layers at every amount; None once it is stopped."""
    compute = partial(
        invariance.network_response,
        image,
        case.net,
        case.along,
        AMOUNTS[case.move].tolist(),
        border=case.border,
        seed=case.seed,
        side=case.side,
    )
    return of_both(case, compute, progress, stop)


def of_both(
    case: Case, compute: Callable[..., T], progress: Callable[[float], None], stop: Callable[[], bool]
) -> tuple[T, T] | None:
    """What `compute(taps=, progress=, stop=)` finds for the network and for its twin; None once stopped."""
    found = []
    for number, subject in enumerate(case.subjects):
        found.append(compute(taps=subject.taps, progress=partial(_report, progress, number), stop=stop))
        if stop():
            return None
    return found[0], found[1]


def _report(progress: Callable[[float], None], number: int, share: float) -> None:
    """Say how far both are together, from how far one of them is."""
    progress((number + share) / len(TWINS))


@st.cache_resource(max_entries=3, show_spinner=False)
def glances_of(case: Case, _image: Image) -> Eyes:
    """Both networks, ready to look at the picture."""
    first, second = (Glances(subject, _image) for subject in case.subjects)
    return first, second


def look(case: Case, eye: Glances, place: tuple[float, float], errors: bool) -> Glance:
    """What one of them makes of the moved picture."""
    if case.move == SHIFT:
        return eye.shifted(*place, errors=errors)
    entry = warps.TRANSFORMATIONS[case.move]
    amount = min(entry.high, max(entry.low, place[1]))
    return eye.transformed(case.move, amount, seed=case.seed, errors=errors)


def answer(case: Case, eyes: Eyes, known: Grids | None, question: Mapping[str, Any]) -> Answer:
    """What both say of the moved picture; the errors of their layers where there is time."""
    place, rest = places.asked(question, reach=360), question.get("rest") is True
    classes, before = eyes[0].subject.entry.classes, [eye.still.probabilities for eye in eyes]
    now, profiles, shown = looked_up(known, place), None, None
    if rest or now is None:
        seen = [look(case, eye, place, errors=rest) for eye in eyes]
        now = [each.probabilities for each in seen]
        profiles = [profile(seen[0].errors, seen[1].errors)] if rest else None
        shown = None if case.move == SHIFT else seen[0].seen
    bars = [
        ranked(f"The network {title}", classes, each, still)
        for title, each, still in zip(TWINS, now, before, strict=True)
    ]
    return Answer(told(classes, now, before), bars=bars, profiles=profiles, picture=shown)


def looked_up(known: Grids | None, place: tuple[float, float]) -> list[Floats] | None:
    """The probabilities of both where the grids of shifts already have them."""
    down, right = (round(value) + RADIUS for value in place)
    if known is None or not 0 <= min(down, right) <= max(down, right) <= 2 * RADIUS:
        return None
    return [grid[down, right].astype(np.float64) for grid in known.probabilities]


def told(classes: tuple[str, ...], now: list[Floats], before: list[Floats]) -> str:
    """One sentence: whether they still say the same."""
    tops = [(int(each.argmax()), int(still.argmax())) for each, still in zip(now, before, strict=True)]
    (net, net_before), (twin, twin_before) = (
        (classes[top], "as before" if top == first else f"before: {classes[first]}") for top, first in tops
    )
    return f"The network says {net} ({net_before}), with blur {twin} ({twin_before})."


def ranked(title: str, classes: tuple[str, ...], now: Floats, before: Floats) -> Bars:
    """The classes that were or are most probable, in the order of before."""
    shown = np.argsort(-np.maximum(now, before), kind="stable")[:BARS]
    shown = shown[np.argsort(-before[shown], kind="stable")]
    return Bars(title, [classes[at] for at in shown], now[shown].tolist(), before[shown].tolist())


def profile(bare: Mapping[str, float], blurred: Mapping[str, float]) -> Chart:
    """The error of every layer of the network, and of the same layer of its twin, behind its blur."""
    twin = [blurred.get(f"{name}.blur", blurred[name]) for name in bare]
    values = {TWINS[0]: np.array(list(bare.values())), TWINS[1]: np.array(twin)}
    most = max(1e-3, *(float(each[np.isfinite(each)].max(initial=0)) for each in values.values()))
    return Chart(
        "Equivariance error of every layer",
        "layer, from the first to the last",
        "error",
        np.arange(1.0, len(bare) + 1),
        values,
        (0.0, most),
        list(bare),
    )
