"""What the process of a run writes down, and how often: the record, reports and checkpoints."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from vizcore.runs import folder as folders
from vizcore.runs import record, reports, states
from vizcore.runs.states import Checkpoint

Arrays = dict[str, NDArray[Any]]

BETWEEN_LINES = 0.05  # s
BETWEEN_ARRAYS = 0.1  # s, and forty times as long as they take
BETWEEN_CHECKPOINTS = 1.0  # s, and a hundred times as long as one takes
CHEAP = 0.05  # s; a checkpoint that takes less may come out of turn


class Journal:
    """The folder of a run, as its process writes into it. A full disk stops nothing, but is noted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.record = record.read(folder)
        self._lines_due = self._arrays_due = self._checkpoint_due = -math.inf  # s
        # Numbers of the last report whose line is there, of that with arrays, of that with a checkpoint.
        self._written = self._drawn = self._saved = -1
        self._cost = 0.0  # s that the last checkpoint took

    def go_on(self, after: int) -> None:
        """Forget what was reported behind report number `after`, and what nobody has written to its end."""
        for draft in self._folder.glob("*.new"):
            draft.unlink()
        self._history = reports.History(self._folder, after)
        self._written = self._drawn = self._saved = after

    def note(self, **changes: Any) -> None:
        """Change entries of the record."""
        notice = changes.pop("notice", self.record.notice)[: record.LONGEST]
        self.record = replace(self.record, **changes, notice=notice, beat=time.monotonic())
        try:
            record.write(self._folder, self.record)
        except OSError as error:  # some file systems need room even to overwrite
            self._out_of_room(error)

    def due(self, now: float) -> bool:
        """Whether it is time to write a report."""
        return now >= self._lines_due

    def write(
        self, number: int, step: int, report: Any, look: Callable[[], Arrays], now: float, *, whole: bool
    ) -> None:
        """Write a report: its numbers, and its arrays where they are due or `whole` is asked for.

        Args:
            number: of the report.
            step: of the work.
            report: the newest one.
            look: makes arrays that are shown with it, and may take its time.
            now: s, monotonic.
            whole: even if nothing is due.
        """
        self._lines_due = now + BETWEEN_LINES
        numbers, arrays = reports.split(report)
        line = {"report": number, "step": step, **numbers}
        try:
            if number > self._drawn and (whole or now >= self._arrays_due):
                self._drawn, began = number, time.thread_time()  # without what others had of the core
                reports.write_newest(self._folder, line, arrays | look())
                self._arrays_due = now + max(BETWEEN_ARRAYS, 40 * (time.thread_time() - began))
            if number > self._written:
                self._written = number
                self._history.append(line)  # behind the arrays: whoever sees the line sees them
        except OSError as error:
            self._out_of_room(error)

    def save(
        self, number: int, make: Callable[[], Checkpoint], now: float, *, whole: bool, worth: bool = False
    ) -> None:
        """Keep a checkpoint where it is due, `whole` is asked for, or it is cheap and `worth` it.

        Args:
            number: of the report that it belongs to.
            make: makes it.
            now: s, monotonic.
            whole: even if it is not due.
            worth: even so, unless checkpoints of this run take long.
        """
        due = whole or now >= self._checkpoint_due or (worth and self._cost < CHEAP)
        if number == self._saved or not due:
            return
        try:
            states.write(self._folder, make())
            self._saved = number
            if self.record.full:
                self.note(full=False)
        except OSError as error:
            self._out_of_room(error)
        end = time.monotonic()
        self._cost = end - now
        self._checkpoint_due = end + max(BETWEEN_CHECKPOINTS, 100 * self._cost)

    def describe(self, entry: dict[str, Any]) -> None:
        """Say what the run does from now on."""
        try:
            folders.replace(self._folder / "spec.json", json.dumps(entry).encode(), sync=True)
        except OSError as error:
            self._out_of_room(error)

    def save_again(self) -> None:
        """Let the next checkpoint be made even if its step has one."""
        self._saved = -1

    def _out_of_room(self, error: OSError) -> None:
        if not folders.full(error):
            raise error
        if not self.record.full:
            self.note(full=True)
