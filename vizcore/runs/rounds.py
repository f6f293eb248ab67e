"""What becomes of runs that nobody watches, or that do not end when they are told to."""

import logging
import shutil
import time
from contextlib import suppress
from pathlib import Path

from vizcore.runs import control, ends, locks, orders, processes, record, slots, standing
from vizcore.runs import folder as folders
from vizcore.toolkit.errors import InputError

PATIENCE = 5.0  # s that a process has for its last words
MOST = 200  # runs whose folders are kept
MOST_AT_REST = 24  # paused runs that keep their process, and with it memory
LEFTOVER = 600.0  # s after which a folder without a record is what is left of an accident
UNWATCHED = "It was paused because nobody watched. Resume it to go on."

log = logging.getLogger("convoscope.runs")


class Rounds:
    """Rounds through all runs. Ages are counted on a clock that never jumps, from when a round saw them."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[float, float]] = {}  # file -> when it was written, when that was seen
        self._at_rest: dict[str, float] = {}  # paused run with a process -> since when, in s
        self._elsewhere: set[str] = set()  # those of them whose process is on a cluster
        self._crowded = 0  # runs that wait for room on a cluster
        self._over: set[str] = set()  # runs that are
        self._made = False  # whether there has been a round

    def make(self) -> None:
        """Look after every run once."""
        self._seen = {path: times for path, times in self._seen.items() if path.exists()}
        found, waiting = folders.everything(), set(slots.waiting())
        self._at_rest.clear()
        self._elsewhere.clear()
        self._crowded = 0
        self._over &= set(found)
        for run in found:
            try:
                self._look_after(run, folders.of(run), _patience(wanted=bool(waiting - {run})))
            except InputError:  # it is being made or removed, or that was cut short
                self._clear(folders.root() / "runs" / run)
            except Exception:  # one broken run must not keep the others from being looked after
                log.exception("the run %s cannot be looked after", run)
        self._made = True
        self._let_sleep()
        if len(found) > MOST:
            _remove_oldest(len(found) - MOST)

    def _tell(self, run: str, last: record.Record) -> None:
        """Log that a run has ended since the last round, and how; never its id, which is a key."""
        if last.state not in record.OVER:
            self._over.discard(run)
        elif run not in self._over:
            self._over.add(run)
            if self._made:
                facts = {"function": control.description(run)["function"], "end": last.end or last.state}
                facts |= {"steps": last.step, "seconds": round(last.seconds, 1)}
                log.info("run ended", extra={"facts": facts})

    def _look_after(self, run: str, folder: Path, patience: float) -> None:
        """Pause a run that nobody watches for so many s, then end its process, then remove it."""
        alive, found = locks.held(folder / "process"), record.read(folder)
        unwatched = self._age(folder / "viewer")
        self._tell(run, found)
        if alive and found.state == "paused":
            self._at_rest[run] = found.since
            if processes.elsewhere(folder):
                self._elsewhere.add(run)
        if alive and ends.CROWDED in found.notice:
            self._crowded += 1
        if alive and self._age(folder / "stop") > PATIENCE:
            processes.kill(folder)
            record.end(folder, "stopped")
        elif unwatched > folders.seconds("FORGET_AFTER", 86_400):
            control.remove(run)
        elif alive and unwatched > folders.seconds("REMOVE_AFTER", 3_600):
            processes.kill(folder) if standing.hung(found) else orders.give(folder, orders.SLEEP)
        elif unwatched > patience and (found.state in ("starting", "running") or slots.waits(run)):
            control.pause(run, UNWATCHED)

    def _clear(self, folder: Path) -> None:
        """Remove what is left of a run that was not made or removed to the end."""
        if self._age(folder) > LEFTOVER:
            shutil.rmtree(folder, ignore_errors=True)

    def _let_sleep(self) -> None:
        """End processes that rest, first those that have for longest, where there are too many of them.

        On a cluster each takes a core, which others may wait for.
        """
        resting = sorted(self._at_rest, key=self._at_rest.__getitem__)
        elsewhere = [run for run in resting if run in self._elsewhere]
        for run in {*resting[:-MOST_AT_REST], *elsewhere[: self._crowded]}:
            with suppress(InputError), slots.alone():
                if not slots.has(run):  # it has not just been told to go on
                    orders.give(folders.of(run), orders.SLEEP)

    def _age(self, path: Path) -> float:
        """s since a file was written, as far as the rounds know; below 0 where there is none."""
        try:
            written = path.stat().st_mtime
        except FileNotFoundError:
            return -1.0
        if self._seen.get(path, (0.0, 0.0))[0] != written:
            self._seen[path] = (written, time.monotonic())
        return time.monotonic() - self._seen[path][1]


def _patience(wanted: bool) -> float:
    """How long a run may work or wait while nobody watches, in s; less where others want its place."""
    usual = folders.seconds("PAUSE_AFTER", 60)
    return min(usual, folders.seconds("YIELD_AFTER", 10)) if wanted else usual


def _remove_oldest(count: int) -> None:
    """Remove the runs without a process that nobody has watched for longest."""
    watched: dict[str, float] = {}
    for run in folders.everything():
        with suppress(InputError, FileNotFoundError):  # it was removed meanwhile
            folder = folders.of(run)
            if not (processes.alive(folder, record.read(folder)) or slots.waits(run)):
                watched[run] = (folder / "viewer").stat().st_mtime
    for run in sorted(watched, key=watched.__getitem__)[:count]:
        with suppress(InputError):
            control.remove(run)
