"""A download that goes on while pages come and go, and how it is shown."""

import threading
import time
from collections.abc import Callable

import streamlit as st

from pages.server.errors import advice
from vizcore.toolkit.errors import InputError

MB = 2**20  # bytes, as torchvision counts
Fetch = Callable[[Callable[[int, int], None], Callable[[], bool]], None]


class Download:
    """One download, whoever asked for it: a thread does it, and every page can look at it.

    Args:
        fetch: does it; it tells its first argument bytes done and bytes in all, and asks its second one
            whether it is to end.
    """

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.done, self.total = 0, 0  # bytes
        self.failure = ""  # the sentence that says why the last one ended early
        self._thread = threading.Thread()
        self._began = 0.0  # s
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin, or do nothing while one runs."""
        with self._lock:
            if not self.running:
                self.done, self.total, self.failure, self._began = 0, 0, "", time.monotonic()
                self._stopped.clear()
                self._thread = threading.Thread(target=self._run, name="download", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End it for everybody; nothing of it stays behind."""
        self._stopped.set()

    def standing(self) -> str:
        """How far it is, in words."""
        if not self.done:
            return "Connecting …"
        left = (self.total / self.done - 1) * (time.monotonic() - self._began)
        return f"{self.done / MB:.1f} of {self.total / MB:.1f} MB, about {max(1, round(left))} s left"

    def _run(self) -> None:
        try:
            self.fetch(self._note, self._stopped.is_set)
        except InputError as error:
            self.failure = str(error)

    def _note(self, done: int, total: int) -> None:
        self.done, self.total = done, total


def controls(download: Download, megabytes: float, running: bool, key: str) -> None:
    """A button that starts it, or how far it is and a button that stops it; and why the last one failed.

    Args:
        download: it.
        megabytes: what there is to download.
        running: whether it ran when the page began.
        key: what the keys of the buttons begin with.
    """
    if running:
        st.progress(download.done / (download.total or 1), text=download.standing())
        st.button("Stop", key=f"{key}.stop", on_click=download.stop, icon=":material/stop:")
    else:
        st.button(
            f"Download {megabytes:.1f} MB",
            key=f"{key}.start",
            on_click=download.start,
            icon=":material/download:",
            type="primary",
        )
    if download.failure:
        advice(download.failure)
