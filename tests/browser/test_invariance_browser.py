"""The invariance page in a real Chromium: drag, scrub, watch a computation and stop it, and its links."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visit

READY = 30_000  # ms; the first page waits for PyTorch
RATE = 12  # answers a second at least, on a busy machine; bench_invariance has the figure


def opened(visit: Visit, server: str, query: str) -> Page:
    visit.page.goto(f"{server}/invariance?{query}")
    visit.page.wait_for_selector(".root[data-painted] canvas.picture", timeout=READY)
    expect(visit.page.get_by_text("What to notice")).to_be_visible(timeout=READY)
    return visit.page


def answered(page: Page) -> int:
    return int(page.locator(".root[data-place]").get_attribute("data-answered") or 0)


def middle(canvas: Locator) -> tuple[float, float, float]:
    """x, y and width on the screen."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]


def test_the_answers_follow_while_the_picture_is_dragged(visit: Visit, server: str) -> None:
    page = opened(visit, server, "picture=cat")
    x, y, width = middle(page.locator("canvas.picture"))
    notes = page.locator(".panel .note").all_inner_texts()
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 30):
        page.mouse.move(x + step * width / 64, y)
    expect(page.locator(".where")).to_have_text("Moved 30 px right.")
    page.wait_for_timeout(300)
    assert answered(page) >= RATE
    assert page.locator(".panel .note").all_inner_texts() != notes
    assert "shift_at" not in page.url  # nothing is reported before it is let go
    page.mouse.up()
    page.wait_for_url("**shift_at=0%2C30**")


def test_a_grid_can_be_scrubbed_and_the_link_shows_the_same(
    visit: Visit, server: str, browser: Browser
) -> None:
    page = opened(visit, server, "picture=cat")
    x, y, width = middle(page.locator(".field .over").first)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3 * width / 17, y - 2 * width / 17, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("shift_at=-2%2C3"))
    notes = page.locator(".field .note").all_inner_texts()
    other = browser.new_page()
    other.goto(page.url)
    other.wait_for_selector(".root[data-painted] canvas.picture", timeout=READY)
    page.mouse.move(0, 0)
    assert [each.split(": ")[-1] for each in notes] == other.locator(".field .note").all_inner_texts()
    other.close()


def test_a_long_computation_shows_where_it_stands_and_can_be_stopped(visit: Visit, server: str) -> None:
    visit.page.goto(f"{server}/invariance?view=network&net=resnet18~0&picture=cat&network_side=own")
    page = visit.page
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=READY)
    page.locator(".st-key-network-grids-stop button").click()
    again = page.get_by_role("button", name="Compute every shift")
    expect(again).to_be_visible(timeout=READY)
    x, y, _ = middle(page.locator("canvas.picture"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y)
    page.mouse.up()
    page.wait_for_url("**network_at=0%2C**")
    expect(again).to_be_visible()


def test_what_was_computed_once_is_there_at_once(visit: Visit, server: str) -> None:
    page = opened(visit, server, "view=network&picture=digit-8&net=lenet5")
    expect(page.locator(".field .note").first).to_contain_text("consistent")
    page.reload()
    page.wait_for_selector(".root[data-painted] canvas.picture", timeout=READY)
    expect(page.locator(".field .note").first).to_contain_text("consistent")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_turning_the_picture_moves_the_cursor_of_the_curves(visit: Visit, server: str) -> None:
    page = opened(visit, server, "view=rotation")
    page.locator("canvas.picture").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".where")).to_have_text("1°")
    page.wait_for_url("**rotation_at=0%2C1**")
    expect(page.locator(".charts .over").first).to_have_attribute("aria-valuenow", "1")


@pytest.mark.parametrize("view", ["shift", "network", "segment", "rotation", "sampling"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_view_fits_the_screen(browser: Browser, server: str, view: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    page.goto(f"{server}/invariance?view={view}")
    page.wait_for_selector(".root[data-painted] canvas.picture", timeout=READY)
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
