"""metrics.js alone on a blank page: the threshold that is dragged, what is counted, and what is reported."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components import metrics as metrics_part
from pages.parts import losses_metrics_charts as drawn
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import answer
from vizcore.toolkit import metrics

DATA = drawn.scored(*metrics.sample(count=200), "<b>yes", "no")


def sent(threshold: float) -> bytes:
    scores, rates = [drawn.histogram(DATA, "count"), drawn.over_thresholds(DATA)], [drawn.roc(DATA.curves)]
    found, names = drawn.counted(DATA, threshold), (DATA.positive, DATA.negative)
    found = replace(found, points=found.points[:1])
    return metrics_part.pack(found, scores, rates, names=names, alt="Scores.", ask="/live/x")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "metrics") as page:
        render(page, sent(0))
        yield page


def counts(page: Page) -> list[int]:
    return [int(text) for text in page.locator(".matrix td b").all_inner_texts()]


def test_the_matrix_and_the_fractions_hold_the_counts(page: Page) -> None:
    found = metrics.decision(DATA.scores, DATA.targets, 0)
    hits, misses, alarms, passed = counts(page)
    assert (hits, passed) == (found.true_positives, found.true_negatives)
    assert hits + misses == alarms + passed == 100
    row = page.locator(".rows dd").nth(1)
    assert row.locator(".fraction").all_inner_texts() == ["TP\nTP + FP", f"{hits}\n{hits} + {alarms}"]
    assert row.locator("b").inner_text() == f"{found.precision:.3f}"


def test_names_are_text_whatever_they_contain(page: Page) -> None:
    assert page.locator(".matrix th").all_inner_texts()[2:] == ["<b>yes", "no"]


def test_a_drag_counts_anew_and_reports_once_at_the_end(page: Page) -> None:
    found = drawn.counted(DATA, float(DATA.places[-1]))
    answer(page, base64.b64encode(metrics_part.pack_answer(replace(found, points=[[]]))).decode())
    chart = page.locator(".scores .over").first
    box = chart.bounding_box()
    assert box
    chart.hover(position={"x": box["width"] / 2, "y": 60})
    page.mouse.down()
    chart.hover(position={"x": box["width"] - 12, "y": 60})
    expect(page.locator(".matrix td b").first).to_have_text("0")
    assert counts(page) == [0, 100, 0, 100]
    assert picks(page) == []
    page.mouse.up()
    assert picks(page) == [["pick", {"threshold": DATA.places[-1]}]]


def test_arrow_keys_move_the_threshold_in_steps(page: Page) -> None:
    page.locator(".scores .over").nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert picks(page) == [["pick", {"threshold": 0.05}]]
    assert page.locator(".scores .where").all_inner_texts() == ["at 0.0500"] * 2


def test_curves_over_a_rate_have_no_threshold(page: Page) -> None:
    assert page.locator(".rates .where").all_inner_texts() == [""]


def test_a_message_does_not_disturb_a_drag(page: Page) -> None:
    page.locator(".scores .over").first.hover(position={"x": 100, "y": 60})
    page.mouse.down()
    there = page.locator(".root").get_attribute("data-threshold")
    render(page, sent(1.0))
    assert page.locator(".root").get_attribute("data-threshold") == there != "1"


@pytest.mark.parametrize("width", [300, 1200])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_into_its_place(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "metrics", width=width, dark=dark) as page:
        render(page, sent(0))
        assert not overflows(page)
