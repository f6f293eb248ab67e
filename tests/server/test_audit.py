"""A server that is watched from inside: what it opens, whom it asks, what it keeps, and what it answers."""

import asyncio
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from tests.browser import school, told
from tests.browser.audit import Audit
from tests.browser.bringing import bring
from tests.browser.servers import ROOT, free_port, process, wait_until_healthy
from vizcore.toolkit.images import encode_png

KEEP = 2  # s that a visit without a connection is kept
SECRET = "planted secret"
OUT = "../" * 12


class Watched:
    """The server, a folder for it, and a file beside that folder that is none of its business."""

    def __init__(self, folder: Path) -> None:
        self.port, self.scratch, self.runs = free_port(), folder / "tmp", folder / "runs"
        self.audit, self.log = Audit(folder / "audit.jsonl"), folder / "log.txt"
        self.secret = folder / "secret.txt"
        self.secret.write_text(SECRET)
        self.scratch.mkdir()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def secret_opened(self) -> bool:
        return any(path.endswith((self.secret.name, "passwd")) for path in self.audit.opened())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    server = Watched(tmp_path_factory.mktemp("watched"))
    own = {"TMPDIR": server.scratch, "CONVOSCOPE_RUNS": server.runs, "CONVOSCOPE_KEEP": KEEP}
    script = ROOT / "tests" / "browser" / "audit.py"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**own, "PYTHONDONTWRITEBYTECODE": 1}.items():
            patch.setenv(name, str(value))
        with process([sys.executable, str(script), str(server.port), str(server.audit.file)], server.log):
            wait_until_healthy(server.address, 60, server.log)
            yield server


def answered(server: Watched, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer; the path is sent as it is."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=20)
    connection.putrequest(method, path)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}, text


# ---------------------------------------------------------------- S6: headers

PATHS = (
    "/", "/pooling", "/nowhere", "/healthz", "/readyz", "/_stcore/health", "/_stcore/host-config",
    "/_stcore/metrics", "/_stcore/agent/v1/apps", "/live/none", "/media/none.png", "/static/none.js",
    "/_stcore/upload_file/none/1", "/_stcore/bidi-components/none", "/favicon.png", "/%2e%2e/x", "/a?b=%ff",
)  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"])
def test_every_answer_carries_the_headers(server: Watched, method: str) -> None:
    scripts = re.findall(r'src="\.(/static/[^"]+)"', answered(server, "/")[2])
    assert scripts
    for path in (*PATHS, *scripts):
        _, headers, _ = answered(server, path, method)
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert "frame-ancestors 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "geolocation=()" in headers["permissions-policy"], path


# ---------------------------------------------------------------- S4: paths


def traversals(server: Watched) -> list[str]:
    """Twenty ways to ask for the secret."""
    absolute = str(server.secret)
    up = f"{OUT}{absolute[1:]}"
    steps = (up, quote(up), quote(up, safe=""), up.replace("/", "\\"), up.replace("..", "..;"))
    coded = (up.replace("..", "%252e%252e"), up.replace("../", "....//"), up.replace("/", "%c0%af"))
    places = ("static/", "media/", "_stcore/bidi-components/", "app/static/", "component/x/", "")
    return [
        *(f"/static/{step}" for step in (*steps, *coded)),
        *(f"/{place}{OUT}{absolute[1:]}" for place in places),
        *(f"/{place}{absolute}" for place in places[:3]),
        f"/_stcore/upload_file/{up}/1",
        f"//{absolute}",
        f"/media/{quote(up, safe='')}%00.png",
    ]


def test_no_address_leads_out_of_the_server(server: Watched) -> None:
    wanted = traversals(server)
    assert len(wanted) == 20
    for path in wanted:
        status, headers, text = answered(server, path)
        assert status in (400, 403, 404, 405) or "text/html" in headers["content-type"], path
        assert SECRET not in text
    assert not server.secret_opened


