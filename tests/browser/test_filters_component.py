"""filters.js and filters_one.js alone on a blank page: what they draw, read out and report."""

import base64
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from pages.components import FOLDER, bundle
from pages.components.filters import Mosaic, One, pack, pack_one
from tests.browser.test_maps_component import LOAD, RENDER

Weights = NDArray[np.float32]
Opener = Callable[[str], Page]
STYLE = """(text) => {
  const style = document.createElement('style');
  style.textContent = text;
  window.parent_.append(style);
}"""


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    page = browser.new_page(viewport={"width": 900, "height": 700})

    def load(name: str) -> Page:
        page.evaluate(LOAD, [bundle(name), "#ffffff"])
        page.evaluate(STYLE, (FOLDER / f"{name}.css").read_text())
        return page

    yield load
    page.close()


def some(*shape: int) -> Weights:
    return np.random.default_rng(5).normal(size=shape).astype(np.float32)


def mosaic(weights: Weights, *, colour: bool = False, selected: int = 0, turn: int = 1, **other: int) -> str:
    count, tiles = weights.shape[:2]
    inputs = ("red", "green", "blue") if colour else ()
    view = Mosaic("a", selected, turn, colour, 2, inputs, ["norm 1"] * count, f"{count} filters")
    channels = np.tile(np.arange(tiles) + other.get("first", 0), (count, 1))
    limits = np.abs(weights).max(axis=(1, 2, 3))
    order = np.arange(count)[:: -1 if other.get("backwards") else 1]
    return base64.b64encode(pack(view, weights, channels, limits, order)).decode()


def one(weights: Weights, *, editable: bool = True) -> str:
    names = [f"input map {k}" for k in range(len(weights))]
    facts = [("norm", "1.23", None), ("edges at", "45°", 45.0)]
    view = One(
        "a", "Filter 3 of conv1", editable, False, names, ["rank 1"] * len(weights), facts, "a spectrum"
    )
    spectrum = np.arange(64 * 64, dtype=np.float64).reshape(64, 64)
    limit = float(np.abs(weights).max())
    return base64.b64encode(pack_one(view, weights, 4 + np.arange(len(weights)), limit, spectrum)).decode()


def status(page: Page) -> str:
    return page.locator(".status").inner_text()


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def centre_of(page: Page, place: int, row: int, col: int, shape: tuple[int, int, int]) -> dict[str, float]:
    """Where a cell of a tile lies in the mosaic: of `shape` (filters, rows, columns)."""
    count, rows, cols = shape
    room = page.locator(".root").evaluate("(root) => root.clientWidth - 6")
    grid = page.evaluate("(given) => window.part.layout(...given)", [count, rows, cols, room, 340])
    line, column = divmod(place, grid["columns"])
    x = 3 + column * (grid["tile"] + grid["gap"]) + (col + 0.5) * grid["tile"] / cols
    y = 3 + line * (grid["tall"] + grid["gap"]) + (row + 0.5) * grid["tall"] / rows
    return {"x": x, "y": y}


def pixel(page: Page, position: dict[str, float]) -> list[int]:
    return list(
        page.locator(".filters").evaluate(
            "(canvas, { x, y }) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)",
            position,
        )
    )


def test_hover_reads_the_weight_and_its_input_channel(opened: Opener) -> None:
    page, weights = opened("filters"), some(6, 4, 3, 3)
    page.evaluate(RENDER, mosaic(weights, first=10))
    page.locator(".filters").hover(position=centre_of(page, 4, 3, 5, (6, 6, 6)))  # lower right of two by two
    assert "Filter 4 (norm 1), row 0, column 2" in status(page)
    assert status(page).endswith("on input map 13")
    assert number(status(page).split(": ")[1].split()[0]) == pytest.approx(weights[4, 3, 0, 2], rel=5e-3)


def test_a_colour_tile_reads_three_weights(opened: Opener) -> None:
    page, weights = opened("filters"), some(5, 3, 4, 3)
    page.evaluate(RENDER, mosaic(weights, colour=True))
    page.locator(".filters").hover(position=centre_of(page, 2, 3, 1, (5, 4, 3)))
    parts = status(page).split(": ")[1].split(", ")
    assert [part.split()[0] for part in parts] == ["red", "green", "blue"]
    assert [number(part.split()[1]) for part in parts] == pytest.approx(
        weights[2, :, 3, 1].tolist(), rel=5e-3
    )


def test_a_colour_tile_is_grey_at_zero_and_full_at_its_largest_weight(opened: Opener) -> None:
    page, weights = opened("filters"), np.zeros((1, 3, 1, 2), np.float32)
    weights[0, :, 0, 1] = 2, 0, -2
    page.evaluate(RENDER, mosaic(weights, colour=True))
    grey, loud = (pixel(page, centre_of(page, 0, 0, col, (1, 1, 2))) for col in (0, 1))
    assert grey == [128, 128, 128]
    assert loud == [255, 128, 0]


def test_zero_has_the_middle_colour_and_the_extremes_the_ends(opened: Opener) -> None:
    page = opened("filters")
    page.evaluate(RENDER, mosaic(np.array([[[[-3, 0, 3]]]], np.float32)))
    blue, white, red = (pixel(page, centre_of(page, 0, 0, col, (1, 1, 6))) for col in range(3))
    assert (blue, red) == ([5, 48, 97], [103, 0, 31])
    assert min(white) > 240
    assert [page.locator(f".{end}").inner_text() for end in ("low", "high")] == ["\u22123.00", "3.00"]


