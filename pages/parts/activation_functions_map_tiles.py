"""Small maps in rows: one map behind every function, and every channel behind one function."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components
from pages.components import map_tiles as tiles_part
from pages.frame import links
from pages.parts.activation_functions_map_settings import Seen
from vizcore.toolkit.activation_maps import measures, shrunk
from vizcore.toolkit.activations import ACTIVATIONS, curve
from vizcore.toolkit.curves import Floats
from vizcore.toolkit.labels import escaped

SMALL = 48  # px of a map, at most
MANY = 64  # channels; the maps of more are half as large


@st.cache_resource(max_entries=64, show_spinner=False)
def compared(
    digest: str, net: str, layer: str, channel: int, _before: Floats
) -> tuple[NDArray[np.float32], list[str]]:
    """One map behind every function with the parameters it starts with, (N, h, w), and its zeros in words."""
    maps = np.stack([curve(name, _before).value for name in ACTIVATIONS])
    return shrunk(maps, SMALL), [share_of_zeros(values) for values in maps]


def share_of_zeros(values: Floats) -> str:
    """In two words."""
    share = measures(values).zeros
    return "no zeros" if not share else f"{share:.0%} zeros" if share >= 0.01 else "< 1% zeros"


def functions(seen: Seen) -> None:
    """The same map behind every function; a click chooses one."""
    stage, names = seen.stage, list(ACTIVATIONS)
    maps, notes = compared(stage.digest, stage.net, seen.layer, seen.channel, seen.before)
    st.markdown("**The same map through each of them**, with the parameters that they start with")
    view = tiles_part.View(
        alt=f"Channel {seen.channel} of {seen.layer} behind {len(names)} functions.",
        chosen=names.index(seen.function.name),
        titles=[entry.title for entry in ACTIVATIONS.values()],
        notes=notes,
        shown=True,
        side=80,
    )

    def take() -> None:
        links.choose("map_name", names[components.picked("map.functions")])

    components.mount("map_tiles", data=tiles_part.pack(view, maps), key="map.functions", on_pick=take)


def channels(seen: Seen) -> None:
    """All channels behind the function; a click chooses one."""
    values, title = seen.found.value, seen.function.title
    side = SMALL if len(values) <= MANY else SMALL // 2
    st.markdown(f"**All {len(values)} channels** of {escaped(seen.layer)} behind {title}")
    view = tiles_part.View(
        alt=f"{len(values)} channels of {seen.layer} behind {title}.",
        chosen=seen.channel,
        titles=[f"channel {channel}" for channel in range(len(values))],
        notes=[share_of_zeros(each) for each in values],
        shown=False,
        side=side + 4,
    )

    def take() -> None:
        links.choose("map_channel", str(components.picked("map.channels")))
        links.choose("map_at", "")

    message = tiles_part.pack(view, shrunk(values, side))
    components.mount("map_tiles", data=message, key="map.channels", on_pick=take)
