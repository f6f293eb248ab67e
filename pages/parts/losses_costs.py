"""Two charts of losses over one number, with the examples where one of the losses has them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components.charts import Chart, Point, torn_line
from vizcore.toolkit.curves import Curve

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Marked:
    """Examples that are marked on the curves of their loss."""

    x: Values  # (N,) residuals or margins
    losses: Values  # (N,)
    slopes: Values  # (N,)
    style: int  # of their loss
    at: int  # the one that has its number; -1: none


def charts(
    x: Values,
    x_title: str,
    curves: Mapping[str, tuple[Curve, int]],
    marked: Marked | None,
    most: float,
    pull: float,
    height: int,
) -> list[Chart]:
    """Each loss, and how steep it is.

    Args:
        x: (M,) where the curves are known.
        x_title: what is on the axis.
        curves: title -> curve and its style.
        marked: examples to show.
        most: end of the axis of losses.
        pull: end of the axis of slopes, on both sides.
        height: px of each chart.
    """
    losses = [torn_line(title, x, curve.value, style) for title, (curve, style) in curves.items()]
    slopes = [torn_line(title, x, curve.slope, style) for title, (curve, style) in curves.items()]
    return [
        Chart(
            f"What a {x_title.split()[0]} costs",
            x,
            losses,
            x_title,
            "loss",
            (0.0, most),
            points=_dots(marked, marked.losses) if marked else (),
            height=height,
        ),
        Chart(
            "How hard it pulls",
            x,
            slopes,
            x_title,
            "slope of the loss",
            (-pull, pull),
            points=_dots(marked, marked.slopes) if marked else (),
            height=height,
        ),
    ]


def _dots(marked: Marked, values: Values) -> list[Point]:
    """A dot for each example; the chosen one has its number."""
    pairs = enumerate(zip(marked.x.tolist(), values.tolist(), strict=True))
    return [Point(x, y, str(n + 1) if n == marked.at else "", marked.style) for n, (x, y) in pairs]
