"""The optimisers page in a real Chromium: paths that follow the start, play, sums and links."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit

READY = 30_000  # ms; the first page waits for PyTorch


def opened(page: Page, server: str, view: str, query: str = "") -> Page:
    page.goto(f"{server}/optimizers?view={view}&{query}")
    page.wait_for_selector(".root[data-painted] .plane .over", timeout=READY)
    return page


def px(page: Page, across: float, up: float) -> tuple[float, float]:
    """The place on the screen of a place on the map, as shares of its sides."""
    box = page.locator(".root[data-box]").get_attribute("data-box") or ""
    left, top, wide, tall = map(float, box.split(","))
    canvas = page.locator(".plane .over").bounding_box()
    assert canvas
    return canvas["x"] + left + across * wide, canvas["y"] + top + (1 - up) * tall


def test_all_paths_follow_the_start_and_the_link_when_it_is_let_go(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "race", "race_surface=himmelblau&race_lr_gd=0.01")
    first = page.locator(".runners .number").all_inner_texts()[:2]
    page.mouse.move(*px(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*px(page, 0.75, 0.4), steps=5)
    page.wait_for_selector(".root[data-answered]")
    expect(page.locator(".runners .number").first).not_to_have_text(first[0])
    assert "race_start" not in page.url
    page.mouse.up()
    page.wait_for_url("**race_start=2.5*_-1*")
    expect(page.locator(".runners .number").first).to_have_text("3.58")  # the minimum of that quarter


def test_a_step_takes_its_numbers_into_the_equations(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "race", "race_surface=bowl&race_lr_gd=0.1&race_of=gd&race_step=0")
    expect(page.get_by_text("Go on by a step to see its numbers.")).to_be_visible()
    page.get_by_role("button", name="one step forward").click()
    expect(page.locator(".katex-mathml").filter(has_text="-3.15").first).to_be_attached()  # 0.9 of -3.5
    page.wait_for_url("**race_step=1*")
    page.get_by_role("button", name="play", exact=True).click()
    page.wait_for_url(lambda url: "race_step" not in url)  # the last step leaves the link
    expect(page.locator(".steps output")).to_have_text("60 of 60")


def test_an_optimiser_that_is_shown_gets_into_the_link_and_the_words(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "race")
    page.get_by_role("button", name="Newton").click()
    page.wait_for_url("**race_on=gd.momentum.adam.newton*")
    expect(page.get_by_test_id("stMain")).to_contain_text("with Newton")


def test_the_slips_of_the_lecture_are_shown_once_somebody_has_looked_for_them(
    visit: Visit, server: str
) -> None:
    page = opened(visit.page, server, "adam", "adam_step=2")
    page.get_by_text("both of these").click()
    expect(page.get_by_text("So it is.")).to_be_visible()
    expect(page.locator(".katex-html [style*='rgb(213, 94, 0)']").first).to_be_visible()


def test_the_rate_is_dragged_beyond_its_limit(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "rate")
    expect(page.get_by_test_id("stMain")).to_contain_text("along the slowest axis 44 steps")
    chart = page.locator(".box .over").first
    chart.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("stMain")).to_contain_text("1 % of the distance is never reached")
    page.wait_for_url("**rate_share=1.0*")


@pytest.mark.parametrize(("view", "theme"), [("race", "dark"), ("rate", "light"), ("adam", "dark")])
def test_it_fits_the_screen(browser: Browser, server: str, view: str, theme: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server, view)
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
