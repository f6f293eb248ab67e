"""What Streamlit keeps of visits: the private parts of it that the janitor relies on."""

import asyncio
import gc
import warnings
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from pages.server import sessions

LIFE = 100.0  # s that a visit without a connection is kept


class Server:
    """Streamlit's own keepers of visits and files, with a clock that can be set."""

    def __init__(self) -> None:
        self.now = 0.0
        self.uploaded_file_mgr = MemoryUploadedFileManager("/upload")
        self.storage = MemorySessionStorage(ttl_seconds=int(LIFE))
        self.storage._cache._timer = lambda: self.now  # type: ignore[attr-defined]
        self._session_mgr = WebsocketSessionManager(
            self.storage, self.uploaded_file_mgr, ScriptCache(), lambda: None
        )

    def visit(self) -> str:
        """A visit with an upload."""
        client: Any = SimpleNamespace()
        found = self._session_mgr.connect_session(client, ScriptData("page.py"), {})
        self.uploaded_file_mgr.add_file(found, UploadedFileRec("1", "cat.png", "image/png", b"pixels"))
        return found


@pytest.fixture(autouse=True)
def no_visit_of_an_earlier_test() -> None:
    """Visits that are over lie in cycles, and ask for Streamlit's runtime when they go."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(Runtime, "_instance", server)
    monkeypatch.setattr("streamlit.runtime.exists", lambda: False)
    return server


async def later(server: Server, seconds: float, *, closed: bool = True) -> tuple[int, dict[str, Any]]:
    """How many visits a round ends so long after the tab was closed, and the uploads that are left."""
    visit = server.visit()
    if closed:
        server._session_mgr.disconnect_session(visit)
    server.now += seconds
    return sessions.sweep(), sessions.uploads()


def test_uploads_of_a_closed_tab_go_when_its_time_is_over_though_nobody_else_comes(server: Server) -> None:
    assert asyncio.run(later(server, LIFE + 0.1)) == (1, {})


def test_pictures_of_a_visit_that_is_over_are_kept_by_nobody(server: Server) -> None:
    async def left() -> int:
        session = server._session_mgr.get_active_session_info(server.visit()).session
        session.session_state["picture"] = "pixels"
        server._session_mgr.disconnect_session(session.id)
        server.now += LIFE + 0.1
        sessions.sweep()
        return len(session.session_state)

    assert asyncio.run(left()) == 0


def test_a_tab_that_was_cut_off_finds_its_uploads_again_in_time(server: Server) -> None:
    ended, left = asyncio.run(later(server, LIFE - 0.1))
    assert ended == 0
    assert [file.data for files in left.values() for file in files.values()] == [b"pixels"]


def test_an_open_tab_keeps_its_uploads(server: Server) -> None:
    ended, left = asyncio.run(later(server, 10 * LIFE, closed=False))
    assert (ended, len(left)) == (0, 1)


def test_a_streamlit_that_keeps_visits_in_another_way_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "_instance", SimpleNamespace(_session_mgr=object(), uploaded_file_mgr={}))
    for look in (sessions.sweep, sessions.uploads):
        with pytest.raises(AssertionError, match="another way"):
            look()
