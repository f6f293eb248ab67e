"""How fast one websocket may speak."""

import asyncio
from typing import Any

import pytest

from pages.server import pace

BYTES = {"type": "websocket.receive", "bytes": b"rerun"}


class Clock:
    """A clock that sleeping sets forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace.time, "monotonic", clock)
    monkeypatch.setattr(pace.asyncio, "sleep", clock.sleep)
    return clock


def spoken(clock: Clock, pauses: list[float]) -> tuple[list[dict[str, Any]], list[Any]]:
    """What an app gets of messages, each so many s after the one before was taken, and what the tab gets."""
    left, sent = list(pauses), []

    async def receive() -> dict[str, Any]:
        await clock.sleep(left.pop(0))
        return BYTES

    async def send(message: Any) -> None:
        sent.append(message)

    async def app() -> list[dict[str, Any]]:
        take, answer = pace.paced(receive, send, pace.Bucket(20, 40, clock))
        got = []
        while left and (not got or got[-1] is BYTES):
            got.append(await take())
        await answer({"type": "websocket.send", "text": "the page"})
        return got

    return asyncio.run(app()), sent


def test_a_drag_and_a_fast_typist_notice_nothing(clock: Clock) -> None:
    got, _ = spoken(clock, [0.0] * 40)
    assert (len(got), clock.now) == (40, 0.0)
    clock.now = 100.0
    spoken(clock, [0.06] * 600)  # 16 a second
    assert clock.now == pytest.approx(100 + 36)


def test_a_flood_is_slowed_to_twenty_messages_a_second(clock: Clock) -> None:
    got, _ = spoken(clock, [0.0] * 140)
    assert len(got) == 140
    assert clock.now == pytest.approx((140 - 40) / 20)


def test_a_flood_that_does_not_end_is_cut_off_with_a_reason(clock: Clock) -> None:
    got, sent = spoken(clock, [0.0] * 1000)
    assert len(got) == 40 + 200 + 1
    assert got[-1]["type"] == "websocket.disconnect"
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": pace.REASON}]  # and nothing after it


def test_a_flood_that_arrives_in_heaps_is_one(clock: Clock) -> None:
    got, _ = spoken(clock, ([0.0] * 14 + [0.01]) * 100)
    assert got[-1]["type"] == "websocket.disconnect"


def test_who_waits_for_answers_is_never_cut_off(clock: Clock) -> None:
    got, sent = spoken(clock, [0.01, 0.0, 0.0] * 1000)  # three messages to each answer, as fast as these come
    assert len(got) == 3000
    assert sent[-1]["type"] == "websocket.send"
    assert clock.now == pytest.approx(3000 / 20, rel=0.02)
