"""The network goes away and comes back: so does the page, as it was. `make soak` waits longer."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.cable import cable
from tests.browser.outage import back_after


@pytest.mark.parametrize("cut", [True, False], ids=["cut", "silent"])
def test_a_visit_goes_on_five_seconds_after_the_network_is_back(
    browser: Browser, server: str, tmp_path: Path, cut: bool
) -> None:
    with cable(urlsplit(server).port or 80) as line:
        assert back_after(browser, line, tmp_path, 3, cut=cut) <= 5
