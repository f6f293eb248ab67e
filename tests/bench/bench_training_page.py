"""The page of a training while it runs: how often it changes, and whether it leaves room for other pages."""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.bench.bench_interaction import SLIDER, browser, opened
from tests.browser.servers import streamlit_server
from tests.runs.rehearsing import until_state, until_step
from vizcore import runs
from vizcore.runs.keeper import keeper
from vizcore.toolkit.training_spec import Spec

__all__ = ["browser"]  # the fixture

# What each canvas shows in every frame of five seconds: how often a second it is another picture,
# and how many frames were empty after others that were not.
WATCH = """async (selector) => {
  const inside = (root) => [...root.querySelectorAll('*')].map((part) => part.shadowRoot).filter(Boolean);
  const all = (root) => [...root.querySelectorAll(selector), ...inside(root).flatMap(all)];
  const read = (canvas) => {
    const { width, height } = canvas;
    if (!width || !height) return new Uint32Array(1);
    const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    return new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  };
  const differs = (one, two) => one.length !== two.length || one.some((pixel, at) => pixel !== two[at]);
  const seen = all(document).map((canvas) => ({ canvas, before: null, changes: 0, blank: 0 }));
  const begin = performance.now();
  while (performance.now() - begin < 5000) {
    await new Promise(requestAnimationFrame);
    for (const each of seen) {
      const now = read(each.canvas), before = each.before;
      if (now.every((pixel) => pixel === 0)) each.blank += before ? 1 : 0;
      else {
        if (before && differs(before, now)) each.changes++;
        each.before = now;
      }
    }
  }
  const seconds = (performance.now() - begin) / 1000;
  return seen.map(({ changes, blank }) => [changes / seconds, blank]);
}"""

# From a key on the slider until the component of the page has drawn what follows, and two frames more.
ANSWER = """() => {
  const inside = (root) => [...root.querySelectorAll('*')].map((part) => part.shadowRoot).filter(Boolean);
  const all = (root) => [...root.querySelectorAll('[data-painted]'), ...inside(root).flatMap(all)];
  let start = window.answer = 0;
  window.addEventListener('keydown', () => { start = performance.now(); }, { capture: true, once: true });
  const watcher = new MutationObserver(() => {
    if (!start) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.answer = performance.now() - start; }));
  });
  for (const root of all(document)) watcher.observe(root, { attributeFilter: ['data-painted'] });
}"""

SPEC = Spec(noise=0.3, optimiser="adam", lr=0.001, epochs=1000, device="cpu")  # its weights never rest
SHOWN = {"charts": "canvas.base", "filters": ".filters .frame canvas", "maps": ".maps .frame canvas"}
PRESSES = 25


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server whose runs can be paused from here."""
    monkeypatch.setenv("CONVOSCOPE_RUNS", str(tmp_path / "runs"))
    with streamlit_server("run", "app.py", log=tmp_path / "log.txt") as address:
        yield address
    keeper.close()


def watched(browser: Browser, server: str) -> tuple[str, Page]:
    """A run that has begun, and the page that shows it."""
    run = runs.start("live_training.train", asdict(SPEC))
    page = opened(browser, f"{server}/live-training?view=pictures&run={run}", SHOWN["maps"])
    until_step(run, 20)
    return run, page


def bench_changes_of_the_page(
    browser: Browser, server: str, figure: Callable[[str, float, str], None]
) -> None:
    run, page = watched(browser, server)
    for name, selector in SHOWN.items():
        found = page.evaluate(WATCH, selector)
        goal = "-, as slow weights keep their colour" if name == "filters" else "5 or more"
        figure(f"changes a second of the {name}", min(rate for rate, _ in found), goal)
        figure(f"blank frames of the {name}", sum(blank for _, blank in found), "0")
    assert runs.status(run).state == "running"
    runs.remove(run)


def bench_a_slider_on_another_page(
    browser: Browser, server: str, figure: Callable[[str, float, str], None]
) -> None:
    run, _ = watched(browser, server)
    other = opened(browser, f"{server}/losses?view=softmax", SLIDER)
    answered(other, "ArrowLeft")
    alone, beside = [], []
    for _ in range(PRESSES):
        beside.append(answered(other, "ArrowRight"))
        runs.pause(run)
        until_state(run, "paused")
        alone.append(answered(other, "ArrowLeft"))
        runs.resume(run)
        until_state(run, "running")
    print([round(statistics.median(times)) for times in (alone, beside)], "ms")
    ratio = statistics.median(beside) / statistics.median(alone)
    figure("a slider on another page while a training runs / while it rests", ratio, "at most 1.5")
    runs.remove(run)


def answered(page: Page, key: str) -> float:
    """ms from a key on the slider of a page to what follows from it."""
    page.evaluate(ANSWER)
    page.locator(SLIDER).focus()
    page.keyboard.press(key)
    page.wait_for_function("() => window.answer")
    page.wait_for_timeout(200)  # the rest of the page follows
    return float(page.evaluate("() => window.answer"))
