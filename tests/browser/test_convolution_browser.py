"""The laboratory of one kernel in a real Chromium: hover, walk, type, drag, and its link."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from vizcore.exhibits.convolution import GRIDS, convolve

READY = 30_000  # ms; the first page waits for PyTorch
CELLS = "section.kernel .weights input"


def opened(visit: Visit, server: str, query: str) -> Page:
    visit.page.goto(f"{server}/convolution?{query}")
    laid_out(visit.page)
    return visit.page


def laid_out(page: Page) -> None:
    page.wait_for_selector(".root[data-painted] section.output canvas", timeout=READY)


def kernel_of(page: Page) -> list[str]:
    return [
        str(value) for value in page.locator(CELLS).evaluate_all("(cells) => cells.map((cell) => cell.value)")
    ]


def picture_of(page: Page) -> str:
    return str(page.locator("section.output .frame canvas").first.evaluate("(canvas) => canvas.toDataURL()"))


def expect_other_picture(page: Page, before: str) -> None:
    for _ in range(100):
        if picture_of(page) != before:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the output stayed the same")


def hover_output(page: Page, row: int, col: int, size: int) -> None:
    canvas = page.locator("section.output .frame canvas").first
    box = canvas.bounding_box()
    assert box
    canvas.hover(position={"x": (col + 0.5) * box["width"] / size, "y": (row + 0.5) * box["height"] / size})


def test_hover_writes_the_sum_out(visit: Visit, server: str) -> None:
    page = opened(visit, server, "slide_input=binary&slide_kernel=cross")
    output = convolve(GRIDS["binary"].values, [[1, 0, 1], [0, 1, 0], [1, 0, 1]]).output
    for row, col in [(0, 0), (1, 2), (2, 1)]:
        hover_output(page, row, col, 3)
        line = page.locator(".sum .line").inner_text()
        assert line.endswith(f"= {output[row, col]:g}")
        assert line.count("·") == 9


def test_play_walks_the_window_over_all_outputs(visit: Visit, server: str) -> None:
    page = opened(visit, server, "slide_input=binary&slide_kernel=cross&slide_unit=2.0")
    page.get_by_role("button", name=re.compile("play", re.I)).click()
    expect(page.locator(".sum .where")).to_contain_text("row 2, column 2", timeout=10_000)


def test_a_typed_weight_changes_the_output_and_the_link(visit: Visit, server: str, browser: Browser) -> None:
    page = opened(visit, server, "slide_input=hole&slide_kernel=box&slide_stride=2")
    before = picture_of(page)
    page.locator(CELLS).first.fill("-3")
    expect_other_picture(page, before)
    page.keyboard.press("Tab")
    page.wait_for_url("**weights=-3**")
    page.locator("section.output canvas").first.focus()  # a weight that is being edited has all its digits
    after, weights = picture_of(page), kernel_of(page)
    other = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    other.goto(page.url)
    laid_out(other)
    expect(other.locator(CELLS).first).to_have_value(weights[0])
    assert (kernel_of(other), "stride=2" in other.url) == (weights, True)
    assert picture_of(other) == after
    other.close()


def test_the_output_follows_a_slider_while_it_is_dragged(visit: Visit, server: str) -> None:
    page = opened(visit, server, "picture=cat&slide_size=64&slide_kernel=gaussian&slide_padding=same")
    before = picture_of(page)
    slider = page.locator(".sliders input")
    slider.evaluate(
        "(input) => { input.value = 3; input.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect_other_picture(page, before)
    assert "slide_numbers" not in page.url  # nothing is reported before it is let go
    slider.evaluate("(input) => input.dispatchEvent(new Event('change', { bubbles: true }))")
    page.wait_for_url("**slide_numbers=sigma%3A3**")


def test_a_setting_that_cannot_be_is_explained(visit: Visit, server: str) -> None:
    page = opened(visit, server, "slide_input=binary&slide_kernel=cross")
    page.goto(f"{server}/convolution?slide_input=binary&slide_kernel=gaussian&slide_rows=11&slide_cols=11")
    expect(page.get_by_text("Not possible")).to_be_visible(timeout=READY)
    expect(page.get_by_text("Rows", exact=True)).to_be_visible()


@pytest.mark.parametrize("view", ["channels", "signal", "laws", "matrix", "cost", "find"])
def test_every_view_opens_by_its_link(visit: Visit, server: str, view: str) -> None:
    visit.page.goto(f"{server}/convolution?view={view}&picture=cat")
    expect(visit.page.get_by_text("What to notice")).to_be_visible(timeout=READY)
    expect(visit.page.get_by_text("Not possible")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_screen_in_both_themes(browser: Browser, server: str, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"{server}/convolution?picture=cat&slide_kernel=gabor&slide_rows=11&slide_cols=11")
    laid_out(page)
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()


def test_a_kernel_goes_into_a_network_and_a_filter_comes_back(visit: Visit, server: str) -> None:
    page = opened(visit, server, "slide_input=hole&weights=1,0,-1;2,0,-2;1,0,-1")
    page.get_by_role("button", name="Put it into a network").click()
    page.wait_for_url("**/filters**", timeout=READY)
    expect(page.get_by_text("A kernel came along")).to_be_visible(timeout=READY)
