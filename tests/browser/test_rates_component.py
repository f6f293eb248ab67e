"""run_charts.js alone on a blank page: it follows a run, says how it stands, and reports its end."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from pages.components import run_charts
from pages.components.rates import chart
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import answer, reply_with
from vizcore.runs import Status
from vizcore.toolkit.rate_finder import BATCHES, RATES

TITLES = ["SGD", "Adam"]
GOING = Status("running", 0, BATCHES, 0, 1.0, None, "", "cpu")
FINISHED = replace(GOING, state="finished", step=BATCHES)


def newest(known: int) -> dict[str, Any]:
    """Two optimisers whose losses fall evenly from 2.3 and from 2.5."""
    losses = np.full((2, BATCHES), np.nan)
    losses[:, :known] = [[2.3], [2.5]] - 0.01 * np.arange(known)
    return {"losses": losses, "smoothed": losses, "suggestions": np.array([RATES[70], np.nan])}


def message(known: int = 0, *, over: bool = False) -> bytes:
    drawn = chart(TITLES, 2.3, newest(known) if known else None, marked=over)
    return run_charts.pack([drawn], run="a", url="/live", status=FINISHED if over else GOING, alt="losses")


def reply(known: int, *, over: bool = False) -> str:
    found = run_charts.drawn([chart(TITLES, 2.3, newest(known), marked=False)])
    return reply_with(found, known, over, asdict(FINISHED if over else replace(GOING, step=known)))


def test_the_curves_grow_and_python_hears_of_the_end(browser: Browser) -> None:
    with blank_page(browser, "run_charts") as page:
        answer(page, reply(40), reply(BATCHES, over=True))
        render(page, message())
        expect(page.locator(".standing")).to_have_text(f"All {BATCHES} steps are done.")
        assert picks(page) == [["pick", {"over": "a"}]]
        assert page.locator(".legend span").all_inner_texts() == TITLES


def test_another_search_can_be_asked_for(browser: Browser) -> None:
    with blank_page(browser, "run_charts") as page:
        answer(page, reply(BATCHES, over=True))
        render(page, message(BATCHES, over=True))
        page.get_by_role("button", name="start again").click()
        assert picks(page) == [["pick", {"again": "a"}]]


def test_the_rate_under_the_pointer_is_read_with_its_losses(browser: Browser) -> None:
    with blank_page(browser, "run_charts") as page:
        answer(page, reply(BATCHES, over=True))
        render(page, message(BATCHES, over=True))
        page.locator(".over").focus()
        page.keyboard.press("End")
        assert page.locator(".legend b").all_inner_texts() == ["0.810", "1.01"]


@pytest.mark.parametrize("width", [300, 1200])
def test_it_is_as_wide_as_its_place(browser: Browser, width: int) -> None:
    with blank_page(browser, "run_charts", width=width) as page:
        answer(page, reply(BATCHES, over=True))
        render(page, message(BATCHES, over=True))
        assert not overflows(page)


def test_a_suggestion_is_marked_on_its_curve_at_the_end_only() -> None:
    (point,) = chart(TITLES, 2.3, newest(BATCHES), marked=True).points
    assert point.x == RATES[70]
    assert point.y == pytest.approx(1.6)
    assert not chart(TITLES, 2.3, newest(BATCHES), marked=False).points


def test_one_optimiser_is_shown_with_every_batch() -> None:
    only = {name: value[:1] for name, value in newest(5).items()}
    assert [line.name for line in chart(["SGD"], 2.3, only, marked=False).lines] == ["SGD", "each batch"]


def test_where_the_cursor_is_left_is_reported_once(browser: Browser) -> None:
    drawn = chart(TITLES, 2.3, newest(BATCHES), marked=True)
    with blank_page(browser, "run_charts") as page:
        answer(page, reply(BATCHES, over=True))
        message = run_charts.pack(
            [drawn], run="a", url="/live", status=FINISHED, alt="", cursor=float(RATES[70])
        )
        render(page, message)
        page.locator(".over").press("ArrowRight")
        assert picks(page) == [["pick", {"x": pytest.approx(RATES[71], rel=1e-6)}]]
        assert page.locator(".over").get_attribute("role") == "slider"
