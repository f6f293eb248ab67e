"""wires.js and mixer.js alone on a blank page: who reads whom, and weights to edit."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pages.components import mixer, wires
from pages.components.mixer import Mixer
from pages.components.wires import Diagram
from tests.browser.blank import blank_page, overflows, picks, render
from vizcore.toolkit.channels import reads

DIAGRAMS = [
    Diagram("2 groups", "8 weights", [reads(4, 4, 2)]),
    Diagram("depthwise, then 1 × 1", "20 weights", [reads(4, 4, 4), reads(4, 4, 1)]),
]
WEIGHTS = np.array([[1, 0, 0.5], [0, -1, 0], [0.25, 0.25, 0.25]])


def mixed(weights: np.ndarray = WEIGHTS) -> bytes:
    pixel, bias = np.array([0.5, 0.25, 1]), np.array([0, 1, -0.5])
    names = ("red", "green", "blue")
    return mixer.pack(Mixer(names, names, weights, bias, (3, 4), pixel, weights @ pixel + bias, 4.0))


@pytest.fixture
def wired(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "wires") as page:
        render(page, wires.pack(DIAGRAMS, identity="a"))
        yield page


@pytest.fixture
def table(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "mixer") as page:
        render(page, mixed())
        yield page


def test_every_connection_is_a_line(wired: Page) -> None:
    assert [wired.locator("svg").nth(k).locator("line").count() for k in (0, 1)] == [8, 20]


def test_pointing_at_an_output_names_what_it_reads(wired: Page) -> None:
    wired.locator("svg").nth(0).locator("circle").nth(7).hover()
    assert wired.locator(".status").inner_text() == "2 groups: output 3 reads channels 2, 3."
    assert wired.locator("line.lit").count() == 2


def test_pointing_at_an_input_names_who_reads_it(wired: Page) -> None:
    wired.locator("svg").nth(1).locator("circle").nth(2).hover()
    assert wired.locator(".status").inner_text().endswith("input 2 is read by channel 2.")


def test_arrow_keys_move_from_channel_to_channel(wired: Page) -> None:
    wired.locator("svg").nth(0).focus()
    wired.keyboard.press("ArrowDown")
    assert wired.locator(".status").inner_text() == "2 groups: output 0 reads channels 0, 1."
    wired.keyboard.press("ArrowLeft")
    assert "input 0" in wired.locator(".status").inner_text()


def test_the_numbers_of_the_pixel_are_shown(table: Page) -> None:
    assert table.locator("output").all_inner_texts() == ["= 1.00", "= 0.750", "= −0.0625"]
    assert "row 3, column 4: red 0.500, green 0.250, blue 1.00" in table.locator(".place").inner_text()


def test_an_edited_weight_is_reported_with_all_others(table: Page) -> None:
    table.get_by_label("weight from green to red").fill("0,75")
    table.keyboard.press("Enter")
    assert picks(table) == [["pick", {"table": [[1, 0.75, 0.5, 0], [0, -1, 0, 1], [0.25, 0.25, 0.25, -0.5]]}]]


@pytest.mark.parametrize("text", ["", "abc", "5", "1e3", "--1", "∞"])
def test_what_is_no_number_in_range_is_put_back_and_said(table: Page, text: str) -> None:
    cell = table.get_by_label("weight from blue to red")
    cell.fill(text)
    table.keyboard.press("Tab")
    assert cell.input_value() == "0.5"
    assert "the old one stays" in table.locator(".notice").inner_text()
    assert picks(table) == []


def test_an_answer_keeps_the_focus_where_it_is(table: Page) -> None:
    table.get_by_label("weight from red to green").focus()
    render(table, mixed(WEIGHTS * 2))
    assert table.get_by_label("weight from red to green").evaluate(
        "(cell) => cell.getRootNode().activeElement === cell"
    )
    assert table.get_by_label("weight from green to green").input_value() == "-2"


def test_swatches_have_the_colours_of_the_pixel(table: Page) -> None:
    colour = table.locator(".before").evaluate("(swatch) => getComputedStyle(swatch).backgroundColor")
    assert colour == "rgb(128, 64, 255)"


@pytest.mark.parametrize("name", ["wires", "mixer"])
@pytest.mark.parametrize("width", [300, 1200])
def test_they_fit_into_narrow_and_wide_places(browser: Browser, name: str, width: int) -> None:
    with blank_page(browser, name, width=width, dark=True) as page:
        render(page, mixed() if name == "mixer" else wires.pack(DIAGRAMS, identity="a"))
        assert not overflows(page)
