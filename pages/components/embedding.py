"""Points of an embedding that move step by step: what embedding.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages import components
from pages.components import charts
from pages.components.charts import Chart

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """Every step of a run."""

    points: Floats  # (S, N, 2) in front of each step
    pulls: Floats  # (S, N, 2) which way each point is drawn there, and how hard
    labels: NDArray[np.int64]  # (N,) classes
    chosen: int  # point whose rivals are marked
    rivals: NDArray[np.int64]  # (S, 2) the farthest of its class, the nearest of another
    radii: Floats  # (S,) of the circle around it within which others cost; 0 for none
    curves: Sequence[Chart]  # over the steps


def pack(
    history: History,
    *,
    identity: str = "",
    step: int = 0,
    reach: float = 1.0,
    rays: bool = False,
    alt: str = "",
    ask: str = "",
) -> bytes:
    """The message for embedding.js; a reply to `ask` needs nothing but the history.

    Args:
        history: every step.
        identity: of the settings, without what is dragged.
        step: that is shown.
        reach: both axes go from -reach to reach.
        rays: whether points are joined with the origin, as directions.
        alt: what is seen, for people who don't see it.
        ask: address that answers {"step": .., "dot": .., "x": .., "y": ..} while a point is dragged. Where it
            is let go comes back as the same, without x and y where it was only chosen; another step comes
            back as {"step": ..}.
    """
    header = {
        "identity": identity,
        "step": step,
        "reach": reach,
        "rays": rays,
        "alt": alt,
        "ask": ask,
        "chosen": history.chosen,
        "labels": history.labels.tolist(),
    }
    return components.pack(
        header,
        history.points.astype(np.float32),
        history.pulls.astype(np.float32),
        history.rivals.astype(np.int32),
        history.radii.astype(np.float32),
        np.frombuffer(charts.pack(history.curves), np.uint8),
    )
