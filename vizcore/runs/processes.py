"""The process of a run: the file that it holds the lock of, with its number."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from vizcore.runs import locks
from vizcore.runs.record import Record

ELSEWHERE = "elsewhere"  # in the place of its number, where a run works on another computer
START = 120.0  # s that a process may take to come up, with all its imports


def alive(folder: Path, found: Record) -> bool:
    """Whether a run, of which this is the record, has a process or is about to have one."""
    if locks.held(folder / "process"):
        return True
    waits = found.state == "starting" and 0 <= time.monotonic() - found.since < START
    return waits and not (folder / "process").read_bytes()


def forget(folder: Path) -> None:
    """Make way for a process to come: the number there is that of an earlier one."""
    (folder / "process").write_bytes(b"")
    (folder / "kill").unlink(missing_ok=True)


def enter(folder: Path, who: str = "") -> int | None:
    """Be the process of a run from now on, under its number or as ELSEWHERE.

    Returns:
        The lock, or None where the run has a process.
    """
    lock = locks.hold(folder / "process", patience=2.0)
    if lock is not None:
        os.ftruncate(lock, 0)
        os.write(lock, (who or str(os.getpid())).encode())
    return lock


def kill(folder: Path) -> None:
    """End the process of a run and its children at once, if it has one. Returns when it is gone.

    Its number is believed only while it holds its lock, so no other program's process is ever hit.
    """
    deadline = time.monotonic() + 2.0
    while locks.held(folder / "process") and time.monotonic() < deadline:
        with suppress(ValueError, ProcessLookupError, FileNotFoundError):  # not written yet, or just gone
            if elsewhere(folder):
                (folder / "kill").touch()
            _kill(int((folder / "process").read_text()))
        time.sleep(0.01)


def elsewhere(folder: Path) -> bool:
    """Whether the process of a run is on another computer."""
    return (folder / "process").read_text() == ELSEWHERE


def condemned(folder: Path) -> bool:
    """Whether the process of a run that works elsewhere is to be killed."""
    return (folder / "kill").exists() or not (folder / "record").exists()


def _kill(pid: int) -> None:
    if hasattr(os, "killpg"):
        os.killpg(pid, signal.SIGKILL)
    else:
        os.kill(pid, signal.SIGTERM)  # which Windows takes for the end as well
