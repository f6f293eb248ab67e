"""signal.js alone on a blank page: what it links, writes out and reports."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pages.components import bundle, styles
from pages.components.signal import Track, pack
from tests.browser.blank import LOAD, RENDER
from vizcore.toolkit import signals

CSS = styles("signal")
PIXELS = """(name) => { const { data } = (() => { const canvas = window.parent_.querySelector(name);
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); })(); return data; }"""
SIGNAL = np.array([0.0, 1, 0.5, 0.25, 1, 0, 0.75, 0.5, 1, 0.25])
WEIGHTS = np.array([1.0, 0, -2, 4])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 900, "height": 700})
    page.evaluate(LOAD, [bundle("signal"), CSS, 800, False])
    yield page
    page.close()


def message(border: str = "zeros", selected: int = 4, weights: np.ndarray = WEIGHTS) -> str:
    found = signals.filtered(SIGNAL, weights, border=border)
    tracks = [
        Track("Input", SIGNAL),
        Track("Output", found.output, found.kernel, found.sources, found.before),
    ]
    packed = pack(tracks, selected=selected, bits=False, identity=f"{border}", alt="a signal")
    return base64.b64encode(packed).decode()


def detector(bits: str = "001100") -> str:
    inputs = signals.read_bits(bits)
    found = signals.detected(inputs)
    sources, hidden = np.arange(len(inputs)), np.arange(len(found.hidden))
    tracks = [
        Track("Inputs", inputs),
        Track("Detectors", found.hidden, np.ones(3), sources, sums=found.sums, threshold=2),
        Track("Output", found.output, np.full(4, 0.25), hidden),
    ]
    return base64.b64encode(pack(tracks, selected=0, bits=True, identity="d", alt="bits")).decode()


def hover(page: Page, row: int, at: float) -> None:
    """Move over a sample, in the middle of the cells of its row."""
    x, y = page.evaluate(
        """([row, at]) => { const view = window.parent_.__view, entry = view.rows[row];
        return [view.start + (entry.first + at) * view.slot, entry.cells + 5]; }""",
        [row, at],
    )
    page.locator(".base").hover(position={"x": x, "y": y})


def text(page: Page, part: str) -> str:
    return page.locator(part).inner_text().replace("\u2212", "-")


def sum_of(line: str) -> float:
    """The arithmetic in a line such as "2·0.5 + 1·3 = 4", done here."""
    terms, _ = line.rsplit(" = ", 1)
    pairs = [term.split("·") for term in terms.split(" + ")]
    return sum(float(weight) * float(value) for weight, value in pairs)


@pytest.mark.parametrize("border", signals.BORDERS)
def test_what_is_written_below_an_output_adds_up_to_it(page: Page, border: str) -> None:
    page.evaluate(RENDER, message(border))
    output = signals.filtered(SIGNAL, WEIGHTS, border=border).output
    for at, value in enumerate(output):
        hover(page, 1, at)
        assert f"Output, sample {at}:" in text(page, ".head")
        assert sum_of(text(page, ".products")) == pytest.approx(value, abs=1e-9)
        assert float(text(page, ".products").rsplit(" = ", 1)[1]) == pytest.approx(value, rel=5e-3)


@pytest.mark.parametrize("border", signals.BORDERS)
def test_an_input_names_every_output_that_uses_it(page: Page, border: str) -> None:
    page.evaluate(RENDER, message(border))
    for at in range(len(SIGNAL)):
        impulse = (np.arange(len(SIGNAL)) == at).astype(np.float64)
        hover(page, 0, at)
        uses = [use.split(" reads it times ") for use in text(page, ".products").split(": ")[1].split(", ")]
        total = np.zeros(len(signals.filtered(SIGNAL, WEIGHTS, border=border).output))
        for name, weight in uses if uses[0][0] != "no sample reads it" else []:
            total[int(name.removeprefix("sample "))] += float(weight)
        np.testing.assert_allclose(total, signals.filtered(impulse, WEIGHTS, border=border).output)


def test_hovering_lights_up_the_window_and_nothing_is_sent(page: Page) -> None:
    page.evaluate(RENDER, message())
    before = page.evaluate(PIXELS, ".over")
    hover(page, 1, 8)
    assert page.evaluate(PIXELS, ".over") != before
    assert page.evaluate("() => window.picks") == []


def test_while_nothing_is_pointed_at_the_selected_sample_is_written_out(page: Page) -> None:
    page.evaluate(RENDER, message(selected=6))
    assert "Output, sample 6" in text(page, ".head")
    hover(page, 0, 2)
    page.mouse.move(0, 690)
    assert "Output, sample 6" in text(page, ".head")


def test_a_click_on_an_output_keeps_it_for_the_formula(page: Page) -> None:
    for _ in range(3):
        page.evaluate(RENDER, message())
    hover(page, 1, 7)
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("() => window.picks") == [["pick", {"sample": 7}]]


def test_arrow_keys_go_along_a_row_and_between_rows(page: Page) -> None:
    page.evaluate(RENDER, message(selected=4))
    page.locator(".base").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert "Input, sample 7" in text(page, ".head")  # the middle of the four that output 6 reads is 6.5
    for key in ("End", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.picks") == [["pick", {"sample": 9}]]


def test_many_products_are_left_out_in_the_middle(page: Page) -> None:
    page.evaluate(RENDER, message(weights=np.ones(11), border="circular"))
    assert text(page, ".products").count("·") == 8
    assert " + … + " in text(page, ".products")


def test_a_detector_shows_its_sum_and_its_decision(page: Page) -> None:
    page.evaluate(RENDER, detector())
    for at, line in enumerate(["= 1 < 2 → 0", "= 2 ≥ 2 → 1", "= 2 ≥ 2 → 1", "= 1 < 2 → 0"]):
        hover(page, 1, at)
        assert text(page, ".products").endswith(line)
    hover(page, 2, 0)
    assert text(page, ".products") == "0.250·0 + 0.250·1 + 0.250·1 + 0.250·0 = 0.500"


def test_a_click_or_enter_turns_an_input_over(page: Page) -> None:
    page.evaluate(RENDER, detector())
    hover(page, 0, 5)
    page.mouse.down()
    page.mouse.up()
    page.locator(".base").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.picks") == [["pick", {"flip": 5}]] * 2


def test_the_cursor_stays_when_values_change_and_goes_when_the_signal_does(page: Page) -> None:
    page.evaluate(RENDER, message())
    page.locator(".base").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(RENDER, message(selected=9))
    assert "sample 5" in text(page, ".head")
    page.evaluate(RENDER, message("reflect", selected=9))
    assert "sample 9" in text(page, ".head")


@pytest.mark.parametrize("width", [300, 1200])
def test_it_is_as_wide_as_its_place(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.evaluate(LOAD, [bundle("signal"), CSS, width - 20, False])
    page.evaluate(RENDER, message())
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".base").evaluate("(canvas) => canvas.clientWidth") == width - 20
    page.close()


def test_titles_are_drawn_and_the_canvas_says_what_it_shows(page: Page) -> None:
    page.evaluate(RENDER, message())
    assert (page.locator(".base").get_attribute("aria-label") or "").startswith("a signal. Arrow keys")
