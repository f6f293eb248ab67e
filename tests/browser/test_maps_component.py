"""maps.js alone on a blank page: what it draws, reads out and reports."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from pages.components import bundle
from pages.components.maps import View, pack
from tests.browser.blank import LOAD, RENDER


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 900, "height": 700})
    page.evaluate(LOAD, [bundle("maps"), "", 800, False])
    yield page
    page.close()


def message(
    maps: NDArray[np.float32],
    selected: int = 0,
    identity: str = "a",
    labels: tuple[str, ...] = (),
    turn: int = 1,
) -> str:
    unit = (1, 2) if maps[0].size > 6 else (0, 0)
    view = View("conv1", identity, selected, unit, turn, labels, True, f"{len(maps)} maps")
    low = np.zeros(len(maps)) if maps.min() >= 0 else -np.abs(maps).max(axis=(1, 2))
    limits = np.stack([low, np.abs(maps).max(axis=(1, 2))], axis=1).astype(np.float32)
    order = np.arange(len(maps))
    return base64.b64encode(pack(view, maps, limits, order, np.full((8, 8, 3), 0.5, np.float32))).decode()


def some_maps(count: int = 6, height: int = 5, width: int = 8) -> NDArray[np.float32]:
    return np.random.default_rng(2).normal(size=(count, height, width)).astype(np.float32)


def status(page: Page) -> str:
    return page.locator(".status").inner_text()


def hover(page: Page, channel: int, row: int, col: int, shape: tuple[int, int, int]) -> None:
    """Move over one value of the mosaic, in number order."""
    count, height, width = shape
    grid = page.evaluate(
        "([c, h, w, width]) => window.part.layout(c, h, w, width, 470)",
        [count, height, width, mosaic_room(page)],
    )
    line, column = divmod(channel, grid["columns"])
    x = 3 + column * (grid["tile"] + grid["gap"]) + (col + 0.5) * grid["tile"] / width
    y = 3 + line * (grid["tall"] + grid["gap"]) + (row + 0.5) * grid["tall"] / height
    page.locator(".mosaic").hover(position={"x": x, "y": y})


def mosaic_room(page: Page) -> int:
    return int(page.locator(".left").evaluate("(element) => element.clientWidth - 6"))


def test_hover_reads_the_value_that_was_sent(page: Page) -> None:
    maps = some_maps()
    page.evaluate(RENDER, message(maps))
    for channel, row, col in [(0, 0, 0), (3, 4, 7), (5, 2, 1)]:
        hover(page, channel, row, col, maps.shape)
        value = float(status(page).split(": ")[1].replace("\u2212", "-"))
        assert f"Map {channel}, row {row}, column {col}" in status(page)
        assert value == pytest.approx(float(maps[channel, row, col]), rel=5e-3)


def test_half_precision_of_a_large_layer_keeps_three_digits(page: Page) -> None:
    maps = some_maps(64, 80, 80)
    page.evaluate(RENDER, message(maps))
    hover(page, 41, 17, 66, maps.shape)
    shown = float(status(page).split(": ")[1].replace("\u2212", "-"))
    place = status(page)
    channel, row, col = (
        int(word) for word in place.replace(",", "").replace(":", "").split() if word.isdigit()
    )
    assert channel == 41
    assert shown == pytest.approx(float(maps[channel, row, col]), rel=6e-3)


def test_the_table_of_halves_is_that_of_numpy(page: Page) -> None:
    theirs = np.array(
        page.evaluate(
            "() => Array.from(window.part.halfTable(), (value) => Number.isFinite(value) ? value : 0)"
        )
    )
    ours = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float64)
    np.testing.assert_array_equal(theirs, np.where(np.isfinite(ours), ours, 0))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.48312, "0.483"),
        (-12.345, "\u221212.3"),
        (123456, "1.23e5"),
        (0.000012345, "1.23e-5"),
        (999.6, "1.00e3"),
    ],
)
def test_numbers_have_three_digits(page: Page, value: float, text: str) -> None:
    assert page.evaluate("(value) => window.part.digits(value)", value) == text


@pytest.mark.parametrize("count", [1, 3, 10, 64, 512])
@pytest.mark.parametrize("size", [(1, 1), (7, 7), (112, 112), (5, 40)])
def test_all_tiles_fit_into_their_room(page: Page, count: int, size: tuple[int, int]) -> None:
    grid = page.evaluate("([c, [h, w]]) => window.part.layout(c, h, w, 520, 470)", [count, list(size)])
    assert grid["columns"] * grid["lines"] >= count
    assert grid["columns"] * (grid["tile"] + grid["gap"]) - grid["gap"] <= 521
    assert grid["tile"] >= 3


def test_a_click_selects_and_reports_once(page: Page) -> None:
    maps = some_maps()
    for _ in range(3):
        page.evaluate(RENDER, message(maps))
    hover(page, 4, 2, 2, maps.shape)
    page.mouse.down()
    page.mouse.up()
    assert page.locator(".name").inner_text() == "Map 4"
    row, col = np.unravel_index(np.abs(maps[4]).argmax(), maps[4].shape)
    assert page.evaluate("() => window.picks") == [["pick", {"channel": 4, "unit": [int(row), int(col)]}]]


def test_a_click_into_the_large_map_takes_that_value_apart(page: Page) -> None:
    maps = some_maps()
    page.evaluate(RENDER, message(maps))
    box = page.locator(".zoom").bounding_box()
    assert box
    page.locator(".zoom").click(position={"x": 5.5 * box["width"] / 8, "y": 3.5 * box["height"] / 5})
    assert page.evaluate("() => window.picks") == [["pick", {"channel": 0, "unit": [3, 5]}]]


def test_the_keyboard_takes_a_value_apart(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps()))
    page.locator(".zoom").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.picks") == [["pick", {"channel": 0, "unit": [2, 4]}]]


def test_a_layer_that_takes_the_place_of_another_is_reported_once_it_is_painted(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps(), identity="a"))
    page.evaluate(RENDER, message(some_maps(), identity="b"))
    page.evaluate(RENDER, message(some_maps(), identity="b", turn=2))  # as when only the colours change
    page.wait_for_function("() => window.picks.length > 0")
    page.wait_for_timeout(100)
    assert page.evaluate("window.picks") == [["pick", {"painted": "b"}]]


def test_arrow_keys_move_the_selection(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps()))
    page.locator(".mosaic").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".name").inner_text() == "Map 1"


def test_the_selection_stays_with_the_layer_and_goes_with_it(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps(), selected=2))
    page.locator(".mosaic").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(RENDER, message(some_maps() * 2, selected=2))
    assert page.locator(".name").inner_text() == "Map 3"
    page.evaluate(RENDER, message(some_maps(), selected=5, identity="b"))
    assert page.locator(".name").inner_text() == "Map 5"


def test_the_selection_gives_way_when_the_page_starts_anew(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps(), selected=2))
    page.locator(".mosaic").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(RENDER, message(some_maps(), selected=2, turn=2))
    assert page.locator(".name").inner_text() == "Map 2"


def test_zero_has_the_middle_colour_and_the_extremes_the_ends(page: Page) -> None:
    maps = np.array([[[-2, 0, 2]]], np.float32)
    page.evaluate(RENDER, message(maps))
    pixels = page.evaluate(
        """() => { const canvas = window.parent_.querySelector('.zoom'), context = canvas.getContext('2d');
        window.parent_.querySelector('input').value = 100; window.parent_.querySelector('input').oninput();
        const at = (sixth) => context.getImageData(canvas.width * sixth / 6, canvas.height / 2, 1, 1).data;
        return [1, 3, 5].map((sixth) => [...at(sixth)]); }"""
    )
    blue, white, red = (pixel[:3] for pixel in pixels)
    assert blue == [5, 48, 97]
    assert min(white) > 240
    assert red == [103, 0, 31]


def test_opacity_zero_shows_the_picture_alone(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps()))
    pixel = page.evaluate(
        """() => { const slider = window.parent_.querySelector('input'); slider.value = 0; slider.oninput();
        const canvas = window.parent_.querySelector('.zoom');
        return [...canvas.getContext('2d').getImageData(20, 20, 1, 1).data]; }"""
    )
    assert pixel == [128, 128, 128, 255]


def test_labels_are_text_whatever_they_contain(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps(2, 1, 1), labels=("<img src=x onerror=alert(1)>", "b")))
    assert page.locator(".name").inner_text() == "<img src=x onerror=alert(1)> (0)"
    assert page.locator(".name img").count() == 0


def test_the_mosaic_says_what_it_shows(page: Page) -> None:
    page.evaluate(RENDER, message(some_maps()))
    assert page.locator(".mosaic").get_attribute("aria-label") == "6 maps"
