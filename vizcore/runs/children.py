"""Processes that a server starts for its runs; it tells them folders of runs, a line each."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
# One thread each: two that wait for each other on a busy computer lose a factor of 30.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def launch(module: str, task: str = "main") -> subprocess.Popen[bytes]:
    """Start a process that calls a function of a module of this folder; a Ctrl-C does not reach it.

    It ends when its standard input does, or later, if it still has something to do.
    """
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", f"from vizcore.runs import {module}; {module}.{task}()"],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )


def tell(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Name a folder to a process. BrokenPipeError: it has just died."""
    assert process.stdin is not None
    process.stdin.write(os.fsencode(folder) + b"\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[bytes]) -> bytes:
    """The next line that a process says; empty once it has ended."""
    assert process.stdout is not None
    return process.stdout.readline()


def end(process: subprocess.Popen[bytes]) -> None:
    """Let a process end, when it is done with what it was told."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has died with something unread
        process.stdin.close()
    process.wait()  # first: somebody may wait for what it says
    with process:  # closes the rest
        pass
