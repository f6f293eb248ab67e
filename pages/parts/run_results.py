"""Results that runs compute, for pages that go on meanwhile as with those of `pages.server.work`."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from pages.parts.kept_runs import follow
from pages.server import work
from vizcore import runs
from vizcore.toolkit.errors import InputError

T = TypeVar("T")
Line = Mapping[str, Any]  # a report
EARLY = 0.1  # share up to which what was expected says more than how long it took


def result(
    slot: str, key: Hashable, find: Callable[[], str], read: Callable[[Line], T], seconds: float
) -> T | None:
    """What a run has found; None while it is under way, or after it was stopped.

    Args:
        slot: place on the page, the one that `find` follows the run at.
        key: equal keys have equal results, whoever asks.
        find: the id of the run, as `kept_run` has it.
        read: makes the result of the last report, with its arrays; every report has a `share`.
        seconds: that it is expected to take.
    """
    found: T | None = work.known(key)
    if found is None:
        held = work.place(slot)
        if held is None or held.work is None:
            follow(slot, [])  # stopped; or begun again, which wants another run where that one failed
        if held is None or held.key != key:
            job = Following(find, lambda last: work.kept(key, lambda: read(last)), seconds)
            held = work.put(slot, key, job)
        found = held.work.result if held.work else None
    if found is not None:
        work.release(slot)
        follow(slot, [])
    return found


class Following:
    """A run that one visit follows, as a `work.Job`."""

    def __init__(self, find: Callable[[], str], read: Callable[[Line], Any], seconds: float) -> None:
        self._find, self._read, self._seconds = find, read, seconds
        self._run, self._since = "", 0
        self._status: runs.Status | None = None
        self.share = 0.0  # of the work that is done, 0 to 1
        self.failure = ""
        self._look()

    @property
    def running(self) -> bool:
        """Whether it is under way, as of now."""
        self._look()
        return not (self.failure or self._finished)

    @property
    def result(self) -> Any:
        """What its last report says; None before that."""
        last = runs.newest(self._run) if self._finished else None
        return self._read(last) if last else None

    def standing(self) -> str:
        """How far it is, its place in the queue, and what happened to it."""
        status = self._status
        if status is None or not (status.place or self.share):
            said = "Starting …"
        elif status.place:
            said = f"Waiting for its turn, at place {status.place} …"
        else:
            whole = status.seconds / self.share if self.share > EARLY else self._seconds
            left = (1 - self.share) * whole
            said = f"{self.share:.0%}, about {max(1, round(left))} s left"
        return f"{said.removesuffix(' …')}. {status.sentence}" if status and status.sentence else said

    @property
    def _finished(self) -> bool:
        return self._status is not None and self._status.state == "finished"

    def _look(self) -> None:
        """Take notice of how it stands; where it rests because nobody watched, it goes on."""
        if self._finished:
            return
        try:
            run = self._find()
            status = runs.status(run, watching=True)
            if status.state == "paused":
                runs.resume(run)
            lines, since = runs.history(run, self._since if run == self._run else 0)
        except InputError as error:
            self.failure = str(error)
            return
        self._run, self._since, self._status = run, since, status
        if lines:
            self.share = float(lines[-1]["share"])
        self.failure = status.sentence if status.state in ("failed", "lost", "stopped") else ""
