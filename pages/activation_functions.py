"""Activation functions: their curves, and what they do to a map, to a deep network and to training."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import activation_functions

VIEWS: Mapping[str, str] = {
    "curves": "Curves",
    "map": "On a feature map",
    "depth": "Through many layers",
    "dying": "Dying units",
    "siren": "Sines draw a picture",
    "vector": "A whole layer",
}

frame.show_views(activation_functions, VIEWS)
