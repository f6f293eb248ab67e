"""A server as `make serve` starts it: floods, uploads, a new start, health, and what its log says."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from websockets.exceptions import ConnectionClosed

from pages.server import pace
from tests.browser import school
from tests.browser.servers import free_port, process, wait_until_healthy
from vizcore.toolkit.images import encode_png

KEEP = 2  # s that a visit without a connection is kept
SECRET, NAME = "planted secret", "holiday-with-anna.png"
PLANTED = f"""
from app import app
from pages.server import settings
from vizcore.toolkit import maps

def broken(*_):
    raise KeyError("{SECRET}")

maps.order = broken
app.run(config=settings.options(settings.current()))
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("class") / "log.txt"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    """A server with a bug in one exhibit."""
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"PORT": port, "KEEP": KEEP, "LOG": "json"}.items():
            patch.setenv(f"CONVOSCOPE_{name}", str(value))
        with process([sys.executable, "-c", PLANTED], log):
            wait_until_healthy(f"http://localhost:{port}", 60, log)
            yield port


def lines(log: Path) -> list[dict[str, Any]]:
    """The events so far. What starts the server says a few words before its log begins."""
    found = [line for line in log.read_text().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in found]


def until(answer: Any, patience: float) -> Any:
    """What `answer()` gives once that is something."""
    deadline = time.monotonic() + patience
    while not (found := answer()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def test_the_server_is_ready_once_pytorch_and_the_runs_are(port: int) -> None:
    status, text, _ = school.get(port, "/healthz")
    assert (status, len(json.loads(text)["boot"])) == (200, 16)
    until(lambda: school.get(port, "/readyz")[0] == 200, 120)
    assert json.loads(school.get(port, "/readyz")[1]) == {"pytorch": True, "runs": True}


def test_metrics_and_agents_are_closed(port: int) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/v1"):
        assert school.get(port, path)[0] == 404


def test_a_flood_is_cut_off_and_nobody_waits_for_it(port: int, log: Path) -> None:
    reasons: list[str] = []

    def flood() -> None:
        with school.tab(port) as socket:
            try:
                while True:
                    socket.send(school.RERUN.SerializeToString())
                    while school.received(socket):
                        pass
                    time.sleep(0.003)
            except ConnectionClosed as error:
                reasons.append(error.rcvd.reason if error.rcvd else str(error))

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    waits = []
    while thread.is_alive() and len(waits) < 600:
        waits.append(school.get(port, "/healthz")[2])
        time.sleep(0.1)
    assert reasons == [pace.REASON]
    assert np.percentile(waits, 95) < 0.5
    assert [line["reason"] for line in lines(log) if line["event"] == "socket closed"] == ["flood"]


def test_uploads_have_bounds_and_go_with_the_tab(port: int, log: Path) -> None:
    with school.tab(port) as socket:
        session = school.session_of(socket)
        assert school.put(port, session, NAME, None)[0] == 411
        assert school.put(port, session, NAME, 21 * 2**20)[0] == 413
        for _ in range(3):
            assert school.put(port, session, NAME, 19 * 2**20)[0] == 204
        status, text = school.put(port, session, NAME, 19 * 2**20)
        assert (status, "60 MB" in json.loads(text)["error"]) == (413, True)
    until(lambda: [line for line in lines(log) if line["event"] == "visits over"], KEEP + 8)
    assert session not in log.read_text()
    assert NAME not in log.read_text()


def test_a_bug_and_an_upload_are_in_the_log_without_a_word_of_theirs(
    browser: Browser, port: int, log: Path, tmp_path: Path
) -> None:
    (tmp_path / NAME).write_bytes(encode_png(np.full((9, 9, 3), 0.3, np.float32)))
    page = browser.new_page()
    page.goto(f"http://localhost:{port}/feature-maps")
    code = (
        page.wait_for_selector("text=that is our mistake", timeout=90_000).inner_text().split("code ")[1][:8]
    )
    page.goto(f"http://localhost:{port}/convolution")
    page.get_by_test_id("stSidebar").locator("button[data-name]").first.click(timeout=60_000)
    page.get_by_test_id("stDialog").locator("input[type=file]").set_input_files(tmp_path / NAME)
    upload = until(lambda: [one for one in lines(log) if one["event"] == "upload" and "sha256" in one], 30)[0]
    content = page.content()
    page.close()
    bug = next(line for line in lines(log) if line.get("code") == code)
    assert (bug["error"], bug["level"]) == ("KeyError", "error")
    assert (upload["outcome"], upload["kind"], len(upload["sha256"])) == ("accepted", "picture", 16)
    assert SECRET not in content
    assert not any(word in log.read_text() for word in (SECRET, NAME, "Traceback"))


def test_a_page_that_outlives_its_server_says_so_and_goes_on(browser: Browser, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log.txt"
    address, command = f"http://localhost:{port}", [sys.executable, "-m", "pages.server.serve"]
    page = browser.new_page()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVOSCOPE_PORT", str(port))
        with process(command, log):
            wait_until_healthy(address, 60, log)
            page.goto(f"{address}/?picture=shape-star")
            page.wait_for_selector("h1")
            page.wait_for_selector(".st-key-boot p", state="attached")  # what knows the server
        with process(command, log):
            wait_until_healthy(address, 60, log)
            page.wait_for_selector("text=The server was started again, and this page with it", timeout=60_000)
            page.wait_for_selector("h1")
            assert page.url == f"{address}/?picture=shape-star"
    page.close()
