"""pooling.js and pooling_detector.js alone on a blank page: what is said, lit, typed in and asked for."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from playwright.sync_api import Browser, Locator, Page, Route, expect

from pages.components import pooling as pooling_part
from pages.components import pooling_detector as detector_part
from tests.browser.blank import blank_page, overflows, picks, render
from vizcore.exhibits import pooling
from vizcore.exhibits.pooling import GRIDS

KORENEV, KAINZ = GRIDS["korenev"].values, GRIDS["kainz"].values  # N4, N5
DETECTORS = [0.1, 1, 0.2, 0.1]  # N6
ADDRESS = "http://convoscope.test/live/token"  # answered by Playwright
MARGIN = 4  # px around a grid


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "pooling", width=1000) as page:
        yield page


@pytest.fixture
def row(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "pooling_detector", width=900) as page:
        yield page


def message(image: ArrayLike, changes: dict[str, Any] | None = None, **settings: Any) -> bytes:
    """What Python sends; `settings` are those of the exhibit, `changes` those of the view."""
    values = np.asarray(image, np.float64)
    found = pooling.pool(values, **{"kind": "max", "window": 2, **settings})
    view = {
        "identity": "a",
        "selected": (0, 0),
        "turn": 1,
        "editable": True,
        "live": "",
        "alts": ("a square", "its maxima", "the maxima alone"),
    } | (changes or {})
    unpooled = pooling.unpool(found, (values.shape[0], values.shape[1]))
    return pooling_part.pack(pooling_part.View(**view), values, found, unpooled)


def some_values(*shape: int) -> NDArray[np.float64]:
    return np.random.default_rng(6).normal(size=shape)


def text(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()


def canvas(page: Page, panel: str) -> Locator:
    return page.locator(f".{panel} .frame canvas").first


def place(page: Page, panel: str, row: int, col: int, columns: int) -> dict[str, float]:
    """The middle of a cell in px of its canvas; `columns` counts the padding."""
    box = canvas(page, panel).bounding_box()
    assert box is not None
    side = (box["width"] - 2 * MARGIN) / columns
    return {"x": MARGIN + (col + 0.5) * side, "y": MARGIN + (row + 0.5) * side}


def hover(page: Page, panel: str, row: int, col: int, columns: int) -> None:
    canvas(page, panel).hover(position=place(page, panel, row, col, columns))  # type: ignore[arg-type]


def click(page: Page, panel: str, row: int, col: int, columns: int) -> None:
    canvas(page, panel).click(position=place(page, panel, row, col, columns))  # type: ignore[arg-type]


def test_the_winner_of_every_window_of_the_lecture_is_named(page: Page) -> None:
    render(page, message(KORENEV))
    for (row, col), said in {
        (0, 0): "max(1, 0, 4, 6) = 6 from row 1, column 1",
        (0, 1): "max(2, 3, 6, 8) = 8 from row 1, column 3",
        (1, 0): "max(3, 1, 1, 2) = 3 from row 2, column 0",
        (1, 1): "max(1, 0, 2, 4) = 4 from row 3, column 3",
    }.items():
        hover(page, "output", row, col, 2)
        assert text(page, ".line") == said


def test_of_two_values_that_are_as_large_the_first_wins(page: Page) -> None:
    render(page, message(KAINZ))
    assert (
        text(page, ".line") == "max(6, 1, 1, 6) = 6 from row 0, column 0; 2 are as large, the first one wins"
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("average", "(1 + 0 + 4 + 6) / 4 = 2.75"),
        ("l2", "√(1² + 0² + 4² + 6²) = 7.28"),
        ("weighted", "0.250·1 + 0.250·0 + 0.250·4 + 0.250·6 = 2.75"),
    ],
)
def test_every_kind_writes_its_own_sum(page: Page, kind: str, said: str) -> None:
    render(page, message(KORENEV, kind=kind))
    assert text(page, ".line") == said


@pytest.mark.parametrize("kind", ["max", "average", "l2", "weighted"])
@pytest.mark.parametrize(
    "settings",
    [
        {"window": 3, "stride": 2},
        {"window": 3, "stride": 2, "padding": 1},
        {"window": 4, "stride": 3, "padding": 2, "ceil_mode": True},
        {"window": (2, 5), "stride": (3, 1), "ceil_mode": True},
        {"window": None},
    ],
)
def test_the_values_on_the_screen_make_what_torch_says(
    page: Page, kind: str, settings: dict[str, Any]
) -> None:
    image = some_values(8, 7)
    render(page, message(image, kind=kind, **settings))
    for _ in range(pooling.pool(image, kind=kind, **settings).output.size):
        assert text(page, ".wrong") == ""
        page.locator(".walk .forward").click()


def test_values_that_do_not_make_the_output_are_an_error_that_is_said(page: Page) -> None:
    found = pooling.pool(KORENEV, kind="max", window=2)
    view = pooling_part.View("a", (0, 0), 1, True, "", ("a", "b", "c"))
    render(page, pooling_part.pack(view, KORENEV + 1, found, KORENEV))
    assert "these values make 7" in text(page, ".wrong")


@pytest.mark.parametrize(("kind", "said"), [("average", "(3) / 1 = 3"), ("l2", "√(2/1 · (3²)) = 4.24")])
def test_a_window_beyond_the_padding_counts_the_cells_it_has(page: Page, kind: str, said: str) -> None:
    render(page, message([[1, 2, 3]], {"selected": (0, 1)}, kind=kind, window=(1, 2), ceil_mode=True))
    assert text(page, ".line") == said


def test_a_winner_is_named_by_its_place_in_the_input_not_in_the_padding(page: Page) -> None:
    render(page, message(KORENEV, {"selected": (1, 0)}, window=3, stride=2, padding=1))
    assert text(page, ".line") == "max(4, 6, 3, 1, 1, 2) = 6 from row 1, column 1"


def test_padding_counts_in_an_average_and_never_wins_a_maximum(page: Page) -> None:
    image = -np.ones((2, 2))
    render(page, message(image, kind="average", window=2, stride=1, padding=1))
    assert text(page, ".line") == "(0 + 0 + 0 + (−1)) / 4 = −0.250"
    render(page, message(image, {"identity": "b"}, window=2, stride=1, padding=1))
    assert text(page, ".line").startswith("max(−1) = −1")
    assert "never wins" in text(page, ".input .note")


def test_an_input_says_where_it_wins_and_where_it_loses(page: Page) -> None:
    render(page, message(KORENEV, window=2, stride=1))
    hover(page, "input", 2, 0, 4)
    assert text(page, ".line") == "2 outputs read it: it loses in [1, 0], it wins in [2, 0]"


def test_an_unpooled_cell_answers_like_the_input_cell_in_its_place(page: Page) -> None:
    render(page, message(KORENEV))
    hover(page, "back", 1, 3, 4)
    assert text(page, ".where") == "Input, row 1, column 3: 8"
    assert text(page, ".line") == "One output reads it: it wins in [0, 1]"


def test_what_is_never_read_is_counted_and_read_by_nobody(page: Page) -> None:
    render(page, message(some_values(5, 5)))
    assert text(page, ".input .note") == "hatched: 9 values are never read"
    hover(page, "input", 4, 4, 5)
    assert text(page, ".line") == "No output reads it."


def test_a_place_of_the_figure_says_which_value_stands_there(page: Page) -> None:
    render(page, message(KORENEV, {"selected": (1, 1)}, kind="average"))
    page.locator(".share canvas").hover(position={"x": 60, "y": 10})
    assert text(page, ".where") == "Window row 0, column 1: 0 (input row 2, column 3)"


def test_a_clicked_output_is_told_and_walks_go_on_from_there(page: Page) -> None:
    render(page, message(KORENEV))
    click(page, "output", 1, 0, 2)
    page.locator(".walk .forward").click()
    assert picks(page) == [["pick", {"unit": [1, 0]}], ["pick", {"unit": [1, 1]}]]


def test_a_typed_value_asks_for_the_new_output_and_enter_tells_python(page: Page) -> None:
    questions = []

    def reply(route: Route) -> None:
        questions.append(json.loads(route.request.post_data or ""))
        values = np.array(questions[-1]["values"])
        found = pooling.pool(values, kind="max", window=2)
        body = pooling_part.answer(found, pooling.unpool(found, (4, 4)))
        route.fulfill(body=body, headers={"Access-Control-Allow-Origin": "*"})

    page.route(ADDRESS, reply)
    page.route(ADDRESS, lambda route: reply(route) if route.request.method == "POST" else allowed(route))
    render(page, message(KORENEV, {"live": ADDRESS}))
    click(page, "input", 0, 0, 4)
    page.locator(".cell").fill("9.5")
    expect(page.locator(".line")).to_contain_text("= 9.50 from row 0, column 0")
    assert picks(page) == []
    page.keyboard.press("Enter")
    assert picks(page)[-1][1]["values"][0] == [9.5, 0, 2, 3]
    assert questions[-1]["values"][1] == [4, 6, 6, 8]


def allowed(route: Route) -> None:
    """The question that a browser asks first when it is to ask another server."""
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    route.fulfill(headers=headers)


def test_enter_goes_down_arrows_to_the_neighbour_and_escape_takes_back(page: Page) -> None:
    render(page, message(KORENEV))
    click(page, "input", 0, 1, 4)
    field = page.locator(".cell")
    page.keyboard.press("Enter")
    expect(field).to_have_value("6")
    page.keyboard.press("ArrowRight")
    expect(field).to_have_value("6")
    assert field.get_attribute("aria-label") == "value in row 1, column 2"
    field.fill("77")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    assert picks(page)[-1][1]["values"] == KORENEV.tolist()


def test_bad_text_keeps_the_value_and_says_so(page: Page) -> None:
    render(page, message(KORENEV))
    click(page, "input", 1, 3, 4)
    page.locator(".cell").fill("eight")
    page.keyboard.press("Enter")
    assert text(page, ".bad") == "“eight” is no number up to a million: the value stays 8."


def test_the_keyboard_alone_can_change_a_value(page: Page) -> None:
    render(page, message(KORENEV))
    canvas(page, "input").focus()
    for key in ("ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    assert picks(page)[-1][1]["values"][0] == [1, 0, 5, 3]


def test_values_of_a_picture_cannot_be_typed_in(page: Page) -> None:
    render(page, message(KORENEV, {"editable": False}))
    click(page, "input", 0, 0, 4)
    expect(page.locator(".cell")).to_be_hidden()


def test_a_drag_over_the_input_moves_the_window_and_opens_no_cell(page: Page) -> None:
    render(page, message(KORENEV))
    start, end = (place(page, "input", row, col, 4) for row, col in ((0, 0), (3, 3)))
    box = canvas(page, "input").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start["x"], box["y"] + start["y"])
    page.mouse.down()
    page.mouse.move(box["x"] + end["x"], box["y"] + end["y"], steps=4)
    page.mouse.up()
    assert picks(page)[-1] == ["pick", {"unit": [1, 1]}]
    expect(page.locator(".cell")).to_be_hidden()


def test_a_message_older_than_the_last_edit_does_not_undo_it(page: Page) -> None:
    render(page, message(KORENEV))
    for value in ("7", "8"):
        click(page, "input", 0, 0, 4)
        page.locator(".cell").fill(value)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    older = KORENEV.copy()
    older[0, 0] = 7
    render(page, message(older))
    hover(page, "input", 0, 0, 4)
    assert text(page, ".where") == "Input, row 0, column 0: 8"


def test_a_window_as_large_as_a_large_picture_is_no_trouble(page: Page) -> None:
    image = np.abs(some_values(256, 256))
    render(page, message(image, {"editable": False}, kind="average", window=None))
    assert "/ 65,536 =" in text(page, ".line")
    assert text(page, ".wrong") == ""


@pytest.mark.parametrize("width", [300, 620, 1200])
@pytest.mark.parametrize("side", [4, 20, 128])
def test_nothing_is_wider_than_its_place(browser: Browser, width: int, side: int) -> None:
    with blank_page(browser, "pooling", width=width, dark=True) as page:
        render(page, message(some_values(side, side), window=3, padding=1))
        assert not overflows(page)


def test_everything_has_a_name_for_people_who_do_not_see_it(page: Page) -> None:
    render(page, message(KORENEV))
    labels = [canvas(page, panel).get_attribute("aria-label") for panel in ("input", "output", "back")]
    assert labels == [
        "a square; arrow keys move from one value to the next",
        "its maxima; arrow keys move the window",
        "the maxima alone; arrow keys move from one value to the next",
    ]


# The row of detectors


def show_row(page: Page, values: list[float], entering: float = 0.3, **settings: Any) -> None:
    found = pooling.detectors(values, entering=entering, **{"window": 3, "padding": 1, **settings})
    data = detector_part.data_for(values, found, "a")
    page.evaluate(
        """(data) => window.part.default({ data, parentElement: window.parent_,
             setTriggerValue: (name, value) => window.picks.push([name, value]) })""",
        data,
    )


def cells(page: Page, side: str, kind: str) -> list[str]:
    found: list[str] = page.locator(f".{side} [data-kind={kind}]").evaluate_all(
        "(cells) => cells.map((cell) => cell.value ?? cell.textContent)"
    )
    return found


def test_the_detectors_of_the_lecture_before_and_after(row: Page) -> None:
    show_row(row, DETECTORS)
    assert cells(row, "before", "outputs") == ["1", "1", "1", "0.2"]
    assert cells(row, "after", "inputs") == ["0.3", "0.1", "1", "0.2"]
    assert cells(row, "after", "outputs") == ["0.3", "1", "1", "1"]
    assert row.locator(".after .changed[data-kind=inputs]").count() == 4
    assert row.locator(".after .changed[data-kind=outputs]").count() == 2


def test_a_last_window_that_only_partly_fits_reads_two_detectors(row: Page) -> None:
    show_row(row, [0.1, 1, 0.2, 0.1, 0, 0.1], padding=0, stride=2, ceil_mode=True)
    assert cells(row, "before", "outputs") == ["1", "0.2", "0.1"]
    row.locator(".before [data-kind=outputs]").nth(2).hover()
    assert text(row, ".where") == "Output 2, before: max of 0, 0.1 = 0.1"


def test_a_detector_says_which_outputs_read_it_and_they_light_up(row: Page) -> None:
    show_row(row, DETECTORS)
    row.locator(".after [data-kind=inputs]").nth(3).hover()
    assert text(row, ".where") == "Detector 3, moved: 0.2; read by outputs 2, 3"
    assert row.locator(".before .lit[data-kind=outputs]").count() == 2


def test_an_average_names_the_zeros_of_its_padding(row: Page) -> None:
    show_row(row, DETECTORS, kind="average")
    row.locator(".before [data-kind=outputs]").first.hover()
    assert text(row, ".where") == "Output 0, before: average of 0 (padding), 0.1, 1 = 0.367"


def test_typed_detectors_and_what_enters_are_told(row: Page) -> None:
    show_row(row, DETECTORS)
    row.locator(".before input").nth(2).fill("1/4")
    row.keyboard.press("Tab")
    assert picks(row) == [["pick", {"values": [0.1, 1, 0.25, 0.1], "entering": 0.3}]]
    row.locator(".after input").fill("-2")
    row.keyboard.press("Enter")
    assert picks(row)[-1][1] == {"values": DETECTORS, "entering": -2}


def test_a_typed_detector_that_is_no_number_stays(row: Page) -> None:
    show_row(row, DETECTORS)
    row.locator(".before input").first.fill("lots")
    row.keyboard.press("Tab")
    assert "stays 0.1" in text(row, ".bad")
    assert (cells(row, "before", "inputs")[0], picks(row)) == ("0.1", [])


@pytest.mark.parametrize("width", [300, 900])
def test_eleven_detectors_fit(browser: Browser, width: int) -> None:
    with blank_page(browser, "pooling_detector", width=width) as page:
        show_row(page, [0.125] * 11)
        assert not overflows(page)
