"""terrain.js alone on a blank page: what it reads out, how it is turned, and what it keeps."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.terrain import Terrain, pack
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import STATUS, answer, reply_with

A, B = np.linspace(-1, 1, 25), np.linspace(0, 2, 13)
LOSS = 0.1 + A**2 + B[:, None]
BOWL = Terrain(
    "A bowl",
    "13 × 25 points.",
    a=A,
    b=B,
    loss=LOSS,
    accuracy=1 - LOSS / 4,
    path=np.array([[-1, 2], [0, 0]]),
    path_loss=np.array([2.5, 0.05]),
    steps=[0, 20],
)
FAR = {"far": "point 3 of 625 of the surface", "eta": None, "total": 625}
CAMERA = "() => window.parent_.__view.camera"


def message(*terrains: Terrain, **options: object) -> bytes:
    return pack(terrains or (BOWL,), key="test", run="1", place=(0.5, 1), **options)  # type: ignore[arg-type]


@pytest.fixture(params=[1000, 320])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with blank_page(browser, "terrain", width=request.param) as page:
        render(page, message())
        yield page


def status(page: Page) -> str:
    return page.locator(".status").inner_text()


def test_the_cursor_reads_the_loss_and_the_accuracy_that_were_sent(page: Page) -> None:
    assert status(page) == "a = 0.5, b = 1: loss 1.35 nats, accuracy 66.3 %."
    assert not overflows(page)


def test_what_is_drawn_between_computed_points_is_said_to_be_about(page: Page) -> None:
    render(page, message(replace(BOWL, computed=np.zeros(LOSS.shape, np.bool_))))
    assert status(page) == (
        "a = 0.5, b = 1: loss about 1.35 nats, accuracy about 66.3 %, between computed points."
    )


def test_pointing_at_the_map_reads_without_moving_the_cursor(page: Page) -> None:
    page.locator(".map .over").hover(position={"x": 54, "y": 8})
    assert status(page).startswith("a = −1, b = 2: loss 3.10 nats, accuracy 22.5 %.")
    assert "The checkpoint at step 0 is near: its own loss is 2.50." in status(page)
    assert picks(page) == []


def test_pointing_at_the_surface_reads_its_place(page: Page) -> None:
    hill = page.locator(".hill .over")
    hill.focus()
    for _ in range(9):
        page.keyboard.press("ArrowUp")  # until one looks from above
        page.keyboard.press("ArrowLeft")
    box = hill.bounding_box()
    assert box
    hill.hover(position={"x": box["width"] / 2, "y": 0.46 * box["height"]})
    assert "b = 1:" in status(page)


def test_arrow_keys_on_the_map_move_the_cursor_and_report_it(page: Page) -> None:
    page.locator(".map .over").focus()
    page.keyboard.press("ArrowUp")
    assert picks(page) == [["pick", {"place": [0.5, 1.167]}]]


def test_dragging_turns_the_surface_and_another_message_leaves_it_turned(page: Page) -> None:
    before = page.evaluate(CAMERA)
    page.locator(".hill .over").hover(position={"x": 100, "y": 100})
    page.mouse.down()
    page.mouse.move(150, 180)
    page.mouse.up()
    turned = page.evaluate(CAMERA)
    render(page, message(replace(BOWL, loss=LOSS + 1)))
    assert turned["turn"] != before["turn"]
    assert page.evaluate(CAMERA) == turned
    page.locator(".home").click()
    assert page.evaluate(CAMERA) == before


def test_the_wheel_zooms_only_where_the_surface_has_the_focus(page: Page) -> None:
    page.locator(".hill .over").hover()
    page.mouse.wheel(0, -200)
    assert page.evaluate(CAMERA)["zoom"] == 1
    page.locator(".hill .over").focus()
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"({CAMERA})().zoom > 1.2")


def test_the_scale_is_told_and_heights_follow_it(page: Page) -> None:
    height = "() => window.parent_.__view.panes[0].heights[6 * 25 + 12]"
    assert page.evaluate(height) == pytest.approx(np.log(11) / np.log(31), abs=1e-6)
    page.locator(".log").click()
    assert page.evaluate(height) == pytest.approx(1 / 3, abs=1e-6)
    assert picks(page) == [["pick", {"log": False}]]


def test_a_loss_that_is_no_number_leaves_a_hole_and_is_said(page: Page) -> None:
    loss = LOSS.copy()
    loss[6, 18] = np.inf
    render(page, message(replace(BOWL, loss=loss)))
    assert status(page) == "a = 0.5, b = 1: the loss is no finite number."


def test_several_terrains_share_the_scale_and_the_cursor(page: Page) -> None:
    render(page, message(BOWL, replace(BOWL, title="A higher one", loss=10 * LOSS), surface=False))
    assert page.locator(".range span").all_inner_texts() == ["0.100", "31.0 nats, log scale"]
    assert status(page).split("A higher one: ")[1].startswith("a = 0.5, b = 1: loss 13.5 nats")
    assert not page.locator(".hill").first.is_visible()
    assert not overflows(page)


def test_units_of_both_directions_are_equally_long(page: Page) -> None:
    plot = page.evaluate("() => window.parent_.__view.panes[0].plot")
    assert plot["width"] - 66 == pytest.approx(plot["height"] - 46, abs=1)


def test_a_run_that_rests_before_its_first_step_says_so_and_one_that_is_to_rest_says_that(page: Page) -> None:
    live = {"url": "/live?2", "over": False, "unit": "point"}
    rests = {"state": "paused", "step": 0, "total": None}
    goes = reply_with(({"progress": FAR}, []), 1, False, {})
    answer(page, reply_with(({}, []), 0, False, rests), resume=goes, pause=goes)
    render(page, message(status=STATUS | rests, progress={"far": ""}, **live))
    expect(page.locator(".standing")).to_have_text("Paused before its first step.")
    page.get_by_role("button", name="play").click()
    expect(page.locator(".standing")).to_have_text("Point 3 of 625 of the surface.")
    page.get_by_role("button", name="pause").click()
    assert page.locator(".standing").inner_text() == "Pausing …"


def test_the_pictures_are_saved_as_they_are_drawn(page: Page) -> None:
    with page.expect_download() as found:
        page.locator(".save").click()
    assert found.value.path().read_bytes().startswith(b"\x89PNG")
    assert found.value.path().stat().st_size > 10_000


def test_a_terrain_without_values_keeps_the_place_for_them(page: Page) -> None:
    render(page, message(Terrain("Soon", "Training first.")))
    assert page.locator(".note").inner_text() == "Training first."
    assert status(page) == ""
