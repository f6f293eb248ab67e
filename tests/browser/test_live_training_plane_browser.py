"""Learning in the plane in a real Chromium: it begins by itself, is led on its way, and is found again."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 60_000  # ms; the first run waits for its process


def test_a_run_is_paused_stepped_and_found_again_by_its_link(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=plane&plane_epochs=30000")
    standing = page.locator(".standing")
    expect(standing).to_have_text(re.compile(r"Epoch \d+ of 30000"), timeout=READY)
    page.get_by_role("button", name="pause").click()
    expect(standing).to_have_text(re.compile(r"Paused at epoch \d+"))
    epoch = int(re.findall(r"\d+", standing.inner_text())[0])
    page.get_by_role("button", name="One epoch").click()
    expect(standing).to_have_text(f"Paused at epoch {epoch + 1} of 30000.")
    page.reload()
    expect(standing).to_have_text(f"Paused at epoch {epoch + 1} of 30000.", timeout=READY)


def test_what_is_clicked_in_the_network_goes_into_the_link(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=plane&plane_epochs=100&plane_pace=0")
    expect(page.get_by_text("After 100 epochs the loss is")).to_be_visible(timeout=READY)
    page.get_by_role("button", name="Feature x₁²").click()
    page.wait_for_url("**plane_features=x1.x2.x1x1**")
    page.get_by_role("button", name="One hidden layer less").click()
    page.wait_for_url("**plane_layers=4")
    expect(page.locator(".link")).to_have_count(3 * 4 + 4)
    page.get_by_role("button", name="hidden layer 1, unit 3").click()
    page.wait_for_url("**plane_unit=0.2**")
    expect(page.locator(".says h3")).to_have_text("Hidden layer 1, unit 3")
