"""Grouped and depthwise convolution: who reads whom, and what it saves."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import wires as wires_part
from pages.components.wires import Diagram
from pages.parts.convolution_controls import slide
from vizcore.toolkit import channels
from vizcore.toolkit.costs import Conv

COUNTS = tuple(map(str, (1, 2, 3, 4, 5, 6, 8, 9, 10, 12)))
KERNEL = (3, 3)
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "channels_inputs": "8",
    "channels_outputs": "8",
    "channels_groups": "2",
}


def show(stage: frame.Stage) -> None:
    """Connections and weights of a full, a grouped and a depthwise separable convolution."""
    with st.container(horizontal=True):
        inputs = int(slide("Channels in", COUNTS, "channels_inputs", STARTS["channels_inputs"]))
        outputs = int(slide("Channels out", COUNTS, "channels_outputs", STARTS["channels_outputs"]))
        groups = int(slide("Groups b", COUNTS, "channels_groups", STARTS["channels_groups"]))
    packed = wires_part.pack(diagrams(inputs, outputs, groups), identity=f"{inputs} {outputs} {groups}")
    components.mount("wires", data=packed, key="channels.wires")
    full, grouped = Conv(inputs, outputs, KERNEL).weights, Conv(inputs, outputs, KERNEL, groups).weights
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(r"k_h\,k_w\,\frac{c_i}{b}\,\frac{c_o}{b}\,b")
    shares = rf"\frac{{{inputs}}}{{{groups}}} \cdot \frac{{{outputs}}}{{{groups}}} \cdot {groups}"
    formula.latex(rf"3 \cdot 3 \cdot {shares} = {grouped} = \frac{{{full}}}{{{groups}}}")
    words.markdown(f"**What to notice.** {noticed(inputs, outputs, groups)}")


def diagrams(inputs: int, outputs: int, groups: int) -> list[Diagram]:
    """The three designs, each with its weights for 3 x 3."""
    depthwise = Conv(inputs, inputs, KERNEL, inputs).weights
    pointwise = Conv(inputs, outputs, (1, 1)).weights
    chosen = channels.reads(inputs, outputs, groups)
    return [
        Diagram(
            "full convolution",
            f"{outputs} · {inputs} · 9 = {Conv(inputs, outputs, KERNEL).weights} weights",
            [channels.reads(inputs, outputs, 1)],
        ),
        Diagram(
            "depthwise" if inputs == outputs == groups else f"{groups} groups" if groups > 1 else "1 group",
            f"{outputs} · {inputs // groups} · 9 = {Conv(inputs, outputs, KERNEL, groups).weights} weights",
            [chosen],
        ),
        Diagram(
            "depthwise, then 1 × 1",
            f"{inputs} · 9 + {outputs} · {inputs} = {depthwise + pointwise} weights",
            [np.eye(inputs, dtype=np.bool_), channels.reads(inputs, outputs, 1)],
        ),
    ]


def noticed(inputs: int, outputs: int, groups: int) -> str:
    """What the groups separate and save."""
    if groups == 1:
        return "With one group every output reads every input: this is the convolution of the other views."
    return (
        f"An output reads {inputs // groups} of {inputs} inputs: that takes 1/{groups} of the weights. The "
        "groups see nothing of one another, also in the next layer if that is split the same way. AlexNet "
        "was split in two to fit on two graphics cards. A 1 × 1 convolution behind the groups mixes them."
    )
