"""The page of the filters in a real Chromium: look, change, undo, take along, take away."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.downloads import printed, saved
from vizcore.exhibits import filters
from vizcore.toolkit import kernels
from vizcore.toolkit.samples import sample

READY = 30_000  # ms; the first page waits for PyTorch


def opened(visit: Visit, address: str) -> Page:
    visit.page.goto(address)
    painted(visit.page, "")
    return visit.page


def painted(page: Page, layer: str) -> None:
    """Wait until the mosaic of a layer is on the screen."""
    ending = f"$='{layer}'" if layer else ""
    page.wait_for_selector(f".root:has(canvas.filters)[data-painted{ending}]", timeout=READY)


def enlarged(page: Page, title: str) -> None:
    expect(page.locator(".head", has_text=title).first).to_be_visible(timeout=READY)


def numbers(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".grid input").all()]


def test_a_click_enlarges_a_filter_and_changes_the_link(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5&picture=digit-3&layer=conv1&channel=0")
    enlarged(page, "Filter 0 of conv1")
    page.locator("canvas.filters").focus()
    page.keyboard.press("ArrowRight")
    enlarged(page, "Filter 1 of conv1")
    page.wait_for_url("**channel=1**")
    shown = [float(text.replace("\u2212", "-")) for text in numbers(page)]
    weights = filters.filters("lenet5", "conv1").weights[1]
    np.testing.assert_allclose(shown, weights.ravel(), atol=6e-4)


def test_a_layer_is_chosen_from_the_list(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=small_resnet&picture=shape-heart&layer=conv1")
    page.get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option", name="stage1.0.conv1").click()
    painted(page, "stage1.0.conv1")
    page.wait_for_url("**layer=stage1.0.conv1**")


def test_an_edited_weight_changes_the_network_and_undo_brings_it_back(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5&picture=digit-3&layer=conv1&channel=2")
    enlarged(page, "Filter 2 of conv1")
    before = numbers(page)
    page.locator(".grid input").nth(12).fill("2.5")
    page.keyboard.press("Enter")
    page.wait_for_url("**net=lenet5%21k-conv1-2-0**")
    expect(page.get_by_text("The answer", exact=False).first).to_be_visible(timeout=READY)
    expect(page.locator(".grid input").nth(12)).to_have_value("2.50", timeout=READY)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".grid input").nth(12)).to_have_value(before[12], timeout=READY)
    page.wait_for_url("**net=lenet5&**")


def test_back_takes_an_operation_back(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5&picture=digit-8&layer=conv1&channel=1")
    page.get_by_role("button", name="Zero it").click()
    expect(page.get_by_text("The answer changes from 8 to 3")).to_be_visible(timeout=READY)
    page.wait_for_url("**net=lenet5%21z-conv1-1**")
    page.go_back()
    expect(page.get_by_text("The answer changes")).to_have_count(0, timeout=READY)


def test_a_link_carries_the_operation(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5!z-conv1-1&picture=digit-8&layer=conv1&channel=1")
    expect(page.get_by_text("The answer changes from 8 to 3")).to_be_visible(timeout=READY)
    expect(page.get_by_text("LeNet-5, operated on").first).to_be_visible()


def test_the_maps_of_both_networks_stand_side_by_side(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5!z-conv1-1&picture=digit-8&layer=conv1&channel=1")
    page.get_by_role("button", name="See the maps of both").click(timeout=READY)
    page.wait_for_url("**/feature-maps**net2=lenet5**")
    expect(page.locator("canvas.mosaic")).to_have_count(2, timeout=READY)


def test_before_and_after_training_share_the_selection(visit: Visit, server: str) -> None:
    page = opened(
        visit, f"{server}/filters?net=tiny_vgg&picture=shape-star&layer=conv1_1&channel=0&twin=training"
    )
    twin = page.locator("canvas.filters").nth(1)
    twin.click(position={"x": 20, "y": 20}, timeout=READY)
    twin.focus()
    page.keyboard.press("End")
    page.mouse.move(5, 5)
    expect(page.locator(".head", has_text="Filter 15 of conv1_1")).to_have_count(2, timeout=READY)
    expect(page.get_by_text("Filter 15 (norm")).to_have_count(2)


def test_a_preset_is_a_click_and_a_link(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=tiny_vgg&picture=shape-star&layer=conv1_1")
    pill = page.get_by_role("link", name="An 8 becomes a 3")
    pill.click()
    expect(page.get_by_text("The answer changes from 8 to 3")).to_be_visible(timeout=READY)
    expect(pill).to_have_attribute("aria-current", "true")
    expect(page.locator("canvas.filters")).to_have_count(2)


def test_a_kernel_from_elsewhere_goes_into_the_first_layer(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=tiny_vgg&picture=shape-star&kernel=1,0,-1;2,0,-2;1,0,-1")
    page.get_by_role("button", name="Put it in").click(timeout=READY)
    enlarged(page, "Filter 12 of conv1_1")
    expect(page.locator(".grid input").nth(3)).to_have_value("2.00", timeout=READY)
    expect(page.get_by_text("A kernel came along")).to_have_count(0)


def test_a_learned_kernel_leaves_for_the_page_of_the_convolution(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5&picture=digit-3&layer=conv1&channel=1")
    page.get_by_role("button", name="Slide it over a picture").click(timeout=READY)
    page.wait_for_url("**/convolution?**weights=**", timeout=READY)
    text = parse_qs(urlsplit(page.url).query)["weights"][0]
    assert (kernels.read(text).astype(np.float32) == filters.filters("lenet5", "conv1").weights[1, 0]).all()


def test_a_preset_brings_the_order_back_and_the_link_is_short(visit: Visit, server: str) -> None:
    page = opened(
        visit, f"{server}/filters?net=lenet5&picture=digit-3&layer=conv2&order=norm&tiles=one&input=4"
    )
    expect(page.get_by_text("input channel 4")).to_be_visible(timeout=READY)
    page.get_by_role("link", name="Strokes of digits").click()
    painted(page, "lenet5 conv1")
    expect(page.get_by_text("input channel 4")).to_have_count(0, timeout=READY)
    page.wait_for_url("**layer=conv1**")
    assert "norm" not in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("twin", ["", "training"])
def test_it_fits_the_screen_in_both_themes(
    browser: Browser, server: str, theme: str, width: int, twin: str
) -> None:
    visit = Visit(browser, viewport={"width": width, "height": 800}, color_scheme=theme)
    page = opened(visit, f"{server}/filters?net=alexnet~0&picture=cat&layer=features.0&twin={twin}")
    enlarged(page, "Filter")
    page.wait_for_timeout(700)
    scroller = page.get_by_test_id("stMain")
    assert scroller.evaluate("(element) => element.scrollWidth - element.clientWidth") <= 0
    box = page.locator("canvas.filters").first.bounding_box()
    assert box
    assert box["x"] + box["width"] <= width
    if width == 1280:
        assert box["y"] + box["height"] <= 800  # above the fold
    visit.context.close()
    assert visit.complaints == []


def test_what_is_shown_can_be_taken_away(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5!z-conv1-1&picture=digit-8&layer=conv1&channel=2")
    found = filters.filters("lenet5!z-conv1-1", "conv1")
    table = np.loadtxt(saved(page, "Filter 2, as a table", tmp_path), delimiter=",", skiprows=1)
    np.testing.assert_allclose(table[:, 3], found.weights[2].ravel(), rtol=1e-6)
    np.testing.assert_array_equal(np.load(saved(page, "as numbers", tmp_path))["weights"], found.weights)
    assert saved(page, "as a picture", tmp_path).read_bytes().startswith(b"\x89PNG")
    output = printed(saved(page, "A script", tmp_path))
    assert f"norm {found.norm[2]:.6g}" in output
    change = filters.effect(sample("digit-8"), "lenet5", "lenet5!z-conv1-1")
    assert f"8 {change.before[0]:.4f} -> {change.after[0]:.4f}" in output


def test_the_exported_page_works_without_a_server(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/filters?net=lenet5&picture=digit-3&layer=conv1&channel=2")
    path = saved(page, "works offline", tmp_path)
    page.close()  # it would ask after its server
    visit.context.set_offline(True)
    alone = visit.context.new_page()
    alone.goto(path.as_uri())
    painted(alone, "conv1")
    assert "Filter 2" in alone.locator(".status").inner_text()
    visit.context.set_offline(False)
