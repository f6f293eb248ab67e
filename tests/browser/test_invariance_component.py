"""invariance.js alone on a blank page: what moves the picture, what answers, and what is reported."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pages.components.invariance import Answer, Bars, Chart, Field, Panel, View, pack, pack_answer
from tests.browser.blank import blank_page, overflows, picks, render

RNG = np.random.default_rng(5)
PICTURE = RNG.uniform(size=(12, 16, 3)).round(2)
REACH = np.arange(-2.0, 3)
GRID = RNG.uniform(size=(5, 5))
ERRORS = RNG.uniform(size=(3, 5))
ANSWER = """(replies) => {
  window.asked = [];
  window.fetch = async (url, { body }) => {
    const question = JSON.parse(body);
    window.asked.push([url, question]);
    const bytes = Uint8Array.from(atob(replies[question.rest]), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""


def answer(line: str = "as it is", *, rest: bool = True) -> Answer:
    chart = Chart("Errors", "layer", "error", np.arange(1.0, 4), {"net": ERRORS[:, 0]}, (0, 1), "abc")
    panels = [Panel("map", RNG.normal(size=(6, 8)), "signed", (-3, 3), note="0.5")]
    bars = [Bars("Classes", ["star", "<b>ring"], [0.75, 0.25], [0.5, 0.5])]
    return Answer(line, panels, bars, [chart] if rest else None)


def message(**changes: Any) -> bytes:
    settings: dict[str, Any] = {
        "identity": "a",
        "drag": "shift",
        "place": (0, 1),
        "neutral": 0,
        "reach": (-8, 8),
        "step": 1,
        "unit": " px",
        "live": "",
        "picture": PICTURE,
        "border": "circular",
        "title": "Drag the picture",
        "alt": "A picture.",
        "fields": [
            Field("Change", GRID, REACH, REACH),
            Field("By layer", ERRORS, REACH, labels=("one", "two", "three")),
        ],
        "charts": [Chart("To the right", "px", "change", REACH, {"max": GRID[2]}, (0, 1))],
    }
    settings |= changes
    reply = answer()
    if settings["drag"] != "shift":
        reply = Answer("turned", picture=PICTURE[::-1])
    return pack(View(**settings), reply)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "invariance") as page:
        render(page, message())
        yield page


def place(page: Page) -> list[float]:
    text = page.locator(".root").get_attribute("data-place")
    return [float(part) for part in (text or "").split(",")]


def pixels(page: Page) -> Any:
    """The picture as it is on the screen, one sample in the middle of each px, (12, 16, 3)."""
    found = page.locator("canvas.picture").evaluate(
        """(canvas) => {
          const context = canvas.getContext('2d'), values = [];
          for (let row = 0; row < 12; row++) for (let col = 0; col < 16; col++) {
            const [x, y] = [(col + 0.5) * canvas.width / 16, (row + 0.5) * canvas.height / 12];
            values.push(...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data.slice(0, 3));
          }
          return values;
        }"""
    )
    return np.array(found).reshape(12, 16, 3)


def drag(page: Page, across: float, down: float) -> None:
    """Drag the picture by px of its own."""
    box = page.locator("canvas.picture").bounding_box()
    assert box is not None
    unit, x, y = box["width"] / 16, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across * unit / 2, y + down * unit / 2)
    page.mouse.move(x + across * unit, y + down * unit)


@pytest.mark.parametrize("border", ["circular", "reflect"])
@pytest.mark.parametrize("shift", [(0, 0), (3, -5), (-8, 8)])
def test_the_picture_moves_as_numpy_moves_it(browser: Browser, border: str, shift: tuple[int, int]) -> None:
    mode = {"circular": "wrap", "reflect": "reflect"}[border]
    padded = np.pad(PICTURE, ((8, 8), (8, 8), (0, 0)), mode=mode)  # type: ignore[call-overload]
    moved = padded[8 - shift[0] : 20 - shift[0], 8 - shift[1] : 24 - shift[1]]
    with blank_page(browser, "invariance") as page:
        render(page, message(place=shift, border=border))
        np.testing.assert_allclose(pixels(page), np.round(moved * 255), atol=1)


def test_dragging_moves_by_whole_px_and_reports_once_at_the_end(page: Page) -> None:
    drag(page, 3, -2)
    assert place(page) == [-2, 4]
    assert picks(page) == []
    page.mouse.up()
    assert picks(page) == [["pick", {"place": [-2, 4]}]]


def test_the_picture_stops_at_its_reach(page: Page) -> None:
    drag(page, 15, 0)
    assert place(page) == [0, 8]


def test_a_message_of_the_same_picture_does_not_disturb_a_drag(page: Page) -> None:
    drag(page, 3, 0)
    render(page, message(place=(0, 1)))
    assert place(page) == [0, 4]


def test_arrow_keys_move_and_the_button_moves_back(page: Page) -> None:
    page.locator("canvas.picture").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert place(page) == [1, 0]
    page.get_by_role("button", name="Move it back").click()
    assert place(page) == [0, 0]
    assert picks(page)[-1] == ["pick", {"place": [0, 0]}]
    assert page.get_by_role("button", name="Move it back").is_disabled()


def test_a_cell_of_the_grid_moves_the_picture_and_tells_its_value(page: Page) -> None:
    cells = page.locator(".field .over").first
    box = cells.bounding_box()
    assert box is not None
    side = (box["width"] - 6) / 5
    cells.click(position={"x": 3 + 4.5 * side, "y": 3 + 0.5 * side})
    assert place(page) == [-2, 2]
    assert f"2 px right, \u22122 px down: {GRID[0, 4]:.3g}" in page.locator(".field .note").first.inner_text()


def test_a_grid_of_layers_moves_along_its_amounts_only(page: Page) -> None:
    cells = page.locator(".field .over").nth(1)
    box = cells.bounding_box()
    assert box is not None
    cells.click(position={"x": box["width"] - 8, "y": 8})
    assert place(page) == [0, 2]
    assert f"one at 2 px: {ERRORS[0, 4]:.3g}" in page.locator(".field .note").nth(1).inner_text()


def test_the_cursor_of_a_chart_moves_the_picture(page: Page) -> None:
    cursor = page.locator(".charts .over")
    cursor.focus()
    page.keyboard.press("ArrowRight")
    assert place(page) == [0, 2]
    assert f"{GRID[2, 4]:.3g}" in page.locator(".charts .legend").inner_text()
    page.keyboard.press("Tab")
    assert picks(page)[-1] == ["pick", {"place": [0, 2]}]


def test_layers_are_named_by_hover_and_do_not_move_the_picture(page: Page) -> None:
    page.locator(".profiles .over").click(position={"x": 47, "y": 50})
    assert page.locator(".profiles .layer").inner_text() == "a"
    assert place(page) == [0, 1]


def test_the_server_is_asked_while_dragging_and_again_at_rest(browser: Browser) -> None:
    with blank_page(browser, "invariance") as page:
        texts = {
            str(rest).lower(): base64.b64encode(pack_answer(answer("moved", rest=rest))).decode()
            for rest in (False, True)
        }
        page.evaluate(ANSWER, texts)
        render(page, message(live="/live/x"))
        drag(page, 2, 0)
        page.wait_for_function("() => window.asked.at(-1)?.[1].rest")
        assert page.locator(".line").inner_text() == "moved"
        asked = page.evaluate("() => window.asked")
        assert asked[0] == ["/live/x", {"place": [0, 2], "rest": False}]
        assert asked[-1] == ["/live/x", {"place": [0, 3], "rest": True}]


def test_what_takes_longer_stays_faded_until_there_is_time(browser: Browser) -> None:
    with blank_page(browser, "invariance") as page:
        quick = base64.b64encode(pack_answer(answer("moved", rest=False))).decode()
        page.evaluate(ANSWER, {"false": quick, "true": quick})
        render(page, message(live="/live/x"))
        drag(page, 2, 0)
        page.wait_for_selector(".profiles.stale")
        assert page.locator(".profiles .chart").count() == 1


def test_an_error_of_the_server_is_a_sentence(browser: Browser) -> None:
    with blank_page(browser, "invariance") as page:
        page.evaluate(
            "() => { window.fetch = async () => ({ status: 422, json: async () => ({ error: 'No.' }) }); }"
        )
        render(page, message(live="/live/x"))
        drag(page, 2, 0)
        page.wait_for_function("() => window.parent_.querySelector('.notice').textContent === 'No.'")


def test_a_turn_goes_round_and_shows_the_picture_of_the_answer(browser: Browser) -> None:
    with blank_page(browser, "invariance") as page:
        render(page, message(drag="turn", place=(0, 179), reach=(-180, 180), unit="°", fields=[], charts=[]))
        np.testing.assert_allclose(pixels(page), np.round(PICTURE[::-1] * 255), atol=1)
        page.locator("canvas.picture").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert place(page) == [0, -179]


def test_bars_have_values_marks_and_names_as_text(page: Page) -> None:
    assert page.locator(".bar .name").all_inner_texts() == ["star", "<b>ring"]
    assert page.locator(".bar .value").all_inner_texts() == ["75.0%", "25.0%"]
    assert page.locator(".was").first.evaluate("(mark) => mark.style.left") == "50%"


def test_one_cursor_reads_all_maps(page: Page) -> None:
    page.locator(".panel .frame").hover(position={"x": 2, "y": 2})
    assert page.locator(".panel .note").inner_text() != "0.5"
    page.mouse.move(0, 890)
    assert page.locator(".panel .note").inner_text() == "0.5"


def test_a_grid_that_is_not_there_yet_keeps_its_place(browser: Browser) -> None:
    sizes = []
    for values in (None, GRID):
        with blank_page(browser, "invariance") as page:
            render(page, message(fields=[Field("Change", values, REACH, REACH)]))
            sizes.append(page.locator(".field .frame").bounding_box())
    assert sizes[0] == sizes[1]


def test_classes_have_letters_and_a_legend(browser: Browser) -> None:
    kinds = RNG.integers(1, 3, (5, 5)).astype(float)
    field = Field("Class", kinds, REACH, REACH, colours="classes", names=["star", "ring"])
    with blank_page(browser, "invariance") as page:
        render(page, message(fields=[field]))
        assert page.locator(".field .legend").inner_text().split() == ["A", "star", "B", "ring"]
        assert page.locator(".field .note").inner_text() == ["", "star", "ring"][int(kinds[2, 3])]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [300, 1200])
def test_it_fits_into_narrow_and_wide_places(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "invariance", width=width, dark=dark) as page:
        render(page, message())
        assert not overflows(page)
