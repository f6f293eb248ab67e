"""Activation functions on a feature map in a real Chromium: choose, slide, take away, fit."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.downloads import printed, saved
from vizcore.exhibits.feature_maps import feature_maps
from vizcore.toolkit.activation_maps import measures
from vizcore.toolkit.activations import curve
from vizcore.toolkit.samples import sample

READY = 30_000  # ms; the first page waits for PyTorch


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/activation-functions?view=map&{query}")
    page.wait_for_selector(".root[data-painted] .plots canvas", timeout=READY)
    page.wait_for_selector(".tiles .tile")
    return page


def test_a_tile_chooses_its_function_and_a_slider_changes_the_map(visit: Visit, server: str) -> None:
    page = opened(visit.page, server)
    page.get_by_role("option", name="Leaky ReLU").click()
    expect(page.locator("figure.after figcaption")).to_have_text("f(x): Leaky ReLU", timeout=READY)
    value = page.locator("figure.after .value")  # of the strongest, which lies below 0
    before = value.inner_text()
    page.get_by_role("slider", name="Slope a below 0").press("ArrowRight")
    expect(value).not_to_have_text(before)
    page.wait_for_url("**map_name=leaky_relu*map_negative_slope=0.02*")


def test_a_click_on_a_value_writes_it_into_formula_and_link(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "picture=digit-3&net=lenet5&map_channel=0")
    page.locator(".maps .frame").first.click(position={"x": 5, "y": 5})
    page.wait_for_url("**map_at=0.0*")
    x = feature_maps(sample("digit-3"), "lenet5", "conv1").maps[0, 0, 0]
    expect(page.locator(".katex-html").nth(1)).to_contain_text(f"{abs(x):.3g}")


def test_what_is_shown_can_be_taken_away(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit.page, server, "picture=digit-3&net=lenet5&map_channel=2&map_name=gelu")
    found = curve("gelu", feature_maps(sample("digit-3"), "lenet5", "conv1").maps)
    arrays = np.load(saved(page, "The layer before and after", tmp_path))
    np.testing.assert_allclose(arrays["after"], found.value, rtol=1e-5, atol=1e-6)
    one = measures(found.value[2])
    assert f"channel 2 after {one.mean:.6g} {one.variance:.6g}" in printed(saved(page, "A script", tmp_path))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_fits_the_screen_in_both_themes(browser: Browser, server: str, width: int, theme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server, "picture=cat&map_name=prelu&map_shared=channels")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"() => {main}.scrollWidth <= {main}.clientWidth")
    page.close()
