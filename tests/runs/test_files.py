"""The files of a run: record, reports, checkpoints, orders and locks."""

import errno
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.runs import folder, locks, log, orders, processes, record, reports, states
from vizcore.runs.journal import Journal
from vizcore.runs.orders import Orders
from vizcore.runs.record import Record
from vizcore.runs.reports import History
from vizcore.runs.states import Checkpoint
from vizcore.toolkit.errors import InputError


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Record("running", "A sentence — with “signs”.", 7, 100, 1.5, 0.25, "cuda")
    record.write(tmp_path, Record("failed", "x" * record.LONGEST))
    record.write(tmp_path, written)
    assert record.read(tmp_path) == written
    assert (tmp_path / "record").stat().st_size == record.SIZE


def test_the_longest_sentence_fits_into_a_record(tmp_path: Path) -> None:
    third = 1e9 / 3
    written = Record(
        "finished", "\u2212" * record.LONGEST, 10**15, 10**15, third, third, "cuda:0", True, third
    )
    record.write(tmp_path, written)
    assert record.read(tmp_path) == written


def test_a_damaged_record_is_called_so(tmp_path: Path) -> None:
    record.write(tmp_path, Record("running"))
    with (tmp_path / "record").open("r+b") as file:
        file.seek(20)
        file.write(b"?")
    assert "damaged" in record.read(tmp_path).notice


def test_a_record_of_another_version_counts_as_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "asdict", lambda _: {"state": "running", "mood": "good"})
    record.write(tmp_path, Record())
    assert "damaged" in record.read(tmp_path).notice


def test_a_record_of_before_a_reboot_keeps_no_run_alive(tmp_path: Path) -> None:
    processes.forget(tmp_path)
    now = time.monotonic()
    assert processes.alive(tmp_path, Record("starting", since=now))
    assert not processes.alive(tmp_path, Record("starting", since=now + 1e5))


def no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_without_room_for_the_record_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.write(tmp_path, Record())
    journal = Journal(tmp_path)
    monkeypatch.setattr(record, "write", no_room)
    journal.note(step=5)
    monkeypatch.undo()
    journal.note()
    assert (record.read(tmp_path).step, record.read(tmp_path).full) == (5, True)


def test_a_log_keeps_the_newest_of_what_was_printed(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"old" + bytes(log.MOST) + b"new")
    with path.open("ab") as printing:
        log.bound(tmp_path)
        assert path.stat().st_size == log.MOST // 2
        printing.write(b"er")
    assert path.read_bytes().endswith(b"newer")
    log.bound(tmp_path)
    assert path.stat().st_size == log.MOST // 2 + 2


def fill(folder: Path, count: int) -> History:
    history = History(folder, after=-1)
    for number in range(count):
        history.append({"report": number, "step": 10 * number})
    return history


def test_a_long_history_is_thinned_and_stays_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST", 100)
    fill(tmp_path, 1000)
    numbers = [line["report"] for line in reports.lines(tmp_path)]
    assert len(numbers) <= 100
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (0, 999)


def test_who_follows_reads_the_end_of_a_long_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 1000)
    whole = reports.lines(tmp_path)
    monkeypatch.setattr(reports, "TAIL", 333)
    for since in (0, 1, 500, 985, 995, 1000):
        assert reports.lines(tmp_path, since) == whole[since:]


def test_a_history_goes_on_behind_a_checkpoint(tmp_path: Path) -> None:
    fill(tmp_path, 10)
    History(tmp_path, after=6).append({"report": 7, "step": -1})
    assert [line["step"] for line in reports.lines(tmp_path)] == [0, 10, 20, 30, 40, 50, 60, -1]


def test_a_line_that_does_not_fit_on_the_disk_leaves_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = fill(tmp_path, 3)
    monkeypatch.setattr(reports, "_text", lambda line: HalfWritten(b"half a line"))
    with pytest.raises(OSError, match="half a line"):
        history.append({"report": 3})
    monkeypatch.undo()
    history.append({"report": 3, "step": 30})
    assert [line["report"] for line in reports.lines(tmp_path)] == [0, 1, 2, 3]


