"""patch.js alone on a blank page: boxes that are dragged, scores that are read, peaks that are marked."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pages.components import bundle, styles
from pages.components.patch import View, pack
from tests.browser.blank import LOAD, RENDER
from vizcore.toolkit import templates
from vizcore.toolkit.templates import Box

CSS = styles("patch")
IMAGE = np.random.default_rng(8).random((30, 40))
BOX = Box(6, 10, 8, 5)
FOUND = templates.match(IMAGE, templates.cut(IMAGE, BOX))
PEAKS = templates.peaks(FOUND.score, (8, 5), threshold=0.3)
PICTURE, MAP = ".picture .over", ".map .over"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    page.evaluate(LOAD, [bundle("patch"), CSS, 900, False])
    yield page
    page.close()


def message(identity: str = "a", values: np.ndarray = FOUND.score, box: Box = BOX) -> str:
    found = values.size > 0
    view = View(
        identity=identity,
        box=(box.top, box.left, box.height, box.width),
        peaks=tuple((peak.row, peak.col, peak.score) for peak in PEAKS) if found else (),
        rival=(3, 4) if found else None,
        chosen=(1, 2) if found else None,
        limits=(-1, 1),
        measure="score",
        alt="A noisy picture.",
    )
    return base64.b64encode(pack(view, IMAGE, values)).decode()


def place(page: Page, canvas: str, row: float, col: float) -> tuple[float, float]:
    """Where a place in the picture is on the screen."""
    side = page.evaluate("() => window.parent_.__view.picture.over.side")
    box = page.locator(canvas).bounding_box()
    assert box
    return box["x"] + 4 + col * side, box["y"] + 4 + row * side


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*place(page, PICTURE, *start))
    page.mouse.down()
    page.mouse.move(*place(page, PICTURE, *end), steps=4)
    page.mouse.up()


def picks(page: Page) -> list[object]:
    return [value for _, value in page.evaluate("() => window.picks")]


def value(page: Page) -> str:
    return page.locator(".value").inner_text().replace("\u2212", "-")


def test_dragging_over_the_picture_draws_a_box(page: Page) -> None:
    page.evaluate(RENDER, message())
    drag(page, (17.5, 20.5), (25.5, 29.5))
    assert picks(page) == [{"box": [17, 20, 9, 10]}]


def test_a_box_can_be_drawn_backwards_and_ends_at_the_edge(page: Page) -> None:
    page.evaluate(RENDER, message())
    drag(page, (25.5, 29.5), (17.5, -3))
    assert picks(page) == [{"box": [17, 0, 9, 30]}]


def test_dragging_inside_the_box_moves_it(page: Page) -> None:
    page.evaluate(RENDER, message())
    drag(page, (8.5, 12.5), (11.5, 10.5))
    drag(page, (11.5, 10.5), (60, 10.5))
    assert picks(page) == [{"box": [9, 8, 8, 5]}, {"box": [22, 8, 8, 5]}]


def test_the_map_fades_while_the_box_is_another_and_comes_back_with_its_own(page: Page) -> None:
    page.evaluate(RENDER, message())
    drag(page, (8.5, 12.5), (11.5, 10.5))
    assert "stale" in (page.locator(".map").get_attribute("class") or "")
    assert "row 9, column 8" in value(page)
    page.evaluate(RENDER, message("b", box=Box(9, 8, 8, 5)))
    assert "stale" not in (page.locator(".map").get_attribute("class") or "")


def test_a_click_that_trembles_is_still_a_click(page: Page) -> None:
    page.evaluate(RENDER, message())
    x, y = place(page, PICTURE, 20.5, 30.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2, y + 1)
    page.mouse.up()
    assert picks(page) == [{"at": [16, 28]}]


def test_the_keyboard_moves_and_stretches_the_box_and_reports_when_the_key_is_let_go(page: Page) -> None:
    page.evaluate(RENDER, message())
    page.locator(PICTURE).focus()
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowRight")
    assert picks(page) == []
    page.keyboard.up("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert picks(page)[0] == {"box": [6, 12, 8, 5]}
    assert picks(page)[-1] == {"box": [6, 12, 9, 5]}


@pytest.mark.parametrize("canvas", [PICTURE, MAP])
def test_pointing_at_picture_or_map_reads_the_score_of_the_window_around(page: Page, canvas: str) -> None:
    page.evaluate(RENDER, message())
    for row, col in [(0, 0), (12, 3), (22, 35)]:
        page.mouse.move(*place(page, canvas, row + 4.5, col + 2.5))
        assert value(page).startswith(f"row {row}, column {col}: score ")
        shown = float(value(page).rsplit(" ", 1)[1])
        assert shown == pytest.approx(FOUND.score[row, col], rel=5e-3)


def test_near_the_edge_the_window_that_fits_is_read(page: Page) -> None:
    page.evaluate(RENDER, message())
    page.mouse.move(*place(page, PICTURE, 29.5, 0.5))
    assert value(page).startswith("row 22, column 0")


def test_pointing_at_a_peak_shows_its_window(page: Page) -> None:
    page.evaluate(RENDER, message())
    peak = PEAKS[1]
    x, y = place(page, MAP, peak.row + 4, peak.col + 2.5)
    page.mouse.move(x + 5, y - 5)
    assert value(page).startswith(f"row {peak.row}, column {peak.col}: score")
    assert page.locator("button.pointed").inner_text().startswith("2: ")


def test_peaks_are_listed_as_buttons_with_their_scores(page: Page) -> None:
    page.evaluate(RENDER, message())
    buttons = page.locator(".peaks button")
    assert buttons.count() == len(PEAKS)
    assert [float(text.split(": ")[1]) for text in buttons.all_inner_texts()] == pytest.approx(
        [peak.score for peak in PEAKS], rel=5e-3
    )
    buttons.nth(2).focus()
    assert value(page).startswith(f"row {PEAKS[2].row}, column {PEAKS[2].col}")
    page.keyboard.press("Enter")
    assert picks(page) == [{"at": [PEAKS[2].row, PEAKS[2].col]}]


def test_arrow_keys_move_over_the_map_and_enter_chooses(page: Page) -> None:
    page.evaluate(RENDER, message())
    page.locator(MAP).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert picks(page) == [{"at": [2, 3]}]


def test_a_finger_draws_a_box(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.evaluate(LOAD, [bundle("patch"), CSS, 350, False])
    page.evaluate(RENDER, message())
    (x, y), (to_x, to_y) = (place(page, PICTURE, *spot) for spot in ((17.5, 20.5), (25.5, 29.5)))
    session = context.new_cdp_session(page)
    for kind, points in (("Start", [(x, y)]), ("Move", [(to_x, to_y)]), ("End", [])):
        touches = [{"x": across, "y": down} for across, down in points]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
    assert picks(page) == [{"box": [17, 20, 9, 10]}]
    context.close()


def test_without_a_map_the_picture_and_its_box_stay(page: Page) -> None:
    page.evaluate(RENDER, message(values=np.zeros((0, 0))))
    assert value(page) == "patch of 8 × 5 px at row 6, column 10"
    assert not page.locator(".map").is_visible()
    drag(page, (17.5, 20.5), (25.5, 29.5))
    assert picks(page) == [{"box": [17, 20, 9, 10]}]


def test_colours_of_the_map_diverge_around_zero(page: Page) -> None:
    values = np.full((23, 36), 0.0)
    values[3, 5], values[3, 15] = -1, 1
    page.evaluate(RENDER, message(values=values))
    pixels = page.evaluate(
        """() => { const { base } = window.parent_.__view.map, context = base.canvas.getContext('2d');
        const at = (col) => context.getImageData(4 + (col + 2.5) * base.side, 4 + 7 * base.side, 1, 1).data;
        return [5, 15, 25].map((col) => [...at(col)].slice(0, 3)); }"""
    )
    assert pixels[0] == [5, 48, 97]
    assert pixels[1] == [103, 0, 31]
    assert min(pixels[2]) > 240


@pytest.mark.parametrize("width", [300, 1200])
def test_it_stays_within_its_place(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.evaluate(LOAD, [bundle("patch"), CSS, width - 20, False])
    page.evaluate(RENDER, message())
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


@pytest.mark.parametrize(
    "corner", [({"row": 3, "col": 4}, {"row": 3, "col": 4}), ({"row": 29, "col": 39}, {"row": 29, "col": 39})]
)
def test_a_box_is_never_smaller_than_it_may_be(page: Page, corner: tuple[object, object]) -> None:
    box = page.evaluate("([one, other]) => window.part.between(one, other, { h: 30, w: 40 })", list(corner))
    assert box[2:] == [2, 2]
    assert templates.read_box(".".join(map(str, box)), (30, 40))


def test_stretching_ends_at_the_edge_and_at_two_pixels(page: Page) -> None:
    wide = page.evaluate("() => window.part.stretched([6, 10, 8, 5], 100, 100, { h: 30, w: 40 })")
    small = page.evaluate("() => window.part.stretched([6, 10, 8, 5], -100, -100, { h: 30, w: 40 })")
    assert (wide, small) == ([6, 10, 24, 30], [6, 10, 2, 2])
