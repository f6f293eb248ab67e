"""How a run stands, for people."""

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

from vizcore.runs import ends, processes, record, slots, states
from vizcore.runs import folder as folders
from vizcore.runs.cluster import cluster
from vizcore.runs.record import Record

SILENT = 15.0  # s without a word, and five steps, after which a process counts as hung


@dataclass(frozen=True)
class Status:
    """How a run stands."""

    state: str  # queued, running, paused, finished, stopped, failed or lost
    step: int  # the newest that was reported
    total: int | None  # steps that there will be
    place: int  # in the queue, 1 is next; 0 for a run that does not wait
    seconds: float  # of work so far, without pauses
    eta: float | None  # s of work to come
    sentence: str  # what happened, and the way out; empty where all is well
    device: str
    end: str = ""  # of a run that failed: name of its end in ENDS
    # Processes that it has had; each forgets what was reported behind the checkpoint that it goes on from.
    lives: int = 1

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in record.OVER


def status(run: str, *, watching: bool = False) -> Status:
    """How a run stands now.

    Args:
        run: its id.
        watching: whether somebody looks on; a run that nobody watches is paused after a while.

    Raises:
        InputError: there is no such run.
    """
    folder = folders.of(run)
    if watching:
        renew(folder)
    order = slots.waiting() if slots.waits(run) else []
    place = order.index(run) + 1 if run in order else 0
    found, state = _seen(folder)
    if place:
        state = "queued"
    return Status(
        state=state,
        step=found.step,
        total=found.total,
        place=place,
        seconds=found.seconds,
        eta=_eta(found) if state in ("running", "paused") else None,
        sentence=_sentence(folder, found, state),
        device=found.device,
        end=found.end if state == "failed" else "",
        lives=found.lives,
    )


def renew(folder: Path) -> None:
    """Say that somebody watches, once a second at most."""
    viewer = folder / "viewer"
    if not 0 <= time.time() - viewer.stat().st_mtime < 1:
        os.utime(viewer)


def hung(found: Record) -> bool:
    """Whether a run at work has been silent for longer than its steps explain."""
    return found.state == "running" and time.monotonic() - found.beat > max(SILENT, 5 * found.pace)


def _seen(folder: Path) -> tuple[Record, str]:
    """The record of a run and its state, as far as its process bears them out."""
    found = record.read(folder)
    alive = processes.alive(folder, found)
    if not alive:
        found = record.read(folder)  # it may have ended between the two looks
    if found.state in ("queued", "starting", "running"):
        return found, "running" if alive else "lost"
    return found, found.state


def _eta(found: Record) -> float | None:
    if found.total is None or not found.pace:
        return None
    return max(0.0, (found.total - found.step) * found.pace)


def _sentence(folder: Path, found: Record, state: str) -> str:
    said = []
    if state == "lost":
        said.append(ends.LOST_ELSEWHERE if processes.elsewhere(folder) else ends.LOST)
    elif state == "running" and hung(found):
        silent = math.floor(time.monotonic() - found.beat)
        said.append(f"The run has not answered for {silent} s. Stop it if that goes on.")
    elif state != "queued" and found.notice:
        said.append(found.notice)
    if state == "running" and cluster.reason and not processes.elsewhere(folder):
        said.append(f"It works on the server itself: {cluster.reason}.")
    if state == "lost" or (state == "failed" and ends.ENDS[found.end].goes_on):
        said.append(_way_on(folder))
    if found.full and state in ("running", "paused", "queued"):
        said.append("The disk of the server is full: the run goes on, but checkpoints are off.")
    return " ".join(said)


def _way_on(folder: Path) -> str:
    steps = states.steps(folder)
    return f"It can go on from step {steps[-1]:,}." if steps else "It can start again from the beginning."
