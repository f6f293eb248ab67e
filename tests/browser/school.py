"""A server as a class uses it, and clients of it that are no browser."""

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

RERUN = BackMsg()
RERUN.rerun_script.query_string = ""


@contextmanager
def tab(port: int) -> Iterator[ClientConnection]:
    """A tab that has asked for the first page."""
    origin, address = f"http://localhost:{port}", f"ws://localhost:{port}/_stcore/stream"
    with connect(
        address, origin=origin, subprotocols=["streamlit"], max_size=None, ping_interval=None
    ) as socket:  # type: ignore[list-item,arg-type]
        socket.send(RERUN.SerializeToString())
        yield socket


def session_of(socket: ClientConnection) -> str:
    """What the server calls this visit."""
    while True:
        message = ForwardMsg.FromString(bytes(socket.recv(timeout=20)))  # type: ignore[arg-type]
        if message.HasField("new_session"):
            return message.new_session.initialize.session_id


def received(socket: ClientConnection) -> bool:
    """Take a message in, if there is one."""
    try:
        socket.recv(timeout=0)
    except TimeoutError:
        return False
    return True


def put(
    port: int, session: str, name: str, size: int | None, *, content: bytes = b"", file: str = ""
) -> tuple[int, str]:
    """Status and answer for an upload of so many zeros; without a size it does not say how long it is.

    Args:
        port: of the server on this machine.
        session: what the server calls the visit.
        name: of the file.
        size: in bytes.
        content: what is uploaded instead of zeros.
        file: its id; one of its own where it is left out.
    """
    server = http.client.HTTPConnection("localhost", port, timeout=60)
    server.request("GET", "/_stcore/health")
    answer = server.getresponse()
    cookie = re.search(r"_streamlit_xsrf=([^;]+)", answer.headers["Set-Cookie"])
    answer.read()
    assert cookie
    form = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode()
    body = form + (content or bytes(size or 10)) + b"\r\n--x--\r\n"
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Cookie": cookie[0],
        "X-Xsrftoken": cookie[1],
    }
    path = f"/_stcore/upload_file/{session}/{file or time.monotonic_ns()}"
    server.request("PUT", path, iter([body]) if size is None else body, headers, encode_chunked=size is None)
    answer = server.getresponse()
    text = answer.read().decode()
    server.close()
    return answer.status, text


def get(port: int, path: str) -> tuple[int, str, float]:
    """Status and text of an answer, and how many s it took."""
    began = time.monotonic()
    server = http.client.HTTPConnection("localhost", port, timeout=20)
    server.request("GET", path)
    answer = server.getresponse()
    text = answer.read().decode()
    server.close()
    return answer.status, text, time.monotonic() - began
