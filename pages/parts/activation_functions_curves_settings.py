"""Which activation functions are drawn, with which parameters, how far, and where the cursor stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from pages.frame import links
from pages.parts.convolution_controls import choice, slide
from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.curves import Floats
from vizcore.toolkit.parameters import Parameter

MOST = 6  # functions at once; so many names fit into a link
POINTS = 1201  # of a curve
BESIDE = 3  # sliders that stand above the picture; further ones are in a menu
REACHES = {"6": "−6 to 6", "2": "−2 to 2", "12": "−12 to 12"}
NAMES = "curves_names"
PILLS = "curves_names.control"
PARAMETERS: Mapping[str, tuple[str, Parameter]] = {  # setting -> function and its parameter
    f"curves_{name}_{parameter.name}": (name, parameter)
    for name, entry in ACTIVATIONS.items()
    for parameter in entry.parameters
}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    NAMES: "sigmoid.tanh",
    "curves_x": "3",
    "curves_reach": "6",
    **{setting: f"{parameter.start:g}" for setting, (_, parameter) in PARAMETERS.items()},
}


@dataclass(frozen=True, eq=False)
class Chosen:
    """Everything that the curves depend on."""

    parameters: Mapping[str, Mapping[str, float]]  # of each chosen function, by name
    reach: float  # x goes from minus this to this
    cursor: float

    @cached_property
    def x(self) -> Floats:
        """The places of the curves, that of the cursor among them."""
        return np.union1d(np.linspace(-self.reach, self.reach, POINTS).round(9), self.cursor)


def chosen() -> Chosen:
    """Show the controls, and return what is chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            names = functions()
        menu = st.popover("More", icon=":material/tune:")
    shown = [setting for setting, (name, _) in PARAMETERS.items() if name in names]
    with st.container(horizontal=True):
        sliders = {setting: slider(setting) for setting in shown[:BESIDE]}
    with menu:
        reach = float(choice("x from", REACHES, "curves_reach"))
        sliders |= {setting: slider(setting) for setting in shown[BESIDE:]}
    given: dict[str, dict[str, float]] = {name: {} for name in names}
    for setting, value in sliders.items():
        name, parameter = PARAMETERS[setting]
        given[name][parameter.name] = value
    return Chosen(given, reach, place(reach))


def functions() -> list[str]:
    """The chosen functions, one to six; those that the link names in vain are left out."""
    names = list(dict.fromkeys(links.setting(NAMES, STARTS[NAMES]).split(".")))
    known = [name for name in names if name in ACTIVATIONS][:MOST] or STARTS[NAMES].split(".")
    if names != known:
        links.choose(NAMES, ".".join(known))
    st.session_state[PILLS] = known
    st.pills(
        f"Functions, one to {MOST}",
        list(ACTIVATIONS),
        format_func=lambda name: ACTIVATIONS[name].title,
        selection_mode="multi",
        key=PILLS,
        on_change=take_functions,
        wrap=True,
    )
    return known


def take_functions() -> None:
    """Keep which functions were chosen; the last one cannot be taken away."""
    before, names = links.setting(NAMES).split("."), st.session_state[PILLS]
    kept = [name for name in before if name in names]
    links.choose(NAMES, ".".join([*kept, *(name for name in names if name not in before)][-MOST:] or before))


def slider(setting: str) -> float:
    """One parameter of one function."""
    name, parameter = PARAMETERS[setting]
    count = round((parameter.high - parameter.low) / parameter.step)
    steps = np.linspace(parameter.low, parameter.high, count + 1).round(6) + 0.0  # never minus zero
    title = f"{ACTIVATIONS[name].title}: {parameter.title[0].lower()}{parameter.title[1:]}"
    with st.container(width=220):
        return slide(title, [f"{step:g}" for step in steps], setting, STARTS[setting])


def place(reach: float) -> float:
    """Where the cursor stands: in the link, at most at an end; at its start where that is no number."""
    try:
        named = float(links.setting("curves_x"))
    except ValueError:
        named = np.nan
    cursor = float(np.clip(named, -reach, reach)) if np.isfinite(named) else float(STARTS["curves_x"])
    cursor = min(reach, round(cursor, 6)) + 0.0
    links.choose("curves_x", f"{cursor:.7g}")
    return cursor
