"""What a window slides over: one channel of the stage's picture, made small, or a grid of numbers.

Its settings are <view>_input, <view>_size and <view>_colour.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pages import frame
from pages.frame import links
from pages.parts.convolution_controls import select, slide
from vizcore.exhibits import convolution
from vizcore.toolkit.grids import Grid
from vizcore.toolkit.small import small

PICTURE = "picture"  # the input is the picture on the stage, not one of the grids
SIZES = ("8", "12", "16", "24", "32", "48", "64", "96", "128", "192", "256", "384", "512")
COLOURS = {"grey": "grey", "red": "red", "green": "green", "blue": "blue"}


def starts(view: str, size: str) -> dict[str, str]:
    """The settings of a view, and what they are where the link says nothing: `size` px, in grey."""
    return {f"{view}_input": PICTURE, f"{view}_size": size, f"{view}_colour": "grey"}


def plane(
    stage: frame.Stage, view: str, size: str, grids: Mapping[str, Grid], sizes: tuple[str, ...] = SIZES
) -> NDArray[np.float64]:
    """Show what can be chosen, and return what is, (H, W).

    Args:
        stage: with the picture.
        view: whose settings they are.
        size: px of the longer side where the link names none.
        grids: name -> grid of numbers; where there are none, the picture is no choice.
        sizes: px of the longer side that can be chosen.
    """
    names = {PICTURE: "The picture", **{name: grid.title for name, grid in grids.items()}}
    source = select("Input", names, f"{view}_input", PICTURE) if grids else PICTURE
    if source != PICTURE:
        return grids[source].values
    longest = int(slide("Longer side (px)", sizes, f"{view}_size", size))
    shade = select("Channel", COLOURS, f"{view}_colour", "grey", width=110)
    image = stage.image.astype(np.float64)
    channel = convolution.grey(stage.image) if shade == "grey" else image[..., list(COLOURS).index(shade) - 1]
    return small(channel[..., None], longest)[..., 0]


def code(view: str) -> tuple[list[str], str]:
    """Imports, and an expression that makes the chosen part of the picture from `image`, for a script."""
    shade = links.setting(f"{view}_colour")
    grey = shade == "grey"
    channel = "grey(image)" if grey else f"image[..., {list(COLOURS).index(shade) - 1}]"
    needs = ["from vizcore.exhibits.convolution import grey"] if grey else []
    needs.append("from vizcore.toolkit.small import small")
    return needs, f"small({channel}[..., None], {links.setting(f'{view}_size')})[..., 0]"
