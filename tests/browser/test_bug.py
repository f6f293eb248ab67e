"""A bug planted into a real server: the page shows a code, the log explains it."""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.servers import free_port, process, wait_until_healthy

BROKEN = """
from app import app
from vizcore.toolkit import maps

def broken(*_):
    raise KeyError("planted secret")

maps.order = broken
app.run(config={{"server.port": {port}, "server.headless": True}})
"""


def test_a_bug_is_a_code_that_the_log_explains(browser: Browser, tmp_path: Path) -> None:
    log, port = tmp_path / "log.txt", free_port()
    with process([sys.executable, "-c", BROKEN.format(port=port)], log):
        wait_until_healthy(f"http://localhost:{port}", 60, log)
        page = browser.new_page()
        page.goto(f"http://localhost:{port}/feature-maps")
        sentence = page.wait_for_selector("text=that is our mistake", timeout=60_000).inner_text()
        content = page.content()
        page.close()
    assert "planted secret" not in content
    assert "Traceback" not in content
    code = re.search(r"code ([0-9a-f]{8})", sentence)
    assert code
    assert f"error {code[1]}" in log.read_text()
    assert "KeyError: 'planted secret'" in log.read_text()
