"""How runs begin and go on."""

import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizcore.runs import control, following, functions, orders, record, reports, slots, states
from vizcore.runs import folder as folders
from vizcore.runs.keeper import keeper
from vizcore.runs.orders import Order
from vizcore.toolkit.errors import InputError

Arrays = Mapping[str, NDArray[Any]]

log = logging.getLogger("convoscope.runs")


def start(function: str, settings: Mapping[str, Any], arrays: Arrays | None = None, label: str = "") -> str:
    """Begin a run, or let it wait for its turn.

    Args:
        function: a name of FUNCTIONS.
        settings: of its Spec: numbers, texts, and lists and dicts of them.
        arrays: what else the function takes, by the names of its arguments.
        label: by which `labelled` finds it again.

    Returns:
        The id of the run.

    Raises:
        InputError: the Spec refuses the settings, or the server has no room for a run.
    """
    plain = functions.plain(settings)
    functions.function(function).spec(plain)
    with _new({"function": function, "settings": plain, "began": plain, "label": label}) as folder:
        for name, array in (arrays or {}).items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
    log.info("run started", extra={"facts": {"function": function}})
    return folder.name


def branch(run: str, step: int, **settings: Any) -> str:
    """Begin a run that goes on from a checkpoint of another one, with some settings changed.

    Returns:
        The id of the new run.

    Raises:
        InputError: there is no such run or checkpoint, or the Spec refuses the settings.
    """
    origin = folders.of(run)
    entry = control.description(run)
    checkpoint = following.checkpoint(run, step)
    changed = checkpoint.settings | functions.plain(settings)
    functions.function(entry["function"]).spec(changed)
    with _new(
        {**entry, "settings": changed, "began": changed, "label": "", "parent": run, "step": step}
    ) as folder:
        for path in origin.glob("*.npy"):
            shutil.copy(path, folder)
        reports.write(folder, reports.lines(origin, until=checkpoint.report))
        states.write(folder, replace(checkpoint, settings=changed))
    log.info("run started", extra={"facts": {"function": entry["function"]}})
    return folder.name


def resume(run: str) -> None:
    """Let a run go on; one without a process goes on from its last checkpoint, or from the beginning."""
    _go_on(run, orders.GO)


def step(run: str, count: int = 1) -> None:
    """Let a run make so many reports more, and rest then."""
    _go_on(run, {"do": "step", "count": count})


@contextmanager
def _new(entry: dict[str, Any]) -> Iterator[Path]:
    """The folder of a run that begins behind the block, or is gone where anything fails."""
    with folders.room():
        folder = folders.create()
        try:
            content = json.dumps({**entry, "created": time.time()}).encode()
            folders.replace(folder / "spec.json", content, sync=True)
            (folder / "viewer").touch()
            yield folder
            record.write(folder, record.Record())  # last: with it, the run is there
            _queue(folder.name, orders.GO)
        except BaseException:
            control.discard(folder)
            raise


def _go_on(run: str, order: Order) -> None:
    folder = folders.of(run)
    if record.read(folder).state == "finished":
        raise InputError("This run has finished. Start a new one to go on.")
    (folder / "stop").unlink(missing_ok=True)
    with folders.room():
        _queue(run, order)


def _queue(run: str, order: Order) -> None:
    keeper.start()
    slots.ask(run, order)
    slots.turn(keeper.launch)
