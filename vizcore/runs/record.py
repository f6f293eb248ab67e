"""How a run stands: one record, overwritten in place, which works on a full disk too."""

import json
import os
import time
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vizcore.runs import folder as folders
from vizcore.runs.ends import ENDS
from vizcore.toolkit.errors import InputError

NAME = "record"
OVER = ("finished", "stopped", "failed")  # states of which nothing more comes
SIZE = 4096  # bytes, whatever the record says
LONGEST = 400  # characters of a sentence in it


@dataclass(frozen=True)
class Record:
    """What the process of a run last said about it. Times on the clock that never jumps (monotonic)."""

    state: str = "queued"  # or starting, running, paused, finished, stopped, failed
    notice: str = ""  # a sentence
    end: str = ""  # name of the last end in ENDS, if any
    lives: int = 0  # processes that it has had
    step: int = 0
    total: int | None = None  # steps that there will be
    seconds: float = 0.0  # of work so far, without pauses
    pace: float = 0.0  # s a step
    device: str = "cpu"
    full: bool = False  # whether there is no room for reports and checkpoints
    since: float = 0.0  # s, when the state began
    beat: float = 0.0  # s, when this was written


def write(folder: Path, record: Record) -> None:
    """Overwrite the record."""
    text = json.dumps(asdict(record), ensure_ascii=False).encode(errors="replace")
    content = f"{zlib.crc32(text):08x}".encode() + text
    file = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(file, content.ljust(SIZE))
    finally:
        os.close(file)


def read(folder: Path) -> Record:
    """The record; while it is being overwritten, that of a moment later. InputError: there is none."""
    for _ in range(100):
        try:
            content = (folder / NAME).read_bytes()
        except FileNotFoundError:
            raise InputError(folders.GONE) from None
        text = content[8:].rstrip()
        if content[:8] == f"{zlib.crc32(text):08x}".encode():
            with suppress(TypeError):  # another version of this program wrote it
                return Record(**json.loads(text))
            break
        time.sleep(0.001)
    return Record("failed", "The notes of this run are damaged. Start it again.")


def amend(folder: Path, *, state: str, notice: str = "", end: str = "") -> None:
    """Say how a run stands that has no process."""
    now = time.monotonic()
    write(folder, replace(read(folder), state=state, notice=notice, end=end, since=now, beat=now))


def end(folder: Path, key: str) -> None:
    """Say that a run without a process has ended, as ENDS describes it."""
    amend(folder, state=ENDS[key].state, notice=ENDS[key].sentence, end=key)
