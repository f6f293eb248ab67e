"""What every connection of the server is told: small answers leave at once, and nobody waits for ever.

The head and the body of an answer are two writes. Unless a connection says otherwise, the second one waits
until the first is confirmed (Nagle's algorithm, RFC 896), and browsers confirm after 40 ms. While something
is dragged, that would be 20 answers a second at best. asyncio says otherwise for sockets that are declared as
TCP; those of Streamlit are TCP without being declared so.

Whoever asks and never reads would keep a connection, and all that waits to be sent, for as long as the server
lives: neither a close nor a ping gets through to them. Linux ends a connection that takes nothing for a time
(TCP_USER_TIMEOUT, RFC 5482); a tab that was only cut off comes back to its visit.
"""

import socket
from asyncio import base_events

STUCK = 20.0  # s in which a connection that has something to take takes nothing, before it is ended


def install() -> None:
    """Let asyncio look at what a socket is, not at what it was declared as."""
    base_events._set_nodelay = _set_up  # type: ignore[attr-defined]


def _set_up(connection: socket.socket) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux has it
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * STUCK))
