"""map_tiles.js alone on a blank page: which tile is chosen, by click and by keyboard."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.map_tiles import View, pack
from tests.browser.blank import blank_page, overflows, picks, render

NAMES = [f"function {place}" for place in range(7)]
MAPS = np.random.default_rng(2).normal(size=(7, 4, 6))


def message(chosen: int = 2, *, shown: bool = True) -> bytes:
    return pack(View("seven maps", chosen, NAMES, ["50% zeros"] * 7, shown, 80), MAPS)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "map_tiles", width=400) as page:
        render(page, message())
        yield page


def test_a_click_chooses_and_reports_once(page: Page) -> None:
    tile = page.get_by_role("option", name="function 5")
    tile.click()
    tile.click()
    assert picks(page) == [["pick", 5]]
    expect(page.locator("[aria-selected=true]")).to_contain_text("function 5")


def test_arrow_keys_walk_and_enter_chooses(page: Page) -> None:
    page.get_by_role("option", name="function 2").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):  # four in a row, and none below the last of them
        page.keyboard.press(key)
    for key in ("Home", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert picks(page) == [["pick", 3], ["pick", 4]]


def test_another_choice_of_the_page_is_shown(page: Page) -> None:
    render(page, message(6))
    assert page.locator("[aria-selected=true]").get_attribute("aria-label") == "function 6: 50% zeros"
    assert page.locator("[tabindex='0']").count() == 1


def test_each_tile_has_the_colours_of_its_own_values(page: Page) -> None:
    maps = MAPS.copy()
    maps[3] = 1.0  # the largest value of viridis
    render(page, pack(View("seven maps", 0, NAMES, [""] * 7, True, 80), maps))
    pixel = "(canvas) => Array.from(canvas.getContext('2d').getImageData(1, 1, 1, 1).data)"
    assert page.locator(".tile canvas").nth(3).evaluate(pixel) == [253, 231, 37, 255]


@pytest.mark.parametrize(("width", "shown"), [(300, True), (1200, False)])
def test_tiles_fit_narrow_and_wide_pages(browser: Browser, width: int, shown: bool) -> None:
    with blank_page(browser, "map_tiles", width=width, dark=not shown) as page:
        render(page, message(shown=shown))
        assert not overflows(page)
        assert page.locator(".title").first.is_visible() == shown
