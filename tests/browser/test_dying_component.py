"""dying.js alone on a blank page: the units of each epoch, what is said of them, and what is reported."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.dying import drawn, pack
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import STATUS, answer, reply_with
from vizcore.toolkit.dying import LAYERS, WIDTH

EPOCHS = 20


def newest(known: int) -> dict[str, Any]:
    """A course in which unit n + 1 of the first layer dies in epoch n + 1."""
    dead = np.zeros((known, LAYERS, WIDTH), bool)
    for epoch in range(known):
        dead[epoch, 0, :epoch] = True
    course = np.linspace(1, 0, known)
    highest = np.where(dead, -2.5, 1.25).astype(np.float32)
    return {"dead": dead, "highest": highest, "losses": course, "accuracies": course}


def message(known: int = 0, **changes: Any) -> bytes:
    texts = {
        "run": "a",
        "url": "/live",
        "over": False,
        "unit": (0, 0),
        "epoch": None,
        "status": STATUS,
        "alt": "units",
    }
    return pack(EPOCHS, newest(known) if known else None, **texts | changes)


def finished(**changes: Any) -> bytes:
    return message(EPOCHS + 1, over=True, status=STATUS | {"state": "finished"}, **changes)


def reply(known: int, *, over: bool = False) -> str:
    return reply_with(drawn(EPOCHS, newest(known)), known, over, {"state": "finished"} if over else {})


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "dying") as page:
        answer(page, reply(EPOCHS + 1, over=True))
        yield page


def counts(page: Page) -> list[str]:
    return page.locator("h3 b").all_inner_texts()


def test_a_run_that_is_over_is_shown_as_it_ended(page: Page) -> None:
    render(page, finished())
    assert counts(page) == ["20 of 48 dead", "0 of 48 dead"]
    assert page.locator(".unit.dead").count() == 20
    assert page.locator(".unit.fresh").count() == 1
    expect(page.locator(".line")).to_have_text(
        "First hidden layer, unit 1: dead since epoch 1. "
        "Its largest weighted input over the training set is −2.50."
    )


def test_a_run_that_begins_is_played_and_python_hears_that_it_is_over(page: Page) -> None:
    answer(page, reply(2), reply(EPOCHS + 1, over=True))
    render(page, message())
    page.locator(".speed input").fill("6")
    expect(page.locator("h3 b").first).to_have_text("20 of 48 dead")
    assert picks(page) == [["pick", {"over": "a"}]]  # the last epoch is what a link shows anyway


def test_while_it_waits_nothing_is_known_of_the_units(page: Page) -> None:
    answer(page, reply_with(({}, []), 0, False, {"state": "queued", "place": 2}))
    render(page, message(status=STATUS | {"state": "queued", "place": 2}))
    expect(page.locator(".standing.waits")).to_have_text(
        "Waits for its turn, at place 2: other runs are computing."
    )
    assert page.locator(".unit.unknown").count() == LAYERS * WIDTH
    assert counts(page) == ["not known yet"] * 2


def test_a_run_that_was_paused_because_nobody_watched_goes_on(page: Page) -> None:
    rests = {"state": "paused", "sentence": "It was paused because nobody watched."}
    answer(page, reply_with(({}, []), 3, False, rests), resume=reply(EPOCHS + 1, over=True))
    render(page, message(3, status=STATUS | rests))
    page.locator(".speed input").fill("6")
    expect(page.locator("h3 b").first).to_have_text("20 of 48 dead")


def test_the_cursor_of_the_charts_and_the_buttons_lead_to_other_epochs(page: Page) -> None:
    render(page, finished())
    page.get_by_role("button", name="one step back").click()
    assert counts(page)[0] == "19 of 48 dead"
    page.locator(".over").first.focus()
    page.keyboard.press("Home")
    assert counts(page)[0] == "0 of 48 dead"
    assert [pick for _, pick in picks(page)] == [{"epoch": 19}, {"epoch": 0}]


def test_play_goes_from_the_start_to_the_end(page: Page) -> None:
    render(page, finished())
    page.locator(".speed input").fill("6")
    page.get_by_role("button", name="play").click()
    expect(page.get_by_role("button", name="play")).to_be_visible()
    expect(page.locator("h3 b").first).to_have_text("20 of 48 dead")


def test_people_who_ask_for_no_motion_see_the_newest_epoch(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    answer(page, reply(5), reply(EPOCHS + 1, over=True))
    render(page, message())
    expect(page.locator("h3 b").first).to_have_text("20 of 48 dead")
    expect(page.locator(".play")).to_be_hidden()


def test_an_epoch_in_the_link_is_shown_once_it_is_there(page: Page) -> None:
    answer(page, reply(3), reply(EPOCHS + 1, over=True))
    render(page, message(epoch=7))
    expect(page.locator("h3 b").first).to_have_text("7 of 48 dead")
    page.wait_for_timeout(300)
    assert counts(page)[0] == "7 of 48 dead"


def test_a_unit_is_pointed_at_selected_and_reached_by_keys(page: Page) -> None:
    render(page, finished())
    page.locator(".unit").nth(30).hover()
    expect(page.locator(".line")).to_contain_text("First hidden layer, unit 31: alive.")
    page.locator(".unit").nth(2).click()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".line")).to_contain_text("unit 15: dead since epoch 15")
    page.keyboard.press("Enter")
    assert [pick for _, pick in picks(page)] == [{"unit": [0, 2]}, {"unit": [0, 14]}]
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".line")).to_contain_text("Second hidden layer, unit 3")


def test_a_run_that_diverges_says_so(page: Page) -> None:
    ended = {"state": "failed", "sentence": "The run has diverged."}
    answer(page, reply_with(({}, []), 3, True, ended))
    status = STATUS | ended
    render(page, message(3, over=True, status=status))
    expect(page.locator(".standing")).to_have_text("The run has diverged.")
    assert counts(page)[0] == "2 of 48 dead"


@pytest.mark.parametrize("width", [300, 1200])
def test_it_is_as_wide_as_its_place(browser: Browser, width: int) -> None:
    with blank_page(browser, "dying", width=width) as page:
        answer(page, reply(EPOCHS + 1, over=True))
        render(page, finished())
        assert not overflows(page)
        sizes = page.locator(".unit").evaluate_all("(all) => all.map((unit) => unit.offsetWidth)")
        assert min(sizes) >= 18
