"""The penalties of the losses page in a real Chromium: drag, link, take away, both themes."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.parts.losses_penalty import REACH
from tests.browser.conftest import Visit
from tests.browser.downloads import printed, saved
from tests.browser.planes import pull

READY = 30_000  # ms; the first page waits for PyTorch


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/losses?view=penalty&{query}")
    page.wait_for_selector(".root[data-painted] .plane", timeout=READY)
    return page


def test_the_weights_follow_a_drag_and_the_link_when_it_ends(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "penalty_angle=0&penalty_strength=1")
    pull(page, page.locator(".plane").first, (2, 1), (-2, 2), REACH)
    expect(page.locator(".plane .title").last).to_contain_text("w = (−1, 1.75)")
    assert "penalty_centre" not in page.url
    page.mouse.up()
    page.wait_for_url("**penalty_centre=-2%2C2*")
    expect(page.get_by_test_id("stMain")).to_contain_text("no weight exactly 0 yet")


def test_a_preset_leads_to_its_weights_and_its_script_prints_them(
    visit: Visit, server: str, tmp_path: Path
) -> None:
    page = opened(visit.page, server)
    page.get_by_role("link", name="Along the axes").click()
    expect(page.locator(".plane .title").last).to_contain_text("w = (1, 0.75)", timeout=READY)
    assert printed(saved(page, "A script", tmp_path)) == "l2 1 0.8\nl1 1 0.75\n"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_it_fits_the_screen(browser: Browser, server: str, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server)
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
