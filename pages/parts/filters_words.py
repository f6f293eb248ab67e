"""Words, figures and a question beside the filters."""

import numpy as np
import streamlit as st

from pages import frame
from pages.frame import links
from pages.parts.filters_mosaic import Shown
from vizcore.exhibits import filters
from vizcore.exhibits.filters import ConvLayer, Filters
from vizcore.plots import curves
from vizcore.toolkit import maps as of_maps
from vizcore.toolkit import nets, surgery
from vizcore.toolkit.labels import escaped

NEAR = 0.05  # change of a probability
ANSWERS = {
    "same": "the same, about as sure (within 5 points)",
    "less": "the same, more or less sure",
    "other": "another class",
}
# In the session: the filter that was selected when the page last ran as a whole or something outside of the
# mosaic selected one, how often that was, and the network. What is clicked since is marked in the browser.
START = "filters.start"
NAMED = 8  # near copies and dead filters that get a button


def title(layer: ConvLayer) -> str:
    """A convolution in the list of layers."""
    count, inputs, height, width = layer.shape
    groups = f", {layer.groups} groups" if layer.groups > 1 else ""
    return f"{layer.name}: {count} filters of {inputs} × {height} × {width}{groups}"


def explain(shown: Shown, twin: Shown | None) -> None:
    """What a filter computes, and what to notice in this layer."""
    count, inputs, height, width = shown.layer.shape
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(r"y_{c,i,j} = b_c + \sum_{k,m,n} w_{c,k,m,n}\; x_{k,\,si+m-p,\,sj+n-p}")
    bias = r" + 1" if shown.found.bias is not None else ""
    formula.latex(
        rf"{count} \cdot ({inputs} \cdot {height} \cdot {width}{bias})"
        rf" = {shown.layer.parameters:,}\ \text{{learned numbers}}".replace(",", "{,}")
    )
    words.markdown("What to notice: " + " ".join(notices(shown.found)))
    if twin:
        words.markdown(f"{escaped(nets.find(twin.net).title)}: " + " ".join(notices(twin.found)))


def notices(found: Filters) -> list[str]:
    """Sentences on the filters of a layer."""
    count = len(found.norm)
    lines = [f"Norms reach from {found.norm.min():.3g} to {found.norm.max():.3g}."]
    if found.weights[0, 0].size > 1:
        flat = np.abs(found.weights.sum(axis=(1, 2, 3))) <= 0.1 * np.abs(found.weights).sum(axis=(1, 2, 3))
        lines.append(
            f"{flat.sum()} of {count} nearly sum to 0: flat ground says nothing to them, only change does."
        )
        if 1 not in found.weights.shape[2:]:
            lines.append(
                f"In the median filter, one column times one row holds {np.median(found.separable):.0%}."
            )
        lines.append(f"The median frequency is {np.nanmedian(found.frequency):.2f} cycles/px.")
    else:
        lines.append(
            f"A kernel of 1 × 1 sees one pixel: each filter only mixes {found.weights.shape[1]} maps."
        )
    return lines


def odd_ones(found: Filters) -> None:
    """Filters that are near copies of one another, or dead: named, and a click away."""
    dead, copies = np.flatnonzero(found.dead).tolist(), found.copies
    st.markdown(f"**Near copies** ($|\\cos| \\geq {filters.ALIKE}$): {len(copies) or 'none'}")
    with st.container(horizontal=True, gap="small"):
        for one, other, cosine in copies[:NAMED]:
            _button(f"{one} and {other}: {cosine:.3f}", other, f"copy.{one}.{other}")
    st.markdown(f"**Dead** (hardly any weight): {len(dead) or 'none'}")
    with st.container(horizontal=True, gap="small"):
        for channel in dead[:NAMED]:
            _button(f"filter {channel}", channel, f"dead.{channel}")


def _button(label: str, channel: int, key: str) -> None:
    st.button(label, key=f"filters.{key}", on_click=select, args=[str(channel)])


def select(channel: str) -> None:
    """Enlarge another filter, from outside of the mosaic; "" for the strongest."""
    links.choose("channel", channel)
    _, turn, net = st.session_state[START]
    st.session_state[START] = channel, turn + 1, net


def figures(shown: Shown, twin: Shown | None) -> None:
    """How the weights are distributed, and which filters stand out."""
    left, right = st.columns(2, gap="medium")
    with left:
        count(shown)
    if twin:
        with right:
            count(twin)
    with left if twin else right:
        odd_ones(shown.found)


def count(shown: Shown) -> None:
    """The histogram of all weights of the layer."""
    weights = shown.found.weights
    counted = of_maps.histogram(weights, bins=48)
    title = escaped(nets.find(shown.net).title)
    st.markdown(f"**All {weights.size:,} weights of {shown.layer.name}**, {title}")
    st.caption(f"Mean {weights.mean():.3g}, standard deviation {weights.std():.3g}.")
    options = curves.histogram(counted.edges, counted.counts, x_title="weight", y_title="weights")
    alt = f"histogram of {weights.size} weights from {weights.min():.3g} to {weights.max():.3g}"
    st.echarts_chart(options, height=190, key=f"filters.histogram.{shown.net}", alt=alt)


def predict(stage: frame.Stage, shown: Shown, channel: int) -> None:
    """What the network says without this filter."""
    layer, (_, done) = shown.layer.name, surgery.split(stage.net)
    if shown.found.norm[channel] == 0 or len(done) == surgery.MOST:  # without it already, or no more room
        return

    def reveal() -> tuple[str, str]:
        found = filters.effect(
            stage.image, stage.net, surgery.joined(stage.net, [surgery.Zero(layer, channel)])
        )
        winner, after = int(np.argmax(found.before)), int(np.argmax(found.after))
        shares = found.before[winner], found.after[winner]
        truth = "other" if after != winner else "same" if abs(shares[1] - shares[0]) <= NEAR else "less"
        return truth, (
            f"{curves.percent(shares[0])} before and {curves.percent(shares[1])} without it for the class "
            "that wins now."
        )

    ask = f"filter {channel} of {layer} were zeroed? The network's answer would be …"
    frame.question(ask, ANSWERS, f"filters.predict.{stage.digest}.{stage.net}.{layer}.{channel}", reveal)
