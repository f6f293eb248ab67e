"""A process that has imported everything, and becomes a worker within milliseconds.

It reads folders of runs, one a line, and gives each a process. Where the system can fork, that is a copy of
this process. Elsewhere one that has imported everything waits in reserve.
"""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vizcore.runs import functions, worker

ROOT = Path(__file__).parents[2]
# One thread each: two that wait for each other on a busy computer lose a factor of 30.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def launch(task: str = "main") -> subprocess.Popen[bytes]:
    """Start a nursery. It ends when its standard input does; a Ctrl-C for the server does not reach it."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", f"from vizcore.runs import nursery; nursery.{task}()"],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )


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
    waiting = [launch("one")]

    def begin(folder: Path) -> None:
        tell(waiting.pop(), folder)
        waiting.append(launch("one"))

    return begin


def tell(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Name a folder to a nursery, or to one that waits in reserve."""
    assert process.stdin is not None
    process.stdin.write(os.fsencode(folder) + b"\n")
    process.stdin.flush()


def warm(process: subprocess.Popen[bytes]) -> bool:
    """Wait until a nursery has imported everything; False where it ends before."""
    assert process.stdout is not None
    return bool(process.stdout.readline())


def end(process: subprocess.Popen[bytes]) -> None:
    """Let a nursery end, when it is done with what it was told."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has died with something unread
        process.stdin.close()
    process.wait()  # first: somebody may wait for its warmth
    with process:  # closes the rest
        pass


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
