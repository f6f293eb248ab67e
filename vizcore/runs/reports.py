"""What a run has reported: its numbers as a history, its arrays as of now."""

import dataclasses
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from vizcore.runs import folder as folders

NAME = "reports.jsonl"
MOST = 20_000  # lines of a history; then every second one is kept
TAIL = 4096  # bytes that are read at first for somebody who follows; then eight times as many

Line = dict[str, Any]  # report (its number, 0 first), step, and the numbers of the report


def split(report: Any) -> tuple[Line, dict[str, Any]]:
    """The numbers and texts of a report, and its arrays, by field."""
    values = {field.name: getattr(report, field.name) for field in dataclasses.fields(report)}
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    numbers = {name: value for name, value in values.items() if name not in arrays}
    return numbers, arrays


def lines(folder: Path, since: int = 0, until: float = float("inf")) -> list[Line]:
    """The lines of the reports from number `since` to number `until`; a line that is cut off is skipped."""
    try:
        with (folder / NAME).open("rb") as file:
            size, tail = file.seek(0, io.SEEK_END), TAIL
            found = _end_of(file, size, tail)
            while tail < size and (not found or found[0]["report"] > since):
                tail *= 8
                found = _end_of(file, size, tail)
    except FileNotFoundError:
        return []
    return [line for line in found if since <= line["report"] <= until]


def _end_of(file: BinaryIO, size: int, tail: int) -> list[Line]:
    """The whole lines among the last `tail` bytes of a file."""
    found = []
    file.seek(max(0, size - tail))
    for text in file.read().split(b"\n")[0 if size <= tail else 1 : -1]:
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found


def write(folder: Path, kept: Iterable[Line]) -> None:
    """Put these lines in the place of all."""
    folders.replace(folder / NAME, b"".join(map(_text, kept)))


class History:
    """The lines of a run, as the one who writes them knows them."""

    def __init__(self, folder: Path, after: int) -> None:
        """Go on behind report number `after`; what was reported later is forgotten."""
        self._folder = folder
        self._count = 0
        self._keep(lines(folder, until=after))

    def append(self, line: Line) -> None:
        """Add a line. OSError: there is no room, and all is as before."""
        if self._count >= MOST:
            self._count = 0  # where there is no room for this, it is tried again much later
            self._keep(lines(self._folder)[::2])
        folders.append(self._folder / NAME, _text(line))
        self._count += 1

    def _keep(self, kept: list[Line]) -> None:
        write(self._folder, kept)
        self._count = len(kept)


def write_newest(folder: Path, line: Line, arrays: dict[str, Any]) -> None:
    """Put a report in the place of the newest."""
    content = io.BytesIO()
    named = {f"array.{name}": array for name, array in arrays.items()}
    np.savez(content, line=np.frombuffer(_text(line), np.uint8), **named)
    folders.replace(folder / "newest.npz", content.getvalue())


def newest(folder: Path, since: int) -> Line | None:
    """The newest report with its arrays; None where there is none with number `since` or a later one."""
    try:
        with np.load(folder / "newest.npz", allow_pickle=False) as file:
            line: Line = json.loads(file["line"].tobytes())
            if line["report"] < since:
                return None
            return line | {name.removeprefix("array."): file[name] for name in file.files if name != "line"}
    except FileNotFoundError:
        return None


def _text(line: Line) -> bytes:
    """JSON, in which NumPy's numbers are like others."""
    return json.dumps(line, default=np.generic.item).encode() + b"\n"
