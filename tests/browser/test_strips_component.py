"""strips.js alone on a blank page: pixels, names, bars, and little room."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.strips import Strip, View, pack
from tests.browser.blank import blank_page, overflows, render

PICTURES = np.random.default_rng(0).integers(256, size=(12, 3, 32, 32), dtype=np.uint8)
HOSTILE = "<img src=x onerror=alert(1)> **bold** and so long that it has to be cut"
PIXELS = "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"


def message() -> bytes:
    rows = [Strip("cup", PICTURES, (30, 10)), Strip(HOSTILE, PICTURES[:2], (15, 5))]
    return pack(View("two classes", ("to learn from", "held out")), rows)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "strips", width=900) as page:
        render(page, message())
        yield page


def test_pictures_stand_side_by_side_pixel_by_pixel(page: Page) -> None:
    drawn = np.array(page.locator("canvas").nth(1).evaluate(PIXELS)).reshape(32, 66, 4)
    np.testing.assert_array_equal(drawn[:, :32, :3], PICTURES[0].transpose(1, 2, 0))
    np.testing.assert_array_equal(drawn[:, 34:, :3], PICTURES[1].transpose(1, 2, 0))
    assert drawn[:, 32:34].max() == 0


def test_bars_are_as_long_as_their_counts_and_say_them(page: Page) -> None:
    parts = [part.bounding_box() for part in page.locator(".part").all()]
    widths = [part["width"] for part in parts if part]
    np.testing.assert_allclose(np.array(widths) / widths[0], [1, 1 / 3, 1 / 2, 1 / 6], rtol=0.02)
    assert page.locator(".count").first.get_attribute("title") == "30 to learn from, 10 held out"
    expect(page.locator(".number")).to_have_text(["40", "20"])


def test_names_are_text(page: Page) -> None:
    expect(page.get_by_role("rowheader").nth(1)).to_have_text(HOSTILE)
    assert page.locator("img").count() == 0


def test_rows_without_counts_have_no_bars(page: Page) -> None:
    render(page, pack(View("before and after", side=64), [Strip("Before", PICTURES[:6])]))
    expect(page.locator(".bar")).to_have_count(0)
    expect(page.locator("p")).to_be_hidden()


@pytest.mark.parametrize("width", [300, 600, 1200])
def test_nothing_overflows(browser: Browser, width: int) -> None:
    with blank_page(browser, "strips", width=width) as page:
        render(page, message())
        assert not overflows(page)
