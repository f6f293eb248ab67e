"""What a network and its blurred twin say at every shift of a square: computed in a thread, or by a run."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages.parts import run_results
from pages.parts.invariance_networks import RADIUS, Case, Grids, of_both
from pages.parts.kept_runs import follow, kept_run
from pages.server import work
from vizcore.exhibits import invariance
from vizcore.toolkit import device, shifts
from vizcore.toolkit.agreement import agreement
from vizcore.toolkit.images import Image

FUNCTION = "invariance.grid"


def grids_at(slot: str, case: Case, image: Image) -> Grids | None:
    """Classes at every shift of the square; None while they are computed for this place, or once stopped."""
    key, seconds = ("grids", case), expected(case)
    if seconds <= work.LONG:
        follow(slot, [])
        return work.result(slot, key, partial(grids, case, image))
    settings = {name: getattr(case, name) for name in ("net", "border", "side", "taps")} | {"radius": RADIUS}
    arrays = {"image": case.subjects[0].seen(image)}
    find = partial(kept_run, slot, FUNCTION, settings, arrays, case.digest)
    return run_results.result(slot, key, find, lambda last: grids_of(case, last["logits"]), seconds)


def expected(case: Case) -> float:
    """Seconds that a run would take; 0 where none is worth it, or can be.

    A GPU does not take long. What was uploaded or trained here is known to no other process.
    """
    if "@" in case.net or device.best() != "cpu":
        return 0.0
    return sum(shifts.expected(subject, RADIUS) for subject in case.subjects)


def grids(
    case: Case, image: Image, progress: Callable[[float], None], stop: Callable[[], bool]
) -> Grids | None:
    """Classes at every shift of the square; None once it is stopped."""
    places = shifts.grid(RADIUS)
    compute = partial(shifts.responses, case.net, image, places, border=case.border, side=case.side)
    found = of_both(case, compute, progress, stop)
    return found and grids_of(case, np.stack(found))


def grids_of(case: Case, logits: NDArray[np.float32]) -> Grids:
    """What logits (2, 289, N) at every shift mean."""
    moves, classes, side = shifts.grid(RADIUS), case.subjects[0].entry.classes, 2 * RADIUS + 1
    first, second = logits.astype(np.float64)
    said = [invariance.softmax(each).astype(np.float32).reshape(side, side, -1) for each in (first, second)]
    return Grids((said[0], said[1]), (agreement(moves, first, classes), agreement(moves, second, classes)))
