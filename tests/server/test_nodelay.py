"""Answers do not wait to be confirmed, also on sockets that were made the way Streamlit makes them."""

import asyncio
import socket

from pages.server import nodelay


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


def test_connections_of_a_socket_without_a_declared_protocol_do_not_wait() -> None:
    nodelay.install()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    assert asyncio.run(accepted(listener)) != 0
