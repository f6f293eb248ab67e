"""The functions of a whole layer in a real Chromium: drag, choose an entry, and the temperature."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from vizcore.toolkit.vector_activations import vector

READY = 30_000  # ms; the first page waits for PyTorch


def opened(visit: Visit, server: str, query: str = "") -> Page:
    visit.page.goto(f"{server}/activation-functions?view=vector&{query}")
    visit.page.wait_for_selector(".root[data-painted] .entry", timeout=READY)
    return visit.page


def values(page: Page) -> list[str]:
    return page.locator(".cell .value").all_inner_texts()


def test_all_outputs_stay_when_all_inputs_move_together(visit: Visit, server: str) -> None:
    page = opened(visit, server)
    before, shared = values(page), page.get_by_role("slider", name="all at once")
    shared.focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url("**vector_logits=0%2C-1%2C-1.9*")
    assert values(page) == before


def test_a_click_on_an_entry_of_the_jacobian_writes_it_out(visit: Visit, server: str) -> None:
    page = opened(visit, server)
    page.locator(".entry").nth(5).click()
    page.wait_for_url("**vector_at=1.2*")
    slope = vector("softmax", (2, 1, 0.1)).jacobian[1, 2]
    expect(page.get_by_test_id("stMain")).to_contain_text(f"(0−0.0986)=−{-slope:.3g}")


def test_a_drag_changes_outputs_and_jacobian_meanwhile(visit: Visit, server: str) -> None:
    page = opened(visit, server)
    box = page.locator(".track").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 5, steps=4)
    found = vector("softmax", (0, 1, 0.1))
    expect(page.locator(".cell .value").first).to_have_text(f"{found.value[0]:.3g}")
    expect(page.locator(".entry").first).to_have_text(f"{found.jacobian[0, 0]:.3f}")
    page.mouse.up()
