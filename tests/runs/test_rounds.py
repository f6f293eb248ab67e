"""Runs that nobody watches."""

import logging
import os

import pytest

from tests.runs.rehearsing import rehearse, total, until, until_state, until_step
from vizcore import runs
from vizcore.runs import ends, folder, locks, processes, record, rounds, slots
from vizcore.toolkit.errors import InputError


def test_a_run_that_nobody_watches_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    run = rehearse(steps=2000)
    monkeypatch.setenv("CONVOSCOPE_RUN_PAUSE_AFTER", "0.5")
    assert "nobody watched" in until_state(run, "paused").sentence
    monkeypatch.delenv("CONVOSCOPE_RUN_PAUSE_AFTER")
    runs.resume(run)
    until_state(run, "running")


def test_a_run_that_somebody_watches_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    run = rehearse(steps=250)
    monkeypatch.setenv("CONVOSCOPE_RUN_PAUSE_AFTER", "1.5")
    until(lambda: runs.status(run, watching=True).state != "running")
    assert runs.status(run).state == "finished"


def test_a_run_that_nobody_watches_yields_to_one_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    monkeypatch.setenv("CONVOSCOPE_RUN_YIELD_AFTER", "0.5")
    monkeypatch.setattr(slots, "GRACE", 0.3)
    run = rehearse(steps=2000)
    other = runs.start("rehearsal.count", {"steps": 2000})
    until(lambda: runs.status(other, watching=True).state == "running")
    assert "nobody watched" in runs.status(run).sentence


def test_where_nobody_waits_it_need_not_yield(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVOSCOPE_RUN_YIELD_AFTER", "0.1")
    run = rehearse(steps=2000)
    step = runs.status(run).step
    until(lambda: runs.status(run).step > step + 250)
    assert runs.status(run).state == "running"


def test_its_process_ends_later_and_its_checkpoint_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    run = rehearse(steps=2000)
    monkeypatch.setenv("CONVOSCOPE_RUN_REMOVE_AFTER", "0.3")
    until(lambda: not locks.held(folder.of(run) / "process"))
    monkeypatch.delenv("CONVOSCOPE_RUN_REMOVE_AFTER")
    status = runs.status(run)
    assert status.state == "paused"
    assert runs.checkpoints(run)[-1] == status.step
    runs.step(run)
    until(lambda: runs.status(run).step == status.step + 1)
    assert runs.history(run)[0][-1]["sum"] == total(status.step + 1)


def test_in_the_end_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    run = rehearse(steps=2000)
    monkeypatch.setenv("CONVOSCOPE_RUN_FORGET_AFTER", "0.3")
    until(lambda: run not in folder.everything())
    with pytest.raises(InputError, match="no longer kept"):
        runs.history(run)


def test_of_too_many_runs_the_one_watched_last_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = [rehearse(steps=1) for _ in range(3)]
    for age, run in enumerate(ended):
        until_state(run, "finished")
        os.utime(folder.of(run) / "viewer", (100 - age, 100 - age))
    monkeypatch.setattr(rounds, "MOST", 1)
    until(lambda: folder.everything() == [ended[0]])


def test_a_clock_that_jumps_pauses_nothing() -> None:
    run = rehearse(steps=2000)
    os.utime(folder.of(run) / "viewer", (0, 0))
    step = runs.status(run).step
    until(lambda: runs.status(run).step > step + 150)
    assert runs.status(run).state == "running"


def test_of_too_many_processes_at_rest_the_first_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "GRACE", 0.1)
    resting = [rehearse(steps=1000) for _ in range(3)]
    for run in resting:
        runs.pause(run)
        until_state(run, "paused")
    monkeypatch.setattr(rounds, "MOST_AT_REST", 2)
    until(lambda: not locks.held(folder.of(resting[0]) / "process"))
    assert runs.status(resting[0]).state == "paused"
    assert all(locks.held(folder.of(run) / "process") for run in resting[1:])


def test_what_is_left_of_an_accident_is_cleared_away(monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder.create()
    runs.start("rehearsal.count", {})  # with it, there are rounds
    monkeypatch.setattr(rounds, "LEFTOVER", 0.3)
    until(lambda: not path.exists())


def test_a_broken_run_does_not_keep_the_others_from_being_looked_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = folder.create()
    record.write(broken, record.Record())
    (broken / "process").mkdir()
    monkeypatch.setattr(folder, "everything", lambda: [broken.name, run])
    run = rehearse(steps=2000)
    monkeypatch.setenv("CONVOSCOPE_RUN_PAUSE_AFTER", "0.5")
    until_state(run, "paused")
    (broken / "process").rmdir()


def test_the_log_says_that_a_run_began_and_how_it_ended_but_not_which(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "convoscope.runs")
    made = rounds.Rounds()
    made.make()
    run = rehearse(steps=5)
    until_state(run, "finished")
    made.make()
    told = [record for record in caplog.records if record.msg in ("run started", "run ended")]
    facts = [record.__dict__["facts"] for record in told]
    assert facts[0] == {"function": "rehearsal.count"}
    assert (facts[-1]["end"], facts[-1]["steps"]) == ("finished", 5)
    assert not any(run in str(record.__dict__) for record in told)


def test_who_rests_on_a_cluster_makes_room_for_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "elsewhere", lambda _: True)
    monkeypatch.setattr(slots, "GRACE", 0.0)
    rests = rehearse(steps=1000)
    runs.pause(rests)
    until_state(rests, "paused")
    until(lambda: not slots.has(rests))
    waits = rehearse(steps=1000, accident="hang", at=3)
    until_step(waits, 2)
    rounds.Rounds().make()
    assert locks.held(folder.of(rests) / "process")
    record.amend(folder.of(waits), state="starting", notice=ends.CROWDED)
    rounds.Rounds().make()
    until(lambda: not locks.held(folder.of(rests) / "process"))
    assert runs.status(rests).state == "paused"
