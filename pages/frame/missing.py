"""What stands in the place of an exhibit while its network is not there."""

from urllib.parse import urlsplit

import streamlit as st

from pages.frame import downloading, networks
from pages.frame.downloading import Download
from pages.frame.loading import loading
from pages.frame.stage import Stage


def missing(stage: Stage, slot: str = "net", known: bool = False) -> bool:
    """Show how to get weights that are not here, or how far loading them is.

    Args:
        stage: what the page is about to look at.
        slot: the setting that names its network: "net", or "net2" of the second stage.

        known: whether all that is shown of the network has been computed, so that it need not be loaded.

    Returns:
        False, and nothing is shown, where the network is loaded or will be in no time.
    """
    from vizcore.toolkit import nets

    if nets.ready(stage.net):
        return not known and loading(stage, slot)
    name = networks.unchanged(stage.net)
    download = _download(name)
    looks = 0.3 if download.running else 2.0  # s; somebody else may start it, or end it
    st.fragment(_panel, run_every=looks)(name, download, slot, download.running)
    return True


@st.cache_resource(max_entries=16, show_spinner=False)
def _download(name: str) -> Download:
    from vizcore.toolkit import pretrained

    return Download(lambda progress, cancelled: pretrained.download(name, progress, cancelled))


def _panel(name: str, download: Download, slot: str, running: bool) -> None:
    from vizcore.toolkit import pretrained

    if pretrained.available(name) or download.running != running:
        st.rerun()
    entry, known = pretrained.PRETRAINED[name], pretrained.facts(name)
    with st.container(border=True, key=f"missing.{slot}"):
        st.subheader(f"The weights of {entry.title} are not on this computer", anchor=False)
        st.text(
            f"The file {known.file}, {known.megabytes:.1f} MB, from {urlsplit(known.url).netloc}, "
            f"would be saved in {pretrained.path(name).parent}."
        )
        downloading.controls(download, known.megabytes, running, f"missing.{slot}")
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
