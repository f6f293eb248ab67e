"""What stands between a map and the next layer: a function with its parameters, as the link says it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.frame import links
from pages.parts.convolution_controls import choice, select, slide
from vizcore.toolkit import activation_maps
from vizcore.toolkit.activations import ACTIVATIONS, curve
from vizcore.toolkit.curves import Curve, Floats
from vizcore.toolkit.parameters import Parameter

SHARED = {"one": "one for all", "channels": "one per channel"}
PRELU = "prelu"


def steps(parameter: Parameter) -> Sequence[str]:
    """All values of a parameter, as they stand in links."""
    count = round((parameter.high - parameter.low) / parameter.step)
    return [f"{round(parameter.low + place * parameter.step, 6):g}" for place in range(count + 1)]


(LEARNT,) = ACTIVATIONS[PRELU].parameters
SLOPES = steps(LEARNT)


@dataclass(frozen=True)
class Function:
    """An activation function with its parameters."""

    name: str  # key of ACTIVATIONS
    parameters: Mapping[str, float]  # those of one channel, where each has its own
    slopes: tuple[float, ...] = ()  # (C,) of a PReLU with one for each channel

    @property
    def title(self) -> str:
        return ACTIVATIONS[self.name].title

    @property
    def code(self) -> str:
        """The call that applies it to `maps`."""
        if self.slopes:
            return f"prelu(maps, {list(self.slopes)})"
        given = "".join(f", {name}={value}" for name, value in self.parameters.items())
        return f"curve({self.name!r}, maps{given})"

    @property
    def switches_off(self) -> bool:
        """Whether it makes values exactly 0, and does not only round them to that."""
        return bool(self.slopes) or activation_maps.switches_off(self.name, **self.parameters)

    def of(self, maps: NDArray[np.floating]) -> Curve:
        """The maps (C, H, W) of a layer, what becomes of them, and the slope at each value."""
        if self.slopes:
            return activation_maps.prelu(maps, self.slopes)
        return curve(self.name, maps, **self.parameters)


@dataclass(frozen=True, eq=False)
class Seen:
    """A layer behind a function, and the channel that is looked at."""

    stage: frame.Stage
    layer: str
    channel: int
    function: Function
    found: Curve  # (C, H, W)
    place: tuple[int, int]  # row and column of the chosen value

    @property
    def before(self) -> Floats:
        """(H, W)."""
        return self.found.x[self.channel]

    @property
    def after(self) -> Floats:
        """(H, W)."""
        return self.found.value[self.channel]


def function(channels: int, channel: int) -> Function:
    """Show the function and its sliders, and return what is chosen.

    Args:
        channels: of the layer.
        channel: the selected one.
    """
    titles = {name: entry.title for name, entry in ACTIVATIONS.items()}
    name = select("Activation function", titles, "map_name", "relu")
    parameters = ACTIVATIONS[name].parameters
    if name == PRELU and choice("Learnt slope a", SHARED, "map_shared") == "channels":
        own_slope(channels, channel)
        slopes = slopes_of(channels)
        return Function(name, {"weight": slopes[channel]}, slopes)
    return Function(name, {each.name: slider(each) for each in parameters})


def slider(parameter: Parameter) -> float:
    """A slider over all values of a parameter."""
    key = f"map_{parameter.name}"
    return slide(parameter.title, steps(parameter), key, f"{parameter.start:g}")


def slopes_of(channels: int) -> tuple[float, ...]:
    """The slope of each channel: as the link says, such as "3:0.5,7:-0.2", else the shared one."""
    own = own_slopes(channels)
    return tuple(float(own.get(channel, shared_slope())) for channel in range(channels))


def own_slopes(channels: int) -> dict[int, str]:
    """What the link says of single channels; what is no slope in it is passed over."""
    pairs = re.findall(r"(?:^|,)(\d{1,4}):([-.\d]{1,5})(?=,|$)", links.setting("map_slopes"), re.ASCII)
    return {int(channel): slope for channel, slope in pairs if int(channel) < channels and slope in SLOPES}


def shared_slope() -> str:
    """The slope of the channels that have none of their own."""
    slope = links.setting("map_weight")
    return slope if slope in SLOPES else f"{LEARNT.start:g}"


def own_slope(channels: int, channel: int) -> None:
    """A slider for the slope of one channel."""
    own, key = own_slopes(channels), "map_slopes.control"

    def take() -> None:
        chosen = own | {channel: st.session_state[key]}
        links.choose("map_slopes", ",".join(f"{each}:{chosen[each]}" for each in sorted(chosen)))

    st.session_state[key] = own.get(channel, shared_slope())
    st.select_slider(f"Slope a of channel {channel}", SLOPES, key=key, on_change=take)
