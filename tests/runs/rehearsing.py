"""Rehearsals, and waiting for what comes of them."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from vizcore import runs
from vizcore.runs import control, folder

PATIENCE = 60.0  # s; a machine that others use as well may take its time


def rehearse(**settings: Any) -> str:
    """The id of a rehearsal that has made its first report."""
    run = runs.start("rehearsal.count", settings)
    until(lambda: runs.newest(run) is not None)
    return run


def leave_no_run() -> None:
    """End and delete all runs, also those that are just being made or removed."""
    for run in folder.everything():
        control.discard(folder.root() / "runs" / run)


def until(condition: Callable[[], bool], *, every: float = 0.01) -> float:
    """Wait until something holds; how long that took, in s."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < PATIENCE, "it did not come about in time"
        time.sleep(every)
    return time.monotonic() - begin


def until_state(run: str, state: str) -> runs.Status:
    """The status of a run once it is in this state."""
    until(lambda: runs.status(run).state == state)
    return runs.status(run)


def until_step(run: str, step: int) -> None:
    until(lambda: runs.status(run).step >= step)


def pid(run: str) -> int:
    return int((folder.of(run) / "process").read_text())


def kill(run: str) -> None:
    """Kill the process of a run, once it has one,."""
    until(lambda: bool((folder.of(run) / "process").read_text()))
    os.kill(pid(run), signal.SIGKILL)


def total(steps: int, factor: int = 3) -> float:
    """What an undisturbed rehearsal has counted up to after so many steps."""
    found = 0
    for step in range(steps + 1):
        found = (factor * found + step) % 1_000_003
    return float(found)
