"""One step, and a learning rate that is found, in a real Chromium."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 60_000  # ms; the first visit waits for PyTorch
LINK = "live-training?t_net=mlp&t_count=500"


def test_the_stages_of_a_step_stand_in_the_link_and_the_next_step_follows(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/{LINK}&view=step")
    says = page.locator(".root > .says")
    expect(says).to_contain_text("Step 1. 32 examples go through the layers", timeout=READY)
    page.get_by_role("tab", name="Update").click()
    page.wait_for_url("**step_stage=update**")
    expect(says).to_contain_text("Loss of this batch before")
    before = says.inner_text()
    page.get_by_role("button", name="Next step").click()
    page.wait_for_url("**step_on=1**")
    expect(says).not_to_have_text(before)
    page.locator(".shot").nth(4).click()
    page.wait_for_url("**step_example=4**")


def test_a_rate_is_found_and_a_run_begins_with_it(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/{LINK}&view=rate&rate_optimisers=adam")
    button = page.get_by_role("button", name=re.compile(r"Use 0\.\d+ with Adam"))
    expect(button).to_be_enabled(timeout=READY)
    rate = button.inner_text().split()[-3]
    button.click()
    page.wait_for_url(re.compile(rf"t_optimiser=adam.*t_lr={rate}.*run=\w+|run=\w+.*t_lr={rate}"))
    expect(page.locator(".run")).to_be_visible(timeout=READY)
