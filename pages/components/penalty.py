"""Two penalties side by side, and the weights they lead to: what penalty.js needs, as one message."""

from collections.abc import Sequence

import numpy as np

from pages import components
from pages.components import charts, points
from pages.components.charts import Chart
from pages.components.points import Plane


def pack(
    planes: Sequence[Plane],
    curves: Sequence[Chart],
    *,
    strength: float,
    strengths: Sequence[float],
    alt: str = "",
    ask: str = "",
) -> bytes:
    """The message for penalty.js, also as the reply to `ask`.

    Args:
        planes: two; the first dot of each is the one that is dragged, the same in both.
        curves: over the strengths, one below each plane.
        strength: where it stands, one of `strengths`.
        strengths: all that can be chosen, rising.
        alt: what is seen, for people who don't see it.
        ask: address that answers {"centre": [x, y], "strength": number}; a change that ends comes back as
            the same.
    """
    header = {"strength": strength, "strengths": list(strengths), "alt": alt, "ask": ask}
    parts = [*(points.pack(plane) for plane in planes), charts.pack(curves)]
    return components.pack(header, *(np.frombuffer(part, np.uint8) for part in parts))
