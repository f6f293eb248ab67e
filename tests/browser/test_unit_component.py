"""unit.js alone on a blank page: what it draws, adds up and reads out."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page

from pages.components import bundle, styles
from pages.components.unit import View, pack
from tests.browser.blank import LOAD, RENDER
from vizcore.plots import colours

PIXEL = """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"""
WIDEST = """() => Math.max(...[...window.parent_.querySelectorAll('.root *')]
  .map((element) => element.getBoundingClientRect().right))"""
SLIDE = """(slider, value) => { slider.value = value; slider.oninput(); }"""
EDGE, GUTTER = 4, 56  # px: around the picture, left of the bars
SIDE = 8  # px of the picture in these tests
Values = NDArray[np.float32]
ONES: Values = np.ones((1, 2, 2), np.float32)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1240, "height": 900})
    load(page, 1200)
    yield page
    assert page.evaluate("() => window.picks") == []
    page.close()


def load(page: Page, width: int) -> None:
    page.evaluate(LOAD, [bundle("unit"), styles("unit"), width, False])


def some_values(*shape: int, seed: int = 5) -> Values:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def render(
    page: Page,
    patch: Values,
    weights: Values | None = None,
    *,
    inside: NDArray[np.bool_] | None = None,
    gradient: Values | None = None,
    picture: Values | None = None,
    **changes: Any,
) -> None:
    """Show a unit; what `changes` does not say is plausible."""
    texts = {"title": "conv2, map 1", "source": "relu1", "result": "conv2[1, 2, 3]", "alt": "a square"}
    places = {"corner": (0, 0), "step": 1, "box": (2, 3, 5, 7)}
    names = [f"map {channel}" for channel in range(len(patch))]
    value = 0.0 if weights is None else float((patch.astype(np.float64) * weights).sum())
    view = View(
        **{"identity": "a", "mode": "sum", "value": value, "bias": None, "names": names}
        | texts
        | places
        | changes
    )
    inside = np.ones(patch.shape[1:], np.bool_) if inside is None else inside
    picture = np.full((SIDE, SIDE, 3), 0.5, np.float32) if picture is None else picture
    message = pack(view, patch, weights, inside, picture, gradient)
    page.evaluate(RENDER, base64.b64encode(message).decode())


def text(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()


def number(words: str) -> float:
    return float(words.replace("\u2212", "-"))


def grid(page: Page, which: int) -> Locator:
    return page.locator("figure .frame canvas").nth(which)


def hover_cell(page: Page, which: int, row: int, col: int, shape: tuple[int, int]) -> None:
    box = grid(page, which).bounding_box()
    assert box is not None
    x, y = (col + 0.5) * box["width"] / shape[1], (row + 0.5) * box["height"] / shape[0]
    grid(page, which).hover(position={"x": x, "y": y})


def bar(page: Page, place: int, count: int) -> dict[str, float]:
    """Where the bar at this place of the strip is."""
    box = page.locator(".strip canvas").bounding_box()
    assert box is not None
    return {"x": GUTTER + (place + 0.5) * (box["width"] - GUTTER) / count, "y": 40}


def cell_colour(page: Page, which: int, row: int, col: int, width: int) -> list[int]:
    """Of the corner of a cell, where no number is."""
    side = grid(page, which).evaluate("(canvas, columns) => canvas.width / columns", width)
    colour: list[int] = grid(page, which).evaluate(PIXEL, [int(col * side) + 3, int(row * side) + 3])
    return colour


def test_products_and_channel_sums_are_those_of_numpy(page: Page) -> None:
    patch, weights = some_values(7, 3, 5), some_values(7, 3, 5, seed=6)
    found = page.evaluate(
        "([patch, weights]) => Array.from(window.part.channelSums(window.part.products(patch, weights), 7))",
        [patch.ravel().tolist(), weights.ravel().tolist()],
    )
    expected = (patch.astype(np.float64) * weights).sum(axis=(1, 2))
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_half_of_the_gradient_lies_on_as_many_pixels_as_numpy_counts(page: Page) -> None:
    gradient = np.abs(some_values(40, 30)) ** 3
    found = page.evaluate("(values) => window.part.halfMass(values)", gradient.ravel().tolist())
    held = np.cumsum(np.sort(gradient.ravel().astype(np.float64))[::-1])
    assert found == np.argmax(held >= held[-1] / 2) + 1


@pytest.mark.parametrize(("gradient", "count"), [([0, 0], 0), ([1, 1], 1), ([3, 1, 1], 1), ([1, 1, 1], 2)])
def test_half_of_a_few_pixels_can_be_counted_by_hand(page: Page, gradient: list[int], count: int) -> None:
    assert page.evaluate("(values) => window.part.halfMass(values)", gradient) == count


def test_padding_never_wins_and_the_first_of_several_does(page: Page) -> None:
    assert page.evaluate("() => window.part.winner([9, -2, -1, -1], [0, 1, 1, 1])") == 2


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1.532, -0.0201, 1.5119], ["1.5320", "\u22120.0201", "1.5119"]),
        ([0.5, 0, 0.5], ["0.500", "0.000", "0.500"]),
        ([1234.5, 2e-9, 1234.5], ["1234.500000", "2.00e-9", "1234.500000"]),
        ([0, 0, 0], ["0", "0", "0"]),
        ([2.5e7, 1, 2.5e7], ["2.50e7", "1.00", "2.50e7"]),
    ],
)
def test_the_numbers_of_a_sum_have_the_same_decimals(
    page: Page, values: list[float], texts: list[str]
) -> None:
    assert page.evaluate("(values) => window.part.aligned(values)", values) == texts


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_cell_says_its_multiplication_in_any_of_the_three_grids(page: Page, which: int) -> None:
    patch, weights = np.zeros((1, 2, 3), np.float32), np.zeros((1, 2, 3), np.float32)
    patch[0, 1, 2], weights[0, 1, 2] = 0.523, -0.131
    render(page, patch, weights)
    hover_cell(page, which, 1, 2, (2, 3))
    assert text(page, ".status.cell") == "row 1, column 2: 0.523 × \u22120.131 = \u22120.0685"
    assert page.locator("figure .cursor:visible").count() == 3


def test_arrow_keys_move_from_cell_to_cell(page: Page) -> None:
    patch = some_values(1, 3, 3)
    render(page, patch, np.ones_like(patch))
    page.locator(".grids").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    value = number(text(page, ".status.cell").split("= ")[1])
    assert text(page, ".status.cell").startswith("row 2, column 1: ")
    assert value == pytest.approx(float(patch[0, 2, 1]), rel=5e-3)


def test_the_channel_with_the_largest_sum_comes_first(page: Page) -> None:
    patch = np.ones((3, 2, 2), np.float32)
    weights = np.array([1, -3, 2], np.float32).reshape(3, 1, 1) * patch
    render(page, patch, weights)
    assert text(page, "figcaption >> nth=0") == "patch of map 1"
    assert text(page, ".sum") == "sum of these 4 products: \u221212.0"


def test_pointing_at_a_bar_names_it_and_a_click_selects_it(page: Page) -> None:
    patch, weights = some_values(64, 3, 3), some_values(64, 3, 3, seed=6)
    render(page, patch, weights)
    page.locator(".strip canvas").click(position=bar(page, 41, 64))  # type: ignore[arg-type]
    expected = float((patch[41].astype(np.float64) * weights[41]).sum())
    assert text(page, ".status.channel").startswith("map 41: ")
    assert number(text(page, ".status.channel").split(": ")[1]) == pytest.approx(expected, rel=5e-3)
    assert text(page, "figcaption >> nth=0") == "patch of map 41"
    assert number(text(page, ".sum").split(": ")[1]) == pytest.approx(expected, rel=5e-3)


def test_arrow_keys_go_through_the_channels_in_their_order(page: Page) -> None:
    sums = np.array([0.5, -3, 2, 1], np.float32).reshape(4, 1, 1)
    render(page, np.ones((4, 1, 2), np.float32), np.repeat(sums, 2, axis=2))
    page.locator(".sorts button").nth(1).click()
    page.locator(".strip canvas").focus()
    seen = []
    for _ in range(4):
        seen.append(text(page, "figcaption >> nth=0"))
        page.keyboard.press("ArrowRight")
    assert seen == [f"patch of map {channel}" for channel in (1, 2, 3, 0)]


def test_the_last_line_is_the_sum_that_the_numbers_make(page: Page) -> None:
    patch, weights = some_values(5, 3, 3), some_values(5, 3, 3, seed=6)
    total = float((patch.astype(np.float64) * weights).sum())
    render(page, patch, weights, bias=-0.25, value=total - 0.25)
    words = text(page, ".total").replace("\n", " ").split()
    assert " ".join(words[:5]) == "Σ of 5 channel sums"
    assert [words[6], words[7], words[9], words[10:13]] == ["+", "bias", "=", ["conv2[1,", "2,", "3]"]]
    assert number(words[5]) == pytest.approx(total, abs=6e-4)
    assert (number(words[8]), number(words[13])) == (-0.25, pytest.approx(total - 0.25, abs=6e-4))
    assert page.locator(".term.result").count() == 1
    assert text(page, ".notice") == ""


@pytest.mark.parametrize(
    ("value", "notice"), [(4.003, ""), (4.01, "The unit's value is 4.01, but these numbers make 4.00.")]
)
def test_a_sum_that_misses_the_value_is_never_silent(page: Page, value: float, notice: str) -> None:
    render(page, ONES, ONES, value=value)
    assert text(page, ".notice") == notice


def test_padding_is_hatched_where_values_are_and_not_in_the_kernel(page: Page) -> None:
    patch, inside = some_values(1, 3, 3), np.ones((3, 3), np.bool_)
    patch[0, 0], inside[0] = 0, False
    render(page, patch, np.ones_like(patch), inside=inside)
    colours_of = """(canvas) => { const { data } = canvas.getContext('2d').getImageData(2, 2, 14, 8);
      return new Set(new Uint32Array(data.buffer)).size; }"""
    assert [grid(page, which).evaluate(colours_of) > 1 for which in (0, 1, 2)] == [True, False, True]
    hover_cell(page, 0, 0, 1, (3, 3))
    assert text(page, ".status.cell") == "row 0, column 1, padding: 0 × 1.00 = 0"


def test_cells_have_the_colours_of_the_selected_channel(page: Page) -> None:
    patch = np.array([[[1, 1, 1]], [[0, 1, 2]]], np.float32)
    weights = np.array([[[0, 0, 0]], [[-1, 0, 1]]], np.float32)
    render(page, patch, weights)
    viridis, rdbu = colours.LUTS["viridis"], colours.LUTS["rdbu"]
    assert [cell_colour(page, 0, 0, col, 3) for col in (0, 2)] == [viridis[0].tolist(), viridis[-1].tolist()]
    assert [cell_colour(page, 1, 0, col, 3) for col in range(3)] == [
        rdbu[at].tolist() for at in (0, 128, 255)
    ]
    assert cell_colour(page, 2, 0, 0, 3) == rdbu[128].tolist()


def test_a_linear_layer_lists_its_largest_products_and_what_the_others_make(page: Page) -> None:
    values, weights = some_values(400, 1, 1), some_values(400, 1, 1, seed=6)
    render(page, values, weights, names=[f"input {i}" for i in range(400)])
    made = (values.astype(np.float64) * weights).ravel()
    largest = np.argsort(-np.abs(made))[:8]
    rows = [row.split("\t") for row in text(page, "table").splitlines()]
    assert rows[0][0] == "the 8 largest of 400"
    assert [row[0] for row in rows[1:9]] == [f"input {i}" for i in largest]
    assert [number(row[5]) for row in rows[1:9]] == pytest.approx(made[largest], rel=5e-3)
    assert rows[9][0] == "the other 392"
    assert number(rows[9][5]) == pytest.approx(made.sum() - made[largest].sum(), rel=5e-3)


def test_where_many_inputs_share_a_pixel_the_largest_is_named(page: Page) -> None:
    values, weights = np.full((25_088, 1, 1), 1e-3, np.float32), np.ones((25_088, 1, 1), np.float32)
    values[12_345], values[700] = -0.75, 2
    render(page, values, weights, names=[f"input {i}" for i in range(25_088)])
    assert text(page, ".status.channel") == "input 700: 2.00 × 1.00 = 2.00"
    page.locator(".strip canvas").hover(position=bar(page, 12_345, 25_088))  # type: ignore[arg-type]
    assert text(page, ".status.channel") == "input 12345: \u22120.750 × 1.00 = \u22120.750"


def test_the_largest_value_is_framed_and_named(page: Page) -> None:
    patch = np.array([[[0.5, 1.23], [0.25, 1]]], np.float32)
    render(page, patch, mode="max", value=1.23)
    assert text(page, ".total").split("\n")[:2] == ["the largest of these 4 values", "1.23"]
    assert grid(page, 0).evaluate(PIXEL, [66, 20]) == [0, 158, 115]
    hover_cell(page, 0, 0, 1, (2, 2))
    assert text(page, ".status.cell") == "row 0, column 1: 1.23, the largest"


def test_padding_is_no_value_for_a_maximum(page: Page) -> None:
    patch, inside = np.array([[[-np.inf, -2], [-np.inf, -1]]], np.float32), np.array([[False, True]] * 2)
    render(page, patch, mode="max", value=-1, inside=inside)
    assert text(page, ".total").split("\n")[:2] == ["the largest of these 2 values", "\u22121.00"]
    hover_cell(page, 0, 1, 0, (2, 2))
    assert text(page, ".status.cell") == "row 1, column 0, padding: it never wins"


@pytest.mark.parametrize(("count", "shown"), [(2, 2), (12, 12), (2048, 12)])
def test_values_alone_are_listed_with_their_names(page: Page, count: int, shown: int) -> None:
    patch = some_values(count, 1, 1)
    render(page, patch, mode="values", value=0.3)
    rows = [row.split("\t") for row in text(page, "table").splitlines()][1:]
    order = np.argsort(-np.abs(patch.ravel()))[:12] if count > 12 else np.arange(count)
    assert len(rows) == shown
    assert rows[-1][0] == f"map {order[-1]}"
    assert number(rows[-1][1]) == pytest.approx(float(patch.ravel()[order[-1]]), rel=5e-3)
    assert page.locator(".total:visible, .grids:visible, .strip:visible").count() == 0


def test_a_global_average_has_no_numbers_in_its_cells_and_answers_all_the_same(page: Page) -> None:
    patch = np.abs(some_values(1, 56, 56))
    render(page, patch, np.full_like(patch, 1 / 3136))
    hover_cell(page, 0, 17, 50, (56, 56))
    assert text(page, ".status.cell").startswith("row 17, column 50: ")
    value = number(text(page, ".status.cell").split(": ")[1].split(" ×")[0])
    assert value == pytest.approx(float(patch[0, 17, 50]), rel=5e-3)


def test_the_outline_lies_exactly_around_the_field(page: Page) -> None:
    render(page, ONES, ONES, box=(2, 3, 5, 7))
    photo = page.locator(".photo canvas")
    scale = photo.evaluate("(canvas, side) => (canvas.width - 8) / side", SIDE)
    left, top, right, bottom = (int(EDGE + px * scale) for px in (3, 2, 7, 5))
    for near, step in [
        ((left, top + 9), (-1, 0)),
        ((right - 1, top + 9), (1, 0)),
        ((left + 9, top), (0, -1)),
        ((left + 9, bottom - 1), (0, 1)),
    ]:
        line = [photo.evaluate(PIXEL, [near[0] + k * step[0], near[1] + k * step[1]])[0] for k in range(6)]
        assert line[:5] == [128, 0, 255, 255, 0]  # the field, then dark, white, white, dark
        assert line[5] > 170  # outside it is faded


def test_the_texts_say_where_the_field_is_and_where_its_gradient(page: Page) -> None:
    gradient = np.zeros((SIDE, SIDE), np.float32)
    gradient[2:5, 3:7] = 0.01
    gradient[3, 4] = 0.2
    render(page, ONES, ONES, gradient=gradient)
    assert text(page, ".theory") == "Theoretical: 3 × 4 px, rows 2 to 4, columns 3 to 6."
    assert text(page, ".effect") == "Effective: half of the gradient lies on 1 px (8.33\u00a0% of the field)."


def test_a_field_beyond_the_picture_is_said_to_be_one(page: Page) -> None:
    render(page, ONES, ONES, box=(-1, 2, 2, 3))
    assert text(page, ".theory").startswith(
        "Theoretical: 3 × 1 px, rows \u22121 to 1, column 2. It reaches beyond"
    )


def test_a_gradient_of_zero_is_said_in_words(page: Page) -> None:
    zero = np.zeros((SIDE, SIDE), np.float32)
    render(page, ONES, ONES, gradient=zero)
    assert text(page, ".effect") == "No pixel moves this unit now: its gradient is 0 everywhere."
    assert not page.locator(".overlay").is_visible()


def test_the_slider_leads_from_the_picture_to_its_gradient_in_purple(page: Page) -> None:
    gradient = np.zeros((SIDE, SIDE), np.float32)
    gradient[3, 4], gradient[3, 5] = 0.5, 1
    picture = np.full((SIDE, SIDE, 3), (1, 0, 0), np.float32)
    render(
        page,
        ONES,
        ONES,
        gradient=gradient,
        picture=picture,
    )
    photo, seen = page.locator(".photo canvas"), []
    scale = photo.evaluate("(canvas, side) => (canvas.width - 8) / side", SIDE)
    for opacity in (0, 100):
        page.locator("input").evaluate(SLIDE, opacity)
        seen += [
            photo.evaluate(PIXEL, [EDGE + int((col + 0.5) * scale), EDGE + int(3.5 * scale)])
            for col in (4, 5)
        ]
    assert seen[:2] == [[255, 0, 0]] * 2
    assert seen[3] == [204, 121, 167]
    assert seen[2] == pytest.approx([(255 + 204) / 2, (255 + 121) / 2, (255 + 167) / 2], abs=2)


def test_pointing_at_the_picture_reads_the_gradient(page: Page) -> None:
    gradient = np.zeros((SIDE, SIDE), np.float32)
    gradient[3, 4], gradient[3, 5] = 0.0123, 0.0369
    render(page, ONES, ONES, gradient=gradient)
    box = page.locator(".photo canvas").bounding_box()
    assert box is not None
    scale = (box["width"] - 2 * EDGE) / SIDE
    page.locator(".photo canvas").hover(position={"x": EDGE + 4.5 * scale, "y": EDGE + 3.5 * scale})
    assert text(page, ".status.pixel") == "row 3, column 4: gradient 0.0123 (25.0\u00a0% of all)"


def test_a_small_field_is_enlarged_and_a_large_one_is_not(page: Page) -> None:
    picture = np.zeros((64, 64, 3), np.float32)
    render(page, ONES, ONES, picture=picture, box=(0, 61, 3, 64))
    assert page.locator(".lens canvas").is_visible()
    render(page, ONES, ONES, picture=picture, box=(0, 20, 44, 64), identity="b")
    assert not page.locator(".lens canvas").is_visible()


def test_the_selection_stays_with_the_unit_and_goes_with_it(page: Page) -> None:
    patch, weights = some_values(6, 2, 2), np.ones((6, 2, 2), np.float32)
    gradient = np.ones((SIDE, SIDE), np.float32)
    render(page, patch, weights, gradient=gradient)
    page.locator(".strip canvas").focus()
    page.keyboard.press("Home")
    page.locator("input").evaluate(SLIDE, 20)
    render(page, patch * 2, weights, gradient=gradient)
    assert text(page, "figcaption >> nth=0") == "patch of map 0"
    assert page.locator("input").input_value() == "20"
    render(page, patch, weights, gradient=gradient, identity="b")
    strongest = int(np.abs(patch.sum(axis=(1, 2))).argmax())
    assert text(page, "figcaption >> nth=0") == f"patch of map {strongest}"


def test_other_data_is_painted_and_read_anew(page: Page) -> None:
    one = np.ones((1, 1, 3), np.float32)
    render(page, np.array([[[1, 1, 0]]], np.float32), one)
    before = cell_colour(page, 0, 0, 2, 3)
    render(page, np.array([[[1, 1, 1]]], np.float32), one)
    assert (before, cell_colour(page, 0, 0, 2, 3)) == ([68, 1, 84], [253, 231, 37])
    assert text(page, ".sum") == "sum of these 3 products: 3.00"


def test_a_dark_page_gets_a_dark_middle(page: Page) -> None:
    patch, weights = np.ones((1, 1, 3), np.float32), np.array([[[-1, 0, 1]]], np.float32)
    render(page, patch, weights)
    page.evaluate(
        "() => document.getElementById('host').style.setProperty('--st-background-color', '#0e1117')"
    )
    page.evaluate(
        "() => window.part.default({ data: window.parent_.__view.data, parentElement: window.parent_ })"
    )
    assert cell_colour(page, 1, 0, 1, 3) == colours.LUTS["berlin"][128].tolist()


def test_names_are_text_whatever_they_contain(page: Page) -> None:
    one = np.ones((1, 1, 1), np.float32)
    render(page, one, one, title="<img src=x>", names=["<b>x</b>"], result="<i>y</i>")
    assert text(page, ".title") == "<img src=x>"
    assert text(page, "td >> nth=0") == "<b>x</b>"
    assert page.locator("img, td b").count() == 0


@pytest.mark.parametrize("width", [300, 350, 700, 1200])
@pytest.mark.parametrize("shape", [(64, 3, 3), (3, 7, 7), (64, 7, 1), (400, 1, 1), (1, 56, 56)])
def test_nothing_is_wider_than_its_place(browser: Browser, width: int, shape: tuple[int, int, int]) -> None:
    page = browser.new_page(viewport={"width": width + 16, "height": 900})
    load(page, width)
    gradient = np.ones((SIDE, SIDE), np.float32)
    render(page, some_values(*shape), some_values(*shape, seed=6), gradient=gradient, bias=-0.1234567)
    widest = page.evaluate(WIDEST)
    page.close()
    assert widest <= width + 8 + 4  # the page's margin, and the outline of the picture
