"""Start-up: the page comes first, the heavy imports follow in the background."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pages.server import events, garbage, sessions
from pages.server.settings import MB, current

# The first page needs about this long in a browser; importing torch meanwhile would delay it.
_HEAD_START_S = 4.0

_PATIENCE_S = 30.0  # for imports that are under way when the server ends

_first_page = threading.Event()
_over = threading.Event()
_started = threading.Event()
_ready = threading.Event()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Run while the server runs."""
    thread = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    thread.start()
    if current().log == "json":
        events.begin()  # only now: what serves the app has set up its own log before
    try:
        async with sessions.janitor():
            yield {}
    finally:  # a process that ends in the middle of an import may abort
        _over.set()
        _first_page.set()
        await asyncio.to_thread(thread.join, _PATIENCE_S)


def page_shown() -> None:
    """Say that somebody sees a page: from now on the imports are in nobody's way."""
    _first_page.set()


def ready() -> bool:
    """Whether PyTorch is loaded."""
    return _ready.is_set()


def runs_ready() -> bool:
    """Whether a run would begin at once."""
    if not ready():
        return False  # the keeper would import what is being imported
    from vizcore.runs.keeper import keeper

    return keeper.warm()


def wait() -> None:
    """Return once PyTorch is loaded; a server of another kind than app.py's loads it here and now."""
    if not _started.is_set():
        _import_heavy_parts()
    _ready.wait()


def freeze() -> None:
    """Take everything that lives now out of the garbage collector's sight.

    With torch loaded a collection walks hundreds of thousands of objects that never die, and holds up
    every session while it does.
    """
    gc.collect()
    gc.freeze()


def _warm_up() -> None:
    _import_heavy_parts()
    if _over.is_set():
        return
    from vizcore.runs.keeper import keeper

    keeper.start()  # its nursery imports the same once more, with what the processor has left
    garbage.collect_until(_over)


def _import_heavy_parts() -> None:
    _started.set()
    _first_page.wait(timeout=_HEAD_START_S)
    if _over.is_set():
        return
    # Each run of a page has a thread of its own, where PyTorch's own limit of one holds only from its first
    # large operation on: for small ones the library below would begin a team of threads in each.
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        import sklearn.datasets  # noqa: F401

        from vizcore.exhibits import feature_maps  # noqa: F401  # and with it torch
        from vizcore.toolkit import shared

        shared.ROOM.resize(current().cache_mb * MB)
        freeze()
    finally:
        _ready.set()  # whoever waits then meets the failure, if there is one, and shows it
    from vizcore.toolkit import estimates, nets

    for step in (
        estimates.rates,
        nets.all_architectures,  # imports torchvision; takes a second, which nobody waits for now
        lambda: nets.skeleton("tiny_vgg"),  # imports more of PyTorch, and holds up everybody else meanwhile
        freeze,
    ):
        if _over.is_set():  # the server waits for this thread to end
            return
        step()
