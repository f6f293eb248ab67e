"""compare.js alone on a blank page: runs as lines and bands, as they go, and what is reported."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components import compare
from pages.components import pack as packed
from pages.components.compare import BAND, Shown, pack
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import answer
from vizcore.runs import Status

RUNS = (Shown("weights small", BAND, 10, 100), Shown("η = 1", BAND, 10, 100))
SINGLE = (Shown("Adam", 1, 10, 100),)


def status(state: str, step: int) -> Status:
    return Status(state, step, 100, 0, 2.0, 3.0 if state == "running" else None, "", "cpu")


def lines(known: int, wide: int, level: float) -> list[dict[str, Any]]:
    """A report every ten steps; a band lies around the level, which falls."""
    spread = np.linspace(0.5, 1.5, wide) if wide > 1 else np.ones(1)
    return [
        {
            "step": 10 * at,
            "measured": 20 * (at // 2),
            "validation": list(level * spread / (1 + at)),
            "accuracy": list(spread / 2),
            "loss": list(level * spread / (1 + at)),
        }
        for at in range(known)
    ]


def reply(
    known: int,
    state: str = "running",
    shown: tuple[Shown, ...] = RUNS,
    *,
    lives: int = 1,
    anew: bool = False,
) -> str:
    histories = [lines(known, run.wide, 2.0 + at) for at, run in enumerate(shown)]
    statuses = [status(state, 10 * known)] * len(shown)
    header, blocks = compare.news(shown, statuses, histories, [1.0] * len(shown))
    count = len(shown)
    marks = {"next": [known] * count, "lives": [lives] * count, "anew": [anew] * count}
    return base64.b64encode(packed(header | marks, *blocks)).decode()


def message(shown: tuple[Shown, ...] = RUNS, key: str = "a", over: bool = False) -> bytes:
    return pack(shown, key=key, x="step", url=f"/live?{key}", over=over, alt="two bands")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "compare", width=1000) as page:
        answer(page, reply(11, "finished"))
        yield page


def ink(page: Page, colour: tuple[int, int, int]) -> int:
    """Pixels of the first chart that have about this colour on white."""
    return int(
        page.evaluate(
            """(colour) => {
              const canvas = window.parent_.querySelector('canvas.base');
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              let found = 0;
              for (let at = 0; at < data.length; at += 4)
                found += data[at + 3] > 10 && colour.every((part, c) => Math.abs(part - data[at + c]) < 12);
              return found;
            }""",
            list(colour),
        )
    )


ORANGE, BLUE = (230, 159, 0), (86, 180, 233)


def test_all_runs_are_drawn_in_all_three_charts(page: Page) -> None:
    render(page, message())
    expect(page.locator("figcaption span").first).to_have_text("Validation loss")
    expect(page.locator(".root")).to_have_attribute("data-known", "11.11")
    assert page.locator(".legend").first.locator("button span").all_inner_texts() == [
        "weights small",
        "η = 1",
    ]
    assert page.locator("figure.chart").count() == 3
    expect(page.locator(".standing")).to_have_text("All are done.")
    expect(page.locator(".told")).to_be_empty()


def test_each_run_says_how_it_stands_and_those_that_work_are_drawn(page: Page) -> None:
    statuses = [status("running", 30), Status("queued", 0, None, 2, 0.0, None, "", "")]
    header, blocks = compare.news(RUNS, statuses, [lines(4, BAND, 2.0), []], [1.0, 1.0])
    marks: dict[str, Any] = {"next": [4, 0], "lives": [1, 0], "anew": [False, False]}
    answer(page, base64.b64encode(packed(header | marks, *blocks)).decode())
    render(page, message())
    expect(page.locator(".told")).to_have_text("weights small: step 30 of 100; η = 1: waits at place 2")
    assert ink(page, ORANGE) > 3000
    page.locator("canvas.over").first.press("End")
    expect(page.locator("figcaption .where").first).to_have_text(
        "at 40"
    )  # four epochs for three that are done


def test_a_band_is_an_area_and_goes_when_its_name_is_clicked(page: Page) -> None:
    render(page, message())
    expect(page.locator(".root")).to_have_attribute("data-known", "11.11")
    before = ink(page, ORANGE)
    assert before > 3000
    page.locator(".legend button").first.click()
    assert ink(page, ORANGE) < before / 10
    assert ink(page, BLUE) > 3000
    page.locator(".legend button").first.click()
    assert ink(page, ORANGE) == before


def test_a_single_run_is_a_line_without_an_area(page: Page) -> None:
    answer(page, reply(11, "finished", SINGLE))
    render(page, message(SINGLE))
    expect(page.locator(".root")).to_have_attribute("data-known", "11")
    assert 0 < ink(page, ORANGE) < 3000


def test_what_is_new_is_asked_for_with_a_number_for_each_run(page: Page) -> None:
    answer(page, reply(4), reply(0), reply(0, "finished"))
    render(page, message())
    page.wait_for_function("() => window.asked.length >= 3")
    assert page.evaluate("() => window.asked.slice(0, 2).map(({ since }) => since)") == [0, [4, 4]]


def test_a_run_that_was_killed_is_drawn_as_it_goes_on_from_its_checkpoint(page: Page) -> None:
    answer(page, reply(6), reply(3, lives=2, anew=True), reply(0, lives=2))
    render(page, message())
    page.wait_for_function("() => window.asked.length >= 3")
    expect(page.locator(".root")).to_have_attribute("data-known", "3.3")
    assert page.evaluate("() => window.asked.slice(0, 3).map(({ lives }) => lives?.[0])") == [None, 1, 2]


def test_validation_has_a_point_for_each_time_it_was_measured(page: Page) -> None:
    render(page, message())
    expect(page.locator(".root")).to_have_attribute("data-known", "11.11")
    page.locator("canvas.over").first.focus()
    for _ in range(2):
        page.keyboard.press("End")
    assert page.locator(".legend b").first.inner_text() == "0.182"  # 2 / 11 at step 100


def test_the_end_of_all_runs_is_reported_once(page: Page) -> None:
    render(page, message())
    page.wait_for_function("() => window.picks.length > 0")
    assert picks(page) == [["pick", {"over": "a"}]]
    render(page, message(over=True))
    assert len(picks(page)) == 1


def test_pause_speaks_to_all_runs_and_again_asks_for_others(page: Page) -> None:
    answer(page, reply(3), pause=reply(3, "paused"))
    render(page, message())
    page.get_by_role("button", name="pause").click()
    expect(page.locator(".standing")).to_have_text("Paused.")
    page.get_by_role("button", name="start again").click()
    assert picks(page) == [["pick", {"again": True}]]


@pytest.mark.parametrize("width", [300, 1200])
def test_nothing_overflows(browser: Browser, width: int) -> None:
    with blank_page(browser, "compare", width=width) as page:
        answer(page, reply(5))
        render(page, message())
        expect(page.locator(".root")).to_have_attribute("data-known", "5.5")
        assert not overflows(page)
