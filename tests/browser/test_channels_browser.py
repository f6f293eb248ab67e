"""The channels of the convolution page in a browser: what is edited is computed, and stands in the link."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from vizcore.toolkit.samples import sample
from vizcore.toolkit.small import small

LINK = "/convolution?view=channels&picture=coffee&channels_kind=pixel&channels_matrix=identity"


def test_an_edited_weight_changes_the_pixel_and_a_reload_keeps_it(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(server + LINK)
    page.get_by_label("weight from green to new red").fill("-0.5", timeout=30_000)
    page.keyboard.press("Enter")
    red, green, _ = small(sample("coffee"), 128)[42, 64]  # the middle
    expect(page.locator("output").first).to_have_text(f"= {red - 0.5 * green:.3g}")
    page.wait_for_url("**channels_weights=1%2C-0.5%2C0**")
    page.reload()
    cell = page.get_by_label("weight from green to new red")
    expect(cell).to_have_value("-0.5", timeout=30_000)


def test_a_click_on_the_picture_takes_another_pixel_apart(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(server + LINK)
    expect(page.locator(".place")).to_contain_text("row 42", timeout=30_000)  # the middle
    frame = page.locator(".frame").first.bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + 1, frame["y"] + 1)
    expect(page.locator(".place")).to_contain_text("row 0, column 0")
    page.wait_for_url("**channels_pixel=0.0**")
