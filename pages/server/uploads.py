"""How much a visit may upload: counted before the first byte is taken.

Streamlit takes any number of files of `server.maxUploadSize` from whoever has a session, whether a page asks
for one or not, and keeps them until the session ends. A page that has read a file frees it (`taken`).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.server import events, sessions
from pages.server.settings import MB, Settings
from vizcore.toolkit.errors import InputError

ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")
_NAME = re.compile(rb'filename="([^"\r\n]*)"')
FORM = MB // 16  # bytes that a form may have besides the file in it
NAMES = {"picture": "a picture", "archive": "an archive", "weights": "a file of weights"}
HEAD = 64 * 1024  # bytes in which the name of the file has to come


@dataclass(frozen=True)
class Bound:
    """Of one kind of file, in bytes."""

    file: int  # the largest
    visit: int  # all that a visit has here


Held = Callable[[], Mapping[str, sessions.Files]]


class Quota:
    """Which uploads are taken. `held` are the files that are here; those on their way it counts itself."""

    def __init__(self, settings: Settings, held: Held = sessions.uploads) -> None:
        self.bounds = {
            "picture": Bound(settings.picture_mb * MB, settings.pictures_mb * MB),
            "archive": Bound(settings.archive_mb * MB, settings.archive_mb * MB),
            "weights": Bound(settings.weights_mb * MB, settings.weights_mb * MB),
        }
        self.most = settings.uploads_mb * MB
        self._held = held
        self._coming: dict[tuple[str, str], int] = defaultdict(int)  # visit, kind -> bytes

    def refusal(self, visit: str, kind: str, size: int) -> str:
        """Why a file of so many bytes is not taken, in a sentence; nothing where it is."""
        bound, held = self.bounds[kind], self._held()
        if size > bound.file:
            return f"This file has {size / MB:,.0f} MB; {NAMES[kind]} may have {bound.file // MB:,} MB."
        there = sum(len(file.data) for file in held.get(visit, {}).values() if kind_of(file.name) == kind)
        if there + self._coming[visit, kind] + size > bound.visit:
            return f"This visit has uploaded its {bound.visit // MB:,} MB. Remove a file, or reload the page."
        if sum(len(file.data) for files in held.values() for file in files.values()) + size > self.most:
            return "The server holds all the uploads that it can. Try again in a few minutes."
        return ""

    @contextmanager
    def reserved(self, visit: str, kind: str, size: int) -> Iterator[None]:
        """Count an upload that is on its way."""
        self._coming[visit, kind] += size
        try:
            yield
        finally:
            self._coming[visit, kind] -= size
            if not self._coming[visit, kind]:
                del self._coming[visit, kind]

    async def put(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an upload through to the app, or answer 411 or 413 with a sentence."""
        length = Headers(scope=scope).get("content-length", "")
        if not (length.isascii() and length.isdecimal()):
            await _refuse(411, "An upload has to say how long it is.", "picture", 0)(scope, receive, send)
            return
        head, again = await _peeked(receive)
        visit, kind = _visit(scope), kind_of(_name(head))
        size = max(0, int(length[:16]) - FORM)
        if sentence := self.refusal(visit, kind, size):
            await _refuse(413, sentence, kind, size)(scope, again, send)
            return
        with self.reserved(visit, kind, size):
            await app(scope, again, send)


def kind_of(name: str) -> str:
    """What a file is counted as, by its ending; what it really is, is seen when it is read."""
    endings = {".safetensors": "weights", ".zip": "archive"}
    return next((kind for ending, kind in endings.items() if name.lower().endswith(ending)), "picture")


@contextmanager
def taken(file: UploadedFile, kind: str) -> Iterator[bytes]:
    """Read the bytes of an upload in this block; the log says what came of it.

    Where they were accepted the server keeps them no longer: the widget is empty in the next run of the page.

    Args:
        file: of a file_uploader or camera_input.
        kind: a key of NAMES.
    """
    outcome = "failed"
    try:
        yield file.getvalue()
        outcome = "accepted"
        sessions.forget(file.file_id)
    except InputError:
        outcome = "refused"
        raise
    finally:
        digest = hashlib.sha256(file.getbuffer()).hexdigest()[:16]
        events.log("upload", kind=kind, size=file.size, outcome=outcome, sha256=digest)


def _visit(scope: Scope) -> str:
    found = ADDRESS.search(scope["path"])
    return found[1] if found else ""


def _name(head: bytes) -> str:
    found = _NAME.search(head)
    return found[1].decode("utf-8", "replace") if found else ""


async def _peeked(receive: Receive) -> tuple[bytes, Receive]:
    """The beginning of a body, up to the end of the head of its form; and all of it once more."""
    kept: list[Message] = []
    head = b""
    while len(head) < HEAD and b"\r\n\r\n" not in head:
        kept.append(await receive())
        head += kept[-1].get("body", b"")
        if not kept[-1].get("more_body"):
            break

    async def again() -> Message:
        return kept.pop(0) if kept else await receive()

    return head.partition(b"\r\n\r\n")[0], again


def _refuse(status: int, sentence: str, kind: str, size: int) -> Response:
    events.log("upload", kind=kind, size=size, outcome=str(status))
    return JSONResponse({"error": sentence}, status)
