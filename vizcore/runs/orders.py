"""What the server tells the process of a run: lines in a file, which only grows while the process lives."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vizcore.runs import folder as folders

Order = dict[str, Any]  # do: go, step (count), pause (notice), change (settings), stop or sleep

GO: Order = {"do": "go"}
STOP: Order = {"do": "stop"}
SLEEP: Order = {"do": "sleep"}
ONWARDS = ("go", "step")  # orders to do more


def begin(folder: Path, order: Order) -> None:
    """Leave the first order for a process to come; earlier ones were for others."""
    _path(folder).write_bytes(_line(order))


def give(folder: Path, order: Order) -> None:
    """Leave one more. InputError: the disk is full."""
    with folders.room():
        folders.append(_path(folder), _line(order))


class Orders:
    """The orders, as they are read by the one who takes them."""

    def __init__(self, folder: Path) -> None:
        self._path = _path(folder)
        self._read = 0  # bytes

    def new(self) -> Iterator[Order]:
        """Those that came since the last one that was taken."""
        if self._path.stat().st_size == self._read:
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            whole, _, _ = file.read().rpartition(b"\n")
        for line in whole.splitlines():
            self._read += len(line) + 1
            yield json.loads(line)


def _path(folder: Path) -> Path:
    return folder / "orders.jsonl"


def _line(order: Order) -> bytes:
    return json.dumps(order).encode() + b"\n"
