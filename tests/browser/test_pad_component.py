"""pad.js alone on a blank page: what one draws, what Python gets of it, and when."""

import base64
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from pages.components import FOLDER, bundle
from pages.components.pad import SIDE, Drawing, data_for, received

LOAD = """async ([code, style]) => {
  window.part = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  window.style_ = style;
  window.mounted = () => {
    document.body.innerHTML = '<div id="host" style="width:230px;margin-bottom:2000px"></div>';
    window.parent_ = document.getElementById('host').attachShadow({ mode: 'open' });
    window.parent_.appendChild(document.createElement('style')).textContent = window.style_;
    window.sent = [];
  };
  window.render = (data) => {
    const setTriggerValue = (name, value) => {
      window.sent.push([name, JSON.parse(JSON.stringify(value))]);
      if (window.answers) setTimeout(() => window.render({ ...data, n: value.n }));
    };
    window.part.default({ data, parentElement: window.parent_, setTriggerValue });
  };
  window.answers = true;
  window.mounted();
}"""
ROUNDS = """() => {  // more moves in little time than a hand can make
  const canvas = window.parent_.querySelector('canvas'), box = canvas.getBoundingClientRect();
  for (let turn = 0; turn < 20; turn += 0.03) {
    const clientX = box.left + box.width * (0.5 + 0.4 * Math.cos(turn));
    const clientY = box.top + box.width * (0.5 + 0.4 * Math.sin(turn));
    canvas.dispatchEvent(new PointerEvent('pointermove', { pointerId: 1, clientX, clientY }));
  }
}"""
EMPTY = {"n": 0, "strokes": None, "reset": "a"}
Line = list[tuple[float, float]]  # points in sides of the pad


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 500, "height": 500})
    page.evaluate(LOAD, [bundle("pad"), (FOLDER / "pad.css").read_text(encoding="utf-8")])
    page.evaluate("(data) => window.render(data)", EMPTY)
    yield page
    page.close()


def stroke(page: Page, points: Line) -> None:
    """Draw a line with the mouse."""
    (x, y), *rest = [at(page, *point) for point in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=10)
    page.mouse.up()


