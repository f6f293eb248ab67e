"""How fast the pooling page answers: while its picture is dragged, and when a setting changes."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from pages.parts import pooling_shift
from tests.browser import chromium
from tests.browser.servers import streamlit_server
from vizcore.exhibits import pooling
from vizcore.exhibits.convolution import grey
from vizcore.toolkit import subsampling
from vizcore.toolkit.samples import sample
from vizcore.toolkit.small import square

SIDES = (64, 128)
# The pointer moves in every frame for two seconds; what was answered and drawn meanwhile is counted.
DRAG = """async () => {
  const roots = [...document.querySelectorAll('*')].map((each) => each.shadowRoot);
  const host = roots.find((root) => root?.querySelector('canvas.picture'));
  const canvas = host.querySelector('canvas.picture'), root = host.querySelector('.root');
  const { x, y } = canvas.getBoundingClientRect();
  const send = (kind, by = 0, angle = 0) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, clientX: x + 100 + by * Math.sin(angle), clientY: y + 100 + by * Math.cos(angle),
  }));
  canvas.setPointerCapture = () => {};
  send('pointerdown');
  const begin = performance.now(), before = Number(root.dataset.answered ?? 0);
  for (let frames = 0; performance.now() - begin < 2000; frames++) {
    await new Promise(requestAnimationFrame);
    send('pointermove', 80, frames / 20);
  }
  const answered = Number(root.dataset.answered) - before, seconds = (performance.now() - begin) / 1000;
  send('pointerup');
  return answered / seconds;
}"""


def bench_updates_while_dragging(tmp_path: Path, figure: Callable[[str, float, str], None]) -> None:
    log = tmp_path / "log.txt"
    with streamlit_server("run", "app.py", log=log) as server, chromium.started() as browser:
        for side in SIDES:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server}/pooling?view=shift&picture=cat&shift_side={side}")
            page.wait_for_selector(".root[data-painted] .panels canvas", timeout=60_000)
            figure(f"updates a second, {side} x {side} px", page.evaluate(DRAG), "30 or more")
            page.close()


def bench_computing(figure: Callable[[str, float, str], None]) -> None:
    for side in SIDES:
        picture = square(grey(sample("cat"))[..., None], side)[..., 0]
        world = subsampling.world(picture, [[1.0]], window=2, max_shift=32, border="circular")
        ways = ("max", "average", "blur3")
        place = {"place": [3, 5]}
        figure(
            f"answer to a move, {side} x {side} px, ms",
            fastest(lambda: pooling_shift.answer(world, ways, 0.05, place)),  # noqa: B023
            "33 or less",
        )
        figure(
            f"max pooling with its winners, {side} x {side} px, ms",
            fastest(lambda: pooling.pool(picture, kind="max", window=2)),  # noqa: B023
            "10 or less",
        )


def fastest(work: Callable[[], object]) -> float:
    """ms of the fastest of twenty runs."""
    times = []
    for _ in range(20):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return 1000 * min(times)
