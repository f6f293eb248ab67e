"""From a stroke on the drawing pad to all maps of LeNet-5 repainted, against the same floor as a click."""

import statistics
from pathlib import Path

from playwright.sync_api import Browser

from tests.bench.bench_interaction import SLIDER, Figure, browser, minimal, opened, slider_to_text
from tests.browser.servers import streamlit_server

__all__ = ["browser"]  # the fixture

# From the next movement of the pointer to the strip and the mosaic that belong to it, and two frames more.
STROKE = """() => { window.stroke = new Promise((resolve) => {
  const inside = (root) => [...root.querySelectorAll('*')].map((part) => part.shadowRoot).filter(Boolean);
  const all = (selector, root = document) => [
    ...root.querySelectorAll(selector), ...inside(root).flatMap((shadow) => all(selector, shadow))];
  const painted = all('[data-painted]').filter((root) => root.querySelector('canvas.mosaic, [role=listbox]'));
  const digests = () => painted.map((root) => root.dataset.painted.split(' ')[0]);
  const before = digests()[0];
  let start = 0;
  window.addEventListener('pointermove', () => { start = performance.now(); }, { capture: true, once: true });
  const watcher = new MutationObserver(() => {
    if (digests().some((digest) => digest === before) || new Set(digests()).size > 1) return;
    watcher.disconnect();
    const end = () => resolve([painted.length, performance.now() - start]);
    requestAnimationFrame(() => requestAnimationFrame(end));
  });
  painted.forEach((root) => watcher.observe(root, { attributes: true }));
}); }"""


def bench_stroke_to_all_maps(browser: Browser, tmp_path: Path, figure: Figure) -> None:
    log, floor_log = tmp_path / "ours.txt", tmp_path / "floor.txt"
    with (
        streamlit_server("run", "app.py", log=log) as address,
        streamlit_server("run", minimal(tmp_path, "floor"), log=floor_log) as floor_address,
    ):
        floor = opened(browser, floor_address, SLIDER)
        page = opened(
            browser, f"{address}/feature-maps?net=lenet5&picture=drawing&layer=relu1", "canvas.mosaic"
        )
        pad = page.locator(".paper").bounding_box()
        assert pad
        page.mouse.move(pad["x"] + 30, pad["y"] + 30)
        page.mouse.down()
        times, base = [], []
        for step in range(40):
            base.append(slider_to_text(floor))
            page.evaluate(STROKE)
            page.mouse.move(pad["x"] + 30 + 4 * step, pad["y"] + 40 + 20 * (step % 5))
            parts, milliseconds = page.evaluate("() => window.stroke")
            assert parts == 2
            times.append(milliseconds)
            page.wait_for_timeout(300)  # the rest of the page follows
    print([round(value) for value in (statistics.median(base), statistics.median(times))], "ms")
    figure(
        "stroke on the pad to all maps of LeNet-5 / slider to text",
        statistics.median(times) / statistics.median(base),
        "at most 2.5",
    )