def test_tiles_stand_in_the_order_that_was_sent(opened: Opener) -> None:
    page, weights = opened("filters"), some(6, 1, 3, 3)
    page.evaluate(RENDER, mosaic(weights, backwards=1))
    page.locator(".filters").hover(position=centre_of(page, 0, 1, 1, (6, 3, 6)))
    assert "Filter 5" in status(page)


def test_a_click_selects_and_reports_once(opened: Opener) -> None:
    page, weights = opened("filters"), some(6, 2, 3, 3)
    for _ in range(3):
        page.evaluate(RENDER, mosaic(weights))
    for _ in range(2):
        page.locator(".filters").click(position=centre_of(page, 4, 1, 1, (6, 3, 6)))
    assert page.evaluate("() => window.picks") == [["pick", {"channel": 4}]]


def test_arrow_keys_move_the_selection_until_the_page_says_otherwise(opened: Opener) -> None:
    page, weights = opened("filters"), some(6, 2, 3, 3)
    page.evaluate(RENDER, mosaic(weights))
    page.locator(".filters").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    page.evaluate(RENDER, mosaic(weights * 2))
    assert "Filter 1" in status(page)
    page.evaluate(RENDER, mosaic(weights, selected=5, turn=2))
    assert "Filter 5" in status(page)


def test_the_mosaic_says_what_it_shows(opened: Opener) -> None:
    page = opened("filters")
    page.evaluate(RENDER, mosaic(some(6, 2, 3, 3)))
    assert page.locator(".filters").get_attribute("aria-label") == "6 filters"


def test_a_mosaic_of_very_many_filters_is_scrolled_to_the_selected_one(opened: Opener) -> None:
    page = opened("filters")
    page.evaluate(RENDER, mosaic(some(2048, 4, 1, 1), selected=2000))
    window = page.locator(".window")
    tall, seen, top = window.evaluate("(box) => [box.scrollHeight, box.clientHeight, box.scrollTop]")
    assert seen < 500 < tall
    assert top > tall / 2
    page.locator(".filters").focus()
    page.keyboard.press("Home")
    assert window.evaluate("(box) => box.scrollTop") == 0
    assert "Filter 0" in status(page)


def test_an_empty_place_of_a_tile_says_nothing(opened: Opener) -> None:
    page = opened("filters")
    page.evaluate(RENDER, mosaic(some(2, 3, 3, 3)))
    page.locator(".filters").hover(position=centre_of(page, 1, 4, 4, (2, 6, 6)))
    assert "Point at weights" in status(page)


def test_every_weight_stands_in_its_field(opened: Opener) -> None:
    page, weights = opened("filters_one"), some(2, 3, 4)
    page.evaluate(RENDER, one(weights))
    shown = [number(field.input_value()) for field in page.locator(".grid input").all()]
    np.testing.assert_allclose(shown, weights.ravel(), atol=5e-3)  # two decimals
    assert page.locator("dd").all_inner_texts() == ["1.23", "45°"]


def test_a_changed_weight_is_reported_once_with_its_place(opened: Opener) -> None:
    page = opened("filters_one")
    page.evaluate(RENDER, one(some(2, 3, 3)))
    page.locator(".grid").nth(1).locator("input").nth(5).fill("\u22120,25")
    page.keyboard.press("Enter")
    page.locator(".grid input").first.focus()
    assert page.evaluate("() => window.picks") == [["pick", {"input": 5, "row": 1, "col": 2, "value": -0.25}]]


@pytest.mark.parametrize("text", ["", "one", "1e9", "Infinity", "0x", "1;2"])
def test_what_is_no_weight_keeps_the_old_one_and_says_so(opened: Opener, text: str) -> None:
    page, weights = opened("filters_one"), some(1, 3, 3)
    page.evaluate(RENDER, one(weights))
    field = page.locator(".grid input").nth(4)
    field.fill(text)
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.picks") == []
    assert "the weight stays" in status(page)
    assert number(field.input_value()) == pytest.approx(float(weights[0, 1, 1]), rel=5e-3)


def test_leaving_a_field_unchanged_or_with_escape_reports_nothing(opened: Opener) -> None:
    page = opened("filters_one")
    page.evaluate(RENDER, one(some(1, 3, 3)))
    page.locator(".grid input").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".grid input").nth(4)).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    assert page.evaluate("() => window.picks") == []


def test_what_cannot_be_edited_is_read_only(opened: Opener) -> None:
    page = opened("filters_one")
    page.evaluate(RENDER, one(some(1, 3, 3), editable=False))
    assert page.locator(".grid input").first.get_attribute("readonly") is not None
    assert "Change one" not in status(page)


def test_the_spectrum_reads_frequency_and_gain(opened: Opener) -> None:
    page = opened("filters_one")
    page.evaluate(RENDER, one(some(1, 3, 3)))
    page.locator(".wave canvas").hover(
        position={"x": 121, "y": 81}
    )  # 160 px for 64 samples: column 48, row 32
    assert "0.250 cycles/px across and 0 down: gain 2.10e3" in status(page)
    assert page.locator(".wave canvas").get_attribute("aria-label") == "a spectrum"


@pytest.mark.parametrize("name", ["filters", "filters_one"])
@pytest.mark.parametrize("width", [300, 1200])
def test_nothing_is_wider_than_its_room(opened: Opener, name: str, width: int) -> None:
    page = opened(name)
    page.evaluate("(width) => { document.getElementById('host').style.width = `${width}px`; }", width)
    page.evaluate(RENDER, mosaic(some(64, 4, 3, 3)) if name == "filters" else one(some(3, 11, 11)))
    root = page.locator(".root")
    assert root.evaluate("(root) => root.scrollWidth - root.clientWidth") <= 0
