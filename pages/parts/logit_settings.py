"""Logits that are dragged: how they stand in a link, and what comes back from the component."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.components.logits import LEAST, MOST
from pages.frame import links
from vizcore.toolkit import kernels, parameters
from vizcore.toolkit.errors import InputError

Floats = NDArray[np.float64]


def given(key: str, start: str) -> Floats:
    """The logits (C,) of a setting; those of `start` where it cannot be read."""
    try:
        rows = kernels.read(links.setting(key))
        if rows.shape[0] != 1 or not LEAST <= rows.shape[1] <= MOST:
            raise InputError(f"{LEAST} to {MOST} logits stand in one row.")
    except InputError:
        links.miss(key, start, "The link names logits that cannot be read.")
        return given(key, start)
    return rows[0]


def index(key: str, count: int) -> int:
    """The class that a setting names; the first one where it names none."""
    named = links.indices(links.setting(key), (count,))
    return named[0] if named else 0


def asked(question: Mapping[str, Any]) -> tuple[Floats, int]:
    """Logits and class that a browser asks about.

    Raises:
        InputError: these are no 2 to 10 numbers, or there is no such class.
    """
    logits, chosen = parameters.numbers(question.get("logits", ()), MOST), question.get("chosen")
    if logits.ndim != 1 or len(logits) < LEAST:
        raise InputError(f"{LEAST} to {MOST} logits stand in one row.")
    if not isinstance(chosen, int) or not 0 <= chosen < len(logits):
        raise InputError(f"There is no class {str(chosen)[:20]}: they are 0 to {len(logits) - 1}.")
    return logits, int(chosen)


def take(component: str, logits: str, chosen: str) -> None:
    """Put what was dragged or clicked into the settings `logits` and `chosen`."""
    picked: dict[str, Any] = components.picked(component)
    if "logits" in picked:
        links.choose(logits, kernels.written([picked["logits"]]))
    else:
        places = picked["entry"] if "entry" in picked else [picked["chosen"]]
        links.choose(chosen, ".".join(map(str, places)))
