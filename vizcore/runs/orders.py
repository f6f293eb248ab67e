"""What the server tells the process of a run: lines in a file, which only grows while the process lives."""

import json
from pathlib import Path
from typing import Any

Order = dict[str, Any]  # do: go, step (count), pause (notice), change (settings), stop or sleep

GO: Order = {"do": "go"}
STOP: Order = {"do": "stop"}
SLEEP: Order = {"do": "sleep"}


def begin(folder: Path, order: Order) -> None:
    """Leave the first order for a process to come; earlier ones were for others."""
    _path(folder).write_bytes(_line(order))


def give(folder: Path, order: Order) -> None:
    """Leave one more."""
    with _path(folder).open("ab", buffering=0) as file:
        file.write(_line(order))


class Orders:
    """The orders, as they are read by the one who takes them."""

    def __init__(self, folder: Path) -> None:
        self._path = _path(folder)
        self._read = 0  # bytes

    def new(self) -> list[Order]:
        """Those that came since the last time."""
        if self._path.stat().st_size == self._read:
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            whole, end, _ = file.read().rpartition(b"\n")
        self._read += len(whole + end)
        return [json.loads(line) for line in whole.splitlines()]


def _path(folder: Path) -> Path:
    return folder / "orders.jsonl"


def _line(order: Order) -> bytes:
    return json.dumps(order).encode() + b"\n"
