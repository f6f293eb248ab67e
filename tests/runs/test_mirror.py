"""A copy of a run's folder follows the original."""

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vizcore.runs import folder as folders
from vizcore.runs import record, reports, states
from vizcore.runs.mirror import Copy, News, Source
from vizcore.runs.states import Checkpoint


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder as a run on another computer begins with it."""
    folder = tmp_path / "there"
    folder.mkdir()
    record.write(folder, record.Record("starting"))
    (folder / "spec.json").write_bytes(b"{}")
    return folder


@pytest.fixture
def here(tmp_path: Path, there: Path) -> Path:
    """Its copy."""
    folder = tmp_path / "here"
    folder.mkdir()
    for path in there.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def news(source: Source) -> News:
    found = source.news()
    assert found is not None
    return found


def report(folder: Path, number: int) -> None:
    """Write all that a worker writes about a report."""
    line = {"report": number, "step": number, "loss": number / 2}
    reports.write_newest(folder, line, {"map": np.full((2, 3), number)})
    folders.append(folder / reports.NAME, b'{"report": %d, "step": %d}\n' % (number, number))
    states.write(folder, Checkpoint(number, number, {}, b"weights"))
    record.write(folder, replace(record.read(folder), state="running", step=number))


def test_where_nothing_changes_there_are_no_news(there: Path) -> None:
    source = Source(there)
    assert news(source).record.state == "starting"  # which says that there is somebody
    assert source.news() is None
    report(there, 0)
    assert source.news() is not None
    assert source.news() is None


def test_the_copy_has_what_the_original_has(there: Path, here: Path) -> None:
    source, copy = Source(there), Copy(here)
    for number in range(3):
        report(there, number)
        copy.take(news(source), "")
    assert [line["step"] for line in reports.lines(here)] == [0, 1, 2]
    assert states.steps(here) == (0, 1, 2)
    assert states.last(here) == states.last(there)
    newest = reports.newest(here, 0)
    assert newest is not None
    assert newest["map"].tolist() == [[2, 2, 2], [2, 2, 2]]
    assert record.read(here).step == 2


def test_only_new_lines_are_sent(there: Path) -> None:
    source = Source(there)
    for number in range(2):
        report(there, number)
        found = news(source)
        assert (found.lines, found.afresh) == (
            b'{"report": %d, "step": %d}\n' % (number, number),
            number == 0,
        )


def test_a_history_that_was_thinned_takes_the_place_of_the_old_one(there: Path, here: Path) -> None:
    source, copy = Source(there), Copy(here)
    for number in range(4):
        report(there, number)
    copy.take(news(source), "")
    reports.write(there, reports.lines(there)[::2])
    copy.take(news(source), "")
    assert [line["step"] for line in reports.lines(here)] == [0, 2]


def test_times_are_those_of_this_computer(there: Path, here: Path) -> None:
    found = news_of(there)
    Copy(here).note(
        replace(found, now=found.now + 1e6, record=replace(found.record, beat=found.now + 1e6)), ""
    )
    assert record.read(here).beat == pytest.approx(found.now, abs=5)


def test_a_notice_stands_where_the_run_says_nothing_itself(there: Path, here: Path) -> None:
    found = news_of(there)
    Copy(here).take(found, "a computer was lost")
    assert record.read(here).notice == "a computer was lost"
    Copy(here).take(replace(found, record=replace(found.record, notice="refused")), "a computer was lost")
    assert record.read(here).notice == "refused"


def test_another_computer_goes_on_behind_the_last_checkpoint(here: Path) -> None:
    report(here, 0)
    report(here, 1)
    folders.append(here / reports.NAME, b'{"report": 2, "step": 2}\n')
    np.save(here / "pictures.npy", np.arange(3))
    files = Copy(here).files()
    assert set(files) == {"record", "reports.jsonl", "spec.json", "pictures.npy", "state.1.bin"}
    assert [line["step"] for line in reports.lines(here)] == [0, 1]


def test_a_full_disk_stops_nothing_and_is_noted(
    there: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    found = news_of(there)
    monkeypatch.setattr(folders, "replace", full)
    Copy(here).take(found, "")
    assert record.read(here).full
    assert record.read(here).step == 0


def news_of(there: Path) -> News:
    """The news of one report."""
    source = Source(there)
    report(there, 0)
    return news(source)
