"""The pooling page in a real Chromium: hover, walk, type, drag, take away, and its links."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.downloads import printed, saved
from vizcore.exhibits.convolution import grey
from vizcore.exhibits.pooling import GRIDS, pool
from vizcore.toolkit.samples import sample
from vizcore.toolkit.small import small

READY = 30_000  # ms; the first page waits for PyTorch
VIEWS = {"grid": "section.output canvas", "shift": ".panels canvas", "detector": ".net .cell"}


def opened(visit: Visit, server: str, query: str, view: str = "grid") -> Page:
    visit.page.goto(f"{server}/pooling?view={view}&{query}")
    laid_out(visit.page, view)
    return visit.page


def laid_out(page: Page, view: str = "grid") -> None:
    page.wait_for_selector(f".root[data-painted] {VIEWS[view]}", timeout=READY)


def panel(page: Page, name: str) -> Locator:
    return page.locator(f"section.{name} .frame canvas").first


def place(page: Page, name: str, row: int, col: int, size: int) -> tuple[float, float]:
    """The middle of a cell in px of its canvas."""
    box = panel(page, name).bounding_box()
    assert box
    return (col + 0.5) * box["width"] / size, (row + 0.5) * box["height"] / size


def line(page: Page) -> Locator:
    return page.locator(".sum .line")


def test_hover_names_the_winner_of_each_window(visit: Visit, server: str) -> None:
    page = opened(visit, server, "grid_input=korenev")
    for (row, col), value in {(0, 0): 6, (0, 1): 8, (1, 0): 3, (1, 1): 4}.items():
        x, y = place(page, "output", row, col, 2)
        panel(page, "output").hover(position={"x": x, "y": y})
        expect(line(page)).to_contain_text(f"= {value} from")


def test_play_walks_the_window_over_all_outputs(visit: Visit, server: str) -> None:
    page = opened(visit, server, "grid_input=kainz&grid_unit=1.1")
    page.get_by_role("button", name=re.compile("play", re.I)).click()
    expect(page.locator(".sum .where")).to_have_text("Output, row 1, column 1: 4", timeout=10_000)
    expect(page.get_by_role("button", name="play")).to_be_visible()


def test_a_typed_value_changes_the_output_and_the_link(visit: Visit, server: str, browser: Browser) -> None:
    page = opened(visit, server, "grid_input=korenev&grid_kind=average&grid_unit=0.0")
    x, y = place(page, "input", 0, 0, 4)
    panel(page, "input").click(position={"x": x, "y": y})
    page.locator("input.cell").fill("9")
    expect(line(page)).to_have_text("(9 + 0 + 4 + 6) / 4 = 4.75")
    assert "grid_values" not in page.url  # Python hears of it once it is done
    page.keyboard.press("Enter")
    page.wait_for_url("**grid_values=9*")
    other = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    other.goto(page.url)
    laid_out(other)
    expect(line(other)).to_have_text("(9 + 0 + 4 + 6) / 4 = 4.75")
    other.close()


def test_edits_that_follow_each_other_are_all_kept(visit: Visit, server: str) -> None:
    page = opened(visit, server, "grid_input=korenev")
    x, y = place(page, "input", 0, 0, 4)
    panel(page, "input").click(position={"x": x, "y": y})
    for value in ("11", "12", "13", "14"):
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"grid_values=11.*12.*13.*14"))
    page.wait_for_timeout(500)  # nothing older comes back
    expect(page.locator("section.output .below .bar span").last).to_have_text("14")


def test_the_picture_is_dragged_and_everything_answers_meanwhile(visit: Visit, server: str) -> None:
    page = opened(visit, server, "picture=cat&shift_at=0,0", "shift")
    picture, root = page.locator("canvas.picture"), page.locator(".root[data-place]")
    box = picture.bounding_box()
    assert box
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 100 + 5 * box["width"] / 64, box["y"] + 100, steps=5)
    expect(root).to_have_attribute("data-place", "0,5")
    expect(page.locator(".line")).not_to_contain_text("Max: 0%")
    assert "shift_at=0%2C5" not in page.url
    page.mouse.up()
    page.wait_for_url("**shift_at=0%2C5**")
    expect(page.get_by_text("What to notice")).to_contain_text("of the input values changed")


def test_the_arrow_keys_move_the_picture_too(visit: Visit, server: str) -> None:
    page = opened(visit, server, "shift_at=0,1", "shift")
    page.locator("canvas.picture").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**shift_at=1%2C1**")


def test_a_typed_detector_stands_in_the_link(visit: Visit, server: str) -> None:
    page = opened(visit, server, "", "detector")
    page.locator(".before input").nth(1).fill("0.4")
    page.keyboard.press("Enter")
    page.wait_for_url("**detector_values=0.1%2C0.4%2C0.2%2C0.1**")
    expect(page.locator(".before [data-kind=outputs]").first).to_have_text("0.4")


def test_what_is_shown_can_be_taken_away(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, server, "picture=cat&grid_size=32&grid_window=3&grid_stride=2&grid_kind=l2")
    found = pool(small(grey(sample("cat"))[..., None], 32)[..., 0], kind="l2", window=3, stride=2).output
    table = np.loadtxt(saved(page, "The output, as a table", tmp_path), delimiter=",")
    np.testing.assert_allclose(table, found, rtol=1e-8)
    assert saved(page, "as a picture", tmp_path).read_bytes().startswith(b"\x89PNG")
    said = f"output {found.shape[0]} {found.shape[1]}\n{found.min():.6g} {found.mean():.6g} {found.max():.6g}"
    assert said in printed(saved(page, "A script", tmp_path))


def test_the_script_for_own_numbers_holds_them(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, server, "grid_input=own&grid_values=1,2;3,5")
    assert "output 1 1\n5 5 5\nunpooled 2 2" in printed(saved(page, "A script", tmp_path))


def test_a_setting_that_cannot_be_is_explained(visit: Visit, server: str) -> None:
    visit.page.goto(f"{server}/pooling?grid_input=korenev&grid_window=8")
    expect(visit.page.get_by_text("Not possible")).to_be_visible(timeout=READY)
    expect(visit.page.get_by_text("Window", exact=True)).to_be_visible()


def test_the_presets_of_the_lectures_show_their_numbers(visit: Visit, server: str) -> None:
    page = opened(visit, server, "")
    page.get_by_role("link", name="4 × 4 (Korenev)").click()
    expect(page.get_by_text(GRIDS["korenev"].lecture)).to_be_visible(timeout=READY)
    expect(line(page)).to_contain_text("max(2, 3, 6, 8) = 8")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("view", VIEWS)
def test_it_fits_the_screen_in_both_themes(
    browser: Browser, server: str, theme: str, width: int, view: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"{server}/pooling?picture=cat&view={view}")
    laid_out(page, view)
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
