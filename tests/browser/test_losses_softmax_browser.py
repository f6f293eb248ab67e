"""The logits of the losses page in a real Chromium: drag, click, link, take away, both themes."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.downloads import printed, saved
from vizcore.toolkit.softmaxes import steps

READY = 30_000  # ms; the first page waits for PyTorch


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/losses?view=softmax&{query}")
    page.wait_for_selector(".root[data-painted] .cell", timeout=READY)
    return page


def test_a_dragged_logit_changes_the_loss_at_once_and_the_link_when_it_is_let_go(
    visit: Visit, server: str
) -> None:
    page = opened(visit.page, server)
    box = page.locator(".track").nth(1).bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.4 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=5)
    loss = steps((2, 3, 0.5), 1).loss
    expect(page.locator(".fact dd").last).to_have_text(f"{loss:.3g}")
    assert "softmax_logits" not in page.url
    page.mouse.up()
    page.wait_for_url("**softmax_logits=2%2C3%2C0.5*")
    expect(page.get_by_test_id("stMain")).to_contain_text(f"costs {loss:.3g} nats")


def test_a_click_on_a_class_makes_it_the_target(visit: Visit, server: str) -> None:
    page = opened(visit.page, server)
    page.get_by_role("button", name="cat: target").click()
    page.wait_for_url("**softmax_target=0*")
    expect(page.locator(".fact dd").last).to_have_text(f"{steps((2, -1, 0.5), 0).loss:.3g}")


def test_the_lectures_logits_overflow_in_float32(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit.page, server)
    page.get_by_role("link", name="Overflow in float32").click()
    expect(page.locator(".line")).to_contain_text("exp(440.2) is too large for float32", timeout=READY)
    expect(page.locator(".cell .value.odd").last).to_have_text("nan")
    assert printed(saved(page, "A script", tmp_path)).endswith("loss inf\n")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_it_fits_the_screen(browser: Browser, server: str, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server, "softmax_logits=14.45,3.576,44.43,22.43,440.2")
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