def touched(page: Page, points: Line) -> None:
    """Draw a line with a finger."""
    session = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(points) - 1)]
    for kind, (x, y) in zip(kinds, [at(page, *point) for point in points], strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place on the pad in px of the page."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def messages(page: Page) -> list[Drawing]:
    """What Python got; each must pass its checks."""
    page.wait_for_timeout(50)
    sent = page.evaluate("() => window.sent")
    assert {name for name, _ in sent} <= {"pick"}
    return [received(message) for _, message in sent]


def grey(page: Page) -> NDArray[np.float32]:
    """The last drawing that Python got, as one channel."""
    return messages(page)[-1].pixels[..., 0]


def shown(page: Page) -> str:
    return str(page.evaluate("() => window.parent_.querySelector('canvas').toDataURL()"))


def remount(page: Page, data: dict[str, Any]) -> None:
    page.evaluate("(data) => { window.mounted(); window.render(data); }", data)


def near(points: Line, reach: float) -> NDArray[np.bool_]:
    """(64, 64) whether a pixel's centre lies within `reach` of a line through points."""
    rows, columns = (np.indices((SIDE, SIDE)) + 0.5) / SIDE
    hit = np.zeros((SIDE, SIDE), bool)
    for (x0, y0), (x1, y1) in pairwise(points):
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((columns - x0) * dx + (rows - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        hit |= np.hypot(columns - x0 - along * dx, rows - y0 - along * dy) <= reach
    return hit


BAR: Line = [(0.2, 0.3), (0.8, 0.3)]
SLASH: Line = [(0.3, 0.8), (0.7, 0.5)]
PEN = 0.11  # width of the pen to start with
PIXEL = 1 / SIDE


@pytest.mark.parametrize("draw", [stroke, touched], ids=["mouse", "finger"])
def test_a_line_is_white_where_the_pen_went_and_black_elsewhere(
    page: Page, draw: Callable[[Page, Line], None]
) -> None:
    line = [(0.2, 0.3), (0.5, 0.45), (0.8, 0.6)]
    draw(page, line)
    pixels = grey(page)
    assert (pixels[near(line, PEN / 2 - PIXEL)] == 1).all()
    assert (pixels[~near(line, PEN / 2 + PIXEL)] == 0).all()


def test_a_tap_leaves_a_dot(page: Page) -> None:
    stroke(page, [(0.5, 0.5)])
    assert grey(page).sum() * PIXEL**2 == pytest.approx(np.pi * PEN**2 / 4, rel=0.02)


@pytest.mark.parametrize(("size", "side"), [(256, 64), (6, 3), (5, 5)])
def test_shrinking_is_the_mean_of_each_block(page: Page, size: int, side: int) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (size, size, 4), np.uint8)
    shrunk = page.evaluate(
        """([text, from, to]) => Array.from(window.part.shrink(
        Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), from, to))""",
        [base64.b64encode(pixels.tobytes()).decode(), size, side],
    )
    step = size // side
    means = pixels[..., 0].reshape(side, step, side, step).mean(axis=(1, 3))
    np.testing.assert_array_equal(np.reshape(shrunk, (side, side)), np.floor(means + 0.5))


@pytest.mark.parametrize("way", ["button", "keys"])
def test_undo_brings_back_exactly_what_was_there(page: Page, way: str) -> None:
    stroke(page, BAR)
    before, looked = grey(page), shown(page)
    stroke(page, SLASH)
    assert (grey(page) != before).any()
    if way == "button":
        page.get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press("Control+z")
    np.testing.assert_array_equal(grey(page), before)
    assert shown(page) == looked


def test_clear_empties_the_pad_and_can_be_undone(page: Page) -> None:
    stroke(page, BAR)
    before = grey(page)
    page.get_by_role("button", name="Clear").click()
    assert not grey(page).any()
    assert page.locator(".hint").inner_text() == "Draw here, large"
    page.get_by_role("button", name="Undo").click()
    np.testing.assert_array_equal(grey(page), before)


def test_the_hint_goes_with_the_first_stroke(page: Page) -> None:
    assert page.locator(".hint").inner_text() == "Draw here, large"
    stroke(page, BAR)
    assert not page.locator(".hint").is_visible()


@pytest.mark.parametrize("width", [4, 17, 24])
def test_the_slider_sets_the_width_of_the_next_stroke(page: Page, width: int) -> None:
    page.get_by_role("slider", name="Pen width").fill(str(width))
    stroke(page, BAR)
    across = grey(page)[:, SIDE // 2].sum() * PIXEL
    assert across == pytest.approx(width / 100, abs=0.002)


def test_the_eraser_draws_in_black(page: Page) -> None:
    stroke(page, BAR)
    page.get_by_role("button", name="Eraser").click()
    stroke(page, [(0.5, 0.1), (0.5, 0.5)])
    pixels = grey(page)
    assert (pixels[near([(0.5, 0.1), (0.5, 0.5)], PEN / 2 - PIXEL)] == 0).all()
    assert (pixels[near([(0.2, 0.3), (0.35, 0.3)], PEN / 2 - PIXEL)] == 1).all()


def test_the_eraser_leaves_nothing_of_a_line_that_it_follows(page: Page) -> None:
    stroke(page, BAR)
    page.get_by_role("button", name="Eraser").click()
    stroke(page, BAR)
    assert not grey(page).any()


def test_one_message_is_under_way_and_the_last_state_arrives(page: Page) -> None:
    page.evaluate("() => { window.answers = false; }")
    stroke(page, BAR)
    stroke(page, SLASH)
    page.evaluate("(data) => window.render(data)", EMPTY)  # as when the theme changes
    assert [(len(drawing.strokes), drawing.n) for drawing in messages(page)] == [(1, 1)]
    page.evaluate("(data) => window.render(data)", EMPTY | {"n": 1})
    first, last = messages(page)
    assert first.strokes[0].points == last.strokes[0].points[:2]
    assert [drawn.points[-2:] for drawn in last.strokes] == [pytest.approx(BAR[1], abs=0.01), (0.7, 0.5)]


def test_every_change_arrives_when_python_keeps_up(page: Page) -> None:
    stroke(page, BAR)
    numbers = [drawing.n for drawing in messages(page)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 3


def test_without_an_answer_the_newest_drawing_goes_after_two_seconds(page: Page) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(1)
    page.evaluate("() => { window.answers = false; }")
    stroke(page, BAR)
    page.clock.fast_forward(1900)
    assert len(messages(page)) == 1
    page.clock.fast_forward(200)
    assert [len(drawing.strokes[0].points) > 2 for drawing in messages(page)] == [False, True]


def test_nothing_is_sent_without_a_change(page: Page) -> None:
    page.mouse.move(*at(page, 0.5, 0.5))
    page.mouse.click(*at(page, 0.5, 0.5), button="right")
    for name in ("Undo", "Clear", "Eraser"):
        page.get_by_role("button", name=name).click(force=True)
    page.get_by_role("slider", name="Pen width").fill("20")
    stroke(page, BAR)  # rubs out nothing
    page.evaluate("(data) => window.render(data)", EMPTY)
    assert messages(page) == []


def test_a_drawing_that_python_kept_is_shown_again(page: Page) -> None:
    stroke(page, BAR)
    stroke(page, SLASH)
    kept, looked = messages(page)[-1], shown(page)
    remount(page, data_for(kept, "a"))
    assert shown(page) == looked
    assert messages(page) == []
    stroke(page, [(0.5, 0.9)])
    page.get_by_role("button", name="Undo").click()
    np.testing.assert_array_equal(messages(page)[-1].pixels, kept.pixels)
    assert messages(page)[0].n == kept.n + 1


def test_strokes_of_later_renders_are_ignored_until_there_is_a_reset(page: Page) -> None:
    stroke(page, BAR)
    looked = shown(page)
    other = [{"width": 0.1, "ink": 1, "points": [0.1, 0.1, 0.9, 0.9]}]
    page.evaluate("(data) => window.render(data)", {"n": 0, "strokes": other, "reset": "a"})
    assert shown(page) == looked
    page.evaluate("(data) => window.render(data)", {"n": 0, "strokes": other, "reset": "b"})
    assert shown(page) != looked
    page.evaluate("(data) => window.render(data)", {"n": 0, "strokes": None, "reset": "c"})
    assert page.locator(".hint").is_visible()


def test_arrow_keys_and_space_draw(page: Page) -> None:
    page.keyboard.press("Tab")
    for key in ["ArrowUp", "Space", *["ArrowRight"] * 8, "Space", "ArrowDown", "ArrowDown"]:
        page.keyboard.press(key)
    (drawn,) = messages(page)[-1].strokes
    assert drawn.points[:2] == pytest.approx((16.5 / 32, 15.5 / 32), abs=1e-3)
    assert drawn.points[-2:] == pytest.approx((24.5 / 32, 15.5 / 32), abs=1e-3)
    assert page.locator(".state").text_content() == "row 18, column 25, pen up"


def test_the_cursor_of_the_keyboard_stays_on_the_pad_and_is_not_part_of_the_drawing(page: Page) -> None:
    page.locator("canvas").focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    assert page.locator(".state").text_content() == "row 17, column 1, pen up"
    assert messages(page) == []


def test_a_line_may_leave_the_pad_and_return(page: Page) -> None:
    stroke(page, [(0.5, 0.5), (1.9, 0.5), (1.9, 0.8), (0.5, 0.8)])
    pixels = grey(page)
    assert (pixels[near([(0.5, 0.5), (1, 0.5)], PEN / 2 - PIXEL)] == 1).all()
    assert (pixels[near([(1, 0.8), (0.5, 0.8)], PEN / 2 - PIXEL)] == 1).all()
    assert pixels[round(0.65 * SIDE)].max() == 0


def test_a_second_finger_draws_nothing(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    fingers = [dict(zip("xy", at(page, *place), strict=True)) for place in (BAR[0], SLASH[0])]
    for count in (1, 2):
        points = [finger | {"id": number} for number, finger in enumerate(fingers[:count])]
        session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    points[1] |= {"x": points[1]["x"] + 50}
    session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert [drawing.strokes[0].points for drawing in messages(page)] == [pytest.approx(BAR[0], abs=0.01)]


def test_a_long_line_goes_on_as_another_stroke_without_a_gap(page: Page) -> None:
    page.mouse.move(*at(page, 0.9, 0.5))
    page.mouse.down()
    page.evaluate(ROUNDS)
    page.mouse.up()
    first, second = messages(page)[-1].strokes
    assert len(first.points) == 1000
    assert len(second.points) == pytest.approx(2 * 20 / 0.03 - 1000, abs=10)
    assert first.points[-2:] == second.points[:2]


@pytest.mark.parametrize(("strokes", "points"), [(300, 1), (40, 500)])
def test_a_full_pad_says_so_and_takes_no_more(page: Page, strokes: int, points: int) -> None:
    full = [{"width": 0.1, "ink": 1, "points": [0.5, 0.5] * points}] * strokes
    remount(page, {"n": 3, "strokes": full, "reset": "a"})
    stroke(page, BAR)
    assert messages(page) == []
    assert page.locator(".hint").inner_text() == "The pad is full"


def test_a_pad_that_fills_up_while_one_draws_sends_what_python_takes(page: Page) -> None:
    nearly = [{"width": 0.1, "ink": 1, "points": [0.5, 0.5] * count} for count in [499, *[500] * 38]]
    remount(page, {"n": 3, "strokes": nearly, "reset": "a"})
    page.mouse.move(*at(page, 0.9, 0.5))
    page.mouse.down()
    page.evaluate(ROUNDS)
    page.mouse.up()
    assert sum(len(drawn.points) for drawn in messages(page)[-1].strokes) // 2 in (19_999, 20_000)
    assert page.locator(".hint").inner_text() == "The pad is full"


def test_the_pad_is_as_wide_as_its_column_up_to_320_px(page: Page) -> None:
    stroke(page, BAR)
    for column, side in [(180, 180), (300, 300), (480, 320)]:
        page.evaluate("(width) => { document.getElementById('host').style.width = `${width}px`; }", column)
        page.wait_for_timeout(50)
        size = page.locator("canvas").evaluate("(canvas) => [canvas.width, canvas.height]")
        assert size == [side, side]
    stroke(page, SLASH)
    assert (grey(page)[near(BAR, PEN / 2 - PIXEL) | near(SLASH, PEN / 2 - PIXEL)] == 1).all()
