"""matrix.js alone on a blank page: rows, the windows that they read, and the sums behind them."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pages.components.matrix import View, pack
from tests.browser.blank import blank_page, overflows, render
from vizcore.toolkit import dense

PICTURE = np.random.default_rng(1).integers(0, 9, (5, 6)).astype(float)
KERNEL = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
MATRIX = dense.matrix(KERNEL, PICTURE.shape)
READS = dense.matrix(np.ones((3, 3)), PICTURE.shape) > 0
OUTPUT = (MATRIX @ PICTURE.ravel()).reshape(3, 4)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "matrix", width=1000) as page:
        render(page, message())
        yield page


def message() -> bytes:
    return pack(View("a", ("picture x", "output y"), 5, "a matrix"), MATRIX, READS, PICTURE, OUTPUT)


def said(page: Page) -> tuple[str, str]:
    return page.locator(".status").inner_text(), page.locator(".sum").inner_text().replace("\u2212", "-")


def hover(page: Page, name: str, row: int, col: int, shape: tuple[int, int]) -> None:
    box = page.locator(f".{name} canvas").bounding_box()
    assert box is not None
    width, height = (box["width"] - 4) / shape[1], (box["height"] - 4) / shape[0]
    page.mouse.move(box["x"] + 2 + (col + 0.5) * width, box["y"] + 2 + (row + 0.5) * height)


def value_of(line: str) -> float:
    """What the products in a line such as "1 · 2 + (-1) · 3 = -1" add up to."""
    products = re.findall(r"\(?(-?[\d.]+)\)? · \(?(-?[\d.]+)\)?", line.split("=")[0])
    return sum(float(weight) * float(value) for weight, value in products)


def test_the_row_to_start_with_is_written_out(page: Page) -> None:
    status, line = said(page)
    assert status.startswith("Row 5 is output [1, 1]: it reads 9 of 30 inputs.")
    assert value_of(line) == OUTPUT[1, 1] == float(line.split("=")[1])


@pytest.mark.parametrize("place", [(0, 0), (2, 3), (1, 2)])
def test_pointing_at_an_output_writes_its_sum(page: Page, place: tuple[int, int]) -> None:
    hover(page, "result", *place, OUTPUT.shape)
    status, line = said(page)
    assert f"output [{place[0]}, {place[1]}]" in status
    assert value_of(line) == OUTPUT[place]


def test_pointing_at_the_matrix_names_row_column_and_weight(page: Page) -> None:
    hover(page, "table", 5, 9, MATRIX.shape)
    assert said(page)[0].endswith("Column 9, input [1, 3], has the weight −1.00.")
    hover(page, "table", 5, 0, MATRIX.shape)
    assert said(page)[0].endswith("Column 0, input [0, 0], is not read.")


def test_pointing_at_an_input_counts_the_outputs_that_read_it(page: Page) -> None:
    hover(page, "source", 2, 2, PICTURE.shape)
    assert said(page)[0] == "Column 14 is input [2, 2]: 9 of 12 outputs read it."


def test_arrow_keys_move_through_the_matrix(page: Page) -> None:
    page.locator(".table canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert said(page)[0].startswith("Row 6 is output [1, 2]")


def test_leaving_brings_the_first_row_back(page: Page) -> None:
    hover(page, "result", 0, 0, OUTPUT.shape)
    page.mouse.move(0, 890)
    assert "Row 5" in said(page)[0]


ALPHAS = """(canvas, [rows, columns]) => {
  const context = canvas.getContext('2d'), ratio = window.devicePixelRatio, edge = 2 * ratio;
  const width = (canvas.width - 2 * edge) / columns, height = (canvas.height - 2 * edge) / rows;
  const alpha = (row, column) => context.getImageData(
    edge + (column + 0.4) * width, edge + (row + 0.4) * height, 1, 1).data[3];
  return Array.from({ length: rows * columns }, (_, at) => alpha(Math.floor(at / columns), at % columns));
}"""


def test_where_nothing_is_read_the_matrix_is_empty(page: Page) -> None:
    alphas = page.locator(".table canvas").evaluate(ALPHAS, list(MATRIX.shape))
    np.testing.assert_array_equal(np.array(alphas).reshape(MATRIX.shape) == 255, READS)


@pytest.mark.parametrize("width", [300, 1200])
def test_it_fits_into_narrow_and_wide_places(browser: Browser, width: int) -> None:
    with blank_page(browser, "matrix", width=width, dark=True) as page:
        render(page, message())
        assert not overflows(page)
