"""Who may work now, and who waits: as many runs as there are slots, the others in the order they came."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from vizcore.runs import folder as folders
from vizcore.runs import locks, orders, processes, record
from vizcore.runs.orders import Order
from vizcore.toolkit.errors import InputError

MOST_WAITING = 100
GRACE = 5.0  # s for which a paused run keeps its slot


def count() -> int:
    """How many runs work at once."""
    return int(os.environ.get("CONVOSCOPE_RUN_SLOTS", max(1, (os.cpu_count() or 2) - 1)))


def ask(run: str, order: Order) -> None:
    """Let a run wait for a slot, and for this order once it has one. InputError: too many wait."""
    if len(waiting()) >= MOST_WAITING:
        raise InputError(f"{MOST_WAITING} runs wait for their turn already. Try again in some minutes.")
    folders.replace(folders.root() / "queue" / run, json.dumps(order).encode())


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


def waiting() -> list[str]:
    """Ids of those who wait, the next one first."""
    found = []
    for path in (folders.root() / "queue").iterdir():
        if path.suffix:
            continue
        try:
            found.append((path.stat().st_mtime_ns, path.name))
        except FileNotFoundError:
            continue
    return [name for _, name in sorted(found)]


def turn(launch: Callable[[Path], None]) -> None:
    """Give free slots to those who wait.

    Args:
        launch: gives a process to the run in a folder.
    """
    root = folders.root()
    with locks.alone(root / "lock"):
        taken = {path.name for path in (root / "slots").iterdir() if _kept(path)}
        for run in waiting():
            if run in taken or len(taken) < count():
                taken.add(run)
                _grant(root, run, launch)


def _kept(slot: Path) -> bool:
    """Whether a run still needs its slot, which is taken from it otherwise."""
    folder = slot.parents[1] / "runs" / slot.name
    if folder.is_dir():
        found = record.read(folder)
        granted, now = slot.stat().st_mtime, time.time()
        recent = 0 <= now - granted < GRACE or time.monotonic() - found.since < GRACE
        if processes.alive(folder, found) and (found.state in ("starting", "running") or recent):
            return True
    slot.unlink(missing_ok=True)
    return False


def _grant(root: Path, run: str, launch: Callable[[Path], None]) -> None:
    """Give a slot to a run that waits, and its order to its process, or to a new one."""
    slot, folder = root / "slots" / run, root / "runs" / run
    try:
        order: Order = json.loads((root / "queue" / run).read_bytes())
        (root / "queue" / run).replace(slot)
    except FileNotFoundError:  # it waits no longer
        return
    if not folder.is_dir():  # nor is it there
        return
    os.utime(slot)
    if locks.held(folder / "process"):
        orders.give(folder, order)
        return
    processes.forget(folder)
    orders.begin(folder, order)
    record.amend(folder, state="starting")
    launch(folder)
