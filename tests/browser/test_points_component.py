"""points.js alone on a blank page: what is drawn, dragged, chosen, added and removed, and reported."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.charts import Chart, Line
from pages.components.points import Arrows, Contours, Dot, Path, Plane, pack
from tests.browser.blank import blank_page, overflows, picks, render

ROWS, COLUMNS = np.mgrid[-1:3:31j, -2:10:61j]  # the height and the place of each value of the contours
PLANE = Plane(
    (-2, 10),
    (-1, 3),
    [Dot(2, 1, 0, note="the first"), Dot(5, 2, 1, label="<b>two"), Dot(8, 1, 1, fixed=True)],
    [
        Path("fit", np.array([[0, 0], [10, 3.0]]), 2, reads=True),
        Path("ball", np.eye(3)[:, :2], 3, closed=True),
    ],
    [Arrows("pull", np.array([[2, 1.0]]), np.array([[1, 0.5]]), 4)],
    [Contours("loss", COLUMNS + ROWS, [2, 5, 8], 5)],
    [(0, "left"), (1, "right")],
)
CHART = Chart("Cost", np.arange(3.0), [Line("l1", np.arange(3.0))], "residual", "cost")
GROWING = replace(PLANE, grows=(2, 4), selected=0, charts=[CHART])
ANSWER = """(text) => {
  window.asked = [];
  window.fetch = async (url, { body }) => {
    window.asked.push([url, JSON.parse(body)]);
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "points") as page:
        render(page, pack(PLANE, alt="Three points.", ask="/live/x"))
        yield page


def dots(page: Page) -> list[list[float]]:
    """Where the dots are."""
    text = page.locator(".root").get_attribute("data-dots") or ""
    return [[float(part) for part in pair.split(",")] for pair in text.split(";")]


def px(page: Page, x: float, y: float) -> tuple[float, float]:
    """The place on the screen of a place in the plane."""
    left, top, wide, tall = map(float, (page.locator(".root").get_attribute("data-box") or "").split(","))
    canvas = page.locator(".plane .base").bounding_box()
    assert canvas
    return canvas["x"] + left + (x + 2) / 12 * wide, canvas["y"] + top + (3 - y) / 4 * tall


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*px(page, *start))
    page.mouse.down()
    page.mouse.move(*px(page, *[(one + other) / 2 for one, other in zip(start, end, strict=True)]))
    page.mouse.move(*px(page, *end))


def pick(page: Page) -> dict[str, Any]:
    """The last thing that was reported."""
    found: dict[str, Any] = picks(page)[-1][1]
    return found


def test_a_dot_follows_the_pointer_and_is_reported_once_it_is_let_go(page: Page) -> None:
    drag(page, (2, 1), (4, 2.5))
    assert dots(page)[0] == [pytest.approx(4, abs=0.02), pytest.approx(2.5, abs=0.01)]
    assert picks(page) == []
    page.mouse.up()
    (x, y), *rest = dots(page)
    places = {"dots": [[x, y], *rest], "styles": [0, 1, 1]}
    assert picks(page) == [["pick", {"dot": 0, "x": x, "y": y, **places, "n": 1}]]


def test_a_dot_stays_in_the_plane_and_a_fixed_one_where_it_is(page: Page) -> None:
    drag(page, (2, 1), (4, 4.5))
    page.mouse.up()
    drag(page, (8, 1), (7, 2))
    page.mouse.up()
    assert (dots(page)[0][1], dots(page)[2]) == (3, [8, 1])
    assert pick(page)["dot"] == 2


def test_a_click_chooses_a_dot_without_moving_it(page: Page) -> None:
    page.mouse.click(*px(page, 5.05, 2))
    assert dots(page)[1] == [5, 2]
    assert (pick(page)["dot"], pick(page)["x"]) == (1, 5)


def test_the_server_is_asked_while_dragging_and_its_lines_are_drawn(page: Page) -> None:
    moved = replace(PLANE, paths=[Path("new fit", np.zeros((2, 2)))], line="It follows.")
    page.evaluate(ANSWER, base64.b64encode(pack(moved)).decode())
    drag(page, (2, 1), (4, 2))
    expect(page.locator(".names")).to_contain_text("new fit")
    url, question = page.evaluate("() => window.asked.at(-1)")
    assert (url, question["dot"], question["dots"][1]) == ("/live/x", 0, [5, 2])
    assert page.locator(".line").inner_text() == "It follows."
    assert dots(page)[0] == [question["x"], question["y"]]  # not where the answer has it


def test_charts_beside_the_plane_follow_the_answers(page: Page) -> None:
    page.evaluate(ANSWER, base64.b64encode(pack(replace(PLANE, charts=[CHART]))).decode())
    drag(page, (2, 1), (4, 2))
    expect(page.locator(".beside .legend")).to_contain_text("l1")
    page.mouse.up()
    page.locator(".beside .over").hover(position={"x": 60, "y": 50})
    expect(page.locator(".beside .where")).to_have_text("at 0")


