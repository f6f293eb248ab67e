"""convolution_cost.js alone on a blank page: bars, figures in words, and how a design is chosen."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components import bundle, styles
from pages.components.convolution_cost import pack
from tests.browser.blank import LOAD, RENDER
from vizcore.toolkit.costs import cost
from vizcore.toolkit.designs import designs

WIDTHS = "(lines) => lines.map((line) => line.getBoundingClientRect().width)"
SECONDS = dict.fromkeys(designs("5", channels=64, groups=4), 0.001) | {"plain": 0.002, "strips": 0.004}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    page.close()
    assert errors == []


def render(page: Page, *, selected: str = "strips", timed: bool = True, width: int = 900) -> None:
    """Show the designs in place of 5 x 5 in a new component."""
    page.evaluate(LOAD, [bundle("convolution_cost"), styles("convolution_cost"), width, False])
    update(page, selected, timed)


def update(page: Page, selected: str, timed: bool = True) -> None:
    compared = designs("5", channels=64, groups=4)
    costs = {name: cost(design, 32, padded=False) for name, design in compared.items()}
    packed = pack(compared, costs, SECONDS if timed else None, selected)
    page.evaluate(RENDER, base64.b64encode(packed).decode())


def test_a_row_says_in_words_what_its_bars_show(page: Page) -> None:
    render(page)
    expect(page.locator("tr[data-name=stack] td")).to_have_text(
        ["5 × 5", "0.72×73,728 + 128", "0.77×62.1 M", "0.5×1 ms"]
    )


def test_all_bars_share_one_scale(page: Page) -> None:
    render(page)
    plain, strips = (
        page.locator(f"tr[data-name={name}] .fill").evaluate_all(WIDTHS) for name in ("plain", "strips")
    )
    assert plain == pytest.approx([plain[0]] * 3, abs=0.5)
    assert [width / plain[0] for width in strips] == pytest.approx([0.4, 0.43, 2], abs=0.01)


def test_without_a_measurement_no_time_is_shown(page: Page) -> None:
    render(page, timed=False)
    expect(page.locator("tr[data-name=plain] td.seconds")).to_have_text("not measured")


def test_a_click_anywhere_in_a_row_chooses_its_design_once(page: Page) -> None:
    render(page)
    for _ in range(3):
        update(page, "strips")
    page.locator("tr[data-name=dilated] td.macs").click()
    assert page.evaluate("window.picks") == [["pick", "dilated"]]
    expect(page.locator("[aria-pressed=true]")).to_have_text("3 × 3, dilation 2")


def test_arrow_keys_move_the_choice_and_keep_the_focus(page: Page) -> None:
    render(page)
    page.locator("tr[data-name=strips] button").focus()
    page.keyboard.press("ArrowDown")
    update(page, "separable")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("window.picks.map(([, name]) => name)") == ["separable", "strips", "strips"]


@pytest.mark.parametrize("width", [300, 390, 1200])
def test_nothing_sticks_out_on_narrow_and_wide_screens(page: Page, width: int) -> None:
    render(page, width=width)
    assert page.evaluate("window.parent_.querySelector('.costs').scrollWidth") <= width


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (999_499, "999 k"), (999_600, "1 M"), (80_281_600, "80.3 M")]
)
def test_large_counts_have_a_unit(page: Page, value: int, text: str) -> None:
    render(page)
    assert page.evaluate(f"window.part.amount({value})") == text


@pytest.mark.parametrize(("seconds", "text"), [(2.5, "2.5 s"), (0.0017, "1.7 ms"), (4.2e-7, "0.42 µs")])
def test_times_have_a_unit(page: Page, seconds: float, text: str) -> None:
    render(page)
    assert page.evaluate(f"window.part.duration({seconds})") == text
