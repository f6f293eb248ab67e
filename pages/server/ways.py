"""Ways out for a training run that has failed: another run that does what would help."""

import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.runs import following
from vizcore.toolkit import trained
from vizcore.toolkit.errors import InputError

SLOWER = 10  # times
FAR = 1e4  # magnitude of a weight, from where on nothing is learnt


@dataclass(frozen=True)
class Way:
    """A run that would do better."""

    title: str  # of its button
    step: int | None  # of the checkpoint that it goes on from; None: it begins anew
    settings: dict[str, Any]  # that differ


def ways(run: str, spec: Spec, end: str) -> dict[str, Way]:
    """What would help, by name; nothing where nothing is known to.

    Args:
        run: its id.
        spec: its settings as of now.
        end: name of its end in ENDS.
    """
    found = {}
    if end == "diverged" or largest(run) > FAR:
        first = float(runs.description(run)["began"]["lr"])
        lr = first if first < spec.lr else spec.lr / SLOWER
        rate = "the rate before it was raised" if first < spec.lr else "a tenth of the learning rate"
        step = last_good(run, max(first, lr))
        begin = "Begin again" if step is None else f"Branch from step {step:,}"
        found["slower"] = Way(f"{begin} with {rate}, {lr:.2g}", step, {"lr": lr})
    if end in ("gpu", "memory") and spec.batch > 1:
        batch = spec.batch // 2  # counted in other steps, so no checkpoint fits
        found["smaller"] = Way(f"Begin again with half the batch, {batch}", None, {"batch": batch})
    if end == "gpu":
        step = max(runs.checkpoints(run), default=None)
        begin = "Begin again" if step is None else f"Go on from step {step:,}"
        found["cpu"] = Way(f"{begin} on the CPU", step, {"device": "cpu"})
    return found


def taken(run: str, spec: Spec, name: object) -> str:
    """The id of a new run that goes the way of this name; arguments as of `ways`.

    Raises:
        InputError: there is no such way, or no room for another run.
    """
    found = ways(run, spec, runs.status(run).end)
    if not isinstance(name, str) or name not in found:
        raise InputError("The run no longer stands as it did. Reload the page to go on.")
    way = found[name]
    if way.step is not None:
        return runs.branch(run, way.step, **way.settings)
    return runs.start(runs.description(run)["function"], asdict(spec) | way.settings, runs.arrays(run))


def last_good(run: str, lr: float = math.inf) -> int | None:
    """The last checkpoint before a run went wrong: its loss was no higher than before the first step.

    A line has the loss before its update, so that of a checkpoint stands in the line behind it.

    Args:
        run: its id.
        lr: the highest rate at which the run may have gone on from it.
    """
    lines = runs.history(run)[0]
    for step in reversed(runs.checkpoints(run)):
        loss = next((line["loss"] for line in lines if line["step"] > step), math.inf)
        slow = following.checkpoint(run, step).settings["lr"] <= lr
        fine = step == 0 or loss <= lines[0]["loss"]  # batches differ, so the first one may cost more
        if slow and fine and largest(run, step) <= FAR:
            return step
    return None


def largest(run: str, step: int | None = None) -> float:
    """The largest magnitude of the weights at a checkpoint, perhaps no number; 0 where there is none.

    Args:
        run: its id.
        step: one that has a checkpoint; None takes the newest.
    """
    kept = runs.checkpoints(run)
    try:
        return _largest(run, kept[-1] if step is None else step) if kept else 0.0
    except InputError:
        return 0.0  # it is damaged, or has just been let go of


@lru_cache(maxsize=256)
def _largest(run: str, step: int) -> float:
    return trained.largest(runs.state_of(run, step))
