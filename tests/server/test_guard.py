"""The guard in front of a small app: headers on every answer, sockets from our own pages only."""

import asyncio
import logging
import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from pages.server import guard, health
from pages.server.settings import Settings

HOST = "school.example:8501"


async def hello(_request: object) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


ROUTES = [
    Route("/", hello),
    Route("/{path:path}/metrics", hello),
    Route("/_stcore/agent/v1/apps", hello),
    WebSocketRoute("/stream", greet),
    *health.ROUTES,
]
APP = guard.Guard(Starlette(routes=ROUTES), Settings())
NAMED = guard.Guard(Starlette(routes=ROUTES), Settings(hosts="localhost,School.test,*.class.test"))


def answer(kind: str, path: str, app: guard.Guard = APP, **headers: str) -> list[dict[str, Any]]:
    """All messages that the app sends for one request of kind "http" or "websocket"."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": HOST, **headers}.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def opens(origin: str | None) -> bool:
    sent = answer("websocket", "/stream", **({} if origin is None else {"origin": origin}))
    return sent[0]["type"] == "websocket.accept"


def get(path: str) -> tuple[int, dict[str, str]]:
    start = answer("http", path)[0]
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}


def test_our_own_page_may_open_a_socket() -> None:
    assert opens("http://school.example:8501")
    assert opens("https://SCHOOL.example:8501")  # TLS may end at a proxy; names have no case


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://evil.example",
        "http://school.example",
        "http://localhost:8501",
        "http://school.example:8502",
    ],
)
def test_no_other_page_may_open_one(origin: str | None) -> None:
    assert not opens(origin)


def test_every_answer_carries_the_headers() -> None:
    for path in ("/", "/nowhere", "/_stcore/metrics"):
        _, headers = get(path)
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"


def test_scripts_need_no_unsafe_permission() -> None:
    policy = get("/")[1]["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts
    assert re.fullmatch(r"'self' 'wasm-unsafe-eval'( 'sha256-[\w+/=]{44}')+", scripts[1])


def test_a_strange_host_gets_no_word_into_the_policy() -> None:
    policy = guard.security_headers("x; script-src *")["Content-Security-Policy"]
    assert "*" not in policy


def test_the_counters_are_closed() -> None:
    for path in ("/_stcore/metrics", "/school/_stcore/metrics", "/_stcore/agent/v1/apps"):
        assert get(path)[0] == 404


def status(host: str, path: str = "/", app: guard.Guard = NAMED) -> int:
    return answer("http", path, app, host=host)[0]["status"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8760", "SCHOOL.test.", "a.class.test:1"])
def test_a_page_is_served_by_the_names_of_the_server(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8760", "evil.test", "localhost.evil.test", "class.test", "", "[", "[::1]"]
)
def test_by_another_name_there_is_a_sentence_and_no_page(host: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "convoscope.events")
    start, body = answer("http", "/", NAMED, host=host)[:2]
    assert (start["status"], body["body"].decode()) == (421, guard.STRANGE_NAME)
    assert [(record.msg, record.facts) for record in caplog.records] == [("host refused", {})]  # type: ignore[attr-defined]


def test_a_probe_may_ask_by_number() -> None:
    assert status("10.0.0.7:8501", "/healthz") == 200
    assert status("10.0.0.7:8501", "/readyz") in (200, 503)


def test_a_server_without_names_answers_to_any() -> None:
    assert all(status(host, app=APP) == 200 for host in ("evil.test", "127.0.0.1", ""))
