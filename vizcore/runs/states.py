"""Checkpoints on the disk: the last few steps, and a series from the first on."""

import json
import zlib
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from vizcore.runs import folder as folders

LAST = 3  # so many of the newest are always kept
MOST = 64  # checkpoints of a run
MOST_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Checkpoint:
    """All that a run needs to go on from a step."""

    step: int
    report: int  # number of the report that was made there
    settings: dict[str, Any]  # of the Spec, as of that step
    state: bytes


def write(folder: Path, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint, and let others go where there are too many. OSError: there is no room."""
    head = {"report": checkpoint.report, "settings": checkpoint.settings, "crc": zlib.crc32(checkpoint.state)}
    content = json.dumps(head).encode() + b"\n" + checkpoint.state
    keep(folder, name(checkpoint.step), content)


def keep(folder: Path, file: str, content: bytes) -> None:
    """The same for the file of a checkpoint."""
    folders.replace(folder / file, content, sync=True)
    _thin(folder, min(MOST, MOST_BYTES // len(content)))


def read(folder: Path, step: int) -> Checkpoint | None:
    """The checkpoint of a step, or None where there is none that is whole."""
    try:
        head, _, state = (folder / name(step)).read_bytes().partition(b"\n")
        entries = json.loads(head)
        whole = entries["crc"] == zlib.crc32(state)
        return Checkpoint(step, entries["report"], entries["settings"], state) if whole else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def last(folder: Path) -> Checkpoint | None:
    """The last checkpoint that is whole."""
    return next(filter(None, (read(folder, step) for step in reversed(steps(folder)))), None)


def steps(folder: Path) -> tuple[int, ...]:
    """The steps that have a checkpoint, in order."""
    return tuple(sorted(int(path.name.split(".")[1]) for path in files(folder)))


def files(folder: Path) -> list[Path]:
    """The files of all checkpoints."""
    return [*folder.glob("state.*.bin")]


def name(step: int) -> str:
    """The name of the file of a checkpoint."""
    return f"state.{step}.bin"


def _thin(folder: Path, most: int) -> None:
    """Let go of those whose neighbours lie closest together, but never of the first or of the last few.

    How close is close grows with the root of the step: early on, more happens in fewer steps.
    """
    kept = [*steps(folder)]
    while len(kept) > max(most, LAST + 1):
        place = min(range(1, len(kept) - LAST), key=lambda i: sqrt(kept[i + 1]) - sqrt(kept[i - 1]))
        (folder / name(kept.pop(place))).unlink()
