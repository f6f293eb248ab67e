"""Signals through many layers in a real Chromium: the table and the cursor lead, the link follows."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from vizcore.toolkit.signal_flow import signal_flow

READY = 30_000  # ms; the first page waits for PyTorch


def test_a_cell_of_the_table_selects_what_is_explained(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/activation-functions?view=depth")
    chosen = page.locator("td[aria-selected=true]")
    expect(chosen).to_have_text("vanishes0.235", timeout=READY)
    page.locator("tbody tr", has_text="ReLU").first.locator("td").nth(4).click()
    page.wait_for_url(re.compile("depth_function=relu.*depth_init=kaiming"))
    factor = signal_flow(["relu"], ["kaiming"], depth=20).factors[0, 0]
    expect(page.get_by_text(f"with a factor of {factor:.4f} for each layer")).to_be_visible()
    expect(page.locator("th.whole")).to_have_text("Kaiming")


def test_the_cursor_stands_in_both_charts_and_in_the_link(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/activation-functions?view=depth&depth_layer=7")
    first = page.locator(".chart .over").first
    expect(first).to_have_attribute("aria-valuenow", "7", timeout=READY)
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chart .where")).to_have_text(["at 8", "at 8"])
    page.wait_for_url("**depth_layer=8**")
    expect(page.get_by_text("Layer 8, measured")).to_be_visible()
