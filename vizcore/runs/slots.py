"""Who may work now, and who waits: as many runs as there are slots, the others in the order they came."""

import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from vizcore.runs import ends, locks, orders, processes, record
from vizcore.runs import folder as folders
from vizcore.runs.cluster import cluster
from vizcore.runs.orders import Order
from vizcore.toolkit.errors import InputError

MOST_WAITING = 100
GRACE = 5.0  # s for which a paused run keeps its slot

log = logging.getLogger("convoscope.runs")


def count() -> int:
    """How many runs work at once, on the cluster or else here."""
    return cluster.slots or int(os.environ.get("CONVOSCOPE_RUN_SLOTS", max(1, (os.cpu_count() or 2) - 1)))


def alone() -> AbstractContextManager[None]:
    """Let nobody else give slots or orders within the block: no thread, no other server, no run that ends."""
    return locks.alone(folders.root() / "lock")


def ask(run: str, order: Order) -> None:
    """Let a run wait for a slot, and for this order once it has one; if it waits, it keeps its place.

    Raises:
        InputError: too many wait.
    """
    with alone():
        queue = _queue()
        if len(queue) >= MOST_WAITING:
            raise InputError(f"{MOST_WAITING} runs wait for their turn already. Try again in some minutes.")
        path = folders.root() / "queue" / run
        behind = max(time.time_ns(), queue[-1][0] + 1 if queue else 0)  # also on a clock that was set back
        since = path.stat().st_mtime_ns if path.exists() else behind
        folders.replace(path, json.dumps(order).encode())
        os.utime(path, ns=(since, since))


def withdraw(run: str) -> bool:
    """Let a run wait no longer. Returns: whether it waited."""
    try:
        (folders.root() / "queue" / run).unlink()
    except FileNotFoundError:
        return False
    return True


def waits(run: str) -> bool:
    """Whether a run waits."""
    return (folders.root() / "queue" / run).exists()


def has(run: str) -> bool:
    """Whether a run has a slot."""
    return (folders.root() / "slots" / run).exists()


def waiting() -> list[str]:
    """Ids of those who wait, the next one first."""
    return [name for _, name in _queue()]


def _queue() -> list[tuple[int, str]]:
    """Since when they wait, in ns, and their ids, the next one first."""
    found = []
    for path in (folders.root() / "queue").iterdir():
        if path.suffix:
            continue
        try:
            found.append((path.stat().st_mtime_ns, path.name))
        except FileNotFoundError:
            continue
    return sorted(found)


def turn(launch: Callable[[Path], None]) -> None:
    """Give free slots to those who wait.

    Args:
        launch: gives a process to the run in a folder.
    """
    if cluster.settling:
        return
    root = folders.root()
    with alone():
        taken = {path.name for path in (root / "slots").iterdir() if _kept(path)}
        for run in waiting():
            if run in taken or len(taken) < count():
                taken.add(run)
                _granted(root, run, launch)


def _kept(slot: Path) -> bool:
    """Whether a run still needs its slot, which is taken from it otherwise."""
    with suppress(InputError):  # there is no such run any more
        folder = folders.of(slot.name)
        found = record.read(folder)
        recent = any(map(_recent, (slot.stat().st_mtime, found.since)))
        if (recent or found.state in ("starting", "running")) and processes.alive(folder, found):
            return True
    slot.unlink(missing_ok=True)
    return False


def _recent(moment: float) -> bool:
    """Whether a moment on the clock that never jumps is short ago; one of before a reboot may lie ahead."""
    return 0 <= time.monotonic() - moment < GRACE


def _granted(root: Path, run: str, launch: Callable[[Path], None]) -> None:
    """Give a slot to a run that waits; where that fails, it fails, and holds up nobody behind it."""
    try:
        _grant(root, run, launch)
    except (OSError, ValueError) as error:  # no room on the disk, or a file that has lost its content
        withdraw(run)
        name, notice = ends.of(error)
        with suppress(InputError):  # it is gone
            record.amend(folders.of(run), state=ends.ENDS[name].state, notice=notice, end=name)
            log.exception("the run %s could not begin", run)


def _grant(root: Path, run: str, launch: Callable[[Path], None]) -> None:
    """Give a slot to a run that waits, and its order to its process, or to a new one."""
    queued, folder = root / "queue" / run, folders.of(run)
    order: Order = json.loads(queued.read_bytes())
    works = locks.held(folder / "process")
    if works:
        orders.give(folder, order)
    else:
        processes.forget(folder)
        orders.begin(folder, order)
        record.amend(folder, state="starting")
    _hand_over(queued, root / "slots" / run)  # behind the record, by which it would be lost until then
    if not works:
        launch(folder)


def _hand_over(queued: Path, slot: Path) -> None:
    """Turn a place in the queue into a slot, dated on the clock that never jumps."""
    now = time.monotonic()
    os.utime(queued, (now, now))
    queued.replace(slot)
