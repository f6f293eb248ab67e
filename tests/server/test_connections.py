"""What connections are told, also those of sockets that were made the way Streamlit makes them."""

import asyncio
import socket
import time

import pytest

from pages.server import connections


@pytest.fixture
def listener() -> socket.socket:
    connections.install()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    return listener


async def accepted(listener: socket.socket) -> int:
    """TCP_NODELAY of a connection that a server on this socket accepts."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(accept, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        value = await found
        writer.close()
        await writer.wait_closed()
    return value


async def ended(listener: socket.socket) -> float:
    """Seconds until a connection is over whose other end never reads what it was sent."""
    lost: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    class Sender(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.began = time.monotonic()
            transport.write(bytes(20_000_000))  # type: ignore[attr-defined]
            transport.close()  # which alone would wait until all of it is sent

        def connection_lost(self, _error: Exception | None) -> None:
            lost.set_result(time.monotonic() - self.began)

    async with await asyncio.get_running_loop().create_server(Sender, sock=listener):
        with socket.create_connection(listener.getsockname()):
            return await asyncio.wait_for(lost, 20)


def test_connections_of_a_socket_without_a_declared_protocol_do_not_wait(listener: socket.socket) -> None:
    assert asyncio.run(accepted(listener)) != 0


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux ends such connections")
def test_who_never_reads_is_let_go(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STUCK", 1.0)
    assert 0.5 < asyncio.run(ended(listener)) < 10
