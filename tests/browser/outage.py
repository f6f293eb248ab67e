"""A page whose network goes away for a time, and how it comes back."""

import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, expect

from tests.browser.cable import Cable
from vizcore.toolkit.images import encode_png

NAME = "mine.png"  # no link carries it: only the same visit has it still
READY = 90_000  # ms


def back_after(browser: Browser, cable: Cable, folder: Path, seconds: float, *, cut: bool) -> float:
    """Seconds from the return of the network until a click is answered, with all that the visit had.

    Args:
        browser: that shows the page.
        cable: to the server.
        folder: for a picture.
        seconds: how long the network is away.
        cut: whether its connections are cut, or silent.
    """
    (folder / NAME).write_bytes(encode_png(np.full((9, 9, 3), 0.3, np.float32)))
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{cable.port}/losses?view=softmax")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.locator("button[data-name]").first.click(timeout=READY)
    page.get_by_test_id("stDialog").locator("input[type=file]").set_input_files(folder / NAME)
    expect(sidebar).to_contain_text(NAME, timeout=READY)
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    cable.pull(cut=cut)
    time.sleep(seconds)
    cable.plug()
    begin = time.monotonic()
    page.get_by_role("radio", name="Outliers").click(timeout=READY)
    page.wait_for_url("**view=line**", timeout=READY)
    took = time.monotonic() - begin
    expect(sidebar).to_contain_text(NAME)
    page.close()
    return took