class HalfWritten(bytes):
    """Bytes that are longer than what is ever written of them."""

    def __len__(self) -> int:
        return super().__len__() + 1


@dataclass(frozen=True, eq=False)
class Report:
    step: int
    loss: np.float32
    name: str
    shares: tuple[float, float]
    maps: NDArray[np.float16]


def test_a_report_is_numbers_for_the_history_and_arrays_for_now(tmp_path: Path) -> None:
    report = Report(3, np.float32(0.5), "conv1", (0.25, float("nan")), np.ones((2, 3), np.float16))
    numbers, arrays = reports.split(report)
    reports.write_newest(tmp_path, {"report": 3, **numbers}, arrays)
    assert reports.newest(tmp_path, 4) is None
    newest = reports.newest(tmp_path, 0)
    assert newest is not None
    assert (newest["loss"], newest["name"], newest["shares"][0]) == (0.5, "conv1", 0.25)
    assert np.isnan(newest["shares"][1])
    np.testing.assert_array_equal(newest["maps"], report.maps)
    assert newest["maps"].dtype == np.float16


def save(folder: Path, step: int, state: bytes = b"state") -> None:
    states.write(folder, Checkpoint(step, step, {"lr": 0.1}, state))


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Checkpoint(12, 7, {"lr": 0.1, "layers": [1, 2]}, bytes(range(256)))
    states.write(tmp_path, written)
    assert states.read(tmp_path, 12) == written
    assert states.read(tmp_path, 13) is None


def test_checkpoints_are_thinned_from_the_first_to_the_last_and_least_where_most_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MOST", 12)
    for step in range(300):
        save(tmp_path, step)
    steps = states.steps(tmp_path)
    assert len(steps) == 12
    assert steps[0] == 0
    assert steps[-3:] == (297, 298, 299)
    gaps = np.diff(np.sqrt(steps[:-3]))
    assert gaps.max() <= 4 * gaps.min()
    assert steps[1] - steps[0] < steps[-4] - steps[-5]


def test_large_checkpoints_are_fewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST_BYTES", 10_000)
    for step in range(20):
        save(tmp_path, step, bytes(1500))
    assert len(states.steps(tmp_path)) == 6


@pytest.mark.parametrize("content", [b"", b"{}", b"[]\n", b'{"report": 1}\nstate', b"\xff\n\xff"])
def test_what_is_no_checkpoint_is_none(tmp_path: Path, content: bytes) -> None:
    save(tmp_path, 4)
    (tmp_path / "state.5.bin").write_bytes(content)
    last = states.last(tmp_path)
    assert last is not None
    assert last.step == 4


def test_orders_are_taken_once_and_in_order(tmp_path: Path) -> None:
    orders.begin(tmp_path, orders.GO)
    taken = Orders(tmp_path)
    orders.give(tmp_path, orders.SLEEP)
    assert list(taken.new()) == [orders.GO, orders.SLEEP]
    assert list(taken.new()) == []
    orders.give(tmp_path, orders.STOP)
    assert list(taken.new()) == [orders.STOP]


def test_an_order_that_is_not_taken_comes_the_next_time(tmp_path: Path) -> None:
    orders.begin(tmp_path, orders.STOP)
    orders.give(tmp_path, orders.GO)
    taken = Orders(tmp_path)
    assert next(taken.new()) == orders.STOP
    assert list(taken.new()) == [orders.GO]


def test_an_order_on_a_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "append", no_room)
    with pytest.raises(InputError, match="disk of the server is full"):
        orders.give(tmp_path, orders.STOP)


def test_half_an_order_waits_for_its_other_half(tmp_path: Path) -> None:
    orders.begin(tmp_path, orders.GO)
    taken = Orders(tmp_path)
    with (tmp_path / "orders.jsonl").open("a") as file:
        file.write('{"do": ')
        file.flush()
        assert list(taken.new()) == [orders.GO]
        file.write('"stop"}\n')
    assert list(taken.new()) == [orders.STOP]


def test_a_lock_is_held_by_one_and_free_when_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not locks.held(path)
    file = locks.hold(path, patience=0)
    assert file is not None
    assert locks.held(path)
    assert locks.hold(path, patience=0.02) is None
    os.close(file)
    assert not locks.held(path)
