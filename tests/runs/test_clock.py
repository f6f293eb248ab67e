"""The clock of the computer is set anew by an hour while runs are at work: they count on another one."""

import os
import time

import pytest

from tests.runs.rehearsing import rehearse, until_state, until_step
from vizcore import runs
from vizcore.runs import folder

HOUR = 3600.0  # s
JUMPS = pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=["back", "forward"])


def put(monkeypatch: pytest.MonkeyPatch, run: str, jump: float) -> None:
    """Set the clock of this server anew; to it, all that a run has written down so far is an hour off."""
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: int((right() + jump) * 1e9))
    for path in folder.of(run).iterdir():
        os.utime(path, (right() - jump, right() - jump))


@JUMPS
def test_a_run_goes_on_and_no_time_of_it_is_negative(monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    begin, run = time.monotonic(), rehearse(steps=2000)
    put(monkeypatch, run, jump)
    until_step(run, runs.status(run).step + 100)
    found = runs.status(run, watching=True)
    assert (found.state, found.sentence) == ("running", "")
    assert 0 <= found.seconds <= time.monotonic() - begin
    assert found.eta is not None
    assert 0 <= found.eta < 60


@JUMPS
def test_a_run_rests_and_ends_as_if_nothing_were(monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    run = rehearse(steps=300)
    runs.pause(run)
    rested = until_state(run, "paused")
    put(monkeypatch, run, jump)
    runs.resume(run)
    ended = until_state(run, "finished")
    assert rested.seconds <= ended.seconds < 60
    assert ended.eta is None


@JUMPS
def test_a_run_that_waits_keeps_its_place(monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    rehearse(steps=10_000)
    first = runs.start("rehearsal.count", {})
    put(monkeypatch, first, jump)
    second = runs.start("rehearsal.count", {})
    assert (runs.status(first).place, runs.status(second).place) == (1, 2)
