"""Which servers are there. Each holds the lock of a file; a worker that finds none held is alone."""

import os
import secrets
import time
from pathlib import Path

from vizcore.runs import folder as folders
from vizcore.runs import locks

_here: dict[Path, tuple[Path, int]] = {}  # folder of all runs -> file and lock of this server of them


def announce() -> None:
    """Say that this process is a server of the runs, for as long as it lives.

    Say it again from time to time: who clears the temporary files of a computer removes what looks old.
    """
    root = folders.root()
    if root in _here and _refreshed(root):
        return
    with locks.alone(root / "lock"):
        for path in (root / "servers").iterdir():
            if not locks.held(path):
                path.unlink(missing_ok=True)
        file = root / "servers" / secrets.token_hex(8)
        lock = locks.hold(file, patience=1.0)
    if lock is not None:
        _here[root] = file, lock


def _refreshed(root: Path) -> bool:
    """Whether the file of this server is there, and looks new."""
    file, lock = _here[root]
    try:
        os.utime(file)
    except FileNotFoundError:
        os.close(lock)
        del _here[root]
        return False
    return True


def leave() -> None:
    """No longer be a server."""
    for _, lock in _here.values():
        os.close(lock)
    _here.clear()


def anybody(root: Path) -> bool:
    """Whether any server is there."""
    return any(locks.held(path) for path in (root / "servers").iterdir())


class Company:
    """Whether a server is there, as one sees it who works for it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen = time.monotonic()  # s, when a server was last there

    def missed(self) -> bool:
        """Whether none has been there for so long that work should rest."""
        now = time.monotonic()
        if anybody(self._root):
            self._seen = now
        return now - self._seen > folders.seconds("ORPHAN_AFTER", 45)
