"""What `make` says when it cannot set up .venv, and that it does nothing where nothing is to do."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.browser import chromium
from tools import setup

MAKEFILE = Path(__file__).parents[1] / "Makefile"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two requirements files in which `_make_venv` and `_install` only take notes."""
    for name in setup.REQUIREMENTS["dev"]:
        (tmp_path / name).write_text("numpy\n")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "is_usable", lambda: (tmp_path / ".venv" / "bin").exists())
    return tmp_path


@pytest.fixture
def notes(tree: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were taken, in order."""
    taken: list[str] = []

    def made(*_: object, **__: object) -> None:
        taken.append("venv")
        (tree / ".venv" / "bin").mkdir()

    monkeypatch.setattr(venv, "create", made)
    monkeypatch.setattr(setup, "_install", lambda *what: taken.append(Path(what[-1]).name))
    return taken


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def fake(folder: Path, name: str, script: str) -> Path:
    """An executable of this name that does what `script` says."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return folder / name


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the Makefile in an empty folder, where only the programs in `folder` are on PATH."""
    program = shutil.which("make")
    assert program, "these tests are run by make"
    empty = folder.parent / "empty"
    empty.mkdir()
    command = [program, "-f", str(MAKEFILE), "-C", str(empty), *arguments]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `python tools/setup.py` says as it fails, which must be one line, before it touches .venv."""

    def said(*arguments: str) -> str:
        monkeypatch.setattr(setup, "prepare", lambda files: None)
        assert setup.main(arguments) == 1
        output, errors = capsys.readouterr()
        assert (output, errors.count("\n")) == ("", 1)
        return errors

    return said


def test_a_taken_port_is_named(listener: socket.socket, refusal: Callable[..., str]) -> None:
    port = listener.getsockname()[1]
    assert f"Port {port} is taken" in refusal("run", str(port))


def test_a_port_that_was_left_is_free_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()  # leaves the port in TIME_WAIT
    setup.check_port(str(port))


@pytest.mark.parametrize("text", ["", "0", "65536", "85o1", "-1", "8501 8502"])
def test_what_is_no_port_is_refused(text: str, refusal: Callable[..., str]) -> None:
    assert f"a number from 1 to 65535, not {text!r}" in refusal("run", text)


def test_an_old_python_is_none(tmp_path: Path) -> None:
    fake(tmp_path / "bin", "python3", "exit 1")  # what Python 3.10 answers to the version check
    outcome = make(tmp_path / "bin", "check")
    sentence, from_make = outcome.stderr.splitlines()
    assert "needs Python 3.11 or newer and found none among: .venv/bin/python python3.14" in sentence
    assert from_make.startswith("make: ***")


def test_the_version_check_is_true_from_3_11_on() -> None:
    check = MAKEFILE.read_text().split("-c '")[1].split("'")[0]
    answers = []
    for version in [(2, 7), (3, 10, 13), (3, 11), (3, 14, 1)]:
        with pytest.raises(SystemExit) as end:
            exec(
                check.removeprefix("import sys; "),
                {"sys": SimpleNamespace(version_info=version, exit=sys.exit)},
            )
        answers.append(not end.value.code)
    assert answers == [False, False, True, True]


def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    fake(tmp_path / "bin", "python3.14", "exit 127")  # a name without a Python behind it
    fake(tmp_path / "bin", "python3.12", 'case "$1" in -c) exit 0;; esac; echo "3.12 runs $*"; exit 3')
    fake(tmp_path / "bin", "python3", "echo not me")
    assert make(tmp_path / "bin", "run", "PORT=8600").stdout.splitlines()[1:2] == [
        "3.12 runs tools/setup.py run 8600"
    ]


def test_a_python_that_is_named_is_the_only_one_tried(tmp_path: Path) -> None:
    fake(tmp_path / "bin", "python3", "exit 0")
    outcome = make(tmp_path / "bin", "check", "PYTHON=/no/such/python")
    assert "found none among: /no/such/python." in outcome.stderr


def test_a_missing_venv_module_is_named_as_debian_calls_it(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(setup.SetupError, match=rf"apt install python3.{sys.version_info.minor}-venv$"):
        setup.prepare(["requirements.txt"])


def test_a_full_disk_stops_before_anything_is_touched(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = fake(tree / ".venv", "mine", "")  # something a person keeps in an unusable .venv
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1.26e9))
    with pytest.raises(setup.SetupError, match=rf"takes about {setup.NEEDED_GB} GB, and 1.3 GB are free"):
        setup.prepare(["requirements.txt"])
    assert mine.exists()


def test_the_second_time_nothing_is_done(
    tree: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.prepare(setup.REQUIREMENTS["dev"])
    assert notes == ["venv", "pip", "requirements-dev.txt"]
    monkeypatch.delattr(setup, "_alone")  # not even a lock is taken
    setup.prepare(setup.REQUIREMENTS["dev"])
    setup.prepare(setup.REQUIREMENTS["run"])  # part of dev
    assert len(notes) == 3


def test_what_another_make_has_just_installed_is_not_installed_again(
    tree: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def waits_for_the_other() -> Iterator[None]:
        (tree / ".venv" / "bin").mkdir(parents=True)
        (tree / ".venv" / "installed").write_text("".join(setup._lines(["requirements.txt"])))
        yield

    monkeypatch.setattr(setup, "_alone", waits_for_the_other)
    setup.prepare(["requirements.txt"])
    assert notes == []


def test_tests_add_to_what_the_app_needs(tree: Path, notes: list[str]) -> None:
    setup.prepare(setup.REQUIREMENTS["run"])
    setup.prepare(setup.REQUIREMENTS["dev"])
    assert notes == ["venv", "pip", "requirements.txt", "pip", "requirements-dev.txt"]


def test_changed_requirements_are_installed_into_the_same_venv(tree: Path, notes: list[str]) -> None:
    setup.prepare(setup.REQUIREMENTS["run"])
    (tree / "requirements.txt").write_text("numpy>=2\n")
    setup.prepare(setup.REQUIREMENTS["run"])
    assert notes == ["venv", "pip", "requirements.txt", "pip", "requirements.txt"]


def test_a_venv_made_by_hand_is_kept(tree: Path, notes: list[str]) -> None:
    kept = fake(tree / ".venv", "kept", "")
    (tree / ".venv" / "bin").mkdir()
    setup.prepare(setup.REQUIREMENTS["run"])
    assert notes == ["pip", "requirements.txt"]
    assert kept.exists()


def test_a_venv_that_was_cut_off_is_made_anew(
    tree: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = [fake(tree / ".venv", "half", ""), fake(tree / ".venv" / "lib", "half", "")]
    (tree / ".venv" / "installed").touch()  # empty: the installation did not come to its end
    monkeypatch.setattr(setup, "is_usable", lambda: not setup._is_unfinished())
    setup.prepare(setup.REQUIREMENTS["run"])
    assert notes[0] == "venv"
    assert not any(half.exists() for half in halves)


def test_a_failed_installation_leaves_no_venv(
    tree: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: str) -> None:
        raise setup.SetupError("no internet")

    monkeypatch.setattr(setup, "_install", fails)
    with pytest.raises(setup.SetupError):
        setup.prepare(setup.REQUIREMENTS["run"])
    assert notes == ["venv"]
    assert not (tree / ".venv").exists()


def test_a_failed_update_leaves_the_venv_and_is_tried_again(
    tree: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.prepare(setup.REQUIREMENTS["run"])
    (tree / "requirements.txt").write_text("numpy>=2\n")
    with monkeypatch.context() as offline:
        offline.setattr(setup, "_install", lambda *what: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            setup.prepare(setup.REQUIREMENTS["run"])
    setup.prepare(setup.REQUIREMENTS["run"])
    assert notes == ["venv", "pip", "requirements.txt", "pip", "requirements.txt"]


def test_what_pip_says_of_a_failure_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    fake(tmp_path / "bin", "python", f'exec "{sys.executable}" "$@"')
    with pytest.raises(setup.SetupError, match=r"(?s)ERROR: .*nothing\.txt.*\nThe installation failed"):
        setup._install("-r", str(tmp_path / "nothing.txt"))


@pytest.mark.parametrize(("version", "usable"), [(sys.version_info[:2], True), ((3, 99), False)])
def test_a_venv_of_another_python_is_not_used(
    version: tuple[int, int], usable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    fake(tmp_path / "bin", "python", f'exec "{sys.executable}" "$@"')
    monkeypatch.setattr(sys, "version_info", version)
    assert setup.is_usable() is usable


def test_a_second_make_waits_for_the_first(tree: Path) -> None:
    there = f"setup.VENV = setup.Path({str(setup.VENV)!r})"
    command = [sys.executable, "-c", f"from tools import setup; {there}\nwith setup._alone(): pass"]
    with setup._alone():
        second = subprocess.Popen(command, cwd=MAKEFILE.parent, stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert second.stdout.readline().startswith("Waiting for another make")
        assert second.poll() is None
    assert second.wait(timeout=10) == 0
    second.stdout.close()


def test_the_browser_that_is_named_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = fake(tmp_path, "mine", "exit 0")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert chromium.find() == str(named)


def test_a_browser_that_does_not_start_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, "chromium", "exit 1")  # like the stand-in of a package that is not installed
    chrome = fake(tmp_path, "google-chrome", "exit 0")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find() == str(chrome)


def test_a_named_browser_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", os.devnull)
    with pytest.raises(RuntimeError, match=r"^CHROMIUM=/dev/null is no browser that starts"):
        chromium.install()


def test_no_browser_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="The browser tests need a Chromium: install one"):
        chromium.find()


def test_a_playwright_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "PLAYWRIGHT", ("/bin/sh", "-c", "exit 127"))
    monkeypatch.setenv("CHROMIUM", sys.executable)  # starts; and nothing is installed where one is named
    with pytest.raises(RuntimeError, match="Playwright does not start; on Debian and Ubuntu: apt install"):
        chromium.install()
