"""Units that die while a network learns: what dying.js needs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.components import charts
from pages.components.charts import Chart, Line
from vizcore.toolkit.dying import LAYERS, WIDTH

LOSSES = (1e-4, 1e3)  # nats, of the chart; chance has 2.3
SHARES = (-0.04, 1.04)  # of the other one, with a margin
NAMES = ("First hidden layer", "Second hidden layer")


def pack(epochs: int, newest: Mapping[str, Any] | None, **texts: Any) -> bytes:
    """The message for dying.js.

    Args:
        epochs: that there will be.
        newest: the newest report, or None.
        texts: run (its id), url (where to ask how it goes on), status, over (whether nothing more will come),
            unit (layer and place of the selected one), epoch (which is shown; None: the newest) and alt.
    """
    header, blocks = drawn(epochs, newest)
    return components.pack({"names": NAMES, "width": WIDTH} | texts | header, *blocks)


def drawn(epochs: int, newest: Mapping[str, Any] | None) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays of the units and the charts; arguments as of `pack`."""
    dead = newest["dead"] if newest else np.zeros((0, LAYERS, WIDTH), bool)
    highest = newest["highest"] if newest else np.zeros((0, LAYERS, WIDTH), np.float32)
    shares = {f"dead, {name.lower()}": dead[:, layer].mean(axis=1) for layer, name in enumerate(NAMES)}
    shares |= {"held-out digits read correctly": newest["accuracies"] if newest else np.zeros(0)}
    losses = {"cross entropy, training set": newest["losses"] if newest else np.zeros(0)}
    figures = [
        _chart("Shares", shares, epochs, "share", limits=SHARES),
        _chart("Loss", losses, epochs, "nats", limits=LOSSES, log=True, style=len(shares)),
    ]
    blocks = [dead.astype(np.uint8), highest.astype(np.float32), *charts.blocks(figures)]
    return {"known": len(dead), "charts": charts.figures(figures)}, blocks


def _chart(
    title: str,
    values: Mapping[str, NDArray[np.float64]],
    epochs: int,
    y_title: str,
    style: int = 0,
    **axis: Any,
) -> Chart:
    """Courses over all epochs, of which some are still to come."""
    lines = []
    for at, (name, known) in enumerate(values.items()):
        course = np.full(epochs + 1, np.nan)
        course[: len(known)] = known
        lines.append(Line(name, course, style + at))
    return Chart(title, np.arange(epochs + 1.0), lines, "epoch", y_title, height=200, **axis)
