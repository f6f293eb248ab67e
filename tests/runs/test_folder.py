"""Ids, folders and files."""

import os
import tempfile
from pathlib import Path

import pytest

from vizcore.runs import folder, record
from vizcore.toolkit.errors import InputError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVOSCOPE_RUNS", str(tmp_path / "runs"))
    return folder.root()


HOSTILE = [
    "",
    "..",
    "../../etc",
    "0" * 31,
    "0" * 33,
    "0" * 5000,
    "0" * 31 + "\n",
    "0" * 32 + "\n",
    "A" * 32,
    "٠" * 32,
    "0" * 16 + "/../" + "0" * 12,
    "0" * 31 + "\0",
    None,
    7,
]


@pytest.mark.parametrize("run", HOSTILE)
def test_what_is_no_id_opens_nothing(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "root", lambda: 1 / 0)  # no path may be made of it
    with pytest.raises(InputError, match="does not name a run"):
        folder.of(run)


def test_an_id_without_a_run_says_so(root: Path) -> None:
    with pytest.raises(InputError, match="no longer kept"):
        folder.of("0" * 32)


def test_ids_have_128_random_bits(root: Path) -> None:
    names = {folder.create().name for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)
    assert sorted(folder.everything()) == sorted(names)


def test_the_folder_is_for_its_user_alone(root: Path) -> None:
    assert root.stat().st_mode & 0o777 == 0o700
    assert folder.create().stat().st_mode & 0o777 == 0o700


def test_a_folder_that_somebody_else_has_put_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONVOSCOPE_RUNS")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: tmp_path)
    assert folder.root().parent == tmp_path
    stranger = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: stranger)
    with pytest.raises(InputError, match="not the server's own"):
        folder.root()


def test_nothing_is_made_behind_a_link_that_somebody_has_put_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONVOSCOPE_RUNS")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: tmp_path)
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / f"convoscope-{os.getuid()}").symlink_to(target)
    with pytest.raises(InputError, match="not the server's own"):
        folder.root()
    assert list(target.iterdir()) == []


def test_a_folder_that_others_may_read_is_closed_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONVOSCOPE_RUNS")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: tmp_path)
    folder.root().chmod(0o755)
    assert folder.root().stat().st_mode & 0o777 == 0o700


def test_a_run_is_there_once_it_has_a_record(root: Path) -> None:
    path = folder.create()
    with pytest.raises(InputError, match="no longer kept"):
        folder.of(path.name)
    record.write(path, record.Record())
    assert folder.of(path.name) == path


def test_what_is_no_run_is_left_out(root: Path) -> None:
    (root / "runs" / ".DS_Store").touch()
    assert folder.everything() == []


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONVOSCOPE_RUNS", str(tmp_path / "file" / "runs"))
    with pytest.raises(InputError, match="Runs cannot be kept here"):
        folder.root()


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    folder.replace(path, b"old")

    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        folder.replace(path, b"new", sync=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_only_a_full_disk_becomes_a_sentence() -> None:
    with pytest.raises(InputError, match="disk of the server is full"), folder.room():
        raise OSError(28, "No space left on device")
    with pytest.raises(PermissionError), folder.room():
        raise PermissionError(13, "Permission denied")
