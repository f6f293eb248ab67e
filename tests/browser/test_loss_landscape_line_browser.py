"""A line between two solutions, and two landscapes side by side, in a real Chromium."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 60_000  # ms; the first run waits for its process


def test_the_place_on_the_line_goes_into_the_link_and_the_formula(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(
        f"{server}/loss-landscape?view=line&net=lenet5&ll_line_of=begin&ll_line_epochs=1&ll_line_seed=3"
    )
    expect(page.get_by_text("From A to B the loss goes from")).to_be_visible(timeout=READY)
    expect(page.locator(".standing")).to_have_text(re.compile(r"All \d+ steps are done"))
    page.locator(".over").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**ll_line_at=0.525**")
    expect(page.locator(".where").first).to_have_text("at 0.525")
    expect(page.locator(".katex").filter(has_text="L(0.525)").first).to_be_visible()


def test_two_landscapes_have_one_cursor(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/loss-landscape?view=compare&net=lenet5&ll_two_pair=seeds&ll_two_points=13")
    expect(page.locator("[data-painted='13 13']")).to_be_visible(timeout=READY)
    page.locator(".map .over").last.press("ArrowUp")
    page.wait_for_url(re.compile("ll_at=0%2C0.08333"))
    expect(page.locator(".status")).to_have_text(re.compile("from one seed: a = 0, b = 0.0833.*from another"))
