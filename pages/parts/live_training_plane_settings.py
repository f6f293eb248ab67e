"""Settings of the view in the plane: as words in the link, their controls, and the Spec they make."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages import frame
from pages.components.plane import Unit
from pages.frame import links
from pages.parts.convolution_controls import choice, select, slide
from vizcore.toolkit.playground_spec import LIVE, MAX_LAYERS, MAX_UNITS
from vizcore.toolkit.small_net import ACTIVATIONS, LOSSES
from vizcore.toolkit.toys import FEATURES, REACH, TOYS

DATA = {name: toy.title for name, toy in TOYS.items()}
FUNCTIONS = {name: entry.title for name, entry in ACTIVATIONS.items()}
ERRORS = {name: entry.title for name, entry in LOSSES.items()}
NOISES = ("0", "0.1", "0.2", "0.3", "0.5", "0.7", "1", "1.5")
SHARES = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9")
BATCHES = ("1", "2", "5", "10", "20", "30", "50", "100")
RATES = ("0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10")
STRENGTHS = ("0", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")
EPOCHS = ("100", "300", "1000", "3000", "10000", "30000")
PACES = {**{pace: pace for pace in ("5", "10", "20", "50", "100", "200", "500")}, "0": "any"}
SEEDS = tuple("0123456789")
SLIDERS: Mapping[str, tuple[str, tuple[str, ...]]] = {  # label and steps
    "plane_lr": ("Learning rate", RATES),
    "plane_noise": ("Noise (units of the plane)", NOISES),
    "plane_share": ("Share of training points", SHARES),
    "plane_batch": ("Batch", BATCHES),
    "plane_l1": ("L1", STRENGTHS),
    "plane_l2": ("L2", STRENGTHS),
    "plane_epochs": ("Epochs", EPOCHS),
    "plane_seed": ("Seed of the weights", SEEDS),
    "plane_draw": ("Seed of the points", SEEDS),
}
NONE = "none"  # no hidden layer

STARTED: Mapping[str, str] = {  # of each setting of the Spec where the link says nothing
    "plane_data": "circle",
    "plane_noise": "0.2",
    "plane_share": "0.5",
    "plane_draw": "0",
    "plane_features": "x1.x2",
    "plane_layers": "4.2",
    "plane_activation": "tanh",
    "plane_loss": "cross_entropy",
    "plane_lr": "0.03",
    "plane_l1": "0",
    "plane_l2": "0",
    "plane_batch": "10",
    "plane_epochs": "1000",
    "plane_seed": "0",
    "plane_pace": "50",
}
PLACE = "1.5,2"  # that is selected at first


def _preset(title: str, **chosen: str) -> frame.Preset:
    named = {f"plane_{name}": value for name, value in chosen.items()}
    return frame.Preset(title, {"view": "plane", **STARTED, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "circle": _preset("Circle"),
    "xor": _preset("Exclusive or", data="xor"),
    "spiral": _preset(
        "Spiral", data="spiral", noise="0", layers="8.8", share="0.8", epochs="3000", pace="100"
    ),
    "line": _preset("x₁ and x₂ alone are not enough", layers=NONE),
    "feature": _preset("The right feature is", layers=NONE, features="x1x1.x2x2"),
    "deep": _preset("Too many layers, sigmoid", layers="4.4.4.4.4.4", activation="sigmoid"),
}


def controls() -> dict[str, Any]:
    """The controls, and the settings of the Spec that they and the network's own buttons have made."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choice("Data", DATA, "plane_data")
        activation = select("Activation", FUNCTIONS, "plane_activation", "tanh", width=130)
        with st.container(width="stretch"):
            lr = _slide("plane_lr")
        pace = float(select("Epochs a second", PACES, "plane_pace", STARTED["plane_pace"], width=130))
        with st.popover("More", icon=":material/tune:"):
            more = _more()
    settings = {"data": data, "activation": activation, "lr": lr, "pace": pace, **more}
    return settings | {"features": features(), "layers": layers()}


def _more() -> dict[str, Any]:
    """Settings that are rarely changed."""
    noise, share, batch = _slide("plane_noise"), _slide("plane_share"), int(_slide("plane_batch"))
    loss = select("Loss", ERRORS, "plane_loss", STARTED["plane_loss"])
    l1, l2, epochs = _slide("plane_l1"), _slide("plane_l2"), int(_slide("plane_epochs"))
    seed, draw = int(_slide("plane_seed")), int(_slide("plane_draw"))
    return {
        "noise": noise,
        "share": share,
        "batch": batch,
        "loss": loss,
        "l1": l1,
        "l2": l2,
        "epochs": epochs,
        "seed": seed,
        "draw": draw,
    }


def _slide(key: str) -> float:
    return slide(*SLIDERS[key], key, STARTED[key])


def features() -> list[str]:
    """The features that the link names, in the order of the table; x1 and x2 where it names none."""
    named = links.setting("plane_features", STARTED["plane_features"]).split(".")
    found = [name for name in FEATURES if name in named]
    if sorted(found) != sorted(named):
        found = STARTED["plane_features"].split(".")
        links.choose("plane_features", STARTED["plane_features"])
    return found


def layers() -> list[int]:
    """Units of each hidden layer that the link names; those of the first visit where it names none."""
    text = links.setting("plane_layers", STARTED["plane_layers"])
    if text == NONE:
        return []
    found = links.indices(text, [MAX_UNITS + 1] * min(MAX_LAYERS, text.count(".") + 1))
    if found is None or 0 in found:
        links.choose("plane_layers", STARTED["plane_layers"])
        return layers()
    return list(found)


def unit(sizes: list[int]) -> Unit | None:
    """The hidden unit that the link names; None for the output, or where there is no such unit."""
    text = links.setting("plane_unit")
    found = links.indices(text, (MAX_LAYERS, MAX_UNITS)) if text else None
    if found is None or found[0] >= len(sizes) or found[1] >= sizes[found[0]]:
        links.choose("plane_unit", "")
        return None
    return found[0], found[1]


def place() -> tuple[float, float]:
    """The place x1, x2 that the link names; that of the first visit where it names none in the plane."""
    try:
        x1, x2 = (float(part) for part in links.setting("plane_at", PLACE).split(","))
    except ValueError:
        x1 = x2 = float("nan")
    if not max(abs(x1), abs(x2)) <= REACH:  # nan too
        links.choose("plane_at", PLACE)
        return place()
    return x1, x2


def same(settings: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether two runs with these settings differ in nothing but what may change on the way."""
    return all(settings[name] == others.get(name) for name in settings if name not in LIVE)
