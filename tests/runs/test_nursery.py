"""Where workers come from."""

import os
from pathlib import Path

import pytest

from tests.runs.rehearsing import pid, rehearse, total, until, until_state
from vizcore import runs
from vizcore.runs import children, folder, keeper, nursery


def test_a_worker_leaves_the_computer_to_others() -> None:
    run = rehearse(steps=1000)
    process = Path(f"/proc/{pid(run)}")
    assert os.getpriority(os.PRIO_PROCESS, pid(run)) == 10
    assert (process / "oom_score_adj").read_text() == "900\n"
    assert "\nThreads:\t1\n" in (process / "status").read_text()
    assert os.getpgid(pid(run)) == pid(run)


def test_a_run_that_two_processes_are_begun_for_has_one() -> None:
    run = rehearse(steps=200)
    first = pid(run)
    keeper.keeper.launch(folder.of(run))
    until_state(run, "finished")
    assert pid(run) == first
    assert runs.history(run)[0][-1]["sum"] == total(200)


def test_a_new_nursery_takes_the_place_of_one_that_died() -> None:
    rehearse(steps=1)
    found = keeper.keeper._nursery
    assert found is not None
    found.kill()
    found.wait()
    until_state(rehearse(steps=5), "finished")


def test_the_nursery_says_when_it_has_imported_everything() -> None:
    keeper.keeper.start()
    until(keeper.keeper.warm)
    found = keeper.keeper._nursery
    assert found is not None
    found.kill()
    found.wait()
    keeper.keeper.start()
    assert not keeper.keeper.warm()
    until(keeper.keeper.warm)


def test_without_fork_a_process_waits_in_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    launched = []
    monkeypatch.setattr(children, "launch", lambda *task: launched.append(launch(*task)) or launched[-1])
    begin = nursery.reserve()
    monkeypatch.setattr(keeper.keeper, "launch", begin)
    run = rehearse(steps=20)
    until_state(run, "finished")
    assert pid(run) == launched[0].pid
    for process in launched:
        children.end(process)


launch = children.launch
