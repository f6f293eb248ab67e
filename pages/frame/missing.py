"""What stands in the place of an exhibit while the weights of its network are not on this computer."""

import threading
import time
from urllib.parse import urlsplit

import streamlit as st

from pages.frame import networks
from pages.frame.stage import Stage
from pages.server.errors import advice
from vizcore.toolkit.errors import InputError

MB = 2**20  # bytes, as torchvision counts


class Download:
    """One download of weights, whoever asked for it: a thread does it, and every page can look at it."""

    def __init__(self, name: str) -> None:
        self.name = name  # a key of PRETRAINED
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
                self._thread = threading.Thread(target=self._run, name=f"download {self.name}", daemon=True)
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
        from vizcore.toolkit import pretrained

        try:
            pretrained.download(self.name, self._note, self._stopped.is_set)
        except InputError as error:
            self.failure = str(error)

    def _note(self, done: int, total: int) -> None:
        self.done, self.total = done, total


def missing(stage: Stage, slot: str = "net") -> bool:
    """Show how to get weights that are not here.

    Args:
        stage: what the page is about to look at.
        slot: the setting that names its network: "net", or "net2" of the second stage.

    Returns:
        False, and nothing is shown, where the weights are here or the network needs none.
    """
    from vizcore.toolkit import nets

    if nets.ready(stage.net):
        return False
    download = _download(networks.unchanged(stage.net))
    looks = 0.3 if download.running else 2.0  # s; somebody else may start it, or end it
    st.fragment(_panel, run_every=looks)(download, slot, download.running)
    return True


@st.cache_resource(max_entries=16, show_spinner=False)
def _download(name: str) -> Download:
    return Download(name)


def _panel(download: Download, slot: str, running: bool) -> None:
    from vizcore.toolkit import pretrained

    name = download.name
    if pretrained.available(name) or download.running != running:
        st.rerun()
    entry, known = pretrained.PRETRAINED[name], pretrained.facts(name)
    with st.container(border=True, key=f"missing.{slot}"):
        st.subheader(f"The weights of {entry.title} are not on this computer", anchor=False)
        st.text(
            f"The file {known.file}, {known.megabytes:.1f} MB, from {urlsplit(known.url).netloc}, "
            f"would be saved in {pretrained.path(name).parent}."
        )
        if running:
            st.progress(download.done / (download.total or 1), text=download.standing())
            st.button("Stop", key=f"missing.{slot}.stop", on_click=download.stop, icon=":material/stop:")
        else:
            st.button(
                f"Download {known.megabytes:.1f} MB",
                key=f"missing.{slot}.start",
                on_click=download.start,
                icon=":material/download:",
                type="primary",
            )
        if download.failure:
            advice(download.failure)
        _instead(name, slot)


def _instead(name: str, slot: str) -> None:
    """Networks that need no download, as buttons."""
    from vizcore.toolkit import nets

    st.markdown("Or without a download:")
    choices = {f"{name}~0": "Use it untrained"} | {other: net.title for other, net in nets.NETS.items()}
    with st.container(horizontal=True):
        for reference, label in choices.items():
            if st.button(label, key=f"missing.{slot}.{reference}"):
                networks.use(reference, slot)
                st.rerun()
        if st.button("Own weights", key=f"missing.{slot}.own", icon=":material/upload:"):
            st.session_state["stage.way"] = "Own weights"
            networks.choose_net(slot)
