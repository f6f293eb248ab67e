"""Long computations of a page: threads of one bounded pool, with progress, a stop, and kept results."""

import os
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import streamlit as st
from cachetools import LRUCache

from pages.server.errors import advice
from vizcore.toolkit.errors import InputError

T = TypeVar("T")
Compute = Callable[[Callable[[float], None], Callable[[], bool]], T]  # takes progress (0 to 1) and stop

PATIENCE = 0.25  # s that a run of the page waits, so that what is quick needs no progress bar
LOOKS = 0.3  # s between two looks at the progress
_threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) // 2), "work")  # the others answer while dragging
_kept: LRUCache[Hashable, Any] = LRUCache(32)  # results by key, of all sessions; one may take 3 MB
_lock = threading.Lock()


class Work:
    """One computation. It ends early when it is stopped, or when nobody holds it any more."""

    def __init__(self, key: Hashable, compute: Compute[Any]) -> None:
        self.key = key
        self.done = 0.0  # share, 0 to 1
        self.stopped = False
        with _lock:
            self.result: Any = _kept.get(key)
        self.shown = False  # whether the page has the result
        self._began = time.monotonic()
        self._future: Future[None] = Future()
        if self.result is None:
            self._future = _threads.submit(_run, weakref.ref(self), key, compute)
        else:
            self._future.set_result(None)

    @property
    def running(self) -> bool:
        return not self._future.done()

    @property
    def failure(self) -> str:
        """Why it could not be done, in a sentence; any other error than an InputError is raised."""
        error = None if self.running else self._future.exception()
        if error and not isinstance(error, InputError):
            raise error
        return str(error or "")

    def wait(self) -> None:
        """Give it a moment."""
        deadline = time.monotonic() + PATIENCE
        while self.running and time.monotonic() < deadline:
            time.sleep(0.005)

    def stop(self) -> None:
        self.stopped = True

    def standing(self) -> str:
        """How far it is, in words."""
        if not self.done:
            return "Starting …"
        left = (1 / self.done - 1) * (time.monotonic() - self._began)
        return f"{self.done:.0%}, about {max(1, round(left))} s left"


def result(slot: str, key: Hashable, compute: Compute[T]) -> T | None:
    """What `compute` returns; None while it is being computed, or after it was stopped.

    Args:
        slot: place on the page; another key there ends the computation before it.
        key: equal keys have equal results, whoever asks.
        compute: runs in another thread, without Streamlit; its second argument says when to give up.
    """
    work = _held(slot)
    if work is None or work.key != key:
        if work:
            work.stop()
        work = st.session_state[slot] = Work(key, compute)
        work.wait()
    found: T | None = work.result
    work.shown = found is not None
    return found


def progress(slots: Mapping[str, str]) -> None:
    """Show how far the first computation is that is not done, with a way to stop it or to start it again.

    Args:
        slots: places on the page, with what is computed there.
    """
    with st.container(height=44, border=False, key=f"{next(iter(slots))}.place"):
        for slot, what in slots.items():
            work = _held(slot)
            if work and not work.shown:
                looks = LOOKS if work.running else None
                st.fragment(_panel, run_every=looks)(slot, work, what, work.running)
                return
        st.caption(f"Computed: {', '.join(slots.values())}.")


def _panel(slot: str, work: Work, what: str, running: bool) -> None:
    if work.running != running or work.result is not None:
        st.rerun()
    if work.failure:
        advice(work.failure)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if running:
            st.progress(min(1.0, work.done), text=f"{what.capitalize()}: {work.standing()}")
            st.button("Stop", key=f"{slot}.stop", on_click=work.stop, icon=":material/stop:")
        elif st.button(f"Compute {what}", key=f"{slot}.start", icon=":material/play_arrow:"):
            del st.session_state[slot]
            st.rerun()


def _held(slot: str) -> Work | None:
    work: Work | None = st.session_state.get(slot)
    return work


def _run(held: "weakref.ref[Work]", key: Hashable, compute: Compute[Any]) -> None:
    """Compute and keep the result, as long as somebody holds the work."""

    def note(share: float) -> None:
        if work := held():
            work.done = share

    def unwanted() -> bool:
        work = held()
        return work is None or work.stopped

    if unwanted():
        return
    found = compute(note, unwanted)
    if (work := held()) and not work.stopped:
        with _lock:
            _kept[key] = found
        work.result = found
