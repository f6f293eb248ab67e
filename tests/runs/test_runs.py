"""A run from its start to its end, as a page uses it."""

import os
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.runs.rehearsing import kill, pid, rehearse, total, until, until_state, until_step
from vizcore import runs
from vizcore.runs import folder, functions
from vizcore.toolkit.errors import InputError


def test_a_run_ends_with_the_last_report_and_what_came_before() -> None:
    run = rehearse(steps=30)
    status = until_state(run, "finished")
    lines, following = runs.history(run)
    assert (status.step, status.total, status.sentence) == (30, 30, "")
    assert lines[0] == {"report": 0, "step": 0, "sum": 0.0}
    assert lines[-1] == {"report": 30, "step": 30, "sum": total(30)}
    assert following == 31


def test_history_goes_on_where_the_last_one_ended() -> None:
    run = rehearse(steps=60)
    first, following = runs.history(run)
    until_state(run, "finished")
    rest, _ = runs.history(run, following)
    assert first + rest == runs.history(run)[0]
    assert runs.history(run, 61) == ([], 61)


def test_the_newest_report_has_its_arrays() -> None:
    run = rehearse(steps=20)
    until_state(run, "finished")
    newest = runs.newest(run)
    assert newest is not None
    assert newest["sum"] == total(20)
    np.testing.assert_array_equal(newest["square"], np.full((2, 2), 20, np.float32))


def test_a_pause_changes_nothing_but_the_time() -> None:
    run = rehearse(steps=60)
    runs.pause(run)
    step = until_state(run, "paused").step
    assert step < 60
    runs.resume(run)
    until_state(run, "finished")
    assert runs.history(run)[0][-1]["sum"] == total(60)


def test_a_step_is_one_report_more() -> None:
    run = rehearse(steps=1000)
    runs.pause(run)
    step = until_state(run, "paused").step
    runs.step(run)
    until(lambda: runs.status(run).step == step + 1)
    runs.step(run, 5)
    until(lambda: runs.status(run).step == step + 6)
    assert until_state(run, "paused").step == step + 6
    assert runs.history(run)[0][-1]["step"] == step + 6


def test_a_stopped_run_keeps_what_it_has() -> None:
    run = rehearse(steps=1000)
    until_step(run, 5)
    runs.stop(run)
    status = until_state(run, "stopped")
    assert status.sentence == "The run was stopped."
    assert runs.checkpoints(run)[-1] == status.step
    assert runs.history(run)[0][-1]["sum"] == total(status.step)


def test_a_stopped_run_can_go_on_to_the_same_end() -> None:
    run = rehearse(steps=60)
    runs.stop(run)
    until_state(run, "stopped")
    runs.resume(run)
    until_state(run, "finished")
    assert runs.history(run)[0][-1]["sum"] == total(60)


def test_a_setting_changes_while_the_run_rests() -> None:
    run = rehearse(steps=1000)
    runs.pause(run)
    step = until_state(run, "paused").step
    runs.change(run, factor=7)
    runs.step(run)
    until(lambda: runs.status(run).step == step + 1)
    until_state(run, "paused")
    assert runs.history(run)[0][-1]["sum"] == (7 * total(step) + step + 1) % 1_000_003


def test_a_change_outlives_the_process() -> None:
    run = rehearse(steps=1000)
    runs.pause(run)
    step = until_state(run, "paused").step
    runs.change(run, factor=7)
    until(lambda: runs.description(run)["settings"].get("factor") == 7)
    runs.stop(run)
    until_state(run, "stopped")
    runs.step(run)
    until(lambda: runs.status(run).step == step + 1)
    assert runs.history(run)[0][-1]["sum"] == (7 * total(step) + step + 1) % 1_000_003


def test_what_a_run_began_with_is_kept_beside_what_it_does_now() -> None:
    run = rehearse(steps=1000)
    runs.change(run, factor=7)
    until(lambda: runs.description(run)["settings"] == {"steps": 1000, "factor": 7})
    assert runs.description(run)["began"] == {"steps": 1000}


def test_many_changes_at_once_make_one_checkpoint() -> None:
    run = rehearse(steps=1000)
    runs.pause(run)
    step = until_state(run, "paused").step
    os.kill(pid(run), signal.SIGSTOP)
    for factor in range(5, 50):
        runs.change(run, factor=factor)
    before = (folder.of(run) / f"state.{step}.bin").stat().st_ino
    os.kill(pid(run), signal.SIGCONT)
    until(lambda: runs.description(run)["settings"].get("factor") == 49)
    assert (folder.of(run) / f"state.{step}.bin").stat().st_ino != before
    other = runs.branch(run, step, steps=step + 1)
    until_state(other, "finished")
    assert runs.history(other)[0][-1]["sum"] == (49 * total(step) + step + 1) % 1_000_003


def test_a_run_that_is_told_to_stop_and_to_go_on_at_once_goes_on() -> None:
    run = rehearse(steps=60)
    os.kill(pid(run), signal.SIGSTOP)
    runs.stop(run)
    runs.resume(run)
    os.kill(pid(run), signal.SIGCONT)
    until_state(run, "finished")
    assert runs.history(run)[0][-1]["sum"] == total(60)


