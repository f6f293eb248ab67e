"""Answers while something is dragged, from a real server that has a path of its own."""

import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.servers import free_port, process, wait_until_healthy

APP = """
import streamlit as st
from pages.server import live
app = st.App("page.py", routes=live.ROUTES)
"""
PAGE = """
import streamlit as st
from pages.server import live
st.text(live.offer("zeros", lambda question: bytes(question["count"])))
"""
ASK = """async ([address, count]) => {
  const reply = await fetch(address, { method: "POST", body: JSON.stringify({ count }) });
  return [reply.status, (await reply.arrayBuffer()).byteLength];
}"""


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server at /school that forgets a session a second after its page is closed."""
    folder, port = tmp_path_factory.mktemp("school"), free_port()
    log = folder / "log.txt"
    (folder / "app.py").write_text(APP)
    (folder / "page.py").write_text(PAGE)
    options = {"port": port, "headless": "true", "baseUrlPath": "/school/", "disconnectedSessionTTL": 1}
    arguments = [f"--server.{name}={value}" for name, value in options.items()]
    with process([sys.executable, "-m", "streamlit", "run", str(folder / "app.py"), *arguments], log):
        address = f"http://localhost:{port}/school"
        wait_until_healthy(address, 60, log)
        yield address


def opened(browser: Browser, school: str) -> tuple[Page, str]:
    """A visit, and the address that its page offers."""
    page = browser.new_page()
    page.goto(school)
    return page, page.wait_for_selector("[data-testid=stText]").inner_text()


def test_a_page_gets_answers_below_the_path_of_the_server(browser: Browser, school: str) -> None:
    page, address = opened(browser, school)
    assert address.startswith("/school/live/")
    assert page.evaluate(ASK, [address, 1_000_000]) == [200, 1_000_000]
    page.close()


def test_another_site_gets_none_and_after_the_visit_nobody_does(browser: Browser, school: str) -> None:
    page, address = opened(browser, school)
    server = school.removesuffix("/school")

    def status(origin: str) -> int:
        reply = page.context.request.post(server + address, data={"count": 3}, headers={"Origin": origin})
        return reply.status

    assert [status(server), status("http://evil.example")] == [200, 403]
    page.goto("about:blank")
    time.sleep(1.1)
    for _ in range(5):
        opened(browser, school)[0].close()  # Streamlit drops old sessions when other visits begin and end
        if status(server) == 404:
            return
    raise AssertionError("the address outlives its visit")
