"""activation_map.js alone on a blank page: one cursor through all of it, and bars that lead to pixels."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pages.components.activation_map import View, limits, pack, top
from tests.browser.blank import blank_page, overflows, picks, render
from vizcore.toolkit.activation_maps import histograms
from vizcore.toolkit.activations import curve, saturations

MAPS = np.random.default_rng(5).normal(size=(2, 12, 16))
FOUND = curve("relu", MAPS)


def message(*, place: tuple[int, int] = (2, 3)) -> bytes:
    shares = histograms(FOUND, 1)
    drawn = curve("relu", np.linspace(shares.edges[0], shares.edges[-1], 513))
    rows = [("Layer, before", 0.5, 2.0, 0.0, None), ("Layer, after", 0.25, 1.0, 0.5004, 0.00001)]
    titles, flat = ("x: map", "f(x): ReLU"), saturations(drawn)
    view = View("a", titles, "conv", "channel 1", place, drawn, flat, rows, "seen")
    return pack(view, FOUND.x[1], FOUND.value[1], shares)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "activation_map", width=1000) as page:
        render(page, message())
        yield page


def values(page: Page) -> list[str]:
    return [text.replace("\u2212", "-").split(" = ")[1] for text in page.locator(".value").all_inner_texts()]


def hover(page: Page, figure: int, row: int, col: int) -> None:
    box = page.locator(".maps .frame").nth(figure).bounding_box()
    assert box
    page.mouse.move(box["x"] + (col + 0.5) * box["width"] / 16, box["y"] + (row + 0.5) * box["height"] / 12)


def over(page: Page, plot: int, value: float) -> None:
    """Point at a value on the axis of a plot, whose margins are 54 px at the left and 12 px at the right."""
    shares = histograms(FOUND, 1).edges
    box = page.locator(".plots .over").nth(plot).bounding_box()
    assert box
    share = (value - shares[0]) / (shares[-1] - shares[0])
    page.mouse.move(box["x"] + 54 + share * (box["width"] - 66), box["y"] + 40)


def veiled(page: Page, figure: int) -> int:
    """Cells of the map that are dimmed."""
    return int(
        page.evaluate(
            """(at) => {
              const veil = window.parent_.querySelectorAll('.veil')[at], step = veil.width / 16;
              const pixels = veil.getContext('2d');
              let count = 0;
              for (let row = 0; row < 12; row++) for (let col = 0; col < 16; col++)
                count += pixels.getImageData((col + 0.5) * step, (row + 0.5) * step, 1, 1).data[3] > 0;
              return count;
            }""",
            figure,
        )
    )


def rounded(value: float) -> float:
    return float(f"{value:.3g}")


@pytest.mark.parametrize("figure", [0, 1])
def test_pointing_at_either_map_reads_both(page: Page, figure: int) -> None:
    hover(page, figure, 7, 11)
    x = MAPS[1, 7, 11]
    assert [float(text) for text in values(page)] == [rounded(x), rounded(max(0, x))]
    assert "Row 7, column 11." in page.locator(".status").inner_text()


def test_the_chosen_value_is_read_when_nobody_points(page: Page) -> None:
    hover(page, 0, 7, 11)
    page.mouse.move(0, 890)
    assert float(values(page)[0]) == rounded(MAPS[1, 2, 3])


def test_a_click_chooses_a_value_once(page: Page) -> None:
    hover(page, 1, 4, 9)
    page.mouse.click(*[page.locator(".maps .frame").nth(1).bounding_box()[side] + 60 for side in "xy"])  # type: ignore[index]
    (name, chosen), *others = picks(page)
    assert (name, others) == ("pick", [])
    assert float(values(page)[0]) == rounded(MAPS[1][tuple(chosen["place"])])


def test_the_bar_of_the_zeros_leaves_exactly_the_negative_pixels_bright(page: Page) -> None:
    edges = histograms(FOUND, 1).edges
    zero = list(edges).index(0)
    over(page, 2, edges[zero] + 0.4 * (edges[zero + 1] - edges[zero]))
    assert veiled(page, 1) == (FOUND.value[1] >= edges[zero + 1]).sum()
    assert veiled(page, 0) == veiled(page, 1)
    assert "f(x) from 0 to" in page.locator(".status").inner_text()


def test_a_bar_before_counts_layer_and_channel(page: Page) -> None:
    shares = histograms(FOUND, 1)
    at = int(shares.before.argmax())
    over(page, 0, (shares.edges[at] + shares.edges[at + 1]) / 2)
    said = page.locator(".status").inner_text()
    assert f"{shares.before[at]:.1%} of conv, {shares.channel_before[at]:.1%} of channel 1." in said


def test_shares_in_the_table_are_zero_only_where_nothing_is_meant(page: Page) -> None:
    cells = page.locator("tbody td").all_inner_texts()
    assert cells == ["0.500", "2.00", "0.0%", "", "0.250", "1.00", "50.0%", "< 0.1%"]


def test_arrow_keys_move_and_enter_chooses(page: Page) -> None:
    page.locator(".maps").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert picks(page) == [["pick", {"place": [3, 4]}]]


def test_arrow_keys_go_from_bar_to_bar(page: Page) -> None:
    page.locator(".plots .over").first.focus()
    page.keyboard.press("ArrowLeft")
    first = page.locator(".status").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator(".status").inner_text() != first


@pytest.mark.parametrize(("width", "dark"), [(300, False), (1200, True)])
def test_it_fits_narrow_and_wide_pages_in_both_themes(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "activation_map", width=width, dark=dark) as page:
        render(page, message())
        assert not overflows(page)
        plots = page.locator(".plots .over").evaluate_all("all => all.map((each) => each.clientWidth)")
        assert min(plots) > 200


def test_colours_are_around_zero_where_there_are_values_below_it() -> None:
    assert limits(np.array([[-1.0, 3]])) == (-3, 3)
    assert limits(np.array([[0.5, 3]])) == (0, 3)
    assert limits(np.zeros((2, 2))) == (0, 1)


def test_a_bar_that_towers_over_the_others_does_not_set_the_height() -> None:
    lone, even = np.array([0.05, 0.9, 0.05]), np.array([0.3, 0.4, 0.3])
    assert top(lone, lone) == pytest.approx(1.15 * 0.05)
    assert top(even, even) == pytest.approx(1.15 * 0.4)
    assert top(np.array([0.0, 1, 0]), even) == pytest.approx(1.15)
