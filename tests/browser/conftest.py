"""One server and one Chromium for all tests of this folder; a fresh visit for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.browser.servers import streamlit_server


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="session")
def server(log: Path) -> Iterator[str]:
    with streamlit_server("run", "app.py", log=log) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


class Visit:
    """A page, and what its console complained about."""

    def __init__(self, browser: Browser, **options: object) -> None:
        self.context = browser.new_context(**options)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def complain(self, kind: str, text: str) -> None:
        # Streamlit looks for its server under the address of the page first, and gets a 404 there.
        if kind == "error" and "404 (Not Found)" not in text:
            self.complaints.append(text)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A first visit at 1280 x 800 in the light theme; the console must stay quiet."""
    visit = Visit(browser, viewport={"width": 1280, "height": 800}, color_scheme="light")
    yield visit
    visit.context.close()
    assert visit.complaints == []
