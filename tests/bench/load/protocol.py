"""One visitor without a browser: Streamlit's own websocket protocol, in the messages of this version.

What a browser would send is sent, and what it would draw is kept, but nothing is drawn: a machine that could
show one page can be thirty visitors. It talks to this machine only.
"""

import asyncio
import json
import struct
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from numpy.typing import NDArray
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PATIENCE = 60.0  # s for one answer
OVER = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
# What a page says instead of what was asked for (pages/server/errors.py).
IMPOSSIBLE = "Not possible]"
FAILED = ("This part of the page failed", IMPOSSIBLE)


class Failed(Exception):
    """The page did not give what was asked for."""


@dataclass(frozen=True)
class Part:
    """One element as the server sent it."""

    element: Element
    fragment: str  # id of the fragment that drew it; "" for the page itself
    run: int  # number of the run that drew it

    @property
    def kind(self) -> str:
        return str(self.element.WhichOneof("type"))

    @property
    def id(self) -> str:
        return str(getattr(getattr(self.element, self.kind), "id", ""))

    @property
    def key(self) -> str:
        """The part's own, behind what Streamlit puts before it."""
        return self.id.split("-", 2)[-1]

    @property
    def choices(self) -> list[str]:
        """What a row, a list or a slider of words can be set to; nothing for other elements."""
        control = getattr(self.element, self.kind)
        if getattr(control, "disabled", False):
            return []
        options = getattr(control, "options", ())
        return [option.content for option in options] if self.kind == "button_group" else list(options)


