"""A landscape in a real Chromium: it comes up by itself, is turned, read and taken away."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.downloads import saved

KEY = 0.12  # radians of a turn by an arrow key
READY = 60_000  # ms; the first run waits for its process
SMALL = "view=plane&net=lenet5&ll_of=tube&ll_plane=random&ll_span=1&ll_points=13&ll_pictures=100"


def opened(visit: Visit, server: str, settings: str = SMALL) -> Page:
    page = visit.page
    page.goto(f"{server}/loss-landscape?{settings}")
    expect(page.locator(".standing")).to_have_text("All 169 points are done.", timeout=READY)
    return page


def turn(page: Page) -> float:
    """By how much the camera is turned, as the session keeps it."""
    return float(page.evaluate("() => JSON.parse(sessionStorage.getItem('terrain.random')).turn"))


def test_the_surface_and_the_words_come_without_a_click(visit: Visit, server: str) -> None:
    page = opened(visit, server)
    expect(page.locator(".note")).to_have_text("13 × 13 points computed.")
    expect(page.get_by_text("At a distance of 1, on a circle, the loss is")).to_be_visible(timeout=READY)
    expect(page.locator(".status")).to_have_text(re.compile(r"a = 0, b = 0: loss 0\.\d+ nats, accuracy \d+"))


def test_a_turned_surface_stays_turned_when_the_scale_changes_and_after_a_reload(
    visit: Visit, server: str
) -> None:
    page = opened(visit, server)
    page.locator(".hill .over").press("ArrowLeft")
    page.wait_for_function("() => sessionStorage.getItem('terrain.random')")
    turned = turn(page)
    page.get_by_role("button", name="Log scale").click()
    page.wait_for_url("**ll_scale=linear**")
    page.reload()
    expect(page.locator("[data-painted='13']")).to_be_visible(timeout=READY)
    page.locator(".hill .over").press("ArrowLeft")
    page.wait_for_timeout(500)  # it is kept once it rests
    assert turn(page) == pytest.approx(turned - KEY, abs=1e-3)  # the link has three digits


def test_the_cursor_goes_into_the_link_and_the_formula(visit: Visit, server: str) -> None:
    page = opened(visit, server)
    page.locator(".map .over").press("ArrowRight")
    page.wait_for_url("**ll_at=0.1667%2C0**")
    expect(page.get_by_text("L(0.167, 0) =").first).to_be_attached()


def test_the_arrays_and_a_page_that_needs_no_server_can_be_taken_away(
    visit: Visit, server: str, tmp_path: Path
) -> None:
    page = opened(visit, server)
    assert np.load(saved(page, "The surface and the path", tmp_path))["loss"].shape == (13, 13)
    page.goto(saved(page, "A page to turn it", tmp_path).as_uri())
    expect(page.locator(".status")).to_have_text(re.compile("a = 0, b = 0: loss"))
    expect(page.locator(".standing")).to_be_hidden()
