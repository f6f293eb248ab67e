"""Settings of a training run on pictures: what they are in the link, and their controls."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from pages.frame import links
from pages.parts import live_training_data as data
from pages.parts.convolution_controls import choice, select, slide
from pages.parts.live_training_net import net_controls
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit import datasets
from vizcore.toolkit.optimisation import OPTIMISERS, SCHEDULES
from vizcore.toolkit.optimisation import STARTS as INITIALISATIONS
from vizcore.toolkit.recipes import ACTIVATIONS
from vizcore.toolkit.training_spec import DEVICES

LATER = ("probe",)  # chosen while a run goes on
USUAL: Mapping[str, Any] = {name: value for name, value in asdict(Spec()).items() if name not in LATER}
WIDE = 130  # px of a list in the row
SWITCH = {"no": "Off", "yes": "On"}


def word(value: Any) -> str:
    """A setting as it stands in the link."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ".".join(value)
    return value if isinstance(value, str) else f"{value:g}"


def value_of(text: str, usual: Any) -> Any:
    """What a setting in the link means, where its usual value is of the same kind."""
    if isinstance(usual, bool):
        return text == "yes"
    if isinstance(usual, tuple):
        return tuple(text.split(".")) if text else ()
    return type(usual)(text)


STARTED: Mapping[str, str] = {f"t_{name}": word(value) for name, value in USUAL.items()}
MORE: Mapping[str, tuple[str, tuple[str, ...]]] = {  # label and steps of the sliders behind "More"
    "t_epochs": ("Epochs", ("1", "2", "5", "10", "20", "30", "50", "100", "200", "500")),
    "t_batch": ("Batch size", ("1", "4", "8", "16", "32", "64", "128", "256", "512")),
    "t_dropout": ("Dropout", ("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.7", "0.9")),
    "t_weight_decay": ("Weight decay (L2)", ("0", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1")),
    "t_l1": ("L1", ("0", "1e-06", "1e-05", "0.0001", "0.001", "0.01")),
    "t_smoothing": ("Label smoothing", ("0", "0.05", "0.1", "0.2", "0.3", "0.5")),
    "t_clip": ("Largest gradient (0: any)", ("0", "0.1", "0.5", "1", "2", "5", "10")),
    "t_patience": ("Patience in epochs (0: none)", ("0", "1", "2", "3", "5", "10", "20")),
    "t_seed": ("Seed", tuple("0123456789")),
}
RATES = tuple(f"{digit * 10.0**power:g}" for power in range(-5, 1) for digit in (1, 2, 3, 5))

SLIDERS: Mapping[str, tuple[str, tuple[str, ...]]] = {  # all of the view
    **MORE,
    "t_lr": ("Learning rate η", RATES),
    "t_share": (data.SHARE, data.SHARES),
    "t_noise": (data.NOISE, data.NOISES),
}


def titles(table: Mapping[str, Any]) -> dict[str, str]:
    """Key -> title of a table of choices."""
    return {name: entry.title for name, entry in table.items()}


def controls() -> bool:
    """The controls; whether a run with them was asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data.choose(WIDE)
        net_controls(*pictures(), WIDE)
        rules = titles(OPTIMISERS)
        select("Optimiser", rules, "t_optimiser", STARTED["t_optimiser"], width=WIDE, then=usual_rate)
        with st.container(width=180):
            slide(*SLIDERS["t_lr"], "t_lr", STARTED["t_lr"])
        with st.popover("More", icon=":material/tune:"):
            others()
        return st.button("Train", type="primary", icon=":material/play_arrow:")


def pictures() -> tuple[int, int, int]:
    """Channels and side (px) of the pictures that are chosen, and how many classes they have."""
    own = data.taken().extent
    if links.setting("t_data") == datasets.OWN and own is None:
        return 3, 32, 2  # what the first own pictures will be
    found = datasets.extent(links.setting("t_data"), own)
    return found.shape[0], found.shape[1], len(found.classes)


def usual_rate() -> None:
    """Begin with a learning rate that suits the optimiser."""
    links.choose("t_lr", word(OPTIMISERS[links.setting("t_optimiser")].rate))


def others() -> None:
    """What few will change: sliders, then choices."""
    left, right = st.columns(2, gap="medium")
    for place, (key, (label, steps)) in enumerate(MORE.items()):
        with (left, right)[place % 2]:
            slide(label, steps, key, STARTED[key])
    with left:
        select("Activation", ACTIVATIONS, "t_activation", STARTED["t_activation"])
        select("Initialisation", titles(INITIALISATIONS), "t_start", STARTED["t_start"])
    with right:
        select("Schedule of the rate", titles(SCHEDULES), "t_schedule", STARTED["t_schedule"])
        select("Device", {name: name for name in DEVICES}, "t_device", STARTED["t_device"])
        choice("Batch norm", SWITCH, "t_norm")


def chosen() -> dict[str, Any]:
    """Settings for `Spec`, as the link has them; call it behind the controls, which settle most of them.

    Raises:
        ValueError: a link has a word where a number belongs.
    """
    return {name: value_of(links.setting(f"t_{name}"), usual) for name, usual in USUAL.items()}
