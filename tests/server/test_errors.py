"""What people read when something fails: one sentence, never a traceback."""

import logging
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.server import errors
from vizcore.toolkit.errors import InputError, pick


def page_that_fails() -> None:
    from pages.server.errors import explain_bug

    try:
        raise KeyError("secret /etc/path")
    except KeyError as error:
        explain_bug(error)


def page_with_bad_input() -> None:
    import streamlit as st

    from pages.server.errors import explained_errors
    from vizcore.toolkit.errors import InputError

    with explained_errors():
        raise InputError("This is ![not](http://evil.example/x.png) a picture.")
    st.text("never reached")


def test_a_bug_is_a_code_on_the_page_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "convoscope")
    page = AppTest.from_function(page_that_fails).run()
    sentence = page.text[0].value
    code = re.search(r"code ([0-9a-f]{8})", sentence)
    assert code
    assert "secret" not in sentence
    assert code[1] in caplog.text
    assert "KeyError" in caplog.text


def page_with_a_part_that_fails() -> None:
    from streamlit.errors import FragmentHandledException

    from pages.server.errors import explain_bug

    for error in (KeyError("secret"), FragmentHandledException(KeyError("secret"))):
        explain_bug(error)


def test_a_bug_in_a_part_of_a_part_is_said_once() -> None:
    assert len(AppTest.from_function(page_with_a_part_that_fails).run().text) == 1


def test_bad_input_is_its_sentence_as_plain_text_and_ends_the_run() -> None:
    page = AppTest.from_function(page_with_bad_input).run()
    assert [element.value for element in page.text] == [
        "This is ![not](http://evil.example/x.png) a picture."
    ]
    assert not page.exception


def test_an_unknown_name_is_answered_with_the_choices() -> None:
    with pytest.raises(InputError, match=r"no fruit called 'fig'. Choose one of: apple, pear"):
        pick({"apple": 1, "pear": 2}, "fig", "fruit")


def test_a_long_name_is_cut() -> None:
    with pytest.raises(InputError) as error:
        pick({"apple": 1}, "x" * 100_000, "fruit")
    assert len(str(error.value)) < 200


def test_the_page_never_shows_tracebacks() -> None:
    config = (Path(errors.__file__).parents[2] / ".streamlit" / "config.toml").read_text()
    assert 'showErrorDetails = "none"' in config
