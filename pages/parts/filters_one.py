"""One filter: its weights, its spectrum, what is measured on it, and what it makes of the picture."""

import math

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import filters as filters_part
from pages.components import maps as maps_part
from pages.components.filters import Fact
from pages.frame import links
from pages.parts.convolution_controls import choice
from pages.parts.filters_mosaic import Pick, Shown
from vizcore.exhibits import filters
from vizcore.exhibits.filters import Picture
from vizcore.toolkit import kernels, spectra
from vizcore.toolkit import maps as of_maps

CELLS, MOST = 54, 16  # weights shown as numbers, but two to sixteen kernels
PLACES = {"crop": "what the network receives", "whole": "the whole picture"}


@st.cache_resource(max_entries=8, show_spinner=False)
def responses(digest: str, net: str, layer: str, _image: NDArray[np.float32]) -> NDArray[np.float32]:
    return filters.responses(_image, net, layer)


def one(shown: Shown, channel: int, key: str, on_pick: Pick | None) -> None:
    """Show one filter; where `on_pick` is given, its weights can be changed."""
    weights, sources = shown.found.weights[channel], kernels_of(shown, channel)
    whole = spectra.spectrum(weights.astype(np.float64))
    view = filters_part.One(
        identity=f"{shown.net} {shown.layer.name} {channel}",
        title=f"Filter {channel} of {shown.layer.name}",
        editable=on_pick is not None,
        colour=shown.colour,
        names=[shown.input_name(channel, source) for source in sources],
        notes=[note(weights[source]) for source in sources],
        facts=facts(shown, channel),
        alt=f"spectrum of filter {channel}: {waves(shown, channel)}",
    )
    spectrum = np.sqrt((whole**2).sum(axis=0))
    packed = filters_part.pack_one(view, weights[sources], sources, float(shown.limits[channel]), spectrum)
    components.mount("filters_one", data=packed, key=key, on_pick=on_pick)


def kernels_of(shown: Shown, channel: int) -> NDArray[np.int64]:
    """The input channels whose kernels are shown as numbers."""
    return shown.kernels(channel, min(MOST, max(2, CELLS // shown.found.weights[0, 0].size)))


def note(kernel: NDArray[np.float32]) -> str:
    """How near a kernel (h, w) is to one column times one row; "" where it is one, or has no weight."""
    if 1 in kernel.shape or not kernel.any():
        return ""
    wide = kernel.astype(np.float64)
    values = spectra.singular_values(wide)[:4]
    exact = np.where(values > 1e-6 * values[0], values, 0)  # the weights have no more digits than that
    written = ", ".join(f"{value:.2g}" for value in exact)
    return f"{spectra.separable(wide):.0%} separable; singular values {written}"


def facts(shown: Shown, channel: int) -> list[Fact]:
    """What is measured on a filter, in the order in which it is shown."""
    found, weights = shown.found, shown.found.weights[channel]
    place = int(np.flatnonzero(filters.order(found, "norm") == channel)[0]) + 1
    lines: list[Fact] = [
        ("norm", f"{found.norm[channel]:.3g}, rank {place} of {len(found.norm)}", None),
        ("sum", f"{weights.sum(dtype=np.float64):.3g}", None),
    ]
    if found.bias is not None:
        lines.append(("bias", f"{found.bias[channel]:.3g}", None))
    if weights[0].size > 1 and found.norm[channel] > 0:
        degrees = float(found.orientation[channel])
        edges = ("no direction", None) if math.isnan(degrees) else (f"{degrees:.0f}°", degrees)
        lines += [
            ("edges at", *edges),
            ("frequency", f"{found.frequency[channel]:.2f} cycles/px", None),
            ("separable", f"{found.separable[channel]:.0%}", None),
        ]
    return lines


def waves(shown: Shown, channel: int) -> str:
    """What the spectrum says, in words."""
    frequency, degrees = float(shown.found.frequency[channel]), float(shown.found.orientation[channel])
    if math.isnan(frequency):
        return "it lets nothing through"
    along = "" if math.isnan(degrees) else f", edges at {degrees:.0f}°"
    return f"centred on {frequency:.2f} cycles/px{along}"


def on_picture(stage: frame.Stage, shown: Shown, channel: int) -> None:
    """What the filter makes of the picture, laid over it."""
    net, layer = shown.net, shown.layer.name
    known = responses(stage.digest, net, layer, stage.image)
    st.subheader(f"What filter {channel} makes of the picture", anchor=False)
    whole = shown.layer.first and choice("Applied to", PLACES, "on") == "whole"
    found = filters.picture(stage.image, net, layer, channel, known, whole=whole)
    maps, labels, picture = _in_the_network(found) if found.whole is None else _whole(stage, found.whole)
    view = maps_part.View(
        layer=layer,
        identity=f"{stage.digest} {net} {layer} {channel} {whole}",
        selected=0,
        unit=(0, 0),
        turn=0,
        labels=labels,
        apart=False,
        alt=f"what filter {channel} of {layer} makes of the picture",
    )
    limits = of_maps.limits(of_maps.measured(maps), "layer", (0, 1))
    packed = maps_part.pack(view, maps, limits, np.arange(len(maps)), picture)
    components.mount("maps", data=packed, key="filters.picture")


def _in_the_network(found: Picture) -> tuple[NDArray[np.float32], tuple[str, ...], NDArray[np.float32]]:
    if found.bias == 0:
        return found.map[None], ("map",), found.cropped
    return np.stack([found.map, found.before_bias]), ("with its bias", "before the bias"), found.cropped


def _whole(
    stage: frame.Stage, whole: NDArray[np.float32]
) -> tuple[NDArray[np.float32], tuple[str, ...], NDArray[np.float32]]:
    return whole[None], ("without bias",), stage.image


def send(shown: Shown, channel: int) -> None:
    """Take one of the filter's kernels to the page of the convolution."""
    weights, sources = shown.found.weights[channel], kernels_of(shown, channel)
    options = {str(source): f"the kernel on {shown.input_name(channel, int(source))}" for source in sources}
    if shown.colour:
        options = {"sum": "the sum of its kernels", **options}
    key = f"filters.taken.{shown.layer.name}.{channel}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Take along", list(options), format_func=options.__getitem__, key=key)
        go = st.button("Slide it over a picture", icon=":material/grid_on:", key="filters.send")
    if go:
        kernel = weights.sum(axis=0) if chosen == "sum" else weights[int(chosen)]
        with frame.explained_errors():
            links.choose("weights", kernels.written(shortest(kernel)))
        links.choose("view", "slide")
        st.switch_page(st.session_state["pages"]["convolution"])


def shortest(kernel: NDArray[np.float32]) -> NDArray[np.float64]:
    """The numbers with the fewest digits that stand for the same single-precision weights."""
    return kernel.astype(str).astype(np.float64)
