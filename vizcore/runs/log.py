"""What the process of a run prints, and what goes wrong in it: a file that keeps the newest of it."""

import os
from pathlib import Path

NAME = "log.txt"
MOST = 256 * 1024  # bytes


def take_over(folder: Path) -> None:
    """Let all that this process prints from now on go into the folder of its run."""
    log = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


def bound(folder: Path) -> None:
    """Forget the older half of a log that has become too long."""
    path = folder / NAME
    if path.stat().st_size <= MOST:
        return
    newest = path.read_bytes()[-MOST // 2 :]
    os.truncate(path, 0)  # in place, as the process goes on with this file
    with path.open("ab") as file:
        file.write(newest)
