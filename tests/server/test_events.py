"""The log of a server that others use: lines of JSON with nothing of a person in them."""

import json
import logging
import sys
from typing import Any

from pages.server import events

SECRETS = ("planted secret", "holiday-with-anna.png", "0c6e1f5a-session")


def line(message: str, *arguments: object, **extra: Any) -> dict[str, Any]:
    """A record of Streamlit's as it is written down."""
    record = logging.LogRecord("streamlit", logging.ERROR, "file.py", 1, message, arguments, sys.exc_info())
    record.__dict__.update(extra)
    text = events.JsonLines().format(record)
    assert "\n" not in text
    assert not any(secret in text for secret in SECRETS)
    return dict(json.loads(text))


def test_an_event_is_its_name_and_its_facts() -> None:
    written = line("upload", facts={"kind": "picture", "size": 12, "outcome": "accepted"})
    assert (written["event"], written["kind"], written["size"]) == ("upload", "picture", 12)
    assert written["time"].endswith("Z")


def test_what_a_program_puts_into_a_sentence_is_left_out() -> None:
    assert line("Session with id %s is connected to %s", *SECRETS[:2])["event"].startswith(
        "Session with id %s"
    )


def test_of_an_error_only_its_kind_and_its_places_are_written() -> None:
    try:
        raise KeyError(SECRETS[0], SECRETS[1])
    except KeyError:
        written = line("error %s", SECRETS[2], facts={"code": "0a1b2c3d"})
    assert (written["code"], written["error"]) == ("0a1b2c3d", "KeyError")
    assert written["at"][-1].startswith("tests/server/test_events.py:")
