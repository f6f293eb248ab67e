"""Clients that keep to no rule, and one beside them who waits for answers."""

import asyncio
import itertools
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.bench.load.protocol import Failed, Visitor

TEXT, BYTES, CONTINUED, CLOSE = 0x81, 0x82, 0x00, 0x88  # first byte of a frame (RFC 6455)
LINK = "/losses?view=softmax"  # a page with a row, a list, a slider, a line of text and a component


class Rude(Visitor):
    """A visitor whose controls say what no browser would."""

    exceptions = 0  # that the server sent

    async def say(self, state: WidgetState) -> None:
        with suppress(Failed):  # a sentence with a code, in this visit alone
            await self._rerun("", state)

    def _take(self, message: ForwardMsg) -> bool:
        self.exceptions += message.delta.new_element.HasField("exception")
        return super()._take(message)


def malformed(visitor: Visitor) -> list[WidgetState]:
    """States that no browser sends: for controls of a page and for one that there is not."""
    parts = [part for part in visitor.parts() if part.key.endswith((".control", ".bars"))]
    events = [f"$$STREAMLIT_INTERNAL_KEY_{part.id}__events" for part in visitor.parts("bidi_component")]
    names = [*(part.id for part in parts), *events, "", "nobody", "x" * 60_000]
    return [WidgetState(id=name, **content) for name, content in itertools.product(names, _contents())]


def _contents() -> Iterator[dict[str, object]]:
    yield from ({"trigger_value": True}, {"bool_value": True}, {"int_value": 2**62})
    yield from ({"string_value": "x" * 10**6}, {"bytes_value": b"x"}, {"arrow_value": {"data": b"garbage"}})
    yield from ({"string_trigger_value": {"data": "x"}}, {"chat_input_value": {"data": "x"}})
    yield from ({"double_value": value} for value in (float("nan"), float("inf"), -1e308))
    yield from ({"double_array_value": {"data": data}} for data in ([], [float("nan")], [1e308] * 1000))
    yield from ({"int_array_value": {"data": data}} for data in ([], [-1], [2**62] * 1000))
    yield from ({"string_array_value": {"data": data}} for data in ([], ["nope"], ["x"] * 1000))
    file = {"file_id": "1", "name": "../x", "size": 2**62}
    yield {"file_uploader_state_value": {"uploaded_file_info": [file]}}
    for text in ("", "{", "null", "[" * 100_000, '[{"event": "pick"}]', '[{"event": 1, "value": NaN}]'):
        yield from ({"json_value": text}, {"json_trigger_value": text})
    picks = ("null", "1e999", '"x"', "[]", "{}", '{"logits": "x"}', '{"chosen": [1, 2]}', '{"entry": {}}')
    yield from ({"json_trigger_value": f'[{{"event": "pick", "value": {value}}}]'} for value in picks)


@contextmanager
def opened(address: str, *also: str, room: int = 0) -> Iterator[socket.socket]:
    """A websocket without a library, so that anything can be sent on it.

    Args:
        address: of the server.
        also: what the browser says besides "streamlit", such as the id of a visit.
        room: bytes that may arrive unread; 0 for the usual.
    """
    place = urlsplit(address)
    with socket.socket() as connection:
        if room:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        connection.settimeout(30)
        connection.connect((place.hostname, place.port))
        asked = {
            "Host": place.netloc,
            "Origin": address,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Protocol": ", ".join(["streamlit", *also]),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
        connection.sendall(f"GET /_stcore/stream HTTP/1.1\r\n{head}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(1)
        assert answer.startswith(b"HTTP/1.1 101")
        yield connection


def frame(kind: int, content: bytes, length: int | None = None) -> bytes:
    """A frame as a client sends it; it may say that it is longer than it is."""
    return (
        struct.pack("!BBQ", kind, 0x80 | 127, len(content) if length is None else length) + bytes(4) + content
    )


def hung_up(connection: socket.socket) -> bool:
    """Whether the next that the server says is that it hangs up."""
    try:
        return connection.recv(1) in (b"", bytes([CLOSE]))
    except ConnectionError:
        return True


def cut_off(connection: socket.socket, sent: Iterable[bytes]) -> bool:
    """Whether the server hangs up on whoever sends all that."""
    try:
        for content in sent:
            connection.sendall(content)
    except ConnectionError:
        return True
    return hung_up(connection)


def rerun(link: str = LINK) -> bytes:
    """What asks for a page."""
    place = urlsplit(link)
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = place.path.strip("/"), place.query
    return message.SerializeToString()


async def beside(address: str, rudeness: asyncio.Future[None]) -> list[float]:
    """Seconds that each click of somebody else takes, until the rude one has finished."""
    waits = []
    async with Visitor(address, LINK) as visitor:
        while not rudeness.done() or len(waits) < 20:
            begin = time.perf_counter()
            await visitor.pick("softmax.bars", {"logits": [len(waits) % 7, 0.0]})
            waits.append(time.perf_counter() - begin)
            await asyncio.sleep(0.1)
    await rudeness
    return waits
