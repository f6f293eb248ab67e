"""race.js alone on a blank page: what is drawn and said, how it is played, dragged, toggled, and reported."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.race import Race, Runner, chart_limits, colour_limits, pack
from tests.browser.blank import blank_page, overflows, picks, render

PLACES = np.linspace(-2, 2, 41)
BOWL = PLACES**2 + 4 * PLACES[:, None] ** 2
STEEP = np.array([[-1, 1.0], [0, 0.5], [1, -0.25], [1.5, 0]])
BRIEF = np.array([[-1, 1.0], [-1.5, 1.5]])  # cut after one step
RACE = Race(
    (-2, 2),
    (-2, 2),
    BOWL,
    [
        Runner("gd", "Gradient descent", 0, STEEP, np.array([5, 1, 1.25, 2.25]), 2 * STEEP),
        Runner("adam", "Adam", 5, BRIEF, np.array([5, 11.25]), 2 * BRIEF, note="<b>diverged"),
        Runner("newton", "Newton", 7, STEEP, np.array([5, 1, 1.25, 2.25]), 2 * STEEP, shown=False),
    ],
    start=(-1, 1),
    steps=3,
    step=2,
    minima=[(0, 0)],
)
ANSWER = """(text) => {
  window.asked = [];
  window.fetch = async (url, { body }) => {
    window.asked.push([url, JSON.parse(body)]);
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""


@pytest.fixture(params=[900, 320])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with blank_page(browser, "race", width=request.param) as page:
        render(page, pack(RACE, alt="A bowl.", ask="/live/x"))
        yield page


def numbers(page: Page, row: int) -> list[str]:
    """x, y and value of an optimiser, and its note."""
    return page.locator(".runners .number, .runners .note").all_inner_texts()[4 * row : 4 * row + 4]


def px(page: Page, x: float, y: float) -> tuple[float, float]:
    """The place on the screen of a place on the map."""
    left, top, wide, tall = map(float, (page.locator(".root").get_attribute("data-box") or "").split(","))
    canvas = page.locator(".plane .over").bounding_box()
    assert canvas
    return canvas["x"] + left + (x + 2) / 4 * wide, canvas["y"] + top + (2 - y) / 4 * tall


def last(page: Page) -> dict[str, Any]:
    """The last thing that was reported."""
    found: dict[str, Any] = picks(page)[-1][1]
    return found


def test_each_optimiser_has_its_numbers_at_the_step_and_one_that_is_cut_keeps_its_last(page: Page) -> None:
    assert numbers(page, 0) == ["1.00", "−0.250", "1.25", ""]
    assert numbers(page, 1) == ["−1.50", "1.50", "11.3", "<b>diverged"]
    assert numbers(page, 2) == ["", "", "", ""]
    assert "Lowest after 2 steps: Gradient descent, f = 1.25." in page.locator(".said").inner_text()
    assert not overflows(page)


def test_the_slider_the_buttons_and_the_chart_move_the_same_step(page: Page) -> None:
    page.get_by_role("button", name="one step forward").click()
    assert numbers(page, 0)[2] == "2.25"
    page.get_by_label("step", exact=True).focus()
    page.keyboard.press("Home")
    assert numbers(page, 0)[2] == "5.00"
    page.locator(".curve .over").focus()
    page.keyboard.press("ArrowRight")
    assert numbers(page, 0)[2] == "1.00"
    assert [pick["step"] for _, pick in picks(page)] == [3, 0, 1]


def test_play_runs_from_the_start_to_the_end(page: Page) -> None:
    page.get_by_role("button", name="one step forward").click()
    page.get_by_role("button", name="play", exact=True).click()
    expect(page.locator(".steps output")).to_have_text("1 of 3")
    expect(page.get_by_role("button", name="play", exact=True)).to_be_visible()
    assert (numbers(page, 0)[2], last(page)["step"]) == ("2.25", 3)


def test_an_optimiser_is_shown_by_a_click_and_reported(page: Page) -> None:
    page.get_by_role("button", name="Newton").click()
    assert numbers(page, 2)[2] == "1.25"
    page.get_by_role("button", name="Adam").click()
    assert last(page) == {"start": [-1, 1], "step": 2, "shown": ["gd", "newton"], "n": 2}


def test_while_the_start_is_dragged_the_paths_follow(page: Page) -> None:
    moved = [replace(each, points=each.points + 0.5, values=each.values + 1) for each in RACE.runners]
    answer = pack(replace(RACE, runners=moved, values=None))
    page.evaluate(ANSWER, base64.b64encode(answer).decode())
    page.mouse.move(*px(page, 1, -1))
    page.mouse.down()
    page.mouse.move(*px(page, 1.5, 0))
    page.wait_for_selector(".root[data-answered]")
    assert numbers(page, 0)[:3] == ["1.50", "0.250", "2.25"]
    assert picks(page) == []
    page.mouse.up()
    assert last(page)["start"] == [pytest.approx(1.5, abs=0.02), pytest.approx(0, abs=0.02)]
    assert page.evaluate("() => window.asked.at(-1)")[1] == {"start": last(page)["start"]}


def test_arrow_keys_move_the_start(page: Page) -> None:
    page.evaluate(ANSWER, base64.b64encode(pack(RACE)).decode())
    page.locator(".plane .over").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert last(page)["start"][0] == pytest.approx(-0.9)
    page.keyboard.press("ArrowUp")
    assert last(page)["start"][1] == pytest.approx(1.01)


def test_pointing_reads_the_surface(page: Page) -> None:
    page.mouse.move(*px(page, 1, 0.5))
    assert page.locator(".said").inner_text().startswith("x = 1, y = 0.5")
    assert float(page.locator(".said").inner_text().split("≈ ")[1]) == pytest.approx(2, abs=0.1)


def test_an_older_message_takes_nothing_back(page: Page) -> None:
    for _ in range(2):
        page.get_by_role("button", name="one step back").click()
    render(page, pack(RACE, heard=1))
    assert page.locator(".steps output").inner_text() == "0 of 3"
    render(page, pack(RACE, heard=2))
    assert page.locator(".steps output").inner_text() == "2 of 3"


def test_axes_by_powers_of_ten_span_six_of_them_at_most() -> None:
    fast = Runner("gd", "", 0, np.zeros((3, 2)), np.array([1, 1e-30, 0]), np.zeros((3, 2)))
    low, high = chart_limits(replace(RACE, runners=[fast], log=True))
    assert high / low == pytest.approx(1e6)
    assert colour_limits(np.array([[0, 1.0], [1e3, np.inf]]), log=True)[1] == 1e3


def test_another_surface_arrives_while_it_plays_and_it_plays_on(page: Page) -> None:
    page.get_by_role("button", name="play", exact=True).click()
    render(page, pack(replace(RACE, values=BOWL + 1, step=0)))
    expect(page.locator(".steps output")).to_have_text("3 of 3")
    expect(page.get_by_role("button", name="play", exact=True)).to_be_visible()
    assert last(page)["step"] == 3


def test_an_exported_page_plays_and_its_start_stays(browser: Browser) -> None:
    with blank_page(browser, "race") as page:
        render(page, pack(RACE, alt="A bowl."))
        page.mouse.click(*px(page, 1.5, 1.5))
        page.get_by_role("button", name="one step forward").click()
        assert page.locator(".said").inner_text().startswith("Start: x = −1, y = 1.")
        assert numbers(page, 0)[2] == "2.25"
