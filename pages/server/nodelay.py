"""Small answers leave at once.

The head and the body of an answer are two writes. Unless a connection says otherwise, the second one waits
until the first is confirmed (Nagle's algorithm, RFC 896), and browsers confirm after 40 ms. While something
is dragged, that would be 20 answers a second at best. asyncio says otherwise for sockets that are declared as
TCP; those of Streamlit are TCP without being declared so.
"""

import socket
from asyncio import base_events


def install() -> None:
    """Let asyncio look at what a socket is, not at what it was declared as."""
    base_events._set_nodelay = _set_nodelay  # type: ignore[attr-defined]


def _set_nodelay(connection: socket.socket) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
