"""What becomes of runs that nobody watches, or that do not end when they are told to."""

import time
from contextlib import suppress
from pathlib import Path

from vizcore.runs import control, locks, orders, processes, record, slots, standing
from vizcore.runs import folder as folders
from vizcore.toolkit.errors import InputError

PATIENCE = 5.0  # s that a process has for its last words
MOST = 200  # runs whose folders are kept
UNWATCHED = "It was paused because nobody watched. Resume it to go on."


class Rounds:
    """Rounds through all runs. Ages are counted on a clock that never jumps, from when a round saw them."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[float, float]] = {}  # file -> when it was written, when that was seen

    def make(self) -> None:
        """Look after every run once."""
        self._seen = {path: times for path, times in self._seen.items() if path.exists()}
        found = folders.everything()
        for run in found:
            with suppress(InputError):  # it was removed meanwhile
                self._look_after(run, folders.of(run))
        if len(found) > MOST:
            _remove_oldest(len(found) - MOST)

    def _look_after(self, run: str, folder: Path) -> None:
        """Pause a run that nobody watches, then end its process, then remove it."""
        alive, found = locks.held(folder / "process"), record.read(folder)
        unwatched = self._age(folder / "viewer")
        if alive and self._age(folder / "stop") > PATIENCE:
            processes.kill(folder)
            record.end(folder, "stopped")
        elif unwatched > folders.seconds("FORGET_AFTER", 86_400):
            control.remove(run)
        elif alive and unwatched > folders.seconds("REMOVE_AFTER", 3_600):
            processes.kill(folder) if standing.hung(found) else orders.give(folder, orders.SLEEP)
        elif unwatched > folders.seconds("PAUSE_AFTER", 60) and (
            found.state == "running" or slots.waits(run)
        ):
            control.pause(run, UNWATCHED)

    def _age(self, path: Path) -> float:
        """s since a file was written, as far as the rounds know; below 0 where there is none."""
        try:
            written = path.stat().st_mtime
        except FileNotFoundError:
            return -1.0
        if self._seen.get(path, (0.0, 0.0))[0] != written:
            self._seen[path] = (written, time.monotonic())
        return time.monotonic() - self._seen[path][1]


def _remove_oldest(count: int) -> None:
    """Remove the runs without a process that nobody has watched for longest."""
    paths = map(folders.of, folders.everything())
    at_rest = [path for path in paths if not (locks.held(path / "process") or slots.waits(path.name))]
    for path in sorted(at_rest, key=lambda path: (path / "viewer").stat().st_mtime)[:count]:
        control.remove(path.name)
