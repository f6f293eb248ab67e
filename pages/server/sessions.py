"""What Streamlit keeps of visits, and what becomes of it once they are over.

Streamlit itself drops a visit whose connection is gone only when another one comes or goes, and its uploads
with it. The janitor does it on time. Both use what Streamlit does not promise to keep as it is; tests say so
when it changes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from pages.server import events

ROUND = 5.0  # s from one round of the janitor to the next

Files = Mapping[str, UploadedFileRec]  # by id

_log = logging.getLogger("convoscope")


@asynccontextmanager
async def janitor() -> AsyncIterator[None]:
    """Free what visits leave behind, while the block runs."""
    task = asyncio.create_task(_make_rounds(), name="janitor")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def uploads() -> dict[str, dict[str, UploadedFileRec]]:
    """All files that visits have here as of now, by the id of the visit and of the file."""
    kept = _files()
    with kept._lock:  # scripts free files in threads of their own
        return {visit: dict(files) for visit, files in kept.file_storage.items()}


def forget(file: str) -> None:
    """Free a file, by its id, of the visit that the calling script runs for."""
    if context := get_script_run_ctx():
        _checked(context.uploaded_file_mgr, MemoryUploadedFileManager).remove_file(context.session_id, file)


def sweep() -> int:
    """End the visits whose time is over; how many there were. To be called in the thread of the server."""
    over = _waiting()._cache.expire()  # type: ignore[attr-defined]
    for _, kept in over:
        kept.session.shutdown()
        kept.session.session_state.clear()  # Streamlit holds whoever came last until somebody else comes
    return len(over)


async def _make_rounds() -> None:
    while True:
        await asyncio.sleep(ROUND)
        try:
            if count := sweep():
                events.log("visits over", count=count)
        except Exception:  # the next round may go well again
            _log.exception("a round of the janitor failed")


def _files() -> MemoryUploadedFileManager:
    return _checked(Runtime.instance().uploaded_file_mgr, MemoryUploadedFileManager)


def _waiting() -> MemorySessionStorage:
    """Visits without a connection."""
    manager = _checked(Runtime.instance()._session_mgr, WebsocketSessionManager)
    return _checked(manager._session_storage, MemorySessionStorage)


def _checked(thing: object, kind: type[Any]) -> Any:
    assert isinstance(thing, kind), f"Streamlit keeps visits in another way: {type(thing).__name__}"
    return thing
