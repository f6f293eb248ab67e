"""Convolution: what one kernel does to a picture, from one product to what it costs."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import convolution

VIEWS: Mapping[str, str] = {
    "slide": "One kernel",
    "channels": "Channels",
    "signal": "One dimension",
    "laws": "Laws",
    "matrix": "As a matrix",
    "cost": "Cost",
    "find": "Find a pattern",
}

frame.show_views(convolution, VIEWS)