def test_what_the_spec_refuses_is_refused_at_once() -> None:
    run = rehearse(steps=1000)
    with pytest.raises(InputError, match="factor goes from 1 to 1000, not 0"):
        runs.change(run, factor=0)
    with pytest.raises(InputError, match="no setting 'speed'"):
        runs.change(run, speed=2)


def test_what_the_work_refuses_stands_in_the_sentence() -> None:
    run = rehearse(steps=1000)
    runs.change(run, factor=13)
    until(lambda: "refuses a factor of 13" in runs.status(run).sentence)
    assert runs.status(run).state == "running"


def test_a_branch_goes_on_from_a_checkpoint_with_another_setting() -> None:
    run = rehearse(steps=40)
    until_state(run, "finished")
    step = runs.checkpoints(run)[0]
    other = runs.branch(run, step, factor=5, steps=step + 1)
    until_state(other, "finished")
    lines, _ = runs.history(other)
    assert lines[-1]["sum"] == (5 * total(step) + step + 1) % 1_000_003
    assert lines[:-1] == [line for line in runs.history(run)[0] if line["step"] <= step]
    assert runs.description(other)["parent"] == run


def test_one_can_branch_from_a_checkpoint_only() -> None:
    run = rehearse(steps=5)
    until_state(run, "finished")
    with pytest.raises(InputError, match="no checkpoint of step 77"):
        runs.branch(run, 77)
    with pytest.raises(InputError, match="no checkpoint of step 77"):
        runs.state_of(run, 77)


def test_the_newest_run_with_a_label_is_found_by_it() -> None:
    first, second = (runs.start("rehearsal.count", {}, label="mine") for _ in range(2))
    assert runs.labelled("mine") == second
    runs.remove(second)
    assert runs.labelled("mine") == first
    assert runs.labelled("other") == ""


def test_a_removed_run_leaves_nothing() -> None:
    run = rehearse(steps=1000)
    path = folder.of(run)
    runs.remove(run)
    assert not path.exists()
    with pytest.raises(InputError, match="no longer kept"):
        runs.status(run)


def test_a_finished_run_does_not_go_on() -> None:
    run = rehearse(steps=3)
    until_state(run, "finished")
    with pytest.raises(InputError, match="has finished"):
        runs.resume(run)


def test_the_time_to_come_is_that_of_the_steps_to_come() -> None:
    run = rehearse(steps=1000, pause=0.02)
    until_step(run, 10)
    status = runs.status(run)
    assert status.eta is not None
    assert status.eta == pytest.approx((1000 - status.step) * status.seconds / status.step, rel=0.3)
    assert status.eta >= 0.02 * (1000 - status.step) * 0.9


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        ("os.system", {}),
        ("rehearsal.count", {"factor": 0}),
        ("rehearsal.count", {"factor": [3]}),
        ("rehearsal.count", {"__class__": 1}),
    ],
)
def test_what_cannot_be_run_makes_no_run(function: str, settings: dict[str, Any]) -> None:
    before = folder.everything()
    with pytest.raises(InputError):
        runs.start(function, settings)
    assert folder.everything() == before


def test_one_can_go_back_to_the_first_steps() -> None:
    run = runs.start("rehearsal.count", {"steps": 70, "pause": 0.001})
    until_state(run, "finished")
    assert {1, 2, 4, 8, 16, 32, 64, 70} <= {*runs.checkpoints(run)}


@pytest.mark.parametrize("entry", functions.FUNCTIONS.values(), ids=functions.FUNCTIONS)
def test_every_function_is_there_with_a_spec_that_needs_no_settings(entry: functions.Function) -> None:
    assert callable(entry.load())
    assert entry.spec({}) == entry.spec({})


@pytest.mark.parametrize(
    "act",
    [
        runs.status,
        runs.history,
        runs.newest,
        runs.checkpoints,
        runs.description,
        runs.pause,
        runs.resume,
        runs.step,
        runs.change,
        runs.stop,
        runs.remove,
    ],
)
def test_nothing_can_be_done_to_what_is_no_run(act: Callable[[str], object]) -> None:
    for run in ("../../etc", "0" * 32):
        with pytest.raises(InputError):
            act(run)


def test_plain_generators_run_as_well() -> None:
    image = np.random.default_rng(0).random((6, 5, 3), np.float32)
    run = runs.start("activation_functions.fit", {"steps": 20, "every": 5}, {"image": image})
    until_state(run, "finished")
    newest = runs.newest(run)
    assert newest is not None
    assert [array.shape for array in newest.values() if isinstance(array, np.ndarray)] == [(6, 5, 3)] * 2
    assert runs.history(run)[0][-1]["step"] == 20
    assert runs.checkpoints(run) == ()


def test_a_plain_generator_that_was_killed_starts_over() -> None:
    run = runs.start("activation_functions.dying", {"epochs": 100})
    until_step(run, 2)
    kill(run)
    assert until_state(run, "lost").sentence.endswith("It can start again from the beginning.")
    runs.step(run)
    until(lambda: runs.status(run).state == "paused")
    assert [line["epoch"] for line in runs.history(run)[0]] == [0]
