"""relief.js alone on a blank page: what it reads out, how its cursor moves, and what it reports."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from pages.components.relief import Relief, pack
from tests.browser.blank import blank_page, overflows, picks, render

X, Y = np.linspace(-2, 2, 41), np.linspace(1, 3, 21)
BOWL = Relief(X, Y, Y[:, None] * X**2, 2 * Y[:, None] * X, "place", "steepness", "Loss", "Gradient")


@pytest.fixture(params=[900, 320])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with blank_page(browser, "relief", width=request.param) as page:
        render(page, pack(BOWL, alt="A bowl.", place=(1, 2)))
        yield page


def status(page: Page) -> str:
    return page.locator(".status").inner_text()


def press(page: Page, place: tuple[float, float]) -> None:
    """Go to a place, as shares from left to right and from bottom to top."""
    map_, box = at(page), at(page).bounding_box()
    assert box
    left, top, right, below = 54, 8, 12, 38
    x = left + place[0] * (box["width"] - left - right)
    y = top + (1 - place[1]) * (box["height"] - top - below)
    map_.hover(position={"x": x, "y": y})


def at(page: Page) -> Locator:
    return page.locator(".map .over")


def test_the_cursor_reads_what_was_sent_for_its_place(page: Page) -> None:
    assert status(page) == "place = 1, steepness = 2: loss 2.00, gradient 4.00"
    assert page.locator(".rows .legend b").all_inner_texts() == ["2.00", "4.00"]
    assert not overflows(page)


def test_pointing_reads_without_moving_the_cursor(page: Page) -> None:
    press(page, (0.0, 1.0))
    assert status(page) == "place = −2, steepness = 3: loss 12.0, gradient −12.0"
    assert page.locator(".rows .legend b").first.inner_text() == "2.00"
    assert picks(page) == []


def test_a_drag_takes_the_curves_along_and_reports_its_end(page: Page) -> None:
    press(page, (0.5, 0.5))
    page.mouse.down()
    press(page, (0.25, 1.0))
    assert page.locator(".rows .legend b").all_inner_texts() == ["3.00", "−6.00"]
    page.mouse.up()
    assert picks(page) == [["pick", {"x": -1, "y": 3}]]


def test_arrow_keys_move_the_cursor_and_report_it_when_let_go(page: Page) -> None:
    at(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert picks(page) == [["pick", {"x": 1, "y": 2.1}], ["pick", {"x": 0.5, "y": 2.1}]]


def test_the_cursor_of_the_curves_is_the_same_one(page: Page) -> None:
    page.locator(".rows .over").first.focus()
    page.keyboard.press("Home")
    assert status(page) == "place = −2, steepness = 2: loss 8.00, gradient −8.00"
    assert picks(page) == [["pick", {"x": -2, "y": 2}]]


def test_a_message_moves_the_cursor(page: Page) -> None:
    render(page, pack(BOWL, alt="A bowl.", place=(0, 1)))
    assert status(page).endswith("loss 0, gradient 0")
