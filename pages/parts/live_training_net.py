"""The network of a training run: a recipe, or one that is built layer by layer.

How a view uses it, in the row of its controls:

    extent = datasets.extent(links.setting("t_data"), taken.extent)  # taken: of live_training_data
    net_controls(*extent.shape[:2], len(extent.classes))
"""

import re
from functools import partial
from typing import Any

import streamlit as st

from pages import components
from pages.components import layer_list
from pages.frame import links
from pages.parts.convolution_controls import select
from pages.server import live
from vizcore.toolkit import recipes, specs, stacks
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.recipes import RECIPES

Shape = tuple[int, int, int]
FIRST = "lenet5"
OWN = "t_net.own"  # in the session: the token of what was built last, so that it stays in the list


def net_controls(channels: int, side: int, classes: int, width: int = 150) -> str:
    """The list of networks, and a button that builds another one.

    A network of one's own follows the data: it takes other pictures, and its last layer gets as many outputs
    as there are classes, where that can be.

    Args:
        channels: of the pictures, 1 or 3.
        side: of the pictures, px.
        classes: how many there are.
        width: of the list, px.

    Returns:
        A key of RECIPES, or the token of an own network; it stands in the setting `t_net`.
    """
    shape = (channels, side, side)
    own = _own(shape, classes)
    titles = {name: entry.title for name, entry in RECIPES.items()}
    select("Network", titles | ({own: "Own network"} if own else {}), "t_net", FIRST, width=width)
    way = "Build your own network, layer by layer"
    if st.button("Build", icon=":material/stacks:", type="tertiary", help=way):
        build(shape, classes)
    return links.setting("t_net")


def _own(shape: Shape, classes: int) -> str:
    """The token of the own network that can be chosen, for these pictures; empty where there is none."""
    chosen = links.setting("t_net")
    own = chosen if chosen.startswith(specs.PREFIX) else str(st.session_state.get(OWN, ""))
    try:
        spec = specs.from_token(own)
    except InputError:
        return ""
    try:
        fitted = specs.token(stacks.fitted(spec, shape, classes))
    except InputError:
        fitted = own  # the run says what does not fit
    if chosen == own and chosen != fitted:
        links.choose("t_net", fitted)
    st.session_state[OWN] = fitted
    return fitted


@st.dialog("Build your own network", width="large")
def build(shape: Shape, classes: int) -> None:
    """A list of layers, measured as it grows; what is built becomes the network.

    Args:
        shape: (C, S, S) of the pictures.
        classes: how many there are.
    """
    net = links.setting("t_net", FIRST)
    message = layer_list.pack(
        begun(net, shape, classes),
        shape,
        classes,
        recipes={name: entry.title for name, entry in RECIPES.items()},
        ask=live.offer("layers", partial(answer, shape, classes, style())),
        name=f"{net} {shape} {classes}",
    )
    components.mount("layer_list", data=message, key="layers.built", on_pick=take)
    if components.picked("layers.built"):
        st.rerun()


def begun(net: str, shape: Shape, classes: int) -> list[stacks.Entry]:
    """The layers that the dialog begins with: those of the network that is chosen."""
    if net.startswith(specs.PREFIX):
        return stacks.entries(specs.from_token(net))
    return drafted(net, shape, classes, style())


def style() -> recipes.Style:
    """What the layers of recipes have in common, as the link has it."""
    activation, dropout = links.setting("t_activation"), links.setting("t_dropout")
    return recipes.Style(
        activation if activation in recipes.ACTIVATIONS else "relu",
        links.setting("t_norm") == "yes",
        float(dropout) if re.fullmatch(r"0\.[0-8]\d?", dropout, re.ASCII) else 0.0,
    )


def drafted(recipe: str, shape: Shape, classes: int, style: recipes.Style) -> list[stacks.Entry]:
    """The layers of a recipe.

    Raises:
        InputError: there is no such recipe, or it does not take such pictures.
    """
    pick(RECIPES, recipe, "network to train")
    names = tuple(map(str, range(classes)))
    return stacks.entries(recipes.network(recipe, shape[0], shape[1], names, style))


def answer(shape: Shape, classes: int, style: recipes.Style, question: dict[str, Any]) -> bytes:
    """What becomes of the layers in a question, or of those of the recipe that it names."""
    if "recipe" in question:
        layers = drafted(question["recipe"], shape, classes, style)
    else:
        layers = question.get("layers", [])
    return layer_list.answer(layers, stacks.stack(layers, shape, classes))


def take() -> None:
    """Train what was built, unless somebody sent something else."""
    try:
        token = specs.token(specs.from_token(str(components.picked("layers.built"))))
    except InputError as error:
        st.toast(str(error))
    else:
        links.choose("t_net", token)
