"""Numbers to drag, one for each class, with what is made of them: what logits.js needs, as one message."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.plots import colours

Floats = NDArray[np.float64]
Colour = Literal["output", "gradient", "error", "target"]
LEAST, MOST = 2, 10  # classes
_NARROW = 5.0  # the logits' axis reaches at least from minus this to this
_BEYOND = 1.02  # of the largest logit; one that is dragged to the end finds more room there


@dataclass(frozen=True, eq=False)
class Column:
    """One value for each class, as bars."""

    title: str
    values: Floats  # (C,); nan and inf are shown as such
    limits: tuple[float, float]  # values at both ends of the place for bars; 0 lies between them or is one
    colour: Colour


@dataclass(frozen=True, eq=False)
class Matrix:
    """One value for each output and each input, in diverging colours."""

    title: str
    values: Floats  # (C, C), output by input
    most: float  # size of the values that have the end colours
    by: int  # the input whose entry is chosen


@dataclass(frozen=True, eq=False)
class View:
    """The logits, what is made of them, and the class that is chosen."""

    identity: str  # of the settings; while it stays, what is dragged is not taken back
    title: str  # of the logits
    logits: Floats  # (C,)
    chosen: int  # class; a click on another one comes back as {"chosen": index}
    mark: str  # one word that stands by the chosen class, such as "target"
    columns: Sequence[Column]
    alt: str  # what is seen, for people who don't see it
    live: str  # address that answers {"logits": [..]}, {"chosen": ..} with another message
    names: Sequence[str] = ()  # (C,) of the classes; more are left out, missing ones have their number
    noun: str = "class"  # what one of them is called
    facts: Mapping[str, float] | None = None  # what comes out as one number, by its name
    line: str = ""  # one sentence below
    matrix: Matrix | None = None


def pack(view: View) -> bytes:
    """The message for logits.js.

    It reports {"logits": [..]} when they are let go, {"chosen": i} or {"entry": [output, input]} on a click.
    """
    most = _round(max(_NARROW, _BEYOND * float(np.abs(view.logits).max())))
    names = [*view.names, *[""] * len(view.logits)][: len(view.logits)]
    header = vars(view) | {
        "names": [name or f"{view.noun} {at}" for at, name in enumerate(names)],
        "logits": view.logits.tolist(),
        "reach": most,
        "sizes": (LEAST, MOST),
        "columns": [vars(column) | {"values": _listed(column.values)} for column in view.columns],
        "facts": [(name, *_listed([value])) for name, value in (view.facts or {}).items()],
        "matrix": view.matrix and vars(view.matrix) | {"values": _listed(view.matrix.values.ravel())},
    }
    return pack_blocks(header, np.stack([colours.LUTS[name] for name in ("rdbu", "berlin")]))


def around(values: Floats) -> tuple[float, float]:
    """Limits for bars of these values that stay while they change a little: 0, or ± a round number."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    if low == high:
        return 0.0, 1.0
    return (-_round(-low) if low else 0.0), (_round(high) if high else 0.0)


def _round(most: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... that is not below a number."""
    power = 10.0 ** math.floor(math.log10(most))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= most), 10 * power)


def _listed(values: Sequence[float] | Floats) -> list[float | str]:
    """Numbers as JSON has them, and the others by their names in JavaScript."""
    named = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return ["NaN" if math.isnan(value) else named.get(float(value), float(value)) for value in values]
