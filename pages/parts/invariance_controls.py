"""What the views of this page share: the border, how two numbers compare, and the picture that is moved."""

from collections.abc import Mapping
from functools import partial
from typing import Literal

from pages import components
from pages.components import invariance as moves_part
from pages.components.invariance import Answer, View
from pages.parts import invariance_places as places
from pages.parts.convolution_controls import choice
from vizcore.toolkit import nets, warps

Border = Literal["circular", "reflect"]

BORDERS: Mapping[str, str] = {"circular": "wrapped round", "reflect": "mirrored"}
LARGE = 128  # px; networks that were made for more look at a square of that side
AFTER = {"zero": "exactly 0", "less": "smaller, not 0", "more": "as large, or larger"}


def border_choice(key: str) -> Border:
    """What comes in at the border of the picture that moves."""
    said = " ".join(f"{title}: {warps.BORDERS[name]}." for name, title in BORDERS.items())
    return "circular" if choice("Beyond the border", BORDERS, key, said) == "circular" else "reflect"


def smaller_side(net: str) -> int | None:
    """Side in px of the square that a large network looks at; None for the others, which keep their own."""
    return LARGE if nets.find(net).input_shape[1] > LARGE else None


def after(value: float, before: float) -> tuple[str, str]:
    """Which of AFTER holds for a number that was `before`, and both numbers."""
    name = "zero" if value == 0 else "less" if value < before else "more"
    return name, f"{value:.3g} against {before:.3g}"


def mount(name: str, view: View, answer: Answer) -> None:
    """Show the picture of the view called `name`; where it is left goes into the setting <name>_at."""
    key = f"{name}.moves"
    components.mount(
        "invariance",
        data=moves_part.pack(view, answer),
        key=key,
        on_pick=partial(places.take, f"{name}_at", key),
    )
