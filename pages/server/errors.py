"""What people read when something goes wrong."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.errors import FragmentHandledException

from vizcore.toolkit.errors import InputError

log = logging.getLogger("convoscope")


@contextmanager
def explained_errors() -> Iterator[None]:
    """Show an InputError as its sentence and end this run of the page; let every bug through."""
    try:
        yield
    except InputError as error:
        advice(str(error))
        st.stop()


def advice(sentence: str) -> None:
    """A sentence on what was wrong and what to do. Markdown in it stays text."""
    with st.container(border=True):
        st.badge("Not possible", icon=":material/warning:", color="orange")
        st.text(sentence)


def explain_bug(error: Exception) -> bool:
    """Log a bug under a short code and show the code, never the traceback.

    Returns:
        True: Streamlit then shows nothing of its own.
    """
    if not isinstance(error, FragmentHandledException):  # of a part within a part, which has been explained
        advice(str(error) if isinstance(error, InputError) else logged(error))
    return True


def logged(error: Exception) -> str:
    """Log a bug under a short code; the sentence that tells the code."""
    code = secrets.token_hex(4)
    log.error("error %s", code, exc_info=error, extra={"facts": {"code": code}})
    return (
        "This part of the page failed, and that is our mistake. Reload the page to go on; "
        f"if it happens again, report the code {code}, which is also in the server's log."
    )
