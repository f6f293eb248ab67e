"""Whoever keeps to no rule harms nobody but themselves: the server lives, and others get their answers."""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator

import numpy as np
import pytest

from tests.server import rude
from tests.server.every_view import prepared
from tests.server.rude import BYTES, CONTINUED, TEXT, Rude, cut_off, frame, opened

MB = 2**20
STUCK = 2  # s


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = f"from pages.server import connections\nconnections.STUCK = {STUCK}"
    with prepared(script, tmp_path_factory.mktemp("rude") / "log.txt") as address:
        yield address


def others_wait(server: str, act: Callable[[], Awaitable[None]]) -> float:
    """95th percentile of the seconds that somebody else waits while `act` goes on."""

    async def both() -> list[float]:
        return await rude.beside(server, asyncio.ensure_future(act()))

    return float(np.percentile(asyncio.run(both()), 95))


def test_malformed_states_stay_in_the_visit_of_whoever_sends_them(server: str) -> None:
    async def act() -> None:
        async with Rude(server, rude.LINK) as visitor:
            states = rude.malformed(visitor)[::11]  # another content for each control
            assert len(states) >= 30
            for state in states:
                await visitor.say(state)
                await asyncio.sleep(0.05)
            assert visitor.exceptions == 0
        async with Rude(server, rude.LINK):
            pass  # the page is as it was

    assert others_wait(server, act) <= 0.5


@pytest.mark.parametrize(
    "content",
    [
        frame(BYTES, b"\xff" * 100),
        frame(BYTES, os.urandom(1000)),
        frame(TEXT, b"hello"),
        frame(TEXT, b"\xff\xfe"),
        frame(BYTES, b"", length=230 * MB),
        frame(BYTES, b"", length=2**63 - 1),
        frame(0xFF, b"no such frame"),
        frame(CONTINUED, b"of nothing"),
        b"\x82\x05hello",  # not masked
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["garbage", "noise", "text", "no text", "230 MB", "2^63", "kind", "continued", "unmasked", "HTTP"],
)
def test_a_frame_that_cannot_be_ends_its_own_connection(server: str, content: bytes) -> None:
    with opened(server) as connection:
        assert cut_off(connection, [content])


def test_230_megabytes_in_pieces_are_cut_off_while_others_go_on(server: str) -> None:
    def send() -> None:
        pieces = (frame(CONTINUED if piece else 0x02, bytes(MB)) for piece in range(230))
        with opened(server) as connection:
            assert cut_off(connection, pieces)

    assert others_wait(server, lambda: asyncio.to_thread(send)) <= 0.5


@pytest.mark.parametrize("visit", ["0" * 36, "..", "x" * 5000, "%00"])
def test_the_id_of_a_visit_that_there_is_not_opens_a_new_one(server: str, visit: str) -> None:
    with opened(server, "xsrf", visit) as connection:
        connection.sendall(frame(BYTES, rude.rerun()))
        heard = b""
        while b"softmax" not in heard:
            heard += connection.recv(1 << 16)
    assert visit.encode() not in heard


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux ends such connections")
def test_who_floods_and_never_reads_is_let_go_and_nobody_waits_for_it(server: str) -> None:
    def sent() -> Iterator[bytes]:
        end = time.monotonic() + STUCK + 20
        while time.monotonic() < end:
            yield frame(BYTES, rude.rerun("/feature-maps"))
            time.sleep(0.03)

    def flood() -> None:
        with opened(server, room=4096) as connection:
            assert cut_off(connection, sent())

    assert others_wait(server, lambda: asyncio.to_thread(flood)) <= 0.5
