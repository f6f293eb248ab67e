"""convolution.js alone on a blank page: what lights up, adds up, walks, is typed in and asked for."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from playwright.sync_api import Browser, Locator, Page, Route, expect

from pages.components import bundle, styles
from pages.components.convolution import Slider, View, answer, pack
from tests.browser.blank import LOAD, RENDER
from vizcore.exhibits import convolution
from vizcore.toolkit import windows

PIXEL = """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"""
WIDEST = """() => Math.max(...[...window.parent_.querySelectorAll('.root *')]
  .map((element) => element.getBoundingClientRect().right))"""
# Weight of each input in each output, (out, in), once from what outputs read and once from what uses inputs.
WEIGHTS = """([settings, weights]) => {
  const { rows, cols } = settings, width = cols.size, wide = cols.out, kernel = cols.kernel;
  const at = { rows: window.part.axis(rows), cols: window.part.axis(cols) };
  const made = () => new Array(rows.out * wide * rows.size * width).fill(0);
  const read = made(), used = made(), total = rows.size * width;
  for (let o = 0; o < rows.out * wide; o++) {
    for (const { y, x, i, j } of window.part.readBy(at, Math.floor(o / wide), o % wide)) {
      if (y >= 0 && x >= 0) read[o * total + y * width + x] += weights[i * kernel + j];
    }
  }
  for (let c = 0; c < total; c++) {
    for (const { row, col, i, j } of window.part.usedBy(at, Math.floor(c / width), c % width)) {
      used[(row * wide + col) * total + c] += weights[i * kernel + j];
    }
  }
  return [read, used];
}"""
ONES_AND_ZEROS = convolution.GRIDS["binary"].values  # N3
CROSS = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
MARGIN = 4  # px around a grid
ADDRESS = "http://convoscope.test/live/token"  # answered by Playwright
Values = NDArray[np.float64]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1240, "height": 1000})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route(
        "http://convoscope.test/", lambda route: route.fulfill(body="<body></body>", content_type="text/html")
    )
    page.goto("http://convoscope.test/")
    load(page, 1200)
    yield page
    page.close()
    assert complaints == []


def load(page: Page, width: int) -> None:
    page.evaluate(LOAD, [bundle("convolution"), styles("convolution"), width, False])


def some_values(*shape: int, seed: int = 5) -> Values:
    return np.random.default_rng(seed).normal(size=shape)


def message(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    output: ArrayLike | None = None,
    changes: dict[str, Any] | None = None,
    **settings: Any,
) -> bytes:
    """What Python sends; `settings` are those of the exhibit, `changes` those of the view."""
    transposed = settings.pop("transposed", False)
    found = (convolution.transposed if transposed else convolution.convolve)(image, kernel, **settings)
    (top, _), (left, _) = found.padding
    view = {
        "identity": "a",
        "stride": settings.get("stride", 1),
        "dilation": settings.get("dilation", 1),
        "before": (top, left),
        "transposed": transposed,
        "flipped": settings.get("flip", False),
        "selected": (0, 0),
        "turn": 1,
        "editable": True,
        "live": "",
        "sliders": (),
        "alts": ("a square", "its edges"),
    } | (changes or {})
    shown = found.output if output is None else np.asarray(output)
    return pack(View(**view), np.asarray(image), np.asarray(kernel), shown, found.rows, found.cols)


def show(page: Page, image: ArrayLike, kernel: ArrayLike, **settings: Any) -> None:
    page.evaluate(RENDER, base64.b64encode(message(image, kernel, **settings)).decode())


def text(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()


def sent(page: Page) -> list[Any]:
    names, values = (
        zip(*page.evaluate("() => window.picks"), strict=True)
        if page.evaluate("() => window.picks.length")
        else ((), ())
    )
    assert set(names) <= {"pick"}
    return list(values)


def number(words: str) -> float:
    return float(words.replace("\u2212", "-"))


def canvas(page: Page, panel: str) -> Locator:
    return page.locator(f".{panel} .frame canvas").first


def cell(page: Page, panel: str, row: float, col: float, shape: tuple[int, int]) -> dict[str, float]:
    """The middle of a cell in px of its canvas; `shape` counts the padding."""
    box = canvas(page, panel).bounding_box()
    assert box is not None
    side = (box["width"] - 2 * MARGIN) / shape[1]
    return {"x": MARGIN + (col + 0.5) * side, "y": MARGIN + (row + 0.5) * side}


def hover(page: Page, panel: str, row: int, col: int, shape: tuple[int, int]) -> None:
    canvas(page, panel).hover(position=cell(page, panel, row, col, shape))  # type: ignore[arg-type]


def click(page: Page, panel: str, row: int, col: int, shape: tuple[int, int]) -> None:
    canvas(page, panel).click(position=cell(page, panel, row, col, shape))  # type: ignore[arg-type]


def colour(page: Page, panel: str, row: int, col: int, shape: tuple[int, int]) -> list[int]:
    """Of the corner of a cell, where no number is."""
    side = (int(canvas(page, panel).evaluate("(canvas) => canvas.width")) - 2 * MARGIN) / shape[1]
    place = [int(MARGIN + col * side) + 3, int(MARGIN + row * side) + 3]
    found: list[int] = canvas(page, panel).evaluate(PIXEL, place)
    return found


def weight(page: Page, at: int) -> Locator:
    return page.locator(".weights input").nth(at)


class Server:
    """Answers what the component asks, and keeps the questions."""

    def __init__(self, page: Page, image: ArrayLike, kernels: dict[str, Values] | None = None) -> None:
        self.image, self.kernels, self.questions = image, kernels or {}, []  # type: ignore[var-annotated]
        page.route(ADDRESS, self.answer)

    def answer(self, route: Route) -> None:
        question = route.request.post_data_json
        assert isinstance(question, dict)
        assert route.request.headers["content-type"] == "application/json"
        self.questions.append(question)
        if "sliders" in question:
            kernel = np.asarray(CROSS) * question["sliders"]["amount"]
        else:
            kernel = np.asarray(question["kernel"])
        body = answer(kernel, convolution.convolve(self.image, kernel).output)
        route.fulfill(body=body, content_type="application/x-convoscope")


AMOUNT = Slider("amount", "Amount", 0, 4, 0.5, 1, "")


@pytest.mark.parametrize(
    ("size", "kernel", "padding", "mode", "stride", "dilation"),
    [
        ((7, 5), (3, 3), (0, 0), "zeros", 1, 1),
        ((7, 5), (3, 2), (2, 1), "zeros", 1, 1),
        ((7, 9), (2, 3), (1, 2), "reflect", 2, 1),
        ((6, 5), (3, 4), (2, 2), "replicate", 1, 1),
        ((6, 5), (3, 3), (5, 4), "circular", 3, 1),
        ((9, 8), (3, 2), (1, 1), "zeros", 2, 3),
        ((9, 8), (1, 1), (0, 0), "zeros", 4, 1),
    ],
)
def test_windows_lie_where_torch_puts_them(
    page: Page,
    size: tuple[int, int],
    kernel: tuple[int, int],
    padding: tuple[int, int],
    mode: str,
    stride: int,
    dilation: int,
) -> None:
    weights = torch.from_numpy(some_values(*kernel))

    def convolved(image: torch.Tensor) -> torch.Tensor:
        (top, left), name = padding, "constant" if mode == "zeros" else mode
        wide = F.pad(image[None, None], (left, left, top, top), mode=name)
        return F.conv2d(wide, weights[None, None], stride=stride, dilation=dilation)[0, 0]

    expected = torch.autograd.functional.jacobian(convolved, torch.zeros(size, dtype=torch.float64))
    settings = {
        axis: {
            "size": size[i],
            "out": expected.shape[i],
            "kernel": kernel[i],
            "stride": stride,
            "dilation": dilation,
            "before": padding[i],
            "sources": windows.sources(size[i], padding[i], padding[i], mode).tolist(),
        }
        for i, axis in enumerate(("rows", "cols"))
    }
    read, used = page.evaluate(WEIGHTS, [settings, weights.ravel().tolist()])
    np.testing.assert_allclose(read, expected.ravel(), atol=1e-12)
    np.testing.assert_allclose(used, expected.ravel(), atol=1e-12)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "more", "dilation"),
    [((3, 4), (3, 2), 1, 0, 0, 1), ((3, 4), (3, 3), 2, 1, 1, 1), ((4, 3), (2, 3), 3, 1, 2, 2)],
)
def test_stamps_of_a_transposed_convolution_lie_where_torch_puts_them(
    page: Page,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: int,
    padding: int,
    more: int,
    dilation: int,
) -> None:
    weights = torch.from_numpy(some_values(*kernel))

    def stamped(image: torch.Tensor) -> torch.Tensor:
        settings = {"stride": stride, "padding": padding, "output_padding": more, "dilation": dilation}
        return F.conv_transpose2d(image[None, None], weights[None, None], **settings)[0, 0]

    expected = torch.autograd.functional.jacobian(stamped, torch.zeros(size, dtype=torch.float64))
    shared = {"stride": stride, "dilation": dilation, "before": padding, "transposed": True}
    settings = {
        axis: {"size": size[i], "out": expected.shape[i], "kernel": kernel[i], **shared}
        for i, axis in enumerate(("rows", "cols"))
    }
    read, used = page.evaluate(WEIGHTS, [settings, weights.ravel().tolist()])
    np.testing.assert_allclose(read, expected.ravel(), atol=1e-12)
    np.testing.assert_allclose(used, expected.ravel(), atol=1e-12)


def test_the_first_value_of_the_lecture_is_written_out(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS, changes={"selected": (2, 2)})
    hover(page, "output", 0, 0, (3, 3))
    assert text(page, ".where") == "Output, row 0, column 0: 4"
    assert text(page, ".line") == "1·1 + 0·1 + 1·1 + 0·0 + 1·1 + 0·1 + 1·0 + 0·0 + 1·1 = 4"
    page.mouse.move(0, 0)
    assert text(page, ".where") == "Output, row 2, column 2: 4"


def test_an_input_cell_names_all_outputs_that_use_it_and_their_weights(page: Page) -> None:
    show(page, np.arange(16.0).reshape(4, 4), np.arange(1, 5).reshape(2, 2), stride=1)
    hover(page, "input", 1, 3, (4, 4))
    assert text(page, ".where") == "Input, row 1, column 3: 7"
    assert text(page, ".line") == "2 outputs use it: ×4 in [0, 2], ×2 in [1, 2]"
    assert text(page, ".products figcaption") == "what it adds to each"


def test_an_input_cell_that_is_skipped_is_used_by_no_output(page: Page) -> None:
    show(page, np.ones((7, 7)), np.ones((2, 2)), stride=3)
    hover(page, "input", 2, 0, (7, 7))
    assert text(page, ".line") == "No output uses it."
    assert text(page, ".input .note") == "hatched: 33 values are never read"


@pytest.mark.parametrize(
    "settings",
    [
        {"padding": 2, "padding_mode": "reflect", "dilation": 2},
        {"padding": "same", "padding_mode": "circular", "flip": True},
        {"stride": 3},
        {"stride": 2, "padding": 1, "transposed": True},
        {"dilation": 2, "transposed": True, "flip": True},
    ],
)
def test_all_products_add_up_to_what_torch_says(page: Page, settings: dict[str, Any]) -> None:
    image, kernel = some_values(6, 7), some_values(3, 2, seed=6)
    show(page, image, kernel, **settings)
    forward = page.locator(".walk .forward")
    for _ in range(60):
        assert text(page, ".wrong") == ""
        forward.click()


def test_products_that_do_not_make_the_output_are_an_error_that_is_said(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS, output=np.full((3, 3), 3))
    assert text(page, ".wrong") == "The output's value is 3, but these products add up to 4."


def test_a_product_says_its_multiplication(page: Page) -> None:
    show(page, some_values(5, 5), SOBEL, padding=1)
    box = page.locator(".products canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8)
    assert text(page, ".where") == "Kernel row 0, column 1: 0 × 0 (padding) = 0"
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] - 8)
    assert text(page, ".where").startswith("Kernel row 2, column 2: 1 × ")
    assert "(input row 1, column 1)" in text(page, ".where")


def test_a_long_sum_is_cut_in_the_middle(page: Page) -> None:
    show(page, np.ones((13, 13)), np.ones((11, 11)))
    assert text(page, ".line").count("1·1") == 13
    assert text(page, ".line").endswith("+ … + 1·1 + 1·1 = 121")


def test_pointing_tells_python_nothing_and_a_click_the_output(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS)
    hover(page, "output", 1, 1, (3, 3))
    hover(page, "input", 3, 1, (5, 5))
    assert sent(page) == []
    click(page, "output", 1, 2, (3, 3))
    assert sent(page) == [{"unit": [1, 2]}]


def test_the_window_is_dragged_over_the_input(page: Page) -> None:
    show(page, some_values(8, 8), SOBEL, padding=1)
    box = canvas(page, "input").bounding_box()
    assert box is not None
    places = [cell(page, "input", row, col, (10, 10)) for row, col in [(0, 0), (2, 5), (6, 3)]]
    for i, place in enumerate(places):  # by the upper left of its window
        page.mouse.move(box["x"] + place["x"], box["y"] + place["y"])
        if not i:
            page.mouse.down()
    assert text(page, ".where").startswith("Output, row 6, column 3: ")
    assert sent(page) == []
    page.mouse.up()
    assert sent(page) == [{"unit": [6, 3]}]


def test_a_press_beside_the_window_brings_its_middle_there(page: Page) -> None:
    show(page, some_values(8, 8), SOBEL)
    click(page, "input", 5, 4, (8, 8))
    assert sent(page) == [{"unit": [4, 3]}]


def test_a_finger_taps_drags_the_window_and_scrolls_elsewhere(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 500}, has_touch=True)
    page = context.new_page()
    load(page, 340)
    show(page, some_values(8, 8), SOBEL)
    box = canvas(page, "input").bounding_box()
    assert box is not None
    spot = cell(page, "input", 5, 4, (8, 8))
    page.touchscreen.tap(box["x"] + spot["x"], box["y"] + spot["y"])
    assert sent(page) == [{"unit": [4, 3]}]
    assert text(page, ".where").startswith("Input, row 5, column 4: ")
    context.close()


def test_arrow_keys_move_the_window_and_python_hears_of_it_at_the_end(page: Page) -> None:
    show(page, some_values(6, 6), SOBEL)
    canvas(page, "output").focus()
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowDown")
    page.keyboard.down("ArrowDown")
    assert text(page, ".where").startswith("Output, row 2, column 1: ")
    assert sent(page) == []
    page.keyboard.up("ArrowDown")
    assert sent(page) == [{"unit": [2, 1]}]


def test_arrow_keys_on_the_input_go_from_value_to_value(page: Page) -> None:
    show(page, some_values(6, 6), SOBEL)
    canvas(page, "input").focus()
    page.keyboard.press("ArrowLeft")
    assert text(page, ".where").startswith("Input, row 3, column 2: ")
    assert sent(page) == []


def test_steps_go_through_the_output_in_reading_order(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS, changes={"selected": (0, 1)})
    seen = []
    for name in ("forward", "forward", "back"):
        page.locator(f".walk .{name}").click()
        seen.append(text(page, ".where").split(":")[0])
    assert seen == [f"Output, row {row}, column {col}" for row, col in [(0, 2), (1, 0), (0, 2)]]
    assert sent(page) == [{"unit": unit} for unit in ([0, 2], [1, 0], [0, 2])]


def test_play_walks_from_the_start_to_the_end_and_stops(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS, changes={"selected": (2, 2)})
    page.locator(".speed input").fill("6")
    page.locator(".play").click()
    expect(page.locator(".play")).to_have_attribute("title", "Pause")
    expect(page.locator(".play")).to_have_attribute("title", "Play")
    assert text(page, ".where") == "Output, row 2, column 2: 4"
    assert sent(page) == []  # it ends where it was


def test_play_pauses_in_place(page: Page) -> None:
    show(page, some_values(30, 30), SOBEL)
    page.locator(".speed input").fill("6")
    page.locator(".play").click()
    page.wait_for_function("() => !window.parent_.querySelector('.where').textContent.includes('row 0')")
    page.locator(".play").click()
    place = text(page, ".where")
    page.wait_for_timeout(60)
    assert text(page, ".where") == place
    row, col = (int(part.split(" ")[-1]) for part in place.split(":")[0].split(", ")[1:])
    assert sent(page) == [{"unit": [row, col]}]


def test_people_who_want_no_motion_get_steps_alone(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, ONES_AND_ZEROS, CROSS)
    assert page.locator(".walk button:visible").count() == 2


def test_typing_a_weight_shows_the_new_output_and_enter_tells_python(page: Page) -> None:
    server = Server(page, ONES_AND_ZEROS)
    show(page, ONES_AND_ZEROS, CROSS, changes={"live": ADDRESS})
    weight(page, 4).click()
    page.mouse.move(0, 0)
    page.keyboard.type("10")
    expect(page.locator(".where")).to_have_text("Output, row 0, column 0: 13")
    assert sent(page) == []
    page.keyboard.press("Enter")
    kernel = [[1, 0, 1], [0, 10, 0], [1, 0, 1]]
    assert sent(page) == [{"kernel": kernel}]
    assert server.questions[-1] == {"kernel": kernel}
    expect(weight(page, 7)).to_be_focused()
    assert text(page, ".wrong") == ""


@pytest.mark.parametrize(
    ("typed", "value"), [("1/4", 0.25), ("−2", -2), ("0,5", 0.5), (".5e1", 5), ("1e6", 1e6), ("-3/-4", 0.75)]
)
def test_weights_are_read_as_people_write_them(page: Page, typed: str, value: float) -> None:
    assert page.evaluate("(text) => window.part.numberOf(text)", typed) == value


@pytest.mark.parametrize(
    "typed", ["", "a", "1e7", "1/0", "0/0", "Infinity", "1 2", "0x10", "--1", "1,000,000", "1e999"]
)
def test_what_is_no_weight_is_none(page: Page, typed: str) -> None:
    assert page.evaluate("(text) => window.part.numberOf(text)", typed) is None


def test_bad_text_keeps_the_weight_and_says_so(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS)
    weight(page, 0).click()
    page.keyboard.type("1x")
    page.keyboard.press("Tab")
    assert weight(page, 0).input_value() == "1"
    assert text(page, ".bad") == "“1x” is no number up to a million: the weight stays 1."
    assert sent(page) == []  # the kernel is what it was


def test_arrows_go_to_the_next_weight_and_escape_takes_back(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS)
    weight(page, 0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(weight(page, 4)).to_be_focused()
    page.keyboard.type("7")
    assert text(page, ".line").count("7·1") == 1
    page.keyboard.press("Escape")
    assert weight(page, 4).input_value() == "1"
    assert text(page, ".line").count("7·1") == 0


def test_without_an_address_an_edit_is_told_when_it_is_done(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS)
    weight(page, 8).click()
    page.keyboard.type("2")
    assert text(page, ".wrong") == ""  # Python has not answered yet
    page.keyboard.press("Enter")
    assert sent(page) == [{"kernel": [[1, 0, 1], [0, 1, 0], [1, 0, 2]]}]


def test_weights_that_are_given_can_be_read_only(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS, changes={"editable": False})
    weight(page, 0).click()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    assert weight(page, 0).input_value() == "1"
    assert sent(page) == []


def test_a_slider_changes_kernel_and_output_while_it_moves(page: Page) -> None:
    server = Server(page, ONES_AND_ZEROS)
    show(page, ONES_AND_ZEROS, CROSS, changes={"live": ADDRESS, "sliders": (AMOUNT,)})
    slider = page.locator(".sliders input")
    slider.evaluate(
        "(input) => { input.value = 2.5; input.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(page.locator(".where")).to_have_text("Output, row 0, column 0: 10")
    assert weight(page, 0).input_value() == "2.50"
    assert (text(page, ".sliders output"), sent(page)) == ("2.5", [])
    slider.evaluate("(input) => { input.dispatchEvent(new Event('change', { bubbles: true })); }")
    assert sent(page) == [{"sliders": {"amount": 2.5}}]
    assert server.questions == [{"sliders": {"amount": 2.5}}]


def test_one_question_is_asked_at_a_time_and_the_newest_wins(page: Page) -> None:
    asked: list[Route] = []
    page.route(ADDRESS, lambda route: asked.append(route))
    show(page, ONES_AND_ZEROS, CROSS, changes={"live": ADDRESS, "sliders": (AMOUNT,)})
    page.locator(".sliders input").evaluate("""(input) => { for (const value of [2, 3, 4]) {
      input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); } }""")
    values = []
    for _ in range(2):
        while not asked:
            page.wait_for_timeout(5)
        amount = asked[0].request.post_data_json["sliders"]["amount"]  # type: ignore[index]
        kernel = np.asarray(CROSS) * amount
        values.append(amount)
        asked.pop(0).fulfill(body=answer(kernel, convolution.convolve(ONES_AND_ZEROS, kernel).output))
    assert values == [2, 4]
    expect(page.locator(".where")).to_have_text("Output, row 0, column 0: 16")


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (422, {"error": "The weights add up to 0."}, "The weights add up to 0."),
        (500, {"error": "That is our mistake, code 12345678."}, "That is our mistake, code 12345678."),
        (
            404,
            {"error": "Gone."},
            "The picture changes only when you let go: the server gives no answers in between.",
        ),
    ],
)
def test_a_question_that_is_not_answered_says_why(
    page: Page, status: int, body: object, sentence: str
) -> None:
    page.route(ADDRESS, lambda route: route.fulfill(status=status, json=body))
    show(page, ONES_AND_ZEROS, CROSS, changes={"live": ADDRESS})
    weight(page, 0).click()
    page.keyboard.type("3")
    expect(page.locator(".bad")).to_have_text(sentence)
    page.keyboard.press("Enter")
    assert sent(page) == [{"kernel": [[3, 0, 1], [0, 1, 0], [1, 0, 1]]}]


def test_a_message_older_than_the_last_edit_does_not_undo_it(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS)
    for value in ("5", "6"):
        weight(page, 8).click()
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    page.mouse.move(0, 0)
    show(page, ONES_AND_ZEROS, [[1, 0, 1], [0, 1, 0], [1, 0, 5]])
    assert weight(page, 0).input_value() == "1"
    assert text(page, ".line").count("6·1") == 1
    show(page, ONES_AND_ZEROS, [[1, 0, 1], [0, 1, 0], [1, 0, 6]])
    assert text(page, ".where") == "Output, row 0, column 0: 9"
    show(page, ONES_AND_ZEROS, SOBEL)
    assert weight(page, 3).input_value() == "\u22122"


def test_the_selection_stays_with_the_picture_and_gives_way_to_another_turn(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS)
    click(page, "output", 2, 1, (3, 3))
    page.mouse.move(0, 0)
    show(page, ONES_AND_ZEROS, SOBEL, changes={"selected": (0, 2)})
    assert text(page, ".where").startswith("Output, row 2, column 1")
    show(page, ONES_AND_ZEROS, SOBEL, changes={"selected": (0, 2), "turn": 2})
    assert text(page, ".where").startswith("Output, row 0, column 2")
    show(page, ONES_AND_ZEROS, SOBEL, changes={"selected": (1, 1), "turn": 2, "identity": "b"})
    assert text(page, ".where").startswith("Output, row 1, column 1")


def test_a_true_convolution_shows_the_kernel_as_it_is_applied(page: Page) -> None:
    kernel = np.arange(9).reshape(3, 3)
    show(page, np.ones((3, 3)), kernel, flip=True)
    assert weight(page, 0).input_value() == "0"
    assert page.locator(".turned").is_visible()
    assert text(page, ".line").startswith("8·1 + 7·1 + 6·1")
    show(page, np.ones((3, 3)), kernel, changes={"identity": "b"})
    assert not page.locator(".turned").is_visible()


@pytest.mark.parametrize(
    ("kernel", "ends"),
    [
        (np.full((3, 3), 1 / 9), ["0", "90"]),  # a blurred picture is grey like the picture
        ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], ["0", "90"]),  # and so is a sharpened one
        (SOBEL, ["\u2212360", "360"]),
        (np.ones((3, 3)), ["0", "810"]),
    ],
)
def test_the_colours_of_the_output_suit_its_values(page: Page, kernel: ArrayLike, ends: list[str]) -> None:
    show(page, convolution.GRIDS["hole"].values, kernel)
    assert page.locator(".output .bar span").all_inner_texts() == ends
    red, green, blue = colour(page, "output", 0, 7, (8, 8))
    assert (red == green == blue) == (ends == ["0", "90"])


def test_padding_is_shown_as_what_it_is_but_paler(page: Page) -> None:
    image = np.zeros((5, 5))
    image[1, 2] = 1
    show(page, image, np.ones((3, 3)), padding=1, padding_mode="reflect")
    assert text(page, ".input .note") == "paler: padding"
    bright, pale = (colour(page, "input", row, 3, (7, 7))[0] for row in (2, 0))
    dark = colour(page, "input", 0, 1, (7, 7))[0]
    assert bright == 250
    assert pale > 250 > dark > colour(page, "input", 3, 1, (7, 7))[0]


@pytest.mark.parametrize(("side", "shown"), [(10, 0), (64, 2)])
def test_pictures_have_a_magnifier_and_small_grids_need_none(page: Page, side: int, shown: int) -> None:
    show(page, np.abs(some_values(side, side)), SOBEL)
    assert page.locator(".lens:visible").count() == shown


def test_an_output_much_smaller_than_its_picture_is_large_enough_to_be_seen(page: Page) -> None:
    show(page, np.zeros((256, 256)), np.ones((1, 1)), stride=16)
    box = canvas(page, "output").bounding_box()
    assert box is not None
    assert box["width"] >= 160


@pytest.mark.parametrize("width", [300, 340, 500, 700, 900, 1200])
@pytest.mark.parametrize(("side", "kernel"), [(5, (3, 3)), (24, (1, 7)), (100, (11, 11))])
def test_nothing_is_wider_than_its_place(page: Page, width: int, side: int, kernel: tuple[int, int]) -> None:
    load(page, width)
    sliders = (AMOUNT, Slider("angle", "Angle", 0, 180, 1, 45, "°"))
    show(
        page,
        some_values(side, side),
        some_values(*kernel),
        padding="same",
        flip=True,
        changes={"sliders": sliders},
    )
    assert page.evaluate(WIDEST) <= 8 + width + 0.5
    boxes = [canvas(page, panel).bounding_box() for panel in ("input", "output")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] <= boxes[1]["y"]


def test_pictures_keep_their_places_while_one_points_at_them(page: Page) -> None:
    show(page, some_values(40, 40), SOBEL, padding=1)
    places = []
    for row in (0, 20, 39):
        hover(page, "output", row, 5, (40, 40))
        places.append(
            page.evaluate("() => window.parent_.querySelector('.root').getBoundingClientRect().height")
        )
    assert len(set(places)) == 1


def test_everything_has_a_name_for_people_who_do_not_see_it(page: Page) -> None:
    show(page, ONES_AND_ZEROS, CROSS, changes={"sliders": (AMOUNT,)})
    assert (
        canvas(page, "input").get_attribute("aria-label")
        == "a square; arrow keys move from one value to the next"
    )
    assert canvas(page, "output").get_attribute("aria-label") == "its edges; arrow keys move the window"
    assert weight(page, 5).get_attribute("aria-label") == "weight in row 1, column 2"
    assert page.get_by_role("button", name="one step forward").count() == 1
    assert page.get_by_role("slider", name="Amount").count() == 1