NAMES = (
    "../secret.txt", f"{OUT}etc/passwd", "/etc/passwd", "..\\..\\secret.txt", "C:\\secret.txt",
    "a/../../secret.txt", "%2e%2e%2fsecret.txt", "....//secret.txt", "file:///etc/passwd", "~/secret.txt",
    ".ssh/authorized_keys", "..", ".", "$(cat secret.txt)", "|secret.txt", "con.png",
)  # fmt: skip
RUNS = (
    "../secret.txt", "..", ".", "/etc/passwd", OUT, f"{OUT}etc/passwd", "a" * 32 + "/../..", "~", "*", "?",
    "g" * 32, "0" * 31 + "\u0660",
)  # fmt: skip


def test_neither_names_of_files_nor_ids_of_runs_open_a_file(server: Watched) -> None:
    with school.tab(server.port) as socket:
        session = school.session_of(socket)
        picture = encode_png(np.zeros((4, 4, 3), np.float32))
        for name in NAMES:
            escaped = name.replace('"', "")
            assert school.put(server.port, session, escaped, len(picture), content=picture)[0] == 204
    for run in RUNS:
        assert list(told.said(server.port, f"live-training?{urlencode({'view': 'step', 'run': run})}"))
    assert list(told.said(server.port, f"live-training?{urlencode({'compare_runs': '.'.join(RUNS[3:])})}"))
    assert not server.secret_opened
    known = (ROOT, sys.prefix, sys.base_prefix, server.runs, server.scratch, server.audit.file)
    system = ("/proc/", "/sys/", "/dev/", "/usr/", "/etc/", str(Path.home() / ".streamlit"))
    assert {p for p in server.audit.opened() if not p.startswith((*system, *map(str, known)))} == set()


# ---------------------------------------------------------------- S7: other sites, other hosts


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.test", "http://localhost", "http://localhost:{}"]
)
def test_a_foreign_page_is_refused_at_once(server: Watched, origin: str | None) -> None:
    other = origin and origin.format(server.port + 1)
    begin = time.monotonic()
    with pytest.raises(WebSocketException) as refused:
        connect(f"ws://localhost:{server.port}/_stcore/stream", origin=other, subprotocols=["streamlit"])  # type: ignore[arg-type,list-item]
    assert isinstance(refused.value, InvalidStatus)
    assert time.monotonic() - begin < 1  # 0.1 s on a machine that does nothing else
    assert server.audit.events("out") == []


# ---------------------------------------------------------------- S2: uploads


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_uploads_leave_no_file_and_go_with_the_tab(server: Watched) -> None:
    before = {each: files(each) for each in (server.scratch, ROOT / "pages", ROOT / "vizcore")}
    for side in (9, 1300):
        pixels = np.random.default_rng(0).random((side, side, 3)).astype(np.float32)
        assert asyncio.run(bring(server.address, "mine.png", encode_png(pixels))).startswith("mine-")
    with school.tab(server.port) as socket:
        session = school.session_of(socket)
        assert school.put(server.port, session, "kept.png", 15 * 2**20)[0] == 204
        assert school.put(server.port, session, "kept.zip", 40 * 2**20)[0] == 204
        until(lambda: server.audit.held == 55 * 2**20)
    until(lambda: server.audit.held == 0, KEEP + 8)  # though nobody else is there
    assert {each: files(each) for each in before} == before
    homes = (str(server.runs), str(server.scratch), "/dev/", "/proc/")
    assert not {path for path in server.audit.opened(written=True) if not path.startswith(homes)}


def until(condition: object, patience: float = 10.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_visit_of_every_page_asks_nobody(server: Watched) -> None:
    first = dict(reversed(told.views()))
    for page, view in first.items():
        assert list(told.said(server.port, told.link(page, view, {})))
    assert server.audit.events("out") == []


def test_the_audit_hears_who_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    ask = f"import socket; from tests.browser import audit; audit.note({str(file)!r})"
    subprocess.run(
        [sys.executable, "-c", f"{ask}; socket.socket().connect_ex(('127.0.0.1', 9))"], cwd=ROOT, check=True
    )
    assert Audit(file).events("out") == [["out", "socket.connect", ["127.0.0.1", 9]]]
