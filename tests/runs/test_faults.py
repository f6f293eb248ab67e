"""What goes wrong in a run becomes a sentence, and nothing is lost that was checkpointed."""

import os
import signal
import time

import numpy as np
import pytest

from tests.runs.rehearsing import kill, pid, rehearse, total, until, until_state
from vizcore import runs
from vizcore.runs import folder, locks, record, standing, states


def test_a_killed_process_is_noticed_within_two_seconds() -> None:
    run = rehearse(steps=2000)
    until(lambda: runs.checkpoints(run) != ())
    kill(run)
    took = until(lambda: runs.status(run).state == "lost")
    last = runs.checkpoints(run)[-1]
    assert took < 2
    why = "The process of this run was killed, perhaps because memory ran out."
    assert runs.status(run).sentence == f"{why} It can go on from step {last:,}."


def test_a_run_killed_at_twelve_moments_ends_as_one_that_was_never_disturbed() -> None:
    run = rehearse(steps=500, pause=0.002)
    for moment in np.random.default_rng(0).uniform(0, 0.12, 12):
        time.sleep(moment)
        kill(run)
        until_state(run, "lost")
        runs.resume(run)
        until_state(run, "running")
        until(lambda: locks.held(folder.of(run) / "process"))
    until_state(run, "finished")
    lines, _ = runs.history(run)
    assert all(line["sum"] == total(line["step"]) for line in lines)
    assert [line["report"] for line in lines] == sorted({line["report"] for line in lines})
    assert lines[-1]["step"] == 500


@pytest.mark.parametrize(
    ("accident", "words"),
    [
        ("bug", "our mistake"),
        ("diverge", "At step 10, sum was nan. The run has diverged. A smaller learning rate"),
        (
            "gpu",
            "Take a smaller batch, or the CPU. It can go on from step",
        ),
        ("input", "This rehearsal was told to refuse its settings."),
        ("memory", "more memory than there is"),
    ],
)
def test_an_accident_becomes_a_sentence(accident: str, words: str) -> None:
    status = until_state(rehearse(accident=accident), "failed")
    assert words in status.sentence
    assert "Error" not in status.sentence


def test_the_traceback_of_a_bug_stands_in_its_log_only() -> None:
    run = rehearse(accident="bug")
    status = until_state(run, "failed")
    assert "a secret of the server" in (folder.of(run) / "log.txt").read_text()
    assert "secret" not in status.sentence


def test_a_run_whose_gpu_failed_goes_on_with_other_settings() -> None:
    run = rehearse(steps=30, accident="gpu")
    until_state(run, "failed")
    other = runs.branch(run, runs.checkpoints(run)[-1], accident="")
    until_state(other, "finished")
    assert runs.history(other)[0][-1]["sum"] == total(30)


def test_a_full_disk_does_not_stop_a_run() -> None:
    run = rehearse(steps=150, accident="full disk")
    until(lambda: "checkpoints are off" in runs.status(run).sentence)
    assert runs.status(run).state == "running"
    assert until_state(run, "finished").step == 150


def test_a_process_that_hangs_is_called_so_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    run = rehearse(steps=1000)
    os.kill(pid(run), signal.SIGSTOP)
    monkeypatch.setattr(standing, "SILENT", 0.5)
    until(lambda: "has not answered for" in runs.status(run).sentence)
    monkeypatch.setattr("vizcore.runs.rounds.PATIENCE", 0.5)
    runs.stop(run)
    assert until_state(run, "stopped").sentence == "The run was stopped."


def test_the_number_of_another_programs_process_is_left_alone() -> None:
    run = rehearse(steps=1000)
    kill(run)
    until_state(run, "lost")
    (folder.of(run) / "process").write_text(str(os.getpid()))
    runs.stop(run)
    runs.remove(run)  # and this process still lives to see it


def test_a_damaged_checkpoint_gives_way_to_the_one_before() -> None:
    run = rehearse(steps=200)
    until(lambda: len(runs.checkpoints(run)) >= 2)
    kill(run)
    until_state(run, "lost")
    before, last = runs.checkpoints(run)[-2:]
    path = folder.of(run) / f"state.{last}.bin"
    path.write_bytes(path.read_bytes()[:-7])
    found = states.last(folder.of(run))
    assert found is not None
    assert found.step == before
    runs.resume(run)
    until_state(run, "finished")
    assert runs.history(run)[0][-1]["sum"] == total(200)


def test_a_run_whose_checkpoints_are_all_damaged_begins_anew() -> None:
    run = rehearse(steps=100)
    until(lambda: runs.checkpoints(run) != ())
    kill(run)
    until_state(run, "lost")
    for path in folder.of(run).glob("state.*.bin"):
        path.write_bytes(b"\0" * 100)
    runs.resume(run)
    until_state(run, "finished")
    lines, _ = runs.history(run)
    assert (lines[0]["step"], lines[-1]["step"]) == (0, 100)
    assert all(line["sum"] == total(line["step"]) for line in lines)


def test_half_a_line_at_the_end_is_skipped() -> None:
    run = rehearse(steps=10)
    until_state(run, "finished")
    before = runs.history(run)
    with (folder.of(run) / "reports.jsonl").open("a") as file:
        file.write('{"report": 11, "st')
    assert runs.history(run) == before


@pytest.mark.parametrize(
    ("accident", "state", "words"), [("", "finished", ""), ("diverge", "failed", "At step 10, sum was nan.")]
)
def test_a_run_that_was_killed_behind_its_last_step_ends_as_it_would_have(
    accident: str, state: str, words: str
) -> None:
    run = rehearse(steps=10, accident=accident)
    until_state(run, state)
    until(lambda: not locks.held(folder.of(run) / "process"))
    before = runs.history(run)
    record.amend(folder.of(run), state="running")  # as if it had not had its last word
    assert runs.status(run).state == "lost"
    runs.resume(run)
    assert until_state(run, state).sentence.startswith(words)
    assert runs.history(run) == before


def test_a_checkpoint_that_was_cut_short_is_cleared_away() -> None:
    run = rehearse(steps=1000)
    kill(run)
    until_state(run, "lost")
    draft = folder.of(run) / "state.7.bin.new"
    draft.write_bytes(b"half of")
    runs.resume(run)
    until(lambda: not draft.exists())


def test_a_run_that_cannot_even_begin_has_one_process_and_ends() -> None:
    run = runs.start("rehearsal.count", {"accident": "input", "at": 0})
    status = until_state(run, "failed")
    assert status.sentence == "This rehearsal was told to refuse its settings."
    time.sleep(1)
    assert runs.status(run).state == "failed"
