"""A process that has imported everything, and becomes a worker within milliseconds.

It reads folders of runs, one a line, and gives each a process. Where the system can fork, that is a copy of
this process. Elsewhere one that has imported everything waits in reserve.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from vizcore.runs import children, functions, worker


def main() -> None:
    """Give a process to every folder that is named."""
    _be_modest()
    begin = fork if hasattr(os, "fork") else reserve()
    functions.preload()
    gc.collect()
    gc.freeze()  # a collection would copy the pages that the workers share
    os.write(1, b"warm\n")
    for line in sys.stdin.buffer:
        begin(Path(os.fsdecode(line.strip())))
    os._exit(0)


def fork(folder: Path) -> None:
    """Let a copy of this process be the worker of a folder."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        worker.main(folder)


def reserve() -> Callable[[Path], None]:
    """What hands a folder to the process that waits, and lets the next one wait."""
    waiting = [children.launch("nursery", "one")]

    def begin(folder: Path) -> None:
        children.tell(waiting.pop(), folder)
        waiting.append(children.launch("nursery", "one"))

    return begin


def one() -> None:
    """Import everything, wait for a folder, and be its worker."""
    _be_modest()
    functions.preload()
    if line := sys.stdin.buffer.readline().strip():
        worker.main(Path(os.fsdecode(line)))


def _be_modest() -> None:
    """Work when nobody else does, for all who come from here."""
    if hasattr(os, "nice"):
        os.nice(10)
