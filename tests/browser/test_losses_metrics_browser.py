"""The metrics of the losses page in a real Chromium: the threshold is dragged, both themes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from vizcore.toolkit import metrics
from vizcore.toolkit.digit_scores import digit_scores

READY = 30_000  # ms; the first page waits for PyTorch


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/losses?view=metrics&{query}")
    page.wait_for_selector(".root[data-threshold] .matrix td", timeout=READY)
    return page


def test_the_counts_follow_the_threshold_and_the_link_when_it_is_let_go(visit: Visit, server: str) -> None:
    page = opened(visit.page, server)
    chart = page.locator(".scores .over").first
    box = chart.bounding_box()
    assert box
    chart.hover(position={"x": box["width"] / 2, "y": 60})
    page.mouse.down()
    chart.hover(position={"x": box["width"] - 12, "y": 60})
    found = metrics.decision(*digit_scores("linear", 8), 99)
    expect(page.locator(".matrix td b").nth(1)).to_have_text(str(found.false_negatives))
    assert "metrics_threshold" not in page.url
    page.mouse.up()
    page.wait_for_url("**metrics_threshold=*")


def test_a_link_shows_the_counts_of_its_threshold(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "metrics_source=lenet5&metrics_digit=3&metrics_threshold=2")
    found = metrics.decision(*digit_scores("lenet5", 3), 2)
    counts = [found.true_positives, found.false_negatives, found.false_positives, found.true_negatives]
    expect(page.locator(".matrix td b")).to_have_text([str(count) for count in counts])


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_it_fits_the_screen(browser: Browser, server: str, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server, "metrics_source=normal")
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
