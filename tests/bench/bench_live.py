"""How often a second one browser gets a new convolution of a 512 x 512 picture while something is dragged."""

from collections.abc import Callable
from pathlib import Path

from tests.browser import chromium
from tests.browser.servers import streamlit_server

APP = """
import streamlit as st
from starlette.middleware import Middleware
from pages.server import live
from pages.server.guard import Guard
app = st.App("page.py", routes=live.ROUTES, middleware=[Middleware(Guard)])
"""
PAGE = """
import numpy as np, streamlit as st
from pages.server import live
from vizcore.exhibits.convolution import convolve
image = np.random.default_rng(0).random((512, 512))
def answer(question):
    side = question["side"]
    kernel = np.full((side, side), question["weight"])
    return convolve(image, kernel, padding="same").output.astype(np.float32).tobytes()
st.text(live.offer("box", answer))
"""
DRAG = """async ([address, side]) => {
  const ask = (weight) => fetch(address, { method: "POST", body: JSON.stringify({ side, weight }) });
  for (let warm = 0; warm < 10; warm++) await (await ask(warm)).arrayBuffer();
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < 2000; count++) await (await ask(count)).arrayBuffer();
  return 1000 * count / (performance.now() - start);
}"""


def bench_answers_while_dragging(tmp_path: Path, figure: Callable[[str, float, str], None]) -> None:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "page.py").write_text(PAGE)
    log = tmp_path / "log.txt"
    with (
        streamlit_server("run", str(tmp_path / "app.py"), log=log) as server,
        chromium.started() as browser,
    ):
        page = browser.new_page()
        page.goto(server)
        address = page.wait_for_selector("[data-testid=stText]", timeout=60_000).inner_text()
        for side in (3, 5, 11):
            rate = page.evaluate(DRAG, [address, side])
            figure(f"answers a second, 512 x 512 px, {side} x {side} weights", rate, "30 or more")
