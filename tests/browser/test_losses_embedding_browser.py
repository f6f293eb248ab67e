"""The embeddings of the losses page in a real Chromium: play, drag, links, both themes."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.planes import pull
from vizcore.toolkit.metric_learning import Placed, Spec, learned

READY = 30_000  # ms; the first page waits for PyTorch
REACH = 2.5  # of the plane at the start


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/losses?view=embedding&{query}")
    page.wait_for_selector(".root[data-step] .plane", timeout=READY)
    return page


def test_play_ends_at_the_last_step_which_then_stands_in_the_link(visit: Visit, server: str) -> None:
    page = opened(visit.page, server, "embedding_step=190")
    page.get_by_role("button", name="play").click()
    page.wait_for_url("**embedding_step=200*")
    expect(page.locator(".at output")).to_have_text("200 of 200")


def test_a_dragged_point_goes_on_from_there_and_can_be_put_back(visit: Visit, server: str) -> None:
    page = opened(visit.page, server)
    x, y = list(learned(Spec()))[8].points[12].tolist()
    pull(page, page.locator(".plane"), (x, y), (2, 2), REACH)
    page.mouse.up()
    page.wait_for_url(re.compile("embedding_placed=8.12"))
    put = list(learned(Spec(), [Placed(8, 12, 2, 2)]))[8].loss
    expect(page.locator(".curves .legend b").first).to_have_text(f"{put:.3f}")
    page.get_by_role("button", name="Put the points back").click()
    expect(page.locator(".curves .legend b").first).to_have_text(f"{list(learned(Spec()))[8].loss:.3f}")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_it_fits_the_screen(browser: Browser, server: str, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    opened(page, server, "embedding_loss=cosine")
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= page.evaluate("() => document.querySelector('[data-testid=stMain]').clientWidth")
    page.close()
