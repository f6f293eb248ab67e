"""follow.js alone on a blank page, with a server that plays a run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from pages.components import bundle, pack

ADDRESS = "https://runs.example"
LOAD = """async (code) => {
  window.part = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  window.root = document.body.appendChild(document.createElement('div'));
  window.seen = [];
  window.follow = (url) => window.part.followRun(window.root, url,
    ({ header }) => window.seen.push(header.new), (sentence) => window.seen.push(sentence));
}"""


class Run:
    """A run that makes `speed` reports from one question to the next."""

    def __init__(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self.made, self.speed, self.state, self.gone = 0, 1, "running", False

    def reply(self, route: Route) -> None:
        question = json.loads(route.request.post_data or "{}")
        self.questions.append(question)
        if self.gone:
            route.fulfill(status=404)
            return
        if question.get("do") == "pause":
            self.state, self.speed = "paused", 0
        self.made += self.speed
        if self.made >= 10:
            self.state = "finished"
        over = self.state == "finished"
        new = [*range(question["since"], self.made)]
        route.fulfill(
            body=pack({"status": {"state": self.state}, "next": self.made, "over": over, "new": new})
        )


@pytest.fixture
def run() -> Run:
    return Run()


@pytest.fixture
def page(browser: Browser, run: Run) -> Iterator[Page]:
    page = browser.new_page()
    page.route(f"{ADDRESS}/**", run.reply)
    page.route(f"{ADDRESS}/", lambda route: route.fulfill(body="<body></body>", content_type="text/html"))
    page.goto(f"{ADDRESS}/")
    page.evaluate(LOAD, bundle("follow"))
    yield page
    page.close()


def follow(page: Page, address: str = "/live/a?1") -> None:
    page.evaluate("(url) => window.follow(url)", address)


def seen(page: Page) -> list[Any]:
    return list(page.evaluate("() => window.seen"))


def test_every_report_arrives_once_and_then_nobody_asks_any_more(page: Page, run: Run) -> None:
    follow(page)
    page.wait_for_function("() => window.seen.length >= 10")
    page.wait_for_timeout(400)
    assert [number for new in seen(page) for number in new] == [*range(10)]
    assert len(run.questions) == 10


def test_drawing_again_asks_no_faster(page: Page, run: Run) -> None:
    run.speed = 0
    for _ in range(20):
        follow(page)
    page.wait_for_timeout(650)
    assert 1 <= len(run.questions) <= 8


def test_another_run_is_followed_from_its_beginning(page: Page, run: Run) -> None:
    follow(page)
    page.wait_for_function("() => window.seen.length >= 3")
    run.made = 0
    follow(page, "/live/a?2")
    page.wait_for_function("() => window.seen.flat().filter((number) => number === 0).length === 2")
    page.wait_for_function("() => window.seen.flat().at(-1) === 9")
    assert [question["since"] for question in run.questions].count(0) >= 2


def test_an_order_is_sent_at_once_and_answered(page: Page, run: Run) -> None:
    run.speed = 0
    follow(page)
    page.evaluate("() => window.part.tellRun(window.root, 'pause')")
    page.wait_for_timeout(300)
    assert run.state == "paused"
    assert [question.get("do") for question in run.questions].count("pause") == 1


def test_a_run_at_rest_is_asked_for_less_often(page: Page, run: Run) -> None:
    run.speed, run.state = 0, "paused"
    follow(page)
    page.wait_for_timeout(900)
    assert len(run.questions) == 2


def test_what_has_left_the_page_no_longer_asks(page: Page, run: Run) -> None:
    run.speed = 0
    follow(page)
    page.wait_for_function("() => window.seen.length >= 2")
    page.evaluate("() => window.root.remove()")
    page.wait_for_timeout(150)
    asked = len(run.questions)
    page.wait_for_timeout(400)
    assert len(run.questions) == asked


def just_reloaded(page: Page) -> None:
    page.evaluate("() => sessionStorage.setItem('follow.reloaded', Date.now())")


def test_a_server_that_is_gone_is_said_once_and_asked_again_later(page: Page, run: Run) -> None:
    just_reloaded(page)
    run.gone = True
    follow(page)
    page.wait_for_function("() => window.seen.length >= 1")
    assert seen(page)[0] == "No connection to the server; trying again."
    run.gone = False
    page.wait_for_function("() => window.seen.flat().at(-1) === 9", timeout=10_000)


def test_another_address_is_asked_at_once_when_the_first_one_is_not_known_any_more(
    page: Page, run: Run
) -> None:
    just_reloaded(page)
    run.gone = True
    follow(page)
    page.wait_for_function("() => window.seen.length === 1")
    run.gone = False
    follow(page, "/live/b?1")
    page.wait_for_function("() => window.seen.flat().includes(0)", timeout=1000)


def test_a_server_that_was_started_anew_brings_the_page_back_by_its_link_but_not_over_and_over(
    page: Page, run: Run
) -> None:
    run.gone = True
    with page.expect_event("framenavigated"):
        follow(page)
    page.evaluate(LOAD, bundle("follow"))
    page.evaluate("() => { window.stays = true; }")
    follow(page)
    page.wait_for_function("() => window.seen.length >= 2")
    assert page.evaluate("() => window.stays")


def test_another_minute_may_bring_the_page_back_again(page: Page, run: Run) -> None:
    page.evaluate("() => sessionStorage.setItem('follow.reloaded', Date.now() - 61_000)")
    run.gone = True
    with page.expect_event("framenavigated"):
        follow(page)
