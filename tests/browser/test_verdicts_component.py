"""verdicts.js alone on a blank page: what its cells say, and what they report."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.verdicts import pack
from tests.browser.blank import blank_page, overflows, picks, render

ROWS = {"relu": "ReLU", "tanh": "Tanh", "leaky_relu": "Leaky ReLU"}
COLUMNS = {"zeros": "Zeros", "xavier": "Xavier"}
WORDS = [["vanishes", "arrives"], ["vanishes", "explodes"], ["vanishes", "arrives"]]
FACTORS = np.array([[0, 0.70711], [0, 2.5], [0, 1.0]])


def message(selected: tuple[str, str] = ("tanh", "xavier"), ticked: list[str] | None = None) -> bytes:
    return pack(
        ROWS, COLUMNS, WORDS, FACTORS, selected=selected, along="column", ticked=ticked, alt="a table"
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "verdicts") as page:
        render(page, message(ticked=["relu"]))
        yield page


def test_a_cell_says_its_verdict_and_its_factor(page: Page) -> None:
    assert page.locator("tbody td").all_inner_texts()[1::2] == [
        "arrives\n0.707",
        "explodes\n2.50",
        "arrives\n1.00",
    ]
    tones = [
        each.evaluate("(cell) => getComputedStyle(cell).backgroundColor")
        for each in page.locator("tbody td").all()
    ]
    assert len(set(tones)) == 3
    assert page.locator("th.whole").all_inner_texts() == ["Xavier"]


def test_a_click_selects_a_pair_once(page: Page) -> None:
    for _ in range(2):
        page.locator("tbody td").nth(1).click()
    assert picks(page) == [["pick", {"row": "relu", "column": "xavier"}]]
    expect(page.locator("td[aria-selected=true]")).to_have_text("arrives0.707")


def test_arrow_keys_select_and_stay_inside(page: Page) -> None:
    page.locator("td[aria-selected=true]").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert [list(pick.values()) for _, pick in picks(page)] == [
        ["leaky_relu", "xavier"],
        ["leaky_relu", "zeros"],
    ]
    assert page.evaluate("() => window.parent_.activeElement.textContent") == "vanishes0"


def test_rows_can_be_ticked_where_that_means_something(page: Page) -> None:
    assert page.locator("input").first.is_checked()
    page.get_by_label("Draw Tanh").click()
    page.get_by_label("Draw ReLU", exact=True).click()
    assert [pick for _, pick in picks(page)] == [{"tick": "tanh", "on": True}, {"tick": "relu", "on": False}]
    render(page, message())
    assert not page.locator("input").first.is_visible()


def test_another_message_keeps_the_focus(page: Page) -> None:
    page.locator("td[aria-selected=true]").focus()
    render(page, message(("tanh", "xavier"), ["tanh"]))
    assert page.evaluate("() => window.parent_.activeElement.textContent") == "explodes2.50"


@pytest.mark.parametrize("width", [300, 500, 1200])
def test_nothing_is_cut_off(browser: Browser, width: int) -> None:
    columns, words = dict.fromkeys("abcdef", "Small normal"), [["vanishes"] * 6] * 3
    with blank_page(browser, "verdicts", width=width) as page:
        options = {"selected": ("relu", "a"), "along": "row", "ticked": ["relu"], "alt": "a table"}
        render(page, pack(ROWS, columns, words, np.full((3, 6), 0.0123), **options))
        assert not overflows(page)
        cut = "(all) => all.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length"
        assert page.locator("td, th").evaluate_all(cut) == 0
