"""panels.js alone on a blank page: one cursor for all linked panels, and what it reads."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from pages.components.panels import Panel, View, kernel, pack
from tests.browser.blank import blank_page, overflows, picks, render

RNG = np.random.default_rng(5)
LEFT, RIGHT = RNG.normal(size=(12, 16)), RNG.normal(size=(12, 16))
COLOUR = RNG.uniform(size=(12, 16, 3))
WEIGHTS = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])


def message(*, picks: bool = True, place: tuple[int, int] = (2, 3)) -> bytes:
    panels = [
        Panel("x", COLOUR, "rgb", window=(3, 3), corner=(-1, -1)),
        Panel("left", LEFT, "signed", (-3, 3)),
        Panel("right", RIGHT, "signed", (-3, 3), sign="−"),
        Panel("the difference", LEFT - RIGHT, "signed", (-3, 3), sign="="),
        kernel("f", WEIGHTS),
        None,
    ]
    return pack(View("a", 4, place, "two sides", picks), panels)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "panels") as page:
        render(page, message())
        yield page


def values(page: Page) -> list[str]:
    return [text.replace("\u2212", "-") for text in page.locator(".value").all_inner_texts()]


def hover(page: Page, panel: int, row: int, col: int, shape: tuple[int, int]) -> None:
    box = page.locator(".frame").nth(panel).bounding_box()
    assert box is not None
    page.mouse.move(
        box["x"] + (col + 0.5) * box["width"] / shape[1], box["y"] + (row + 0.5) * box["height"] / shape[0]
    )


def rounded(value: float) -> float:
    return float(f"{value:.3g}")


def test_the_chosen_place_is_read_before_anybody_points(page: Page) -> None:
    assert float(values(page)[1]) == rounded(LEFT[2, 3])


@pytest.mark.parametrize("panel", [0, 1, 3])
def test_pointing_at_one_panel_reads_all_that_are_linked(page: Page, panel: int) -> None:
    hover(page, panel, 7, 11, (12, 16))
    red, *_ = values(page)[0].split()
    left, right, apart = (float(text) for text in values(page)[1:4])
    assert float(red) == pytest.approx(COLOUR[7, 11, 0], abs=0.006)
    assert (left, right) == (rounded(LEFT[7, 11]), rounded(RIGHT[7, 11]))
    assert apart == rounded(LEFT[7, 11] - RIGHT[7, 11])


def test_a_kernel_has_a_cursor_of_its_own(page: Page) -> None:
    hover(page, 4, 1, 2, (3, 3))
    assert float(values(page)[4]) == -2
    assert float(values(page)[1]) == rounded(LEFT[2, 3])


def test_the_window_is_marked_where_a_value_is_made_of_several(page: Page) -> None:
    hover(page, 1, 5, 5, (12, 16))
    small, large = (page.locator(".mark").nth(index).bounding_box() for index in (1, 0))
    assert small is not None
    assert large is not None
    assert large["width"] == pytest.approx(3 * small["width"], abs=2)


def test_signs_stand_between_the_sides(page: Page) -> None:
    assert [text for text in page.locator(".sign").all_inner_texts() if text] == ["−", "="]


def test_a_click_chooses_a_place_once(page: Page) -> None:
    render(page, message())
    hover(page, 1, 7, 11, (12, 16))
    page.mouse.down()
    page.mouse.up()
    assert picks(page) == [["pick", {"place": [7, 11]}]]
    page.mouse.move(0, 890)
    assert float(values(page)[1]) == rounded(LEFT[7, 11])


def test_without_picks_a_click_changes_nothing(page: Page) -> None:
    render(page, message(picks=False))
    hover(page, 1, 7, 11, (12, 16))
    page.mouse.down()
    page.mouse.up()
    assert picks(page) == []


def test_arrow_keys_move_and_enter_chooses(page: Page) -> None:
    page.locator(".grid").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert float(values(page)[1]) == rounded(LEFT[4, 4])
    page.keyboard.press("Enter")
    assert picks(page) == [["pick", {"place": [4, 4]}]]


def test_the_cursor_stops_at_the_border(page: Page) -> None:
    page.locator(".grid").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    assert float(values(page)[1]) == rounded(LEFT[0, 3])


def colour_at(page: Page, panel: int, row: int, col: int, shape: tuple[int, int]) -> NDArray[np.int64]:
    pixel = (
        page.locator(".frame canvas")
        .nth(panel)
        .evaluate(
            """(canvas, [x, y]) => Array.from(canvas.getContext('2d')
            .getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data)""",
            [(col + 0.5) / shape[1], (row + 0.5) / shape[0]],
        )
    )
    return np.array(pixel[:3])


def test_pictures_have_the_colours_that_were_sent(page: Page) -> None:
    np.testing.assert_allclose(colour_at(page, 0, 4, 9, (12, 16)), COLOUR[4, 9] * 255, atol=1)


def test_negative_values_are_blue_and_positive_ones_red(page: Page) -> None:
    low, high = np.unravel_index(LEFT.argmin(), LEFT.shape), np.unravel_index(LEFT.argmax(), LEFT.shape)
    blue, red = (colour_at(page, 1, int(row), int(col), LEFT.shape) for row, col in (low, high))
    assert blue[2] > blue[0]
    assert red[0] > red[2]


@pytest.mark.parametrize("width", [300, 1200])
def test_it_fits_into_narrow_and_wide_places(browser: Browser, width: int) -> None:
    with blank_page(browser, "panels", width=width, dark=True) as page:
        render(page, message())
        assert not overflows(page)


def test_another_number_of_panels_replaces_those_before(page: Page) -> None:
    render(page, pack(View("b", 2, (0, 0), "one"), [Panel("x", LEFT, "signed", (-3, 3))]))
    assert page.locator("figure").count() == 1
    assert float(values(page)[0]) == rounded(LEFT[0, 0])
