"""Optimisers on a network and gradient noise in a real Chromium: bands grow, a point is moved."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 90_000  # ms; the run waits for its process
PAIR = "network_optimisers=sgd.adam&network_copies=4"


def test_bands_grow_and_the_words_come_with_the_end(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/optimizers?view=network&{PAIR}")
    expect(page.locator(".told")).to_have_text(re.compile(r"Step \d+ of 150 of each"), timeout=READY)
    expect(page.get_by_text("times as long as one of")).to_be_visible(timeout=READY)
    expect(page.locator(".legend").first.locator("button span")).to_have_text(["SGD", "Adam"])
    page.get_by_text("Seconds", exact=True).click()
    page.wait_for_url("**network_x=seconds**")
    expect(page.get_by_text("times as long as one of")).to_be_visible()


def test_the_point_of_the_gradients_is_moved_and_stands_in_the_link(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/optimizers?view=noise")
    plane = page.locator("canvas.base").first
    expect(page.get_by_text("Half of the batches point within")).to_be_visible(timeout=READY)
    before = page.get_by_text("away from the full one").inner_text()
    plane.focus()
    plane.press("Shift+ArrowRight")
    page.wait_for_url(re.compile(r"noise_point=-0\.\d+_2"))
    expect(page.get_by_text("away from the full one")).not_to_have_text(before)
