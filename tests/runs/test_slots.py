"""Who works and who waits."""

from pathlib import Path

import pytest

from tests.runs.rehearsing import kill, rehearse, until, until_state
from vizcore import runs
from vizcore.runs import folder, orders, slots
from vizcore.toolkit.errors import InputError


@pytest.fixture(autouse=True)
def two_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "2")
    monkeypatch.setattr(slots, "GRACE", 0.3)


def counts(**settings: float) -> str:
    return runs.start("rehearsal.count", settings)


def states(names: list[str]) -> list[str]:
    return [runs.status(run).state for run in names]


def test_thirty_runs_share_two_slots_and_all_finish() -> None:
    started = [counts(steps=3, pause=0.001) for _ in range(30)]
    most = 0

    def all_finished() -> bool:
        nonlocal most
        found = states(started)
        most = max(most, found.count("running"))
        return found.count("finished") == 30

    until(all_finished, every=0.1)
    assert most <= 2


def test_those_who_wait_see_their_place_and_move_up() -> None:
    first = [counts(steps=1000) for _ in range(2)]
    third, fourth = counts(steps=1000), counts(steps=1000)
    assert [runs.status(run).place for run in (*first, third, fourth)] == [0, 0, 1, 2]
    runs.stop(first[0])
    until_state(third, "running")
    assert runs.status(fourth).place == 1


def test_a_paused_run_gives_its_slot_to_another_and_waits_when_it_goes_on() -> None:
    first, _second = rehearse(steps=1000), rehearse(steps=1000)
    third = counts(steps=1000)
    runs.pause(first)
    until_state(third, "running")
    runs.resume(first)
    assert runs.status(first).place == 1
    runs.stop(third)
    until_state(first, "running")


def test_the_slot_of_a_killed_run_is_free_again() -> None:
    first, _second = rehearse(steps=1000), rehearse(steps=1000)
    third = counts(steps=1000)
    kill(first)
    until_state(third, "running")


def test_a_run_that_waits_can_be_taken_out_and_put_back() -> None:
    first = [counts(steps=1000) for _ in range(2)]
    third, fourth = counts(steps=5), counts(steps=5)
    runs.pause(third)
    assert runs.status(third).state == "paused"
    assert runs.status(fourth).place == 1
    runs.stop(fourth)
    assert runs.status(fourth).state == "stopped"
    runs.resume(third)
    runs.stop(first[0])
    until_state(third, "finished")


def test_who_asks_again_keeps_the_place() -> None:
    _first = [counts(steps=1000) for _ in range(2)]
    third, fourth = counts(steps=1000), counts(steps=1000)
    runs.step(third)
    assert [runs.status(run).place for run in (third, fourth)] == [1, 2]


def test_a_run_is_never_called_lost_while_it_gets_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begin, seen = orders.begin, []

    def watched(path: Path, order: orders.Order) -> None:
        seen.append(runs.status(path.name).state)
        begin(path, order)

    monkeypatch.setattr(orders, "begin", watched)
    until_state(counts(steps=3), "finished")
    assert seen == ["queued"]


def test_a_place_that_has_lost_its_content_holds_up_nobody() -> None:
    first = [rehearse(steps=1000) for _ in range(2)]
    third, fourth = counts(steps=3), counts(steps=3)
    (folder.root() / "queue" / third).write_bytes(b"")
    runs.stop(first[0])
    until_state(fourth, "finished")
    assert "our mistake" in until_state(third, "failed").sentence


def test_a_queue_that_is_too_long_takes_nobody_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "MOST_WAITING", 3)
    for _ in range(5):
        counts(steps=1000)
    with pytest.raises(InputError, match="3 runs wait for their turn"):
        counts(steps=1000)
    assert len(folder.everything()) == 5


def test_the_environment_says_how_many_slots_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert slots.count() == 2
    monkeypatch.delenv("CONVOSCOPE_RUN_SLOTS")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert slots.count() == 1
