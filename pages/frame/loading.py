"""What stands in the place of an exhibit while its network is loaded, where that takes a while."""

import streamlit as st

from pages.frame.stage import Stage
from pages.server import work

LONG = work.LONG / 2  # s; as much again is left for what the page makes of the network


def loading(stage: Stage, slot: str = "net") -> bool:
    """Load the network of a stage; show how far that is, and return True, until it is there.

    Args:
        stage: what the page is about to look at; the weights of its network are on this computer.
        slot: the setting that names its network: "net", or "net2" of the second stage.
    """
    from vizcore.toolkit import estimates, nets

    place = f"loading.{slot}"
    if nets.loaded(stage.net) or (seconds := estimates.loading(stage.net)) <= LONG:
        work.release(place)
        return False

    def load(_progress: object, _stop: object) -> bool:
        nets.load(stage.net)
        return True

    held = work.hold(place, ("load", stage.net), load, seconds).work
    if held and held.result:
        work.release(place)
        return False
    st.text(f"The weights of {nets.find(stage.net).title} are made ready, which takes about {seconds:.0f} s.")
    work.progress({place: "the network"}, "Load")
    return True
