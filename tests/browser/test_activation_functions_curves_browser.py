"""The curves of the activation functions in a real Chromium: choose, drag, and find it all in the link."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit

READY = 30_000  # ms; the first page waits for PyTorch


def opened(visit: Visit, server: str, query: str = "") -> Page:
    visit.page.goto(f"{server}/activation-functions?view=curves&{query}")
    visit.page.wait_for_selector(".root[data-cursor] .chart", timeout=READY)
    return visit.page


def test_the_cursor_leads_charts_formulas_and_link(visit: Visit, server: str) -> None:
    page = opened(visit, server, "curves_names=sigmoid&curves_x=0")
    page.locator(".chart .over").first.focus()
    page.keyboard.press("End")
    expect(page.locator(".legend b")).to_have_text(["0.998", "0.00247"])
    expect(page.locator("[data-testid=stMain]")).to_contain_text("At x = 6 hardly any gradient")
    expect(page).to_have_url(re.compile("curves_x=6"))


def test_a_function_is_added_by_its_pill_and_comes_back_with_the_link(visit: Visit, server: str) -> None:
    page = opened(visit, server)
    page.get_by_role("button", name="GELU", exact=True).click()
    expect(page.locator(".chart").first.locator(".legend span")).to_have_text(["Sigmoid", "Tanh", "GELU"])
    expect(page).to_have_url(re.compile("curves_names=sigmoid.tanh.gelu"))
    page.reload()
    expect(page.locator(".chart").first.locator(".legend span")).to_have_count(3, timeout=READY)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_page(browser: Browser, server: str, width: int) -> None:
    visit = Visit(browser, viewport={"width": width, "height": 800})
    page = opened(visit, server, "curves_names=gelu_tanh.hardswish.leaky_relu.logsigmoid.softplus.sigmoid")
    expect(page.locator(".katex-display")).to_have_count(6)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    visit.context.close()
