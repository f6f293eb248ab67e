"""class_batch.js alone on a blank page: what it shows, asks and reports."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from pages import components
from pages.components.class_batch import pack_answer
from tests.browser.blank import blank_page, overflows, picks, render
from vizcore.toolkit.class_losses import Batch, batch

LOGITS, TARGETS = np.array([[2.0, 0, -1], [0, 0, 0]]), [0, 2]


WEIGHTED = batch(LOGITS, TARGETS, weights=(1, 1, 3))


def message(ask: str = "", found: Batch = WEIGHTED) -> bytes:
    answer = np.frombuffer(pack_answer(found), np.uint8)
    header = {"limits": (-6, 6), "step": 0.1, "ask": ask, "targets": TARGETS, "shape": LOGITS.shape}
    return components.pack(header, LOGITS.astype(np.float32), answer)


@pytest.fixture(params=[900, 320])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with blank_page(browser, "class_batch", width=request.param) as page:
        render(page, message())
        yield page


def test_every_example_shows_its_probabilities_its_weight_and_its_loss(page: Page) -> None:
    rows = page.locator(".row:not(.head):not(.sums)")
    assert rows.nth(1).locator("button").all_inner_texts() == ["p\n0.333", "p\n0.333", "p\n0.333"]
    assert rows.nth(1).locator(".number").all_inner_texts() == ["3.00", "3.30"]
    assert page.locator(".sums .number").all_inner_texts() == ["4.00", "3.47"]
    assert page.locator(".sums b").inner_text() == "mean 0.866"
    assert not overflows(page)


def test_a_click_makes_another_class_the_right_one(page: Page) -> None:
    page.get_by_label("Class 1, probability 0.333").click()
    assert picks(page) == [["pick", {"logits": LOGITS.tolist(), "targets": [0, 1]}]]


def test_the_keyboard_changes_a_logit_and_reports_it(page: Page) -> None:
    page.get_by_label("Logit of class 0, example 1").focus()
    page.keyboard.press("ArrowRight")
    assert picks(page) == [["pick", {"logits": [[2, 0, -1], [0.1, 0, 0]], "targets": TARGETS}]]
    assert page.locator("output").nth(3).inner_text() == "z = 0.1"


def test_while_a_logit_is_dragged_the_answer_of_the_server_is_shown(browser: Browser) -> None:
    def reply(route: Route) -> None:
        asked = route.request.post_data_json
        route.fulfill(body=pack_answer(batch(asked["logits"], asked["targets"])))

    with blank_page(browser, "class_batch") as page:
        page.route("**/answer", reply)
        render(page, message("http://localhost/answer"))
        slider = page.get_by_label("Logit of class 2, example 1")
        slider.evaluate("(input) => { input.value = 6; input.oninput(); }")
        mean = batch([[2, 0, -1], [0, 0, 6]], TARGETS).mean
        expect(page.locator(".sums b")).to_have_text(f"mean {mean:.3g}")
        assert picks(page) == []


def test_a_logit_that_is_dragged_there_and_back_leaves_the_table_open_for_what_comes(page: Page) -> None:
    slider = page.get_by_label("Logit of class 0, example 1")
    slider.evaluate("(input) => { input.oninput(); input.onpointerup(); }")
    found = batch(LOGITS, TARGETS)
    render(page, message(found=found))
    assert page.locator(".sums b").inner_text() == f"mean {found.mean:.3g}"
