"""Two networks that learn a picture side by side, as they go: what siren.js needs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.components import charts
from pages.components.charts import Chart, Line
from vizcore.toolkit.images import Image

DECIBELS = (0.0, 65.0)  # of the chart, whatever comes
Lines = list[dict[str, Any]]


def pack(image: Image, steps: int, lines: Lines, newest: Mapping[str, Any] | None, **texts: Any) -> bytes:
    """The message for siren.js.

    Args:
        image: (H, W, 3) in [0, 1], what is learnt.
        steps: that there will be.
        lines: what has been reported.
        newest: the newest report with its pictures, or None.
        texts: run (its id), url (where to ask how it goes on), over (whether nothing more will come), alt.
    """
    header, blocks = drawn(steps, lines, newest)
    size = {"h": image.shape[0], "w": image.shape[1]}
    return components.pack(size | texts | header, _bytes(image), *blocks)


def drawn(
    steps: int, lines: Lines, newest: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays of the pictures and the chart; arguments as of `pack`."""
    known = lines or [{"step": 0, "siren": np.nan, "relu": np.nan}]
    x = np.array([line["step"] for line in known], np.float64)
    curves = [
        Line(title, np.array([line[name] for line in known]), x=x)
        for name, title in (("siren", "Sines (SIREN)"), ("relu", "ReLUs"))
    ]
    ends = np.linspace(0, steps, steps + 1)
    chart = Chart("How near they come", ends, curves, "step", "PSNR (dB)", limits=DECIBELS, height=220)
    header: dict[str, Any] = {"pictures": newest is not None, "charts": charts.figures([chart])}
    if newest is None:
        return header, charts.blocks([chart])
    header |= {"step": newest["step"]} | {name: _said(newest[name]) for name in ("siren", "relu")}
    pictures = [_bytes(newest[f"{name}_picture"]) for name in ("siren", "relu")]
    return header, [*pictures, *charts.blocks([chart])]


def _said(decibels: float) -> str:
    return "diverged" if np.isnan(decibels) else f"{decibels:.1f} dB"


def _bytes(image: Image) -> NDArray[np.uint8]:
    return np.round(255 * image).astype(np.uint8)
