"""Comparing in a real Chromium: bands grow by themselves, and the words come at their end."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 90_000  # ms; the runs wait for their processes
PAIR = "compare_experiment=own&compare_vary=net&compare_a=mlp&compare_b=mlp&compare_copies=8"


def test_two_bands_grow_and_at_their_end_it_is_said_whether_they_differ(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=compare&{PAIR}")
    expect(page.locator(".told")).to_contain_text(re.compile(r"step \d+ of 156"), timeout=READY)
    expect(page.get_by_text("seed by seed in")).to_be_visible(timeout=READY)
    expect(page.locator(".standing")).to_have_text("All are done.")
    named = page.url
    page.reload()
    expect(page.get_by_text("seed by seed in")).to_be_visible(timeout=READY)
    assert page.url == named
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator("table")).to_be_visible()
    assert page.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth <= main.clientWidth")
