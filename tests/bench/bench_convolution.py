"""How fast the laboratory of one kernel answers, against a minimal Streamlit page in the same run."""

import statistics
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.bench.bench_interaction import SLIDER, Figure, browser, minimal, opened, slider_to_text
from tests.browser.servers import streamlit_server

__all__ = ["browser"]
LINK = "picture=coffee&slide_size=512&slide_kernel=gaussian&slide_rows=5&slide_cols=5"

DEEP = """const deep = (selector, root = document) => {
  const hit = root.querySelector(selector);
  if (hit) return hit;
  for (const element of root.querySelectorAll('*')) {
    const inner = element.shadowRoot && deep(selector, element.shadowRoot);
    if (inner) return inner;
  }
  return null;
};"""
# From a click on another channel of the picture to the new output, painted.
SETTLED = f"""() => {{ {DEEP}
  const root = deep('.root:has(section.output)'), before = root.dataset.painted;
  window.done = new Promise((resolve) => {{
    let start = 0;
    const started = () => {{ start = performance.now(); }};
    window.addEventListener('keydown', started, {{ capture: true, once: true }});
    const watcher = new MutationObserver(() => {{
      if (root.dataset.painted === before) return;
      watcher.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
    }});
    watcher.observe(root, {{ attributes: true }});
  }});
}}"""
# Drag a slider of the kernel for some seconds, one step a frame: outputs painted in a second.
DRAG = f"""async (seconds) => {{ {DEEP}
  const input = deep('.sliders input'), canvas = deep('section.output .frame canvas');
  let outputs = 0;
  const context = canvas.getContext('2d'), draw = context.drawImage.bind(context);
  context.drawImage = (...given) => {{ outputs++; draw(...given); }};
  const start = performance.now();
  for (let step = 0; performance.now() - start < 1000 * seconds; step++) {{
    input.value = 0.3 + (step % 47) / 10;
    input.dispatchEvent(new Event('input', {{ bubbles: true }}));
    await new Promise(requestAnimationFrame);
  }}
  return outputs / seconds;
}}"""


@pytest.mark.parametrize("times", [20])
def bench_slider_to_output(browser: Browser, tmp_path: Path, figure: Figure, times: int) -> None:
    with (
        streamlit_server("run", "app.py", log=tmp_path / "ours.txt") as address,
        streamlit_server("run", minimal(tmp_path, "floor"), log=tmp_path / "floor.txt") as floor_address,
    ):
        floor = opened(browser, floor_address, SLIDER)
        page = opened(browser, f"{address}/convolution?{LINK}", "section.output canvas")
        base, ours = [], []
        stride = page.get_by_role("slider", name="Stride")
        for step in range(times):
            base.append(slider_to_text(floor))
            page.evaluate(SETTLED)
            stride.focus()
            page.keyboard.press("ArrowRight" if step % 2 == 0 else "ArrowLeft")
            ours.append(float(page.evaluate("() => window.done")))
            page.wait_for_timeout(300)
        figure(
            "slider to a new output of 512 px / slider to text",
            statistics.median(ours) / statistics.median(base),
            "at most 2.5",
        )
        figure(
            "outputs a second while a slider of the kernel is dragged", page.evaluate(DRAG, 4), "at least 30"
        )