class Visitor:
    """One session: `async with Visitor(address, "/pooling") as visitor`."""

    def __init__(self, address: str, link: str) -> None:
        """`address` of the server, such as http://localhost:8501; `link` of a page, perhaps with settings."""
        place = urlsplit(address)
        if place.hostname not in LOOPBACK:
            raise ValueError(f"a load test asks this machine only, not {place.hostname}")
        self.address, self._host = address, place.netloc
        self._page, self._query = urlsplit(link).path.strip("/"), urlsplit(link).query
        self.session = ""  # what the server calls this visit
        self._hash = ""
        self._run = 0
        self._states: dict[str, WidgetState] = {}
        self._parts: dict[tuple[int, ...], Part] = {}
        self._socket: ClientConnection

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            f"ws://{self._host}/_stcore/stream",
            origin=f"http://{self._host}",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            compression=None,
            close_timeout=1,
        )
        try:
            await self._rerun()
        except BaseException:
            await self._socket.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    def parts(self, kind: str = "") -> Iterator[Part]:
        """What the page shows now, of one kind of element or of all."""
        return (part for part in self._parts.values() if not kind or part.kind == kind)

    @property
    def settings(self) -> dict[str, str]:
        """What the address says now."""
        return dict(parse_qsl(self._query))

    def part(self, key: str) -> Part:
        """The control or component with this key."""
        for part in self.parts():
            if part.id.endswith(f"-{key}"):
                return part
        raise Failed(f"the page has no {key!r}")

    async def set(self, key: str, value: object) -> None:
        """Move a control: text for a list or a row of names; a number, truth or file for what takes one."""
        part = self.part(key)
        state = WidgetState(id=part.id)
        if part.kind == "button_group" or (part.kind == "slider" and part.element.slider.options):
            state.string_array_value.data.append(str(value))
        elif part.kind == "slider":
            state.double_array_value.data.append(float(str(value)))
        elif isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, UploadedFileInfo):
            state.file_uploader_state_value.uploaded_file_info.append(value)
        else:
            state.string_value = str(value)
        self._states[part.id] = state
        await self._rerun(part.fragment)

    async def press(self, key: str) -> None:
        """Press a button."""
        part = self.part(key)
        await self._rerun(part.fragment, WidgetState(id=part.id, trigger_value=True))

    async def pick(self, key: str, value: object) -> None:
        """Report to the page what is clicked in a component."""
        part = self.part(key)
        name = f"$$STREAMLIT_INTERNAL_KEY_{part.id}__events"
        events = json.dumps([{"event": "pick", "value": value}])
        await self._rerun(part.fragment, WidgetState(id=name, json_trigger_value=events))

    async def flood(self, pause: float) -> AsyncIterator[None]:
        """Ask for the page every `pause` s, without waiting for it, until the server hangs up."""
        reading = asyncio.create_task(self._ignore())
        try:
            while not reading.done():
                await self._ask_for_a_run()
                yield
                await asyncio.sleep(pause)
        except ConnectionClosed:
            return
        finally:
            reading.cancel()

    async def _ignore(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._socket.recv(decode=False)

    def message(self, key: str) -> "Message":
        """What a component got."""
        return unpacked(self.part(key).element.bidi_component.bytes)

    async def ask(self, url: str, question: dict[str, Any]) -> "Message":
        """What the address in a component's message answers, asked without a run of the page."""
        return unpacked(await asyncio.to_thread(self._post, url, json.dumps(question).encode()))

    def _post(self, url: str, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Origin": f"http://{self._host}"}
        request = urllib.request.Request(self.address + url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return bytes(reply.read())
        except urllib.error.HTTPError as error:
            raise Failed(f"{error.code}: {error.read(200)!r}") from error

    async def _rerun(self, fragment: str = "", trigger: WidgetState | None = None) -> None:
        """Run the page, or one fragment of it, and take in what it draws."""
        await self._ask_for_a_run(fragment, trigger)
        async with asyncio.timeout(PATIENCE):
            while not self._take(ForwardMsg.FromString(await self._socket.recv(decode=False))):
                pass
        for said in map(_words, self.parts()):
            if any(sign in said for sign in FAILED):
                raise Failed(said)

    async def _ask_for_a_run(self, fragment: str = "", trigger: WidgetState | None = None) -> None:
        state = ClientState(
            query_string=self._query,
            page_script_hash=self._hash,
            page_name="" if self._hash else self._page,
            fragment_id=fragment,
        )
        state.widget_states.widgets.extend([*self._states.values(), *([trigger] if trigger else [])])
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    def _take(self, message: ForwardMsg) -> bool:
        """Keep what a message brings; whether it is the last one of a run."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._run += 1
            self._hash = message.new_session.page_script_hash
            self.session = message.new_session.initialize.session_id
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.HasField("new_element"):
            path = tuple(message.metadata.delta_path)
            self._parts[path] = Part(message.delta.new_element, message.delta.fragment_id, self._run)
        elif kind == "script_finished" and message.script_finished in OVER:
            self._forget(message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)
            return True
        return False

    def _forget(self, whole: bool) -> None:
        """Drop what the run that is over did not draw again."""
        drawn = {part.fragment for part in self.parts() if part.run == self._run}
        old = [
            path
            for path, part in self._parts.items()
            if part.run != self._run and (whole or part.fragment in drawn)
        ]
        for path in old:
            del self._parts[path]
        kept = {part.id for part in self.parts()}
        self._states = {name: state for name, state in self._states.items() if name in kept}


@dataclass(frozen=True)
class Message:
    """What `pages.components.pack` made."""

    header: dict[str, Any]
    blocks: list[NDArray[Any]]


def unpacked(data: bytes) -> Message:
    """Header and arrays of a packed message; raises Failed where it is none."""
    if len(data) < 4:
        raise Failed("the component got no message")
    length = struct.unpack_from("<I", data)[0]
    header, start = json.loads(data[4 : 4 + length]), 4 + length
    blocks = [
        np.frombuffer(data, kind, count, start + offset) for offset, count, kind in header.get("blocks", ())
    ]
    return Message(header, blocks)


def _words(part: Part) -> str:
    """What an element says as text; "" for one that says nothing in words."""
    if part.kind == "exception":
        return f"{FAILED[0]}: {part.element.exception.message}"
    return str(getattr(getattr(part.element, part.kind), "body", ""))
