"""logits.js alone on a blank page: dragging, typing, keys, what is asked meanwhile and what is reported."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.components.logits import Column, Matrix, View, pack
from tests.browser.blank import blank_page, overflows, picks, render

ANSWER = """(reply) => {
  window.asked = [];
  window.fetch = async (url, { body }) => {
    window.asked.push([url, JSON.parse(body)]);
    const bytes = Uint8Array.from(atob(reply), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""
REFUSAL = "() => { window.fetch = async () => ({ status: 422, json: async () => ({ error: 'No.' }) }); }"
JACOBIAN = np.array([[0.25, -0.125, -0.125], [-0.1, 0.3, -0.2], [0.0, -0.5, 0.5]])


def message(logits: Sequence[float] = (2, -1, 0.5), **changes: Any) -> bytes:
    values = changes.pop("values", np.linspace(0.25, 0.75, len(logits)))
    settings: dict[str, Any] = {
        "identity": "a",
        "title": "Logits z",
        "chosen": 1,
        "mark": "target",
        "columns": [
            Column("p", values, (0.0, 1.0), "output"),
            Column("p − y", values - 0.5, (-1.0, 1.0), "gradient"),
        ],
        "alt": "three logits",
        "live": "/live/x",
        "names": ("cat", "<b>dog</b>"),
        "facts": {"loss": 1.25},
    }
    return pack(View(logits=np.array(logits, float), **settings | changes))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "logits") as page:
        page.evaluate(ANSWER, base64.b64encode(message(values=np.array([0.1, 0.2, 0.7]))).decode())
        render(page, message())
        yield page


def track(page: Page, at: int) -> Locator:
    return page.get_by_role("slider").nth(at)


def logits(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("input.number").all()]


def shown(page: Page, column: int) -> list[str]:
    return page.locator(f".cell:nth-child({4 + column}) .value").all_inner_texts()


def drag(page: Page, at: int, *shares: float) -> None:
    """Press at one place of a slider and move on to others; the button stays down."""
    box = track(page, at).bounding_box()
    assert box
    for number, share in enumerate(shares):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        if not number:
            page.mouse.down()


def test_every_class_has_its_name_its_logit_and_its_values(page: Page) -> None:
    assert page.locator(".label").all_inner_texts() == ["cat", "<b>dog</b>", "class 2"]
    assert logits(page) == ["2", "−1", "0.5"]
    assert shown(page, 0) == ["0.250", "0.500", "0.750"]
    assert shown(page, 1) == ["−0.250", "0", "0.250"]
    assert page.locator(".chosen .mark").inner_text() == "target"
    assert page.locator(".fact").inner_text().split() == ["loss", "1.25"]


def test_bars_grow_from_zero(page: Page) -> None:
    left, right = (page.locator(f".cell:nth-child(5) .bar >> nth={at}") for at in (0, 2))
    assert left.evaluate("({ style }) => [style.left, style.width]") == ["37.5%", "12.5%"]
    assert right.evaluate("({ style }) => [style.left, style.width]") == ["50%", "12.5%"]


def test_a_drag_asks_meanwhile_and_reports_when_it_is_let_go(page: Page) -> None:
    drag(page, 0, 0.7, 0.9)
    expect(page.locator(".cell .value").first).to_have_text("0.100")
    assert logits(page)[0] == "4"
    assert picks(page) == []
    page.mouse.up()
    assert picks(page) == [["pick", {"logits": [4, -1, 0.5]}]]
    assert page.evaluate("() => window.asked.at(-1)") == ["/live/x", {"logits": [4, -1, 0.5], "chosen": 1}]


def test_all_logits_can_be_moved_at_once(page: Page) -> None:
    drag(page, 3, 0.55, 0.65)
    page.mouse.up()
    assert picks(page)[-1] == ["pick", {"logits": [3, 0, 1.5]}]


def test_the_arrow_keys_change_a_logit_and_lead_to_the_next_one(page: Page) -> None:
    track(page, 0).focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert [pick["logits"] for _, pick in picks(page)] == [
        [2.05, -1, 0.5],
        [2.55, -1, 0.5],
        [2.55, -1.05, 0.5],
    ]


def test_a_logit_can_be_typed_and_what_is_none_is_said(page: Page) -> None:
    page.locator("input.number").first.fill("14.45")
    page.keyboard.press("Enter")
    assert picks(page) == [["pick", {"logits": [14.45, -1, 0.5]}]]
    page.locator("input.number").first.fill("much")
    page.keyboard.press("Enter")
    assert "“much” is no number" in page.locator(".notice").inner_text()
    assert logits(page)[0] == "14.45"
    assert len(picks(page)) == 1


def test_a_click_on_a_class_chooses_it(page: Page) -> None:
    page.get_by_role("button", name="class 2").click()
    assert picks(page) == [["pick", {"chosen": 2}]]
    assert page.locator(".chosen .label").inner_text() == "class 2"


def test_classes_are_added_and_removed_within_their_limits(page: Page) -> None:
    page.get_by_role("button", name="Add a class").click()
    page.get_by_role("button", name="Remove the last").click()
    assert [pick["logits"] for _, pick in picks(page)] == [[2, -1, 0.5, 0], [2, -1]]
    render(page, message((1, 2)))
    assert page.get_by_role("button", name="Remove the last").is_disabled()
    render(page, message(range(10)))
    assert page.get_by_role("button", name="Add a class").is_disabled()


def test_older_answers_of_python_do_not_undo_what_was_dragged_since(page: Page) -> None:
    for share in (0.9, 0.3):
        drag(page, 0, share)
        page.mouse.up()
    render(page, message((4, -1, 0.5)))
    assert logits(page)[0] == "−2"
    render(page, message((-2, -1, 0.5)))
    render(page, message((0, 0, 0)))  # such as by Back
    assert logits(page) == ["0", "0", "0"]


def test_the_axis_is_that_of_the_logits_whatever_was_shown_before(page: Page) -> None:
    for first, reach in [(440.2, "500"), (2, "5"), (7, "10")]:
        render(page, message((first, 0, 0)))
        assert track(page, 0).get_attribute("aria-valuemax") == reach


def test_what_is_no_number_is_shown_as_such(page: Page) -> None:
    render(page, message(values=np.array([np.nan, np.inf, -np.inf])))
    assert shown(page, 0) == ["nan", "inf", "−inf"]
    assert page.locator(".value.odd").count() == 6
    bars = page.locator(".cell:nth-child(4) .bar")
    assert bars.evaluate_all("(all) => all.map(({ style }) => style.width)") == ["100%", "100%", "0%"]


def test_tiny_numbers_keep_their_digits(page: Page) -> None:
    render(page, message(values=np.array([1.2564e-185, 0, 1])))
    assert shown(page, 0) == ["1.26e-185", "0", "1.00"]


def test_the_matrix_reads_out_where_it_is_pointed_at_and_reports_a_click(page: Page) -> None:
    render(page, message(matrix=Matrix("Jacobian", JACOBIAN, 0.5, 0)))
    caption = page.locator("figcaption")
    assert caption.inner_text() == "Jacobian: ∂f₁/∂x₀ = −0.100"
    page.locator(".entry").nth(8).hover()
    assert caption.inner_text() == "Jacobian: ∂f₂/∂x₂ = 0.500"
    page.locator(".entry").nth(5).click()
    assert picks(page) == [["pick", {"entry": [1, 2]}]]
    page.locator(".entries").focus()
    page.keyboard.press("ArrowUp")
    assert picks(page)[-1] == ["pick", {"entry": [0, 2]}]


def test_its_rows_stand_beside_those_of_the_outputs(page: Page) -> None:
    render(page, message(matrix=Matrix("Jacobian", JACOBIAN, 0.5, 0)))
    tops = [page.locator(f"{what} >> nth={at}").bounding_box() for what, at in ((".row", 3), (".entry", 6))]
    assert abs(tops[0]["y"] - tops[1]["y"]) <= 2  # type: ignore[index]


def test_a_refusal_is_said(page: Page) -> None:
    page.evaluate(REFUSAL)
    drag(page, 0, 0.9)
    expect(page.locator(".notice")).to_have_text("No.")
    page.mouse.up()


@pytest.mark.parametrize("width", [300, 600, 1200])
def test_it_fits_its_place(browser: Browser, width: int) -> None:
    with blank_page(browser, "logits", width=width, dark=width == 600) as page:
        matrix = Matrix("Jacobian", np.eye(10), 1.0, 0)
        render(page, message(range(10), matrix=matrix, values=np.geomspace(1e-190, 1, 10)))
        assert not overflows(page)
        assert page.locator(".root").evaluate("(root) => root.scrollWidth <= root.clientWidth")
