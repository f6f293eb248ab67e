"""Start-up in a process of its own: the imports wait for the first page, and are frozen."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(code: str) -> str:
    outcome = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def test_nothing_heavy_is_imported_before_the_first_page() -> None:
    code = """
import asyncio, sys, time
from pages.server import warmup
async def serve():
    async with warmup.lifespan(None):
        await asyncio.sleep(0.5)
        print("torch" in sys.modules, warmup.ready())
asyncio.run(serve())
"""
    assert run(code).split() == ["False", "False"]


def test_after_the_first_page_torch_is_there_and_out_of_the_collectors_sight() -> None:
    code = """
import asyncio, gc, sys
from pages.server import warmup
async def serve():
    async with warmup.lifespan(None):
        warmup.page_shown()
        await asyncio.to_thread(warmup.wait)
        print("torch" in sys.modules, gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 20_000)
asyncio.run(serve())
"""
    assert run(code).split() == ["True", "True", "True"]


def test_garbage_is_collected_now_and_then_and_not_after_every_run_of_a_page() -> None:
    code = """
import asyncio, gc, weakref
from streamlit import config
from pages.server import garbage, warmup
garbage.PACE = 0.1
class Session: pass
async def serve():
    async with warmup.lifespan(None):
        warmup.page_shown()
        while config.get_option("runner.postScriptGC"):
            await asyncio.sleep(0.1)
        gc.disable()
        session = Session()
        session.itself, gone = session, weakref.ref(session)
        del session
        for _ in range(100):
            await asyncio.sleep(0.1)
            if gone() is None:
                return print("collected")
asyncio.run(serve())
"""
    assert run(code).split() == ["collected"]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_a_run_of_a_page_takes_one_thread() -> None:
    code = """
import os, threading
import numpy as np
from pages.server import warmup
warmup.page_shown()
warmup.wait()
from vizcore.toolkit import activations
before, seen = len(os.listdir("/proc/self/task")), []
def compute():
    activations.curve("tanh", np.linspace(-6, 6, 1201))
    seen.append(len(os.listdir("/proc/self/task")))
for _ in range(5):
    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
print(max(seen) - before)
"""
    assert run(code).split() == ["1"]
