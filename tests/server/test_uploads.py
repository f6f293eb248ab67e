"""How much a visit may upload, in front of an app that takes everything."""

import asyncio
import hashlib
import json
import logging
from typing import Any

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from pages.server import sessions
from pages.server.settings import MB, Settings
from pages.server.uploads import FORM, Quota, kind_of, taken
from vizcore.toolkit.errors import InputError

Held = dict[str, dict[str, UploadedFileRec]]


class Upload:
    """Uploads to a server that holds so many MB of files, by visit and name."""

    def __init__(self, **held: dict[str, int]) -> None:
        self.taken: list[bytes] = []
        self.held: Held = {
            visit: {name: UploadedFileRec(name, name, "", bytes(size * MB)) for name, size in files.items()}
            for visit, files in held.items()
        }
        self.quota = Quota(Settings(uploads_mb=200), lambda: self.held)

    async def app(self, _scope: Any, receive: Any, send: Any) -> None:
        message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            self.taken.append(message["body"])
        await send({"type": "http.response.start", "status": 204, "headers": []})

    def put(self, name: str, mb: float | None, visit: str = "me") -> tuple[int, str]:
        """Status and sentence for a file of this name that says it has so many MB."""
        head = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode()
        chunks = [head[:30], head[30:] + b"pixels", b"\r\n--x--"]
        length = [] if mb is None else [(b"content-length", str(int(mb * MB) + FORM).encode())]
        scope = {"type": "http", "path": f"/school/_stcore/upload_file/{visit}/1", "headers": length}
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.quota.put(self.app, scope, receive, send))
        body = sent[1]["body"] if len(sent) > 1 else b""
        return sent[0]["status"], json.loads(body)["error"] if body else ""


@pytest.mark.parametrize(("name", "mb"), [("cat.png", 20), ("own.zip", 100), ("vgg.safetensors", 600)])
def test_every_kind_of_file_has_its_largest(name: str, mb: int) -> None:
    upload = Upload()
    upload.quota.most = 1000 * MB
    assert upload.put(name, mb)[0] == 204
    status, sentence = upload.put(name, mb + 1)
    assert status == 413
    assert f"{mb + 1} MB" in sentence
    assert f"may have {mb} MB" in sentence


def test_what_is_taken_arrives_whole() -> None:
    upload = Upload()
    upload.put("cat.png", 1)
    assert b"".join(upload.taken).endswith(b"\r\n\r\npixels\r\n--x--")


def test_an_upload_has_to_say_how_long_it_is() -> None:
    assert Upload().put("cat.png", None) == (411, "An upload has to say how long it is.")


def test_a_visit_has_sixty_megabytes_of_pictures_and_no_other_visit_notices() -> None:
    upload = Upload(me={"a.png": 20, "b.png": 20}, other={})
    assert upload.put("c.png", 20)[0] == 204
    upload.held["me"]["c.png"] = UploadedFileRec("c", "c.png", "", bytes(20 * MB))
    status, sentence = upload.put("d.png", 1)
    assert status == 413
    assert "60 MB" in sentence
    assert upload.put("d.png", 20, visit="other")[0] == 204
    assert upload.put("own.zip", 100)[0] == 204


def test_uploads_on_their_way_count_until_they_end() -> None:
    upload = Upload()
    with upload.quota.reserved("me", "picture", 20 * MB), upload.quota.reserved("me", "picture", 20 * MB):
        assert upload.put("c.png", 20)[0] == 204
        with upload.quota.reserved("me", "picture", 20 * MB):
            assert upload.put("d.png", 1)[0] == 413
    assert upload.put("d.png", 20)[0] == 204


def test_the_server_has_a_bound_for_all_visits_together() -> None:
    upload = Upload(one={"a.zip": 100}, two={"b.zip": 90})
    assert upload.put("c.png", 10)[0] == 204
    assert "Try again" in upload.put("c.png", 11)[1]


def test_a_file_without_a_known_ending_is_counted_as_a_picture() -> None:
    assert [kind_of(name) for name in ("", "a.PT", "a.SAFETENSORS", "zip", "b.Zip")] == [
        "picture", "picture", "weights", "picture", "archive",
    ]  # fmt: skip


class Reading:
    """An upload that a page reads: which files were freed, and what the log says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        self.file = UploadedFile(UploadedFileRec("7", "anna.png", "image/png", b"pixels"), FileURLs())
        self.freed: list[str] = []
        self._caplog = caplog
        caplog.set_level(logging.INFO, "convoscope.events")
        monkeypatch.setattr(sessions, "forget", self.freed.append)

    @property
    def told(self) -> dict[str, Any]:
        return dict(self._caplog.records[-1].__dict__["facts"])


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Reading:
    return Reading(monkeypatch, caplog)


def test_a_file_that_was_read_is_freed_and_in_the_log_by_its_hash_alone(reading: Reading) -> None:
    with taken(reading.file, "picture") as data:
        assert data == b"pixels"
    assert reading.freed == ["7"]
    digest = hashlib.sha256(b"pixels").hexdigest()[:16]
    assert reading.told == {"kind": "picture", "size": 6, "outcome": "accepted", "sha256": digest}


def test_a_file_that_was_refused_stays_for_another_try(reading: Reading) -> None:
    with pytest.raises(InputError), taken(reading.file, "picture"):
        raise InputError("This is not a picture.")
    assert reading.freed == []
    assert reading.told["outcome"] == "refused"