def test_an_error_of_the_server_is_a_sentence(page: Page) -> None:
    page.evaluate(
        "() => { window.fetch = async () => ({ status: 422, json: async () => ({ error: 'No.' }) }); }"
    )
    drag(page, (2, 1), (4, 2))
    expect(page.locator(".notice")).to_have_text("No.")


def test_a_message_does_not_disturb_a_drag_and_an_older_one_moves_nothing_back(page: Page) -> None:
    drag(page, (2, 1), (4, 2))
    render(page, pack(PLANE))
    assert dots(page)[0] != [2, 1]
    page.mouse.up()
    drag(page, tuple(dots(page)[0]), (6, 2))  # type: ignore[arg-type]
    page.mouse.up()
    render(page, pack(PLANE, heard=1))
    assert dots(page)[0] != [2, 1]
    render(page, pack(PLANE, heard=2))
    assert dots(page)[0] == [2, 1]


def test_keys_choose_move_and_report(page: Page) -> None:
    page.locator(".plane .base").focus()
    page.keyboard.press("PageDown")
    assert page.locator(".said").inner_text() == "Point 1: x = 2, y = 1 · the first"
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    assert dots(page)[0] == [pytest.approx(2.1), pytest.approx(0.99)]
    assert (pick(page)["dot"], pick(page)["n"]) == (0, 3)


def test_what_is_under_the_pointer_is_read_out(page: Page) -> None:
    page.mouse.move(*px(page, 5, 1))
    assert page.locator(".said").inner_text().startswith("x = 5")
    legend = page.locator(".names span").all_inner_texts()
    assert [text.split()[0] for text in legend] == ["left", "right", "fit", "ball", "pull", "loss"]
    assert float(legend[2].split()[1]) == pytest.approx(1.5, abs=0.02)
    assert float(legend[5].split()[1]) == pytest.approx(6, abs=0.05)
    page.mouse.move(*px(page, 5, 2))
    assert page.locator(".said").inner_text() == "Point 2: x = 5, y = 2"


def test_a_line_is_drawn_where_it_is(page: Page) -> None:
    x, y = px(page, 6, 1.8)
    shot = page.evaluate(
        """([x, y]) => {
          const canvas = window.parent_.querySelector('.plane .base'), box = canvas.getBoundingClientRect();
          return Array.from(canvas.getContext('2d').getImageData(x - box.x - 4, y - box.y - 4, 8, 8).data);
        }""",
        [round(x), round(y)],
    )
    greens = np.array(shot).reshape(64, 4)
    assert (np.abs(greens[:, :3] - [0, 158, 115]).max(1) < 12).any()


def test_contours_pass_where_the_values_are(browser: Browser) -> None:
    with blank_page(browser, "contours") as page:
        values = (COLUMNS**2 + ROWS**2).ravel().tolist()
        found = page.evaluate("(values) => window.part.isolines(values, 31, 61, 4)", values)
        places = np.array(found).reshape(-1, 2) * [4 / 30, 12 / 60] - [1, 2]
        np.testing.assert_allclose(np.hypot(*places.T), 2, atol=0.02)
        between = page.evaluate("(values) => window.part.valueBetween(values, 31, 61, 15, 35.5)", values)
        assert between == pytest.approx(1 + 5.1**2, abs=0.02)


def test_dots_are_added_and_removed_where_that_is_allowed(browser: Browser) -> None:
    with blank_page(browser, "points") as page:
        render(page, pack(GROWING))
        page.mouse.click(*px(page, 7, 2.5))
        assert (pick(page)["added"], len(dots(page))) == (3, 4)
        page.mouse.click(*px(page, 1, 2.5))
        assert len(dots(page)) == 4  # there may not be more
        for left in (3, 2, 2):
            page.mouse.click(*px(page, *dots(page)[0]))
            page.keyboard.press("Delete")
            assert len(dots(page)) == left
        assert page.get_by_role("button", name="Remove").is_disabled()


def test_the_last_dot_of_a_style_stays_where_the_plane_keeps_it(browser: Browser) -> None:
    with blank_page(browser, "points") as page:
        render(page, pack(replace(GROWING, grows=(1, 9), keeps=True)))
        for at, disabled in ((0, True), (1, False)):
            page.mouse.click(*px(page, *dots(page)[at]))
            assert page.get_by_role("button", name="Remove").is_disabled() is disabled
            page.keyboard.press("Delete")
        assert len(dots(page)) == len(GROWING.dots) - 1


def test_a_click_on_a_plane_that_does_not_grow_adds_nothing(page: Page) -> None:
    page.mouse.click(*px(page, 7, 2.5))
    assert (len(dots(page)), picks(page)) == (3, [])
    assert page.locator(".tools").is_hidden()


def test_an_equal_plane_has_units_as_long_along_both_axes(browser: Browser) -> None:
    with blank_page(browser, "points") as page:
        render(page, pack(replace(PLANE, equal=True, height=300)))
        _, _, wide, tall = map(float, (page.locator(".root").get_attribute("data-box") or "").split(","))
        assert wide / 12 == pytest.approx(tall / 4, abs=0.6)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [300, 1200])
def test_it_fits_into_narrow_and_wide_places(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "points", width=width, dark=dark) as page:
        render(page, pack(GROWING))
        assert not overflows(page)
