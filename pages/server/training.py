"""A training run for its component (training.js): the answers to its questions, and its orders.

A question is that of `followRun`, with `at` (step of a checkpoint, or null for now), `layer` (whose maps are
shown), `cell` (of the confusion matrix), `probe` (number of the held-out picture that is looked at, null for
that of the run) and `have` (identity of the look that the component has).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.components import pack, watch
from pages.server import live
from pages.server.runs import first_new, mark
from pages.server.ways import ways
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.runs import following
from vizcore.toolkit import datasets, past
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.plans import Plan, plan
from vizcore.toolkit.training_spec import LIVE

Arrays = dict[str, NDArray[Any]]
Lines = list[dict[str, Any]]

FUNCTION = "live_training.train"
NUMBERS: Mapping[str, type[np.generic]] = {  # fields of a report, as they travel
    "step": np.int32,
    "loss": np.float32,
    "hits": np.float32,
    "validation": np.float32,
    "accuracy": np.float32,
    "measured": np.int32,
    "lr": np.float32,
}


def follow(key: str, run: str) -> str:
    """The address for `followRun`; call it in a run of the page.

    Args:
        key: names the place on the page.
        run: id of the run.
    """
    return f"{live.offer(key, partial(answer, run))}?{run}"


def begun(run: str) -> Spec:
    """The settings that a training run began with.

    Raises:
        InputError: there is no such run, or it trains nothing.
    """
    return Spec(**_entry(run)["began"])


def current(run: str, step: int | None = None) -> Spec:
    """Its settings as of now, with the changes that were made on its way; errors as of `begun`.

    Args:
        run: its id.
        step: one that has a checkpoint; the settings are those of that step then.
    """
    now = _entry(run)["settings"]
    return Spec(**(now if step is None else following.checkpoint(run, step).settings))


def _entry(run: str) -> dict[str, Any]:
    entry = runs.description(run)
    if entry["function"] != FUNCTION:
        raise InputError("This link names a run of another page. Copy the whole link once more.")
    return entry


def pictures(run: str) -> datasets.Own | None:
    """The own pictures that a run learns from, if it does."""
    arrays = runs.arrays(run)
    return datasets.own(**arrays) if arrays else None


@lru_cache(maxsize=64)
def extent(run: str) -> datasets.Extent | None:
    """How many own pictures a run learns from, and what they look like; None where it learns from others."""
    own = pictures(run)
    return own.extent if own else None


def answer(run: str, question: dict[str, Any]) -> bytes:
    """A message about a run: how it stands, what is new of its history, and a look into it.

    Args:
        run: its id.
        question: anybody may have written it.

    Raises:
        InputError: the run is gone, or something is asked that there is not.
    """
    known = plan(begun(run), extent(run))
    if "do" in question:
        obey(run, known, question["do"])
    now = current(run)
    status = runs.status(run, watching=True)  # first: once it is over, all lines are there
    since = first_new(status, question.get("since", 0), question.get("lives"))
    lines, following_report = runs.history(run, since)
    header = {
        "status": asdict(status),
        "over": status.over,
        **mark(status, since, following_report),
        "total": known.total,
        "per_epoch": known.steps,
        "checkpoints": runs.checkpoints(run),
        "ways": [(name, way.title) for name, way in ways(run, now, status.end).items()],
    }
    if not since:
        header["settings"] = {name: getattr(now, name) for name in LIVE}
    shown, arrays = looked(run, known, question)
    return pack(header | shown, *_columns(lines), *arrays)


def obey(run: str, known: Plan, order: object) -> None:
    """Do what a component asks for: an order by name, with what it takes.

    Raises:
        InputError: there is no such order, or it cannot be obeyed now.
    """
    if not isinstance(order, dict) or len(order) != 1:
        raise InputError("An order has one name. Reload the page to go on.")
    ((name, value),) = order.items()
    pick(ORDERS, name, "order")(run, known, value)


def _change(run: str, _: Plan, value: object) -> None:
    if not isinstance(value, dict) or not value.keys() <= LIVE.keys():
        raise InputError(f"What can change during a run is {', '.join(LIVE)}.")
    runs.change(run, **value)


def _epoch(run: str, known: Plan, _: object) -> None:
    """Let a run go on to the end of its epoch."""
    runs.step(run, known.steps - runs.status(run).step % known.steps)


ORDERS: Mapping[str, Callable[[str, Plan, object], None]] = {
    "pause": lambda run, *_: runs.pause(run),
    "go": lambda run, *_: runs.resume(run),
    "step": lambda run, *_: runs.step(run),
    "epoch": _epoch,
    "change": _change,
    "stop": lambda run, *_: runs.stop(run),
}


def looked(run: str, known: Plan, question: dict[str, Any]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """A look into a run, as showLook of watch.js takes it: `at` (its step), `identity`, and its arrays.

    There are no arrays where there is no look yet, or the component has this one.
    """
    at, layer, cell, probe = (question.get(name) for name in ("at", "layer", "cell", "probe"))
    if at is None and cell is None and probe is None:
        found, step = _newest(run)
    else:
        kept = runs.checkpoints(run)
        step = _whole(max(kept, default=-1) if at is None else at)
        if step not in kept:
            raise InputError("Nobody can go back to this step. Choose another one.")
        found = _past(run, step, _cell(cell), current(run).probe if probe is None else _whole(probe))
    header = {"at": step, "identity": f"{run}.{step}.{layer}.{cell}.{probe}"}
    if not found or question.get("have") == header["identity"]:
        return header | {"arrays": []}, []
    names = {"weights": known.weights, "maps": known.maps, "activations": known.activations}
    shown, arrays = watch.blocks(found, names | {"classes": known.classes}, layer)
    return header | shown, arrays


def _newest(run: str) -> tuple[Arrays, int]:
    """The newest look that the run itself wrote down, and its step."""
    report = runs.newest(run) or {"step": 0}
    return {name: value for name, value in report.items() if isinstance(value, np.ndarray)}, report["step"]


def _past(run: str, step: int, cell: tuple[int, int] | None, probe: int) -> Arrays:
    """A look at a checkpoint; computed here, whether the run goes on or not."""
    if (own := pictures(run)) is None:
        return _kept(run, step, cell, probe)
    found = following.checkpoint(run, step)
    return past.look(Spec(**found.settings), found.state, cell, probe, own)  # never outlives the run


@lru_cache(maxsize=16)
def _kept(run: str, step: int, cell: tuple[int, int] | None, probe: int) -> Arrays:
    found = following.checkpoint(run, step)
    return past.look(Spec(**found.settings), found.state, cell, probe)


def _columns(lines: Lines) -> list[NDArray[Any]]:
    return [np.array([line[name] for line in lines], kind) for name, kind in NUMBERS.items()]


def _cell(cell: object) -> tuple[int, int] | None:
    if cell is None:
        return None
    if not isinstance(cell, list) or len(cell) != 2:
        raise InputError("A cell has a true class and a guess. Reload the page to go on.")
    return _whole(cell[0]), _whole(cell[1])


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise InputError("Steps and reports are counted in whole numbers. Reload the page to go on.")
    return number
