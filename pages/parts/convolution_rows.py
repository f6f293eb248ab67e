"""Rows of samples on the page: a signal, and what windows make of it."""

from typing import Any

from pages import components
from pages.components import signal as signal_part
from pages.components.signal import Track
from pages.frame import links


def sample(count: int) -> int:
    """The output that is written out: as the link says, or the middle one."""
    named = links.indices(links.setting("signal_at"), (count,))
    return named[0] if named else count // 2


def draw(tracks: list[Track], at: int, alt: str, *, bits: bool = False) -> None:
    """Show the rows of samples, one below the other."""
    identity = f"{len(tracks)} {len(tracks[0].values)}"
    packed = signal_part.pack(tracks, selected=at, bits=bits, identity=identity, alt=alt)
    components.mount("signal", data=packed, key="signal", on_pick=take)


def take() -> None:
    """An output was clicked, or an input of the detector turned over."""
    picked: dict[str, Any] = components.picked("signal")
    if "sample" in picked:
        links.choose("signal_at", str(picked["sample"]))
        return
    bits, flip = links.setting("signal_bits"), int(picked["flip"])
    links.choose("signal_bits", bits[:flip] + "10"[int(bits[flip])] + bits[flip + 1 :])
