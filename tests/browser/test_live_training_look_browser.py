"""A network learns, is put into the tube, and is looked into on another page, as a visitor does it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

SHORT = "view=pictures&t_count=400&t_epochs=2"


@pytest.fixture
def page(visit: Visit, server: str) -> Page:
    visit.page.goto(f"{server}/live-training?{SHORT}")
    visit.page.get_by_role("button", name="Look into this network").wait_for(timeout=60_000)
    return visit.page


def test_a_network_that_was_trained_here_shows_its_filters(page: Page) -> None:
    page.get_by_role("button", name="Look into this network").click()
    expect(page.get_by_role("button", name=re.compile("LeNet-5 on digits, step 20,"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Digits: example 1"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Filters").click()
    page.wait_for_url(re.compile("picture=held"))
    expect(page.get_by_text("somebody's own picture")).to_have_count(0)
    expect(page.get_by_text("All 150 weights of conv1")).to_be_visible()
    page.get_by_role("button", name=re.compile("LeNet-5 on digits")).click()
    expect(page.get_by_role("heading", name="Trained here")).to_be_visible()


def test_its_weights_can_be_taken_away(page: Page) -> None:
    page.get_by_role("button", name="Export").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("weights, as they are now")).click()
    assert download.value.suggested_filename == "weights.safetensors"
    assert download.value.path().read_bytes()[8:9] == b"{"


def test_a_preset_ends_what_was_said_about_the_link(visit: Visit, server: str) -> None:
    visit.page.goto(f"{server}/live-training?{SHORT}&picture=mine-12345678")
    sentence = visit.page.get_by_text("somebody's own picture, which is never part of a link")
    expect(sentence).to_be_visible(timeout=60_000)
    visit.page.get_by_role("link", name="Overfitting").click()
    expect(sentence).to_have_count(0)
