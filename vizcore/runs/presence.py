"""Which servers are there. Each holds the lock of a file; a worker that finds none held is alone."""

import os
import secrets
from pathlib import Path

from vizcore.runs import folder as folders
from vizcore.runs import locks

_here: dict[Path, int] = {}  # folder of all runs -> the lock that says that this process serves it


def announce() -> None:
    """Say that this process is a server of the runs, for as long as it lives."""
    root = folders.root()
    if root in _here:
        return
    with locks.alone(root / "lock"):
        for path in (root / "servers").iterdir():
            if not locks.held(path):
                path.unlink(missing_ok=True)
        lock = locks.hold(root / "servers" / secrets.token_hex(8), patience=1.0)
    if lock is not None:
        _here[root] = lock


def leave() -> None:
    """No longer be a server."""
    for lock in _here.values():
        os.close(lock)
    _here.clear()


def anybody(root: Path) -> bool:
    """Whether any server is there."""
    return any(locks.held(path) for path in (root / "servers").iterdir())
