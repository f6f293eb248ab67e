"""The draggable points of the losses page in a real Chromium: lines that follow, links, both themes."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.parts import losses_line, losses_margin
from tests.browser.conftest import Visit

READY = 30_000  # ms; the first page waits for PyTorch
RANGES = {"line": losses_line.ALLOWED, "margin": losses_margin.ALLOWED}


def opened(page: Page, server: str, view: str, query: str = "") -> Page:
    page.goto(f"{server}/losses?view={view}&{query}")
    page.wait_for_selector(".root[data-painted] .plane .base", timeout=READY)
    return page


def drag(page: Page, view: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place of the plane to another, and keep the button down."""
    left, top, wide, tall = map(
        float, (page.locator(".root[data-box]").get_attribute("data-box") or "").split(",")
    )
    canvas, allowed = page.locator(".plane .base").bounding_box(), RANGES[view]
    assert canvas
    places = [
        (
            canvas["x"] + left + wide * (x - allowed.x[0]) / (allowed.x[1] - allowed.x[0]),
            canvas["y"] + top + tall * (allowed.y[1] - y) / (allowed.y[1] - allowed.y[0]),
        )
        for x, y in (start, end)
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)


def slopes(page: Page) -> list[float]:
    """Of MSE, L1 and Huber, as the line below the plane says."""
    found = re.findall(r" (−?[\d.]+)(?:,|\.$)", page.locator(".plane .line").inner_text())
    return [float(value.replace("−", "-")) for value in found]


def test_the_lines_follow_an_outlier_while_it_is_dragged_and_the_link_when_it_is_let_go(
    visit: Visit, server: str
) -> None:
    page = opened(visit.page, server, "line")
    before = slopes(page)
    drag(page, "line", (9, -2), (9, -7))
    page.wait_for_selector(".root[data-answered]")
    expect(page.locator(".plane .line")).not_to_contain_text("MSE 0.117")
    assert slopes(page)[0] < before[0] - 0.1
    assert slopes(page)[1] == before[1]  # L1
    assert "line_points" not in page.url
    page.mouse.up()
    page.wait_for_url("**line_points=*~9_-7*")


def test_points_are_added_by_a_click_and_removed_by_a_key(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "line", "line_points=1_1~5_3~9_5.5")
    drag(page, "line", (5, -4), (5, -4))
    page.mouse.up()
    page.wait_for_url("**line_points=1_1~5_3~9_5.5~5_-4*")
    expect(page.locator(".said")).to_contain_text("Point 4: x = 5, y = −4")
    page.keyboard.press("Delete")
    page.wait_for_url(re.compile("line_points=1_1~5_3~9_5.5(&|$)"))


def test_a_point_that_goes_far_to_its_right_side_makes_the_squared_loss_err(
    visit: Visit, server: str
) -> None:
    page = opened(
        visit.page, server, "margin", f"margin_points=3_0~{losses_margin.RIGHT}{losses_margin.LEFT}"
    )
    expect(page.locator(".plane .line")).to_contain_text("Squared 0; no line")
    drag(page, "margin", (3, 0), (9.5, -5))
    expect(page.locator(".plane .line")).to_contain_text("Hinge 0, Logistic 0, Exponential 0, Squared 2")
    page.mouse.up()
    page.wait_for_url("**margin_points=9.5_-5~*")
    expect(page.get_by_test_id("stMain")).to_contain_text("is on the right side with a margin of")


@pytest.mark.parametrize(("view", "theme", "width"), [("line", "dark", 390), ("margin", "light", 390)])
def test_it_fits_the_screen(browser: Browser, server: str, view: str, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server, view)
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
