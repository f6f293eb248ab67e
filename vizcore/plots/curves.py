"""Bars and curves as ECharts options: plain dicts that st.echarts_chart draws and updates in place."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUTPUT = "#009e73"  # green stands for what comes out, on every page


def histogram(
    edges: NDArray[np.float64], counts: NDArray[np.int64], *, x_title: str, y_title: str
) -> dict[str, Any]:
    """How often values occur.

    Args:
        edges: (B + 1,) borders of the bins, rising.
        counts: (B,) values in each.
        x_title: what the edges measure.
        y_title: what is counted.
    """
    names = [f"{low:.3g} to {high:.3g}" for low, high in pairwise(edges)]
    bars = [{"value": int(count), "name": name} for count, name in zip(counts, names, strict=True)]
    middles = [f"{(low + high) / 2:.3g}" for low, high in pairwise(edges)]
    return {
        "animation": False,
        "grid": {"left": 56, "right": 12, "top": 32, "bottom": 44},
        "xAxis": {
            "type": "category",
            "data": middles,
            "name": x_title,
            "nameLocation": "middle",
            "nameGap": 28,
            "axisTick": {"show": False},
        },
        "yAxis": {"type": "value", "name": y_title, "minInterval": 1, "splitLine": {"show": False}},
        "tooltip": {"trigger": "item", "formatter": "{b}: {c}"},
        "series": [{"type": "bar", "data": bars, "barCategoryGap": "8%", "itemStyle": {"color": OUTPUT}}],
    }


def percent(share: float) -> str:
    """Such as 99.4%; what would read as none or all, without being it, says so."""
    if 0 < share < 0.0005:
        return "< 0.1%"
    return "> 99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def ranking(names: Sequence[str], shares: Sequence[float]) -> dict[str, Any]:
    """Horizontal bars from 0 to 1, the first on top, each with its value.

    Args:
        names: of the bars.
        shares: in [0, 1].
    """
    bars = [{"value": float(share), "label": {"formatter": percent(share)}} for share in shares]
    return {
        "animation": False,
        "grid": {"left": 8, "right": 60, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 1, "show": False},
        "yAxis": {
            "type": "category",
            "data": list(names),
            "inverse": True,
            "axisLine": {"show": False},
            "axisTick": {"show": False},
        },
        "series": [
            {
                "type": "bar",
                "data": bars,
                "barWidth": "60%",
                "itemStyle": {"color": OUTPUT},
                "label": {"show": True, "position": "right"},
                "silent": True,
            }
        ],
    }
