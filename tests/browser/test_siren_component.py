"""siren.js alone on a blank page: it draws what a run reports, in place, and says when it is over."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.siren import drawn, pack
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import STATUS, answer, reply_with

IMAGE = np.random.default_rng(3).random((5, 8, 3)).astype(np.float32)
RED = np.tile(np.array([1, 0, 0], np.float32), (5, 8, 1))
PIXEL = """(canvas) => [...canvas.getContext('2d').getImageData(3, 3, 1, 1).data.slice(0, 3)]"""


def lines(count: int) -> list[dict[str, Any]]:
    return [{"step": 5 * at, "siren": 10.0 + at, "relu": 9.0} for at in range(count)]


def newest(step: int) -> dict[str, Any]:
    return {"step": step, "siren": 32.04, "relu": 9.0, "siren_picture": RED, "relu_picture": 1 - RED}


def message(run: str = "a", *, count: int = 0, over: bool = False, **status: Any) -> bytes:
    report = newest(5 * count) if count else None
    return pack(
        IMAGE,
        20,
        lines(count),
        report,
        run=run,
        url=f"/live?{run}",
        over=over,
        status=STATUS | status,
        alt="noise",
    )


def reply(count: int, *, over: bool = False, **status: Any) -> str:
    report = newest(5 * (count - 1)) if count else None
    return reply_with(drawn(20, lines(count), report) if report else ({}, []), count, over, status)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "siren") as page:
        yield page


def test_what_the_run_reports_is_drawn_in_place_until_it_is_over(page: Page) -> None:
    answer(page, reply(2, step=5), reply(0, step=5), reply(5, over=True, state="finished", step=20))
    render(page, message())
    page.evaluate("() => { window.kept = window.parent_.querySelector('canvas.siren'); }")
    expect(page.locator(".standing")).to_have_text("All 20 steps are done.")
    assert page.evaluate("() => window.kept === window.parent_.querySelector('canvas.siren')")
    assert page.locator("canvas.siren").evaluate(PIXEL) == [255, 0, 0]
    assert page.locator("canvas.relu").evaluate(PIXEL) == [0, 255, 255]
    assert page.locator("figcaption b").all_inner_texts()[:3] == ["", "32.0 dB", "9.0 dB"]
    assert [asked["since"] for asked in page.evaluate("() => window.asked")] == [0, 2, 0]
    assert picks(page) == [["pick", {"over": "a"}]]


def test_before_the_first_report_the_places_are_kept(page: Page) -> None:
    answer(page, reply(0, total=None))
    render(page, message(total=None))
    expect(page.locator(".standing")).to_have_text("Starting …")
    size = "(all) => all.map((each) => [each.clientWidth, each.clientHeight])"
    sizes = page.locator(".pictures canvas").evaluate_all(size)
    assert len(set(map(tuple, sizes))) == 1
    assert sizes[0][1] == round(sizes[0][0] * 5 / 8)


def test_a_run_is_paused_and_goes_on(page: Page) -> None:
    answer(page, reply(2, step=5), pause=reply(2, step=5, state="paused"), resume=reply(2, step=5))
    render(page, message(count=2, step=5))
    page.get_by_role("button", name="pause").click()
    expect(page.locator(".standing")).to_have_text("Paused at step 5 of 20.")
    page.get_by_role("button", name="play").click()
    expect(page.locator(".standing")).to_have_text("Step 5 of 20.")
    orders = [asked.get("do") for asked in page.evaluate("() => window.asked")]
    assert [order for order in orders if order] == ["pause", "resume"]


def test_a_run_that_is_over_is_shown_at_once_and_asked_for_no_more(page: Page) -> None:
    answer(page, reply(5, over=True, state="finished", step=20))
    render(page, message(count=4, over=True, state="finished", step=20))
    assert page.locator("canvas.siren").evaluate(PIXEL) == [255, 0, 0]
    expect(page.get_by_role("button", name="play")).to_be_disabled()
    page.get_by_role("button", name="start again").click()
    assert picks(page) == [["pick", {"again": "a"}]]


def test_another_run_begins_with_empty_places(page: Page) -> None:
    answer(page, reply(0))
    render(page, message(count=4))
    render(page, message("b"))
    assert page.locator("canvas.siren").evaluate(PIXEL) == [0, 0, 0]
    assert page.locator("figcaption b").all_inner_texts()[:3] == ["", "", ""]


@pytest.mark.parametrize("width", [300, 1200])
def test_it_is_as_wide_as_its_place(browser: Browser, width: int) -> None:
    with blank_page(browser, "siren", width=width) as page:
        answer(page, reply(0))
        render(page, message(count=3))
        assert not overflows(page)
