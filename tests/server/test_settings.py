"""What whoever runs the server may set."""

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


def test_the_server_is_called_with_what_is_set() -> None:
    command = serve.arguments({"CONVOSCOPE_HOSTS": "a.example,b.example", "CONVOSCOPE_KEEP": "60"})
    assert command[:4] == ["-m", "streamlit", "run", "app.py"]
    assert {"--server.allowedHosts=a.example", "--server.allowedHosts=b.example"} < set(command)
    assert {"--server.disconnectedSessionTTL=60", "--server.headless=true"} < set(command)


def test_the_security_notes_list_every_setting_with_its_default() -> None:
    notes = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for entry in fields(settings.Settings):
        row = f"| `CONVOSCOPE_{entry.name.upper()}` | {entry.default} | {entry.metadata['about']} |"
        assert row in notes, row
