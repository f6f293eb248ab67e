"""What takes a page too long: others do it, with progress and a stop, and the page goes on later.

These are threads, or a run that stands in the same place (see `pages.parts.run_results`).
"""

import os
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import streamlit as st

from pages.server.errors import advice
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.shared import Shared

T = TypeVar("T")
Compute = Callable[[Callable[[float], None], Callable[[], bool]], T]  # takes progress (0 to 1) and stop

LONG = 2.0  # s; what is expected to take longer is no part of a run of the page
PATIENCE = 0.25  # s that a run of the page waits, so that what is quick needs no progress bar
LOOKS = 0.3  # s between two looks at the progress
# What a page goes on without leaves processors to those who drag; what it waits for never queues behind that.
_background = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) // 2), "work")
_awaited = ThreadPoolExecutor(os.cpu_count(), "awaited")
_lock = threading.Lock()
_kept = Shared[Any]()  # results by key, of all sessions
_works: weakref.WeakValueDictionary[Hashable, "Work"] = weakref.WeakValueDictionary()  # that are held, by key


class Job(Protocol):
    """What computes a result elsewhere, as a place of a page sees it."""

    @property
    def running(self) -> bool: ...

    @property
    def result(self) -> Any:
        """None where there is none yet."""

    @property
    def failure(self) -> str:
        """Why it could not be done, in a sentence; empty where nothing speaks against it."""

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""

    def standing(self) -> str:
        """How far it is, in words."""


class Work:
    """One computation, for all who hold it. It ends early when nobody does any more.

    Args:
        key: its result is kept under it.
        compute: see `result`.
        seconds: that it is expected to take, where the page waits for it; None where it goes on meanwhile.
    """

    def __init__(self, key: Hashable, compute: Compute[Any], seconds: float | None = None) -> None:
        self.done = 0.0  # share, 0 to 1, as far as it tells
        self.result: Any = None
        self.began: float | None = None  # None: it waits for its turn
        self.seconds = seconds
        threads = _background if seconds is None else _awaited
        self._future = threads.submit(_run, weakref.ref(self), key, compute)

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

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1; as expected, where it does not tell."""
        if self.done or not self.seconds or self.began is None:
            return self.done
        return min(0.95, (time.monotonic() - self.began) / self.seconds)

    def standing(self) -> str:
        """How far it is, in words."""
        if self.began is None:
            return "Waiting for its turn …"
        if not (share := self.share):
            return "Starting …"
        passed = time.monotonic() - self.began
        if self.seconds and passed > self.seconds and not self.done:
            return f"{passed:.0f} s so far, longer than expected"
        left = (1 / share - 1) * passed
        return f"{share:.0%}, about {max(1, round(left))} s left"


@dataclass
class Place:
    """What is computed at a place of one page."""

    key: Hashable
    work: Job | None  # None once somebody stopped it


def result(slot: str, key: Hashable, compute: Compute[T], seconds: float | None = None) -> T | None:
    """What `compute` returns; None while it is being computed, or after it was stopped.

    Args:
        slot: place on the page; another key there lets go of the computation before it.
        key: equal keys have equal results, whoever asks.
        compute: runs in another thread, without Streamlit; its second argument says when to give up.
        seconds: that it is expected to take, where the page can show nothing without it. What is not LONG is
            done here and now.
    """
    found: T | None = known(key)
    if found is None and seconds is not None and seconds <= LONG:
        found = kept(key, lambda: compute(lambda _share: None, lambda: False))
    if found is None:
        work = hold(slot, key, compute, seconds).work
        found = work.result if work else None
    if found is not None:
        release(slot)
    return found


def hold(slot: str, key: Hashable, compute: Compute[Any], seconds: float | None = None) -> Place:
    """Have something computed at a place of the page; arguments as of `result`. Nothing kept is looked up."""
    found = place(slot)
    if found is None or found.key != key:
        with _lock:
            work = _works.get(key)
            if work is None or not work.running:
                work = _works[key] = Work(key, compute, seconds)
        found = put(slot, key, work)
        work.wait()
    return found


def known(key: Hashable) -> Any:
    """The result that is kept under a key; None where there is none."""
    return _kept.known(key)


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """The same, made once where there is none."""
    found: T = _kept.get(key, make)
    return found


def place(slot: str) -> Place | None:
    """What is computed at a place of the page, where something is."""
    found: Place | None = st.session_state.get(slot)
    return found


def put(slot: str, key: Hashable, job: Job) -> Place:
    """Let a place of the page hold what computes the result of a key."""
    made = st.session_state[slot] = Place(key, job)
    return made


def release(slot: str) -> None:
    """Let go of what is computed at a place; where nobody else holds it, it ends."""
    st.session_state.pop(slot, None)


def progress(slots: Mapping[str, str], verb: str = "Compute") -> None:
    """Show how far the first computation is that is not done, with a way to stop it or to start it again.

    Args:
        slots: places on the page, with what is computed there.
        verb: for the button that starts it again.
    """
    first = next(iter(slots))
    slot = next(filter(place, slots), first)
    with st.container(key=f"{first}.standing"):
        if (held := place(slot)) is None:
            st.caption(f"Computed: {', '.join(slots.values())}.")
            return
        running = _running(held)
        st.fragment(_panel, run_every=LOOKS if running else None)(slot, slots[slot], verb, running)


def _panel(slot: str, what: str, verb: str, running: bool) -> None:
    held = place(slot)
    if held is None or _running(held) != running or (held.work and held.work.result is not None):
        st.rerun()
    if held.work and (failure := held.work.failure):
        advice(failure)
    with st.container(horizontal=True, vertical_alignment="center"):
        if held.work and running:
            text = f"{what[0].upper()}{what[1:]}: {held.work.standing()}"
            st.progress(min(1.0, held.work.share), text=text)
            st.button("Stop", key=f"{slot}.stop", on_click=_stop, args=(slot,), icon=":material/stop:")
        elif st.button(f"{verb} {what}", key=f"{slot}.start", icon=":material/play_arrow:"):
            release(slot)
            st.rerun()


def _stop(slot: str) -> None:
    if held := place(slot):
        held.work = None


def _running(held: Place) -> bool:
    return held.work is not None and held.work.running


def _run(held: "weakref.ref[Work]", key: Hashable, compute: Compute[Any]) -> None:
    """Compute and keep the result, as long as somebody holds the work."""

    def note(share: float) -> None:
        if work := held():
            work.done = share

    def unwanted() -> bool:
        return held() is None

    if work := held():
        work.began = time.monotonic()
        del work
        found = compute(note, unwanted)
        if (work := held()) and found is not None:
            _kept.keep(key, found)
            work.result = found
