"""What whoever runs the server may set."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from pages.server import serve, settings
from vizcore.toolkit.errors import InputError

ROOT = Path(settings.__file__).parents[2]


def test_without_a_word_it_listens_on_this_computer_only() -> None:
    assert settings.options(settings.read({}))["server.address"] == "127.0.0.1"


def test_every_setting_is_an_environment_variable() -> None:
    found = settings.read({"CONVOSCOPE_PORT": "9000", "CONVOSCOPE_HOSTS": "cnn.school.example,cnn"})
    assert (found.port, found.allowed_hosts) == (9000, ["cnn.school.example", "cnn"])
    assert found.messages == 20


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "inf", "many", "9" * 5000, "٣"])
def test_a_number_that_is_none_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"CONVOSCOPE_MESSAGES is .* whole number above 0"):
        settings.read({"CONVOSCOPE_MESSAGES": text})


def test_nobody_sets_a_port_or_a_log_that_there_is_not() -> None:
    for name, value in {"PORT": "70000", "LOG": "xml", "HOSTS": "one two"}.items():
        with pytest.raises(InputError, match=f"CONVOSCOPE_{name}"):
            settings.read({f"CONVOSCOPE_{name}": value})


def test_a_path_with_a_space_is_called_a_path() -> None:
    with pytest.raises(InputError, match=r"CONVOSCOPE_PATH has a space in it. Give a path such as"):
        settings.read({"CONVOSCOPE_PATH": "/a b"})


def test_the_server_is_called_with_what_is_set() -> None:
    command = serve.arguments({"CONVOSCOPE_HOSTS": "a.example,b.example", "CONVOSCOPE_KEEP": "60"})
    assert command[:4] == ["-m", "streamlit", "run", "app.py"]
    assert {"--server.allowedHosts=a.example", "--server.allowedHosts=b.example"} < set(command)
    assert {"--server.disconnectedSessionTTL=60", "--server.headless=true"} < set(command)


def test_the_security_notes_list_every_setting_with_its_default() -> None:
    notes = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for entry in fields(settings.Settings):
        default = "(any)" if entry.name == "hosts" else entry.default
        row = f"| `CONVOSCOPE_{entry.name.upper()}` | {default} | {entry.metadata['about']} |"
        assert row in notes, row


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("RUN_SLOTS", "abc", "a whole number above 0"),
        ("RUN_SLOTS", "-5", "a whole number above 0"),
        ("RUN_SLOTS", "", "a whole number above 0"),
        ("RUN_PAUSE_AFTER", "soon", "a number of seconds above 0"),
        ("RUN_YIELD_AFTER", "0", "a number of seconds above 0"),
        ("RUN_REMOVE_AFTER", "-1", "a number of seconds above 0"),
        ("RUN_FORGET_AFTER", "nan", "a number of seconds above 0"),
        ("RUN_ORPHAN_AFTER", "1 h", "a number of seconds above 0"),
        ("RUN_GPU", "lots", "a number above 0, at most 1"),
        ("RUN_GPU", "1.5", "a number above 0, at most 1"),
        ("RAY_ADDRESS", "head", "host:port"),
        ("RAY_ADDRESS", "ray://head:6379", "host:port"),
        ("RAY_ADDRESS", "head:70000", "host:port"),
    ],
)
def test_a_wrong_setting_of_runs_is_refused_before_the_server_starts(
    name: str, text: str, wanted: str
) -> None:
    with pytest.raises(InputError) as refusal:
        serve.check({f"CONVOSCOPE_{name}": text})
    assert str(refusal.value) == f"CONVOSCOPE_{name} is {text!r}; it must be {wanted}."


def test_right_settings_of_runs_are_taken() -> None:
    limits = {"RUN_SLOTS": "3", "RUN_PAUSE_AFTER": "0.5", "RUN_FORGET_AFTER": "inf", "RUN_GPU": "1"}
    for address in ("127.0.0.1:6379", "head.school.test:6379", "[::1]:6379", ""):
        serve.check({f"CONVOSCOPE_{name}": text for name, text in {**limits, "RAY_ADDRESS": address}.items()})
    serve.check({"PATH": "/bin", "CONVOSCOPE_DATA": "/datasets", "CONVOSCOPE_ADDRESS": "0.0.0.0"})


@pytest.mark.parametrize(
    ("name", "near"),
    [("HOST", "HOSTS"), ("RUNS_SLOTS", "RUN_SLOTS"), ("PAUSE_AFTER", "RUN_PAUSE_AFTER"), ("hosts", "HOSTS")],
)
def test_a_misspelt_setting_is_refused_with_the_nearest_one(name: str, near: str) -> None:
    with pytest.raises(InputError, match=rf"no setting CONVOSCOPE_{name}\..* is CONVOSCOPE_{near}\."):
        serve.check({f"CONVOSCOPE_{name}": "x"})


def test_every_setting_that_the_notes_speak_of_is_known() -> None:
    for note in ("README.md", "SECURITY.md", "Dockerfile", "compose.yml", "vizcore/runs/__init__.py"):
        found = re.findall(r"CONVOSCOPE_[A-Z_]+", (ROOT / note).read_text(encoding="utf-8"))
        assert found
        assert set(found) <= set(serve.NAMES), note


@pytest.mark.parametrize("address", ["300.1.1.1", "1::2::3", "a..b"])
def test_an_address_where_nobody_can_listen_is_refused(address: str) -> None:
    with pytest.raises(InputError, match=r"CONVOSCOPE_ADDRESS is .* cannot listen"):
        serve.check({"CONVOSCOPE_ADDRESS": address})


def test_a_folder_that_cannot_be_made_ends_it_with_one_sentence() -> None:
    command, nowhere = [sys.executable, "-m", "pages.server.serve"], {"CONVOSCOPE_RUNS": "/proc/nothing"}
    end = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **nowhere}, capture_output=True, text=True, timeout=30
    )
    assert end.returncode == 1
    assert re.fullmatch(r"Runs cannot be kept here: .* CONVOSCOPE_RUNS names the folder\.\n", end.stderr)
