"""What a component gets that follows a run, and how a link names one."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.server.runs import Lines, answer
from tests.runs.rehearsing import kill, leave_no_run, rehearse, until, until_state
from vizcore import runs
from vizcore.toolkit.errors import InputError


@pytest.fixture(scope="module")
def run() -> Iterator[str]:
    name = rehearse(steps=20)
    until_state(name, "finished")
    yield name
    leave_no_run()


def view(lines: Lines, newest: dict[str, Any] | None) -> tuple[dict[str, Any], list[Any]]:
    steps = np.array([line["step"] for line in lines], np.int32)
    return {"new": newest is not None}, [steps, newest["square"]] if newest else [steps]


def header(message: bytes) -> dict[str, Any]:
    length = int.from_bytes(message[:4], "little")
    return json.loads(message[4 : 4 + length])  # type: ignore[no-any-return]


def test_a_message_has_the_status_and_what_the_view_makes_of_the_rest(run: str) -> None:
    found = header(answer(run, view, {"since": 0}))
    assert found["status"]["state"] == "finished"
    assert (found["next"], found["over"], found["new"]) == (21, True, True)
    assert found["blocks"][0][1] == len(runs.history(run)[0])
    assert found["blocks"][1][1] == 4


def test_what_was_sent_is_not_sent_again(run: str) -> None:
    found = header(answer(run, view, {"since": 21}))
    assert (found["next"], found["new"]) == (21, False)
    assert found["blocks"][0][1] == 0


def test_a_run_with_another_process_is_told_from_its_beginning() -> None:
    other = rehearse(steps=10_000)
    until(lambda: runs.checkpoints(other) != ())
    first = header(answer(other, view, {"since": 0}))
    kill(other)
    until_state(other, "lost")
    runs.resume(other)
    until(lambda: runs.status(other).lives == 2)
    since = {"since": first["next"]}
    assert header(answer(other, view, since | {"lives": first["lives"]}))["anew"]
    assert not header(answer(other, view, since | {"lives": 2}))["anew"]
    runs.remove(other)


@pytest.mark.parametrize(
    "question", [{"since": "x"}, {"since": None}, {"since": 1.5}, {"do": "remove"}, {"do": []}]
)
def test_a_question_from_anybody_is_refused_with_a_sentence(run: str, question: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        answer(run, view, question)


def test_a_run_is_told_what_to_do() -> None:
    other = rehearse(steps=1000)
    answer(other, view, {"since": 0, "do": "pause"})
    until_state(other, "paused")
    answer(other, view, {"since": 0, "do": "stop"})
    until_state(other, "stopped")


def page() -> None:
    import streamlit as st

    from pages.frame import links
    from pages.server import runs

    st.text(runs.linked("run"))
    st.text(" ".join(links.missed()))
    if run := runs.linked("run"):
        st.text(runs.follow("place", run, lambda lines, newest: ({}, [])))


def visit(link: str) -> list[str]:
    app = AppTest.from_function(page)
    app.query_params["run"] = link
    app.run()
    assert not app.exception
    return [text.value for text in app.text]


def test_a_link_leads_to_its_run(run: str) -> None:
    named, missed, address = visit(run)
    assert (named, missed) == (run, "")
    assert address.startswith("/live/")
    assert address.endswith(f"?{run}")


@pytest.mark.parametrize("link", ["0" * 32, "../../etc/passwd", "x" * 5000])
def test_a_link_to_no_run_says_so_and_the_page_goes_on(link: str) -> None:
    named, missed = visit(link)
    assert named == ""
    assert "run" in missed
