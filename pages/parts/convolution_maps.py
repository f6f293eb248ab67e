"""Several filters make several maps, and the next layer reads them all: shapes and weights."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import panels as panels_part
from pages.components.panels import Panel
from pages.parts.convolution_controls import choice, slide
from vizcore.toolkit import channels, convolutions
from vizcore.toolkit.costs import Conv
from vizcore.toolkit.small import square

SIDE = 32  # px of the picture, as in the lecture
COLUMNS = 6
COUNTS, SIZES = tuple("123456"), ("3", "5", "7")
DEEPER = tuple(map(str, range(11)))
PADDINGS = {"same": "zeros around it", "valid": "none"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "channels_filters": "6",
    "channels_size": "5",
    "channels_padding": "same",
    "channels_second": "10",
}
Values = NDArray[np.float64]


def show(stage: frame.Stage) -> None:
    """Filters, their maps, the maps of the next layer, and the counts."""
    with st.container(horizontal=True):
        count = int(slide("Filters", COUNTS, "channels_filters", STARTS["channels_filters"]))
        size = int(slide("Their size (px)", SIZES, "channels_size", STARTS["channels_size"]))
        second = int(slide("Filters of the next layer", DEEPER, "channels_second", STARTS["channels_second"]))
        padding = choice("Padding", PADDINGS, "channels_padding")
    picture = square(stage.image, SIDE)
    names, filters = zip(*list(channels.bank(size).items())[:count], strict=True)
    first = convolutions.correlate(picture.transpose(2, 0, 1), np.stack(filters), padding=padding)
    deeper = channels.drawn(second, count, 3)
    next_maps = convolutions.correlate(np.maximum(first, 0), deeper, padding=padding) if second else None
    draw(stage, picture, names, filters, first, next_maps)
    st.markdown(table(size, first, next_maps))
    st.markdown("**What to notice.** " + " ".join(noticed(first, next_maps)))


def draw(
    stage: frame.Stage,
    picture: Values,
    names: tuple[str, ...],
    filters: tuple[Values, ...],
    first: Values,
    second: Values | None,
) -> None:
    """Filters in their colours, below each its map, below those the maps of the next layer."""
    empty = [None] * (COLUMNS - len(names))
    looks = [
        Panel(name, _as_colours(weights), "rgb", linked=False)
        for name, weights in zip(names, filters, strict=True)
    ]
    colours, limits = panels_part.shades(first)
    maps = [Panel(f"map {index}", values, colours, limits) for index, values in enumerate(first)]
    rows: list[Panel | None] = [*looks, *empty, *maps, *empty]
    if second is not None:
        colours, limits = panels_part.shades(second)
        rows += [Panel(f"layer 2, map {k}", values, colours, limits) for k, values in enumerate(second)]
    if empty:
        rows[len(names)] = Panel("the picture", picture, "rgb", linked=False)
    alt = f"{len(names)} filters and the map that each makes of {stage.title}"
    middle = first.shape[1] // 2
    view = panels_part.View(f"{stage.digest} maps {first.shape}", COLUMNS, (middle, middle), alt)
    components.mount("panels", data=panels_part.pack(view, rows), key="channels.maps")


def _as_colours(weights: Values) -> Values:
    """(h, w, 3) what colour the filter looks for: 0 is grey."""
    return (0.5 + weights / (2 * np.abs(weights).max())).transpose(1, 2, 0)


def table(size: int, first: Values, second: Values | None) -> str:
    """Filters, weights and shapes of both layers, as Markdown."""
    lines = ["| layer | filters | weights | with biases | makes |", "| --- | --- | --- | --- | --- |"]
    lines.append(_line("1", 3, size, first.shape))
    if second is not None:
        lines.append(_line("2", len(first), 3, second.shape))
    return "\n".join(lines)


def _line(name: str, inputs: int, size: int, made: tuple[int, ...]) -> str:
    outputs, height, width = made
    weights = Conv(inputs, outputs, (size, size)).weights
    return (
        f"| {name} | {outputs} of {size} × {size} × {inputs} "
        f"| ${outputs} \\cdot {size} \\cdot {size} \\cdot {inputs} = {weights}$ "
        f"| ${weights} + {outputs} = {weights + outputs}$ | {height} × {width} × {outputs} |"
    )


def noticed(first: Values, second: Values | None) -> list[str]:
    """What the shapes say, with numbers."""
    flat = 3 * SIDE * SIDE
    said = [
        "As many maps come out as there are filters, and each filter is as deep as what it reads. Flattened, "
        f"the picture would be {flat:,} numbers without left and right, and a single fully connected unit "
        f"would have {flat:,} weights.",
    ]
    size = first.shape[1]
    said.append(
        f"Without padding {SIDE} px become {size}; zeros around the picture would keep them."
        if size < SIDE
        else f"The zeros around the picture keep its {SIDE} px."
    )
    if second is not None:
        said.append(
            "The next layer reads all these maps behind a ReLU, not the colours. Here its weights are "
            "random, as before training."
        )
    return said
