"""Answers without a run of the page: who gets them, what is refused, and how they travel."""

import asyncio
import gc
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_gzip_middleware import SelectiveGZipMiddleware

from pages.server import live
from vizcore.toolkit.errors import InputError

HOST = "school.example:8501"
SERVER = Starlette(routes=live.ROUTES, middleware=[Middleware(SelectiveGZipMiddleware)])
OURS = {"origin": f"http://{HOST}", "accept-encoding": "gzip"}
Offered = Callable[..., str]


def page(answer: object, key: str) -> None:
    import streamlit as st

    from pages.server import live

    st.text(live.offer(key, answer))


def visit(answer: live.Answer, key: str = "kernel") -> tuple[AppTest, str]:
    """A session that offers an answer, and the address."""
    app = AppTest.from_function(page, args=(answer, key)).run()
    return app, app.text[0].value


@pytest.fixture
def offered() -> Offered:
    """Addresses in sessions that last as long as the test."""
    sessions = []

    def address(answer: live.Answer, key: str = "kernel") -> str:
        sessions.append(visit(answer, key))
        return sessions[-1][1]

    return address


async def exchange(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": HOST, **headers}.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    await SERVER(scope, receive, send)
    start = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], start, b"".join(message.get("body", b"") for message in sent[1:])


def ask(path: str, question: dict[str, Any] | bytes, **headers: str) -> tuple[int, Any, bytes]:
    """Status, headers and body of the answer to a question from our own page."""
    body = question if isinstance(question, bytes) else json.dumps(question).encode()
    return asyncio.run(exchange(path, body, OURS | headers))


def test_the_answer_to_a_question_comes_back_as_it_is(offered: Offered) -> None:
    address = offered(lambda question: bytes(question["value"]))
    status, headers, body = ask(address, {"value": [1, 2, 255]})
    assert (status, body) == (200, bytes([1, 2, 255]))
    assert headers["content-type"] == "application/x-convoscope"


def test_large_answers_are_not_compressed_and_never_stored(offered: Offered) -> None:
    address = offered(lambda question: bytes(1_000_000))
    _, headers, body = ask(address, {})
    assert len(body) == 1_000_000
    assert (headers["content-encoding"], headers["cache-control"]) == ("identity", "no-store")


def test_the_same_key_keeps_its_address_and_takes_the_new_answer() -> None:
    app, address = visit(lambda question: b"old")
    app.args = (lambda question: b"new", "kernel")
    assert app.run().text[0].value == address
    assert ask(address, {})[2] == b"new"


def test_another_key_has_an_address_of_its_own() -> None:
    app, address = visit(lambda question: b"kernel")
    app.args = (lambda question: b"signal", "signal")
    other = app.run().text[0].value
    assert (ask(address, {})[2], ask(other, {})[2]) == (b"kernel", b"signal")


def test_addresses_cannot_be_guessed_and_differ_between_sessions(offered: Offered) -> None:
    addresses = {offered(lambda question: b"") for _ in range(3)}
    assert len(addresses) == 3
    assert all(len(address.removeprefix("/live/")) == 32 for address in addresses)


def test_an_address_ends_with_its_session() -> None:
    app, address = visit(lambda question: b"")
    assert ask(address, {})[0] == 200
    del app
    gc.collect()
    status, _, body = ask(address, {})
    assert status == 404
    assert "Reload" in json.loads(body)["error"]


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://school.example"])
def test_no_other_site_gets_an_answer(offered: Offered, origin: str) -> None:
    address = offered(lambda question: b"secret")
    status, _, body = ask(address, {}, origin=origin)
    assert status == 403
    assert b"secret" not in body


def test_what_a_person_gave_wrong_is_said_in_its_sentence(offered: Offered) -> None:
    def refuse(question: dict[str, Any]) -> bytes:
        raise InputError("sigma must be above 0, not -1")

    address = offered(refuse)
    status, _, body = ask(address, {"sigma": -1})
    assert status == 422
    assert json.loads(body) == {"error": "sigma must be above 0, not -1"}


def test_a_bug_is_a_code_in_the_answer_and_in_the_log(
    offered: Offered, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: dict[str, Any]) -> bytes:
        raise KeyError("planted secret")

    address = offered(fail)
    status, _, body = ask(address, {})
    code = re.search(r"code ([0-9a-f]{8})", json.loads(body)["error"])
    assert (status, b"secret" in body) == (500, False)
    assert code
    assert f"error {code[1]}" in caplog.text


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"7", b"\xff", b"[" * 60_000, b'{"a": ' * 9_000, b"1" * 5_000], ids=range(7)
)
def test_what_is_no_question_is_refused(offered: Offered, body: bytes) -> None:
    address = offered(lambda question: b"")
    assert ask(address, body)[0] == 400


def test_long_questions_are_refused(offered: Offered) -> None:
    address = offered(lambda question: b"")
    assert ask(address, {"a": "x" * 60_000})[0] == 200
    assert ask(address, {"a": "x" * 70_000})[0] == 413


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_slow_answer_holds_up_nobody(offered: Offered, gate: threading.Event) -> None:
    def slow(question: dict[str, Any]) -> bytes:
        gate.wait(timeout=10)
        return b"slow"

    async def both() -> list[bytes]:
        waiting = asyncio.create_task(exchange(first, b"{}", OURS))
        quick = await exchange(second, b"{}", OURS)
        gate.set()
        return [quick[2], (await waiting)[2]]

    first, second = offered(slow), offered(lambda question: b"quick")
    assert asyncio.run(both()) == [b"quick", b"slow"]
