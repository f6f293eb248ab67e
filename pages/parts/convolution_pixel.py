"""1 x 1 convolution: the same small network for every pixel's colour, with weights to edit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import mixer as mixer_part
from pages.components import panels as panels_part
from pages.components.panels import Panel
from pages.frame import links
from pages.parts.convolution_controls import choice
from pages.parts.convolution_places import choose_place, place
from vizcore.toolkit import channels, kernels
from vizcore.toolkit.channels import MATRICES
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number
from vizcore.toolkit.small import small

NAMES = ("red", "green", "blue")
RELU: Mapping[str, str] = {"no": "nothing", "yes": "ReLU"}
LONGEST = 128  # px of the picture
OWN = "own"  # the matrix is what somebody made of another one
MOST = 4.0  # magnitude of a weight
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "channels_matrix": "grey",
    "channels_weights": "",
    "channels_bias": "",
    "channels_relu": "no",
    "channels_pixel": "",
}
Values = NDArray[np.float64]


def show(stage: frame.Stage) -> None:
    """The picture, the three maps that the matrix makes of it, and one pixel in numbers."""
    own = edited()
    titles = {name: entry.title for name, entry in MATRICES.items()} | ({OWN: "own"} if own else {})
    with st.container(horizontal=True):
        name = choice("Matrix", titles, "channels_matrix")
        relu = choice("Behind it", RELU, "channels_relu") == "yes"
    if own and name == OWN:
        (weights, bias), says = own, "Your own weights."
    else:
        entry = MATRICES[name]
        weights, bias, says = (
            np.array(entry.weights, np.float64),
            np.array(entry.bias, np.float64),
            entry.says,
        )
    picture = small(stage.image, LONGEST)
    found = channels.mixed(picture.transpose(2, 0, 1), weights, bias, relu=relu)
    at = place("channels_pixel", found.shape[1:])
    draw(stage, picture, found, at)
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        network(picture[at], weights, bias, found[:, *at], at)
    with right:
        st.latex(written_out(weights, bias, picture[at], found[:, *at], relu=relu))
        st.markdown(f"**What to notice.** {says} {noticed(found)}")


def edited() -> tuple[Values, Values] | None:
    """Weights (3, 3) and bias (3,) that the link carries; None where it carries none that can be used."""
    try:
        weights, bias = (kernels.read(links.setting(f"channels_{name}")) for name in ("weights", "bias"))
    except InputError:
        return None
    usable = (weights.shape, bias.shape) == ((3, 3), (1, 3)) and np.abs(
        np.vstack([weights, bias])
    ).max() <= MOST
    return (weights, bias[0]) if usable else None


def draw(stage: frame.Stage, picture: Values, found: Values, at: tuple[int, int]) -> None:
    """What goes in, the three maps that come out, and these as colours."""
    colours, limits = panels_part.shades(found)
    maps = [
        Panel(f"new {name}", map_, colours, limits, sign="→" if name == "red" else "")
        for name, map_ in zip(NAMES, found, strict=True)
    ]
    rows = [
        Panel("the picture", picture, "rgb"),
        *maps,
        Panel("as a picture", found.transpose(1, 2, 0), "rgb"),
    ]
    alt = f"{stage.title}, three maps that a 1 × 1 convolution makes of it, and these as one picture"
    view = panels_part.View(f"{stage.digest} pixel", 5, at, alt, picks=True)
    components.mount("panels", data=panels_part.pack(view, rows), key="channels.mixed", on_pick=_choose_pixel)


def network(pixel: Values, weights: Values, bias: Values, result: Values, at: tuple[int, int]) -> None:
    """The chosen pixel on its way through the matrix, with weights to edit."""
    outputs = [f"new {name}" for name in NAMES]
    mixer = mixer_part.Mixer(NAMES, outputs, weights, bias, at, pixel, result, MOST)
    components.mount("mixer", data=mixer_part.pack(mixer), key="channels.mixer", on_pick=_edit)


def _choose_pixel() -> None:
    choose_place("channels_pixel", "channels.mixed")


def _edit() -> None:
    """Take over an edited table."""
    picked: dict[str, Any] = components.picked("channels.mixer")
    table = kernels.checked(picked["table"]).clip(-MOST, MOST)
    links.choose("channels_matrix", OWN)
    links.choose("channels_weights", kernels.written(table[:, :3]))
    links.choose("channels_bias", kernels.written(table[None, :, 3]))


def written_out(weights: Values, bias: Values, pixel: Values, result: Values, *, relu: bool) -> str:
    """The matrix, the pixel and what it becomes, as LaTeX."""
    product = rf"{_matrix(weights)} {_matrix(pixel[:, None])} + {_matrix(bias[:, None])}"
    left = rf"\max\left(0,\ {product}\right)" if relu else product
    return f"{left} = {_matrix(result[:, None])}"


def _matrix(values: Values) -> str:
    rows = r" \\ ".join(" & ".join(number(float(value)) for value in row) for row in values)
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def noticed(found: Values) -> str:
    """What to say of the maps, with numbers."""
    beyond = float(((found < 0) | (found > 1)).mean())
    cut = f" {beyond:.1%} of the values lie outside 0 to 1 and are cut off in the picture." if beyond else ""
    return (
        f"12 numbers serve all {found[0].size:,} pixels. No pixel looks at its neighbours, so shapes stay "
        f"where they are and only colours change.{cut} With a ReLU and another such layer behind it, it is a "
        "small network that slides over the picture (network in network)."
    )
