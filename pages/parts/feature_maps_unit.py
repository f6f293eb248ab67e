"""One value of a feature map, taken apart: where it looks, and the sum behind it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import unit as unit_part
from pages.parts.feature_maps_panel import Unit
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import Layer, Response, UnitArithmetic
from vizcore.toolkit import nets
from vizcore.toolkit.graphs import INPUT


@st.cache_data(max_entries=64, show_spinner=False)
def field_of(
    digest: str, net: str, layer: str, unit: Unit, _image: NDArray[np.float32]
) -> NDArray[np.float32]:
    return feature_maps.effective_field(_image, net, layer, *unit)


def taken_apart(stage: frame.Stage, guess: Response, layer: Layer, unit: Unit) -> UnitArithmetic | None:
    """The arithmetic behind a value; None where that of its layer is not written down."""
    try:
        return feature_maps.unit_arithmetic(stage.image, stage.net, layer.name, *unit, known=guess.maps)
    except NotImplementedError:
        return None


def one_value(stage: frame.Stage, guess: Response, layer: Layer, unit: Unit, found: UnitArithmetic) -> None:
    """Show where a unit looks, and the sum behind its value."""
    channel, row, col = unit
    title = f"{layer.name}, map {channel}, row {row}, column {col}"
    parts, box = found.parts, feature_maps.receptive_field(stage.net, layer.name, row, col)
    view = unit_part.View(
        identity=f"{stage.digest} {stage.net} {title}",
        mode=parts.mode,
        title=title,
        source=" and ".join(found.sources),
        value=found.value,
        bias=parts.bias,
        result=f"{layer.name}[{channel}, {row}, {col}]",
        names=names_of(stage.net, found),
        corner=parts.corner,
        step=parts.step,
        box=box,
        alt=f"{title}: {found.value:.3g}, from {' and '.join(found.sources)}",
    )
    inside = np.ones(parts.patch.shape[1:], bool) if parts.inside is None else parts.inside
    weights = None if parts.weights is None else parts.weights.astype(np.float32)
    gradient = field_of(stage.digest, stage.net, layer.name, unit, stage.image)
    packed = unit_part.pack(view, parts.patch.astype(np.float32), weights, inside, guess.cropped, gradient)
    components.mount("unit", data=packed, key="feature_maps.one")
    st.caption(reach(stage.net, layer))


def reach(net: str, layer: Layer) -> str:
    """A sentence on the receptive field of a layer's units."""
    size = feature_maps.field_size(net, layer.name)
    rows, columns = nets.find(net).input_shape[1:]
    if size is None:
        return "A unit of this layer sees the whole picture, however large it is."
    beyond = " More than there is: what lies beyond the border counts as 0." if size > (rows, columns) else ""
    return f"A unit of this layer sees {size[0]} × {size[1]} px of {rows} × {columns}.{beyond}"


def names_of(net: str, found: UnitArithmetic) -> list[str]:
    """What the values that a unit reads are called."""
    if not found.parts.channels:
        return list(found.sources)
    if found.sources[0] in (INPUT, "picture"):
        return [nets.find(net).channels[channel] for channel in found.parts.channels]
    source = feature_maps.find_layer(net, found.sources[0])
    what = "map" if source.shape[1] * source.shape[2] > 1 else "value"
    return [f"{what} {channel}" for channel in found.parts.channels]
