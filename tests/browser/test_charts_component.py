"""charts.js alone on a blank page: the cursor, what the legend reads, and what is reported."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from pages.components.charts import Chart, Line, Point, pack
from tests.browser.blank import blank_page, overflows, picks, render

X = np.arange(-4.0, 5)
SQUARE, CUBE = X**2, X**3
ORANGE, BLUE = (230, 159, 0), (86, 180, 233)
LEFT, RIGHT, ABOVE, BELOW = 54, 12, 8, 38  # px around the plot
ANSWER = """(reply) => {
  window.asked = [];
  window.fetch = async (url, { body }) => {
    window.asked.push([url, JSON.parse(body)]);
    const bytes = Uint8Array.from(atob(reply), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""


def chart(title: str = "Functions", *lines: Line, **changes: Any) -> Chart:
    settings = {"x_title": "x", "y_title": "f(x)", "limits": (-10, 20)} | changes
    return Chart(
        title, settings.pop("x", X), lines or (Line("square", SQUARE), Line("cube", CUBE)), **settings
    )


def message(*charts: Chart, **changes: Any) -> bytes:
    slopes = chart("Slopes", Line("square", 2 * X), y_title="f'(x)")
    return pack(charts or (chart(), slopes), **{"alt": "Two charts.", "cursor": 1.0} | changes)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "charts") as page:
        render(page, message())
        yield page


def over(page: Page, at: int = 0) -> Locator:
    return page.locator(".over").nth(at)


def values(page: Page) -> list[str]:
    """What stands beside the names, chart by chart."""
    return page.locator(".legend b").all_inner_texts()


def across(page: Page, x: float, *, at: int = 0) -> float:
    """Where a value of x stands, in px of the canvas."""
    width = over(page, at).evaluate("(canvas) => canvas.clientWidth")
    return float(LEFT + (x + 4) / 8 * (width - LEFT - RIGHT))


def colours(page: Page, box: tuple[float, float, float, float]) -> set[tuple[int, ...]]:
    """The opaque colours in a box (left, top, right, bottom; shares of the first plot)."""
    found = page.locator(".base").first.evaluate(
        """(canvas, [left, top, right, bottom, ...margins]) => {
          const [before, after, above, below] = margins, context = canvas.getContext('2d');
          const wide = canvas.width - before - after, tall = canvas.height - above - below, found = new Set();
          const corner = [before + left * wide, above + top * tall];
          const { data } = context.getImageData(...corner, (right - left) * wide, (bottom - top) * tall);
          for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] > 250) found.add(data.slice(at, at + 3).join());
          }
          return [...found];
        }""",
        [*box, LEFT, RIGHT, ABOVE, BELOW],
    )
    return {tuple(map(int, entry.split(","))) for entry in found}


def cursor(page: Page) -> str | None:
    return page.locator(".root").get_attribute("data-cursor")


def test_the_legend_reads_every_line_of_every_chart_at_the_cursor(page: Page) -> None:
    assert values(page) == ["1.00", "1.00", "2.00"]
    assert page.locator(".where").all_inner_texts() == ["at 1", "at 1"]


def test_hover_reads_without_moving_the_cursor(page: Page) -> None:
    over(page).hover(position={"x": across(page, -3), "y": 60})
    assert values(page) == ["9.00", "\u221227.0", "\u22126.00"]
    page.mouse.move(0, 890)
    assert values(page) == ["1.00", "1.00", "2.00"]
    assert picks(page) == []


def test_a_drag_moves_the_cursor_in_all_charts_and_reports_once_at_the_end(page: Page) -> None:
    over(page, 1).hover(position={"x": across(page, 0), "y": 60})
    page.mouse.down()
    over(page, 1).hover(position={"x": across(page, 3.2), "y": 60})
    assert values(page) == ["9.00", "27.0", "6.00"]
    assert picks(page) == []
    page.mouse.up()
    assert picks(page) == [["pick", {"x": 3}]]


def test_arrow_keys_move_the_cursor_from_place_to_place_and_stop_at_the_ends(page: Page) -> None:
    over(page).focus()
    page.keyboard.press("ArrowLeft")
    assert cursor(page) == "0"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert cursor(page) == "4"
    assert picks(page) == [["pick", {"x": 0}], ["pick", {"x": 4}]]


def test_a_message_does_not_disturb_a_drag(page: Page) -> None:
    over(page).hover(position={"x": across(page, 0), "y": 60})
    page.mouse.down()
    render(page, message(cursor=-4.0))
    assert cursor(page) == "0"


def test_a_message_moves_a_cursor_that_rests(page: Page) -> None:
    render(page, message(cursor=-4.0))
    assert values(page) == ["16.0", "\u221264.0", "\u22128.00"]


def test_numbers_come_back_as_they_were_before_single_precision(browser: Browser) -> None:
    with blank_page(browser, "charts") as page:
        render(page, message(chart(x=np.linspace(-0.7518, 1, 9)), cursor=1.0))
        over(page).focus()
        page.keyboard.press("Home")
        assert picks(page) == [["pick", {"x": -0.7518}]]


def test_without_a_cursor_keys_read_and_nothing_is_reported(browser: Browser) -> None:
    with blank_page(browser, "charts") as page:
        render(page, message(cursor=None))
        assert values(page) == ["", "", ""]
        over(page).focus()
        page.keyboard.press("End")
        assert values(page) == ["16.0", "64.0", "8.00"]
        assert picks(page) == []


def test_charts_over_something_else_have_no_cursor(browser: Browser) -> None:
    with blank_page(browser, "charts") as page:
        render(page, message(chart(), chart("Depth", x_title="layer")))
        assert values(page) == ["1.00", "1.00", "", ""]
        assert over(page, 1).get_attribute("role") == "img"


def test_an_entry_of_the_legend_hides_its_line_in_every_chart(page: Page) -> None:
    entry = page.get_by_role("button", name="square").first
    assert colours(page, (0, 0, 1, 1)) >= {ORANGE, BLUE}
    entry.click()
    assert ORANGE not in colours(page, (0, 0, 1, 1))
    assert values(page) == ["", "1.00", ""]
    entry.click()
    assert ORANGE in colours(page, (0, 0, 1, 1))


def test_nan_leaves_a_gap_and_infinity_goes_to_the_edge(browser: Browser) -> None:
    y = np.array([5, 5, 5, np.nan, np.nan, 5, 5, np.inf, np.inf])
    with blank_page(browser, "charts") as page:
        render(page, message(chart("One", Line("broken", y)), cursor=None))
        assert ORANGE in colours(page, (0, 0, 0.25, 1))
        assert not colours(page, (0.27, 0, 0.61, 1))
        assert ORANGE in colours(page, (0.7, 0, 0.9, 0.1))


def test_a_staircase_keeps_its_value_up_to_the_next_place(browser: Browser) -> None:
    places = np.array([-4.0, 0, 4])
    stairs = Line("stairs", np.array([0.0, 5, 10]), steps=True, x=places)
    with blank_page(browser, "charts") as page:
        render(page, message(chart("One", stairs), cursor=3.0))
        assert values(page) == ["5.00"]
        assert colours(page, (0.1, 0.6, 0.45, 0.7)) == {ORANGE}


def test_powers_of_ten_are_evenly_spaced(browser: Browser) -> None:
    lines = Line("power", 10.0**X)
    with blank_page(browser, "charts") as page:
        render(page, message(chart("One", lines, limits=(1e-4, 1e4), log=True), cursor=None))
        assert ORANGE in colours(page, (0.45, 0.45, 0.55, 0.55))  # a straight line through the middle
        over(page).focus()
        page.keyboard.press("Home")
        assert values(page) == ["1.00e-4"]


def test_x_by_powers_of_ten_puts_the_pointer_there(browser: Browser) -> None:
    x = 10.0**X
    with blank_page(browser, "charts") as page:
        render(page, message(chart("One", Line("square", SQUARE), x=x, log_x=True), cursor=1.0))
        over(page).hover(position={"x": across(page, 2), "y": 60})
        assert page.locator(".where").inner_text() == "at 100"


def test_shades_go_with_their_line(browser: Browser) -> None:
    lines = (Line("flat", np.full(9, 15.0)), Line("other", CUBE))
    with blank_page(browser, "charts") as page:
        render(page, message(chart("One", *lines, shades=[(-4, -2, 0)])))
        marked = "(canvas) => canvas.getContext('2d').getImageData(60, 217, 1, 1).data[3] > 200"
        assert page.locator(".base").first.evaluate(marked)
        page.get_by_role("button", name="flat").click()
        assert not page.locator(".base").first.evaluate(marked)


def test_the_server_is_asked_while_the_cursor_is_dragged(browser: Browser) -> None:
    with blank_page(browser, "charts") as page:
        reply = pack([chart("Functions", Line("square", SQUARE + 1), Line("cube", CUBE))])
        page.evaluate(ANSWER, base64.b64encode(reply).decode())
        render(page, message(chart(), ask="/live/x"))
        over(page).hover(position={"x": across(page, 0), "y": 60})
        page.mouse.down()
        page.wait_for_selector(".root[data-answered]")
        assert page.evaluate("() => window.asked") == [["/live/x", {"x": 0}]]
        assert values(page) == ["1.00", "0"]


def test_an_error_of_the_server_is_a_sentence(browser: Browser) -> None:
    with blank_page(browser, "charts") as page:
        page.evaluate(
            "() => { window.fetch = async () => ({ status: 422, json: async () => ({ error: 'No.' }) }); }"
        )
        render(page, message(ask="/live/x"))
        over(page).click(position={"x": 100, "y": 60})
        page.wait_for_function("() => window.parent_.querySelector('.notice').textContent === 'No.'")


def test_names_are_text_and_what_the_cursor_reads_is_said(browser: Browser) -> None:
    with blank_page(browser, "charts") as page:
        render(page, message(chart("One", Line("<b>bold", SQUARE)), cursor=2.0))
        assert page.get_by_role("button", name="<b>bold").count() == 1
        assert over(page).get_attribute("aria-valuetext") == "x 2: <b>bold 4.00"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [300, 1200])
def test_it_fits_into_narrow_and_wide_places(browser: Browser, width: int, dark: bool) -> None:
    many = [Line(f"line number {at}", SQUARE + at) for at in range(8)]
    points = [Point(4, 16, "the last one"), Point(-4, 16, "the first one")]
    with blank_page(browser, "charts", width=width, dark=dark) as page:
        render(page, message(chart("Many", *many, points=points), chart(), columns=2))
        assert not overflows(page)
        tops = [over(page, at).bounding_box()["y"] for at in range(2)]  # type: ignore[index]
        assert (tops[0] == tops[1]) == (width == 1200)
