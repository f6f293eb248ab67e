"""Runs of the activation functions in a real Chromium: they begin by themselves, and one looks on."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit

READY = 60_000  # ms; the first run waits for PyTorch twice


def test_units_die_while_one_looks_on_and_the_words_follow(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/activation-functions?view=dying&dying_lr=2&dying_epochs=10")
    expect(page.locator(".unit")).to_have_count(96, timeout=READY)
    expect(page.get_by_text("the whole second layer is dead")).to_be_visible(timeout=READY)
    expect(page.locator(".root[data-epoch='10'] h3 b").last).to_have_text("48 of 48 dead")
    page.get_by_role("button", name="one step back").click()
    page.wait_for_url("**dying_epoch=9**")
    page.locator(".unit").nth(50).click()
    page.wait_for_url("**dying_unit=1.2**")
    expect(page.locator(".line")).to_contain_text("Second hidden layer, unit 3: dead since epoch")


def test_a_picture_is_learnt_paused_and_learnt_again(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/activation-functions?view=siren&picture=digit-3&siren_steps=1000")
    standing = page.locator(".standing")
    expect(standing).to_have_text(re.compile(r"Step \d+ of 1000"), timeout=READY)
    page.get_by_role("button", name="pause").click()
    expect(standing).to_have_text(re.compile(r"Paused at step \d+ of 1000"))
    page.get_by_role("button", name="play", exact=True).click()
    expect(standing).to_have_text("All 1000 steps are done.", timeout=READY)
    expect(page.get_by_text("After 1000 steps the sines stand at")).to_be_visible()
    page.get_by_role("button", name="start again").click()
    expect(standing).to_have_text(re.compile(r"Step \d+ of 1000"), timeout=READY)
