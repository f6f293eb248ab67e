"""What pointing at the laboratory costs the browser: the work of one movement, and the frames meanwhile."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.bench.bench_interaction import Figure, browser
from tests.browser.test_convolution_component import load, show

__all__ = ["browser"]
SIDE = 512  # px of the picture

# Milliseconds of each of 600 movements over a canvas, all of them in the same frame.
WORK = """([panel, count]) => {
  const canvas = window.parent_.querySelector(`.${panel} .frame canvas`);
  const { width, height } = canvas.getBoundingClientRect();
  const part = (i, size) => 10 + (size - 20) * (i % 97) / 97;
  return Array.from({ length: count }, (_, i) => {
    const event = new PointerEvent('pointermove', { pointerType: 'mouse' });
    Object.defineProperty(event, 'offsetX', { value: part(7 * i, width) });
    Object.defineProperty(event, 'offsetY', { value: part(11 * i, height) });
    const start = performance.now();
    canvas.dispatchEvent(event);
    return performance.now() - start;
  });
}"""
# Milliseconds between frames while the pointer moves once in each of them.
FRAMES = """async (count) => {
  const canvas = window.parent_.querySelector('.output .frame canvas'), times = [];
  for (let i = 0; i < count; i++) {
    const event = new PointerEvent('pointermove', { pointerType: 'mouse' });
    const value = 20 + 3 * i % 300;
    for (const name of ['offsetX', 'offsetY']) Object.defineProperty(event, name, { value });
    canvas.dispatchEvent(event);
    times.push(await new Promise(requestAnimationFrame));
  }
  return times.slice(1).map((time, i) => time - times[i]);
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1240, "height": 1000})
    load(page, 1200)
    yield page
    page.close()


@pytest.mark.parametrize("kernel", [3, 11])
@pytest.mark.parametrize("panel", ["input", "output"])
def bench_work_of_pointing(page: Page, figure: Figure, panel: str, kernel: int) -> None:
    show(page, np.random.default_rng(1).random((SIDE, SIDE)), np.ones((kernel, kernel)) / kernel**2)
    times = page.evaluate(WORK, [panel, 600])
    figure(
        f"ms of work when the pointer moves over the {panel}, kernel {kernel} × {kernel}",
        float(np.median(times)),
        "at most 1",
    )


def bench_frames_while_pointing(page: Page, figure: Figure) -> None:
    show(page, np.random.default_rng(1).random((SIDE, SIDE)), np.ones((3, 3)) / 9)
    times = page.evaluate(FRAMES, 180)
    figure("frames a second while the pointer moves over the output", 1000 / float(np.median(times)), "60")
