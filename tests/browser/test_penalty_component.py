"""penalty.js alone on a blank page: both planes, the strength, what is asked and what is reported."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.parts.losses_penalty import REACH, VALUES, message
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.planes import pull
from tests.browser.replies import answer

SHAPE = (4.0, 0.0)


def sent(centre: tuple[float, float] = (2, 1), strength: float = 1.0) -> bytes:
    return message(SHAPE, centre, strength, alt="Two planes.", ask="/live/x")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "penalty") as page:
        render(page, sent())
        yield page


def titles(page: Page) -> list[str]:
    return page.locator(".plane .title").all_inner_texts()


def test_both_planes_name_the_best_weights(page: Page) -> None:
    assert titles(page) == ["L2 (weight decay): w = (1, 0.8)", "L1 (lasso): w = (1, 0.75)"]
    assert page.locator("output").inner_text() == "1.00"


@pytest.mark.parametrize("plane", [0, 1])
def test_the_best_weights_are_dragged_in_either_plane_and_reported_once(page: Page, plane: int) -> None:
    answer(page, base64.b64encode(sent((-1, -2))).decode())
    pull(page, page.locator(".plane").nth(plane), (2, 1), (-1, -2), REACH)
    expect(page.locator(".plane .title").first).to_have_text("L2 (weight decay): w = (−0.5, −1.6)")
    assert picks(page) == []
    page.mouse.up()
    ((_, picked),) = picks(page)
    assert picked["centre"] == pytest.approx([-1, -2], abs=0.02)
    assert picked["strength"] == 1


def test_the_slider_the_curves_and_the_planes_have_one_strength(page: Page) -> None:
    answer(page, base64.b64encode(sent(strength=VALUES[-1])).decode())
    page.locator(".curves .over").first.focus()
    page.keyboard.press("End")
    expect(page.locator("output")).to_have_text("100")
    assert page.locator(".strength input").input_value() == str(len(VALUES) - 1)
    expect(page.locator(".plane .title").last).to_have_text("L1 (lasso): w = (0, 0)")
    assert picks(page) == [["pick", {"centre": [2, 1], "strength": 100}]]


def test_the_slider_reports_when_it_is_let_go(page: Page) -> None:
    page.locator(".strength input").focus()
    page.keyboard.press("Home")
    assert picks(page)[-1] == ["pick", {"centre": [2, 1], "strength": 0.01}]
    assert page.locator(".where").all_inner_texts() == ["at 0.0100"] * 2


def test_arrow_keys_move_the_best_weights(page: Page) -> None:
    page.locator(".plane .base").first.focus()
    page.keyboard.press("ArrowLeft")
    ((_, picked),) = picks(page)
    assert picked["centre"][0] < 2
    assert picked["centre"][1] == 1


def test_the_weights_with_a_penalty_are_not_dragged(page: Page) -> None:
    pull(page, page.locator(".plane").first, (1, 0.8), (-1, -2), REACH)
    page.mouse.up()
    assert picks(page) == []


def test_a_message_does_not_disturb_a_drag_and_is_taken_over_at_rest(page: Page) -> None:
    pull(page, page.locator(".plane").first, (2, 1), (-1, -2), REACH)
    render(page, sent((0, 2)))
    assert titles(page)[0] == "L2 (weight decay): w = (1, 0.8)"
    page.mouse.up()
    centre = tuple(picks(page)[0][1]["centre"])
    render(page, sent(centre))
    assert titles(page)[0].startswith("L2 (weight decay): w = (−0.")


@pytest.mark.parametrize("width", [300, 1200])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_into_its_place(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "penalty", width=width, dark=dark) as page:
        render(page, sent())
        assert not overflows(page)
