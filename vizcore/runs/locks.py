"""Locks on files. The system lets go of a lock when its process ends, however that happens.

So a lock says who is alive without a doubt: a number of a process may belong to another program by now.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _AT = 1 << 30  # a byte that nobody reads or writes: Windows refuses both where a lock is

    def _try(file: int, *, shared: bool) -> None:  # Windows has no shared ones here
        os.lseek(file, _AT, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try(file: int, *, shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def hold(path: Path, patience: float) -> int | None:
    """Lock a file, made where it is missing, until its descriptor is closed or the process ends.

    Args:
        path: of the file.
        patience: how long to try, in s; whoever asks whether a lock is held has it for a moment.

    Returns:
        The descriptor, or None where somebody else keeps the lock.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + patience
    while True:
        try:
            _try(file, shared=False)
        except OSError:
            if time.monotonic() < end:
                time.sleep(0.002)
                continue
            os.close(file)
            return None
        return file


def held(path: Path) -> bool:
    """Whether a process that is alive holds the lock."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        _try(file, shared=True)  # two who ask are not in each other's way
    except OSError:
        return True
    finally:
        os.close(file)
    return False


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let nobody else into a block that names the same file: no thread, no other server."""
    file = hold(path, patience=30.0)
    if file is None:
        raise TimeoutError(f"{path} has been locked for 30 s")
    try:
        yield
    finally:
        os.close(file)
