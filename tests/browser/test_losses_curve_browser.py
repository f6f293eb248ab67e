"""Losses in a real Chromium: what is dragged lands in formula and link."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 30_000  # ms; the first page waits for PyTorch


def test_a_cursor_that_is_let_go_lands_in_the_formula_and_the_link(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/losses?view=curve&curve_loss=mse&curve_beside=nothing&curve_at=1")
    chart = page.locator(".chart .over").first
    chart.wait_for(timeout=READY)
    chart.focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile("curve_at=4"))
    expect(page.locator(".katex-display").first).to_contain_text("16")


def test_a_cursor_dragged_over_the_surface_sets_prediction_and_parameter(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/losses?view=curve&curve_loss=huber&curve_shape=surface&curve_over=delta&curve_at=3")
    over = page.locator(".map .over")
    over.wait_for(timeout=READY)
    over.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile("curve_delta=1.1"))
    expect(page.locator(".katex-display").first).to_contain_text("1.1")


def test_a_class_that_is_clicked_changes_the_mean_and_the_link(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/losses?view=batch&batch_w2=1")
    page.get_by_role("radiogroup", name="Example 0").get_by_role("radio").nth(2).click(timeout=READY)
    page.wait_for_url(re.compile("batch_row0=2"))
    expect(page.get_by_text("Class 2 has 2 of 6 examples")).to_be_visible()
