"""What a person waits for, as ratios to the same wait on a minimal Streamlit page, in the same run."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.browser.servers import streamlit_server

Figure = Callable[[str, float, str], None]

MINIMAL = """
import streamlit as st
{imports}
value = st.slider("value", 0, 1000, 500, key="value")
st.text(f"now {{value}}")
"""

HEAVY = "import torch, torchvision"
FROZEN = """
from pages.server import warmup
if "frozen" not in st.session_state:
    warmup.freeze()
    st.session_state["frozen"] = True
"""
PICTURES = ("coffee", "cat", "astronaut", "rocket")
LARGE = ("conv1", "bn1", "relu")
SMALL = (
    "layer4.0.conv2",
    "layer4.0.bn2",
    "layer4.1.conv1",
    "layer4.1.bn1",
    "layer4.1.relu",
    "layer4.1.conv2",
)

# From a key on the slider to the new text, and two frames more: it is painted then.
FLOOR = """() => { window.floor = new Promise((resolve) => {
  const text = document.querySelector('[data-testid=stText]'), before = text.textContent;
  let start = 0;
  window.addEventListener('keydown', () => { start = performance.now(); }, { capture: true, once: true });
  const watcher = new MutationObserver(() => {
    if (document.querySelector('[data-testid=stText]').textContent === before) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
  });
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
}); }"""
SLIDER = "input[type=range]"

# From a click on a layer to its mosaic.
CLICK = """(name) => new Promise((resolve) => {
  const deep = (selector, root = document) => {
    const hit = root.querySelector(selector);
    if (hit) return hit;
    for (const element of root.querySelectorAll('*')) {
      const inner = element.shadowRoot && deep(selector, element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  const row = deep(`li[data-name="${name}"]`), root = deep('.root:has(canvas.mosaic)');
  const watcher = new MutationObserver(() => {
    if (!root.dataset.painted.endsWith(' ' + name)) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
  });
  watcher.observe(root, { attributes: true });
  const start = performance.now();
  row.click();
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


def minimal(tmp_path: Path, name: str, imports: str = "") -> str:
    path = tmp_path / f"{name}.py"
    path.write_text(MINIMAL.format(imports=imports))
    return str(path)


def opened(browser: Browser, address: str, ready: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    page.wait_for_selector(ready, timeout=60_000)
    page.wait_for_timeout(1500)
    return page


def slider_to_text(page: Page) -> float:
    """Milliseconds from a key on the slider to its text."""
    page.evaluate(FLOOR)
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowRight")
    return float(page.evaluate("() => window.floor"))


def bench_click_on_a_layer_to_its_mosaic(browser: Browser, tmp_path: Path, figure: Figure) -> None:
    with (
        streamlit_server("run", "app.py", log=tmp_path / "ours.txt") as address,
        streamlit_server("run", minimal(tmp_path, "floor"), log=tmp_path / "floor.txt") as floor_address,
    ):
        floor = opened(browser, floor_address, SLIDER)
        base, large, small = [], [], []
        for picture in PICTURES:  # every click asks for maps that nobody has computed before
            page = opened(
                browser,
                f"{address}/feature-maps?net=resnet18~0&picture={picture}&layer=maxpool",
                "canvas.mosaic",
            )
            for name in LARGE:
                base.append(slider_to_text(floor))
                large.append(page.evaluate(CLICK, name))
            for name in SMALL:
                base.append(slider_to_text(floor))
                small.append(page.evaluate(CLICK, name))
            page.close()
        unit = statistics.median(base)
        print([round(value) for value in (unit, statistics.median(large), statistics.median(small))], "ms")
        figure(
            "click on a layer to 64 maps of 112 x 112 / slider to text",
            statistics.median(large) / unit,
            "at most 2.5",
        )
        figure(
            "click on a layer to 512 maps of 7 x 7 / slider to text",
            statistics.median(small) / unit,
            "at most 2",
        )


def bench_rerun_with_torch_loaded(browser: Browser, tmp_path: Path, figure: Figure) -> None:
    """Streamlit collects garbage after each run; with torch loaded that costs, unless it is frozen."""
    scripts = [
        minimal(tmp_path, "bare"),
        minimal(tmp_path, "heavy", HEAVY),
        minimal(tmp_path, "frozen", HEAVY + FROZEN),
    ]
    with ExitStack() as stack:
        servers = [streamlit_server("run", script, log=Path(f"{script}.log")) for script in scripts]
        pages = [opened(browser, stack.enter_context(server), SLIDER) for server in servers]
        times = [[slider_to_text(page) for page in pages] for _ in range(20)]
    bare, heavy, frozen = (statistics.median(column) for column in zip(*times, strict=True))
    figure("rerun with torch loaded and frozen / without torch", frozen / bare, "at most 1.5")
    figure("rerun with torch loaded and not frozen / without torch", heavy / bare, "what freezing saves")


def bench_start_to_the_first_usable_page(browser: Browser, tmp_path: Path, figure: Figure) -> None:
    def seconds(*script: str, ready: str) -> float:
        start = time.perf_counter()
        with streamlit_server(*script, log=tmp_path / "log") as address:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_selector(ready, timeout=60_000)
            duration = time.perf_counter() - start
            page.close()
        return duration

    ratios = []
    for _ in range(3):
        ours = seconds("run", "app.py", ready="text=What does each layer see")
        ratios.append(ours / seconds("hello", ready="text=Welcome to Streamlit"))
    figure("start to the first usable page / streamlit hello", statistics.median(ratios), "at most 1.5")
