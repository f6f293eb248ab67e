"""How often a second the views of invariance answer while the picture is dragged."""

import math
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import chromium
from tests.browser.servers import streamlit_server

SECONDS = 3.0
VIEWS = {
    "one layer": "view=shift&picture=cat",
    "a whole network, TinyVGG": "view=network&picture=cat",
    "a whole network, turned": "view=network&picture=cat&network_move=rotation",
    "classifier and segmenter": "view=segment",
    "rotation": "view=rotation",
    "sampling": "view=sampling",
}


def bench_answers_while_the_picture_is_dragged(
    tmp_path: Path, figure: Callable[[str, float, str], None]
) -> None:
    with (
        streamlit_server("run", "app.py", log=tmp_path / "log.txt") as server,
        chromium.started() as browser,
    ):
        for name, query in VIEWS.items():
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server}/invariance?{query}")
            page.get_by_text("What to notice").wait_for(timeout=60_000)
            figure(f"answers a second, {name}", rate(page), "30 or more")
            page.close()


def rate(page: Page) -> float:
    """Answers a second while the pointer goes round."""
    box = page.locator("canvas.picture").bounding_box()
    assert box
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 4
    page.mouse.move(x + reach, y)
    page.mouse.down()
    before, start = answered(page), now(page)
    step = 0
    while now(page) - start < 1000 * SECONDS:
        step += 1
        page.mouse.move(x + reach * math.cos(step / 8), y + reach * math.sin(step / 8))
    found = 1000 * (answered(page) - before) / (now(page) - start)
    page.mouse.up()
    return found


def answered(page: Page) -> int:
    return int(page.locator(".root[data-place]").get_attribute("data-answered") or 0)


def now(page: Page) -> float:
    return float(page.evaluate("() => performance.now()"))
