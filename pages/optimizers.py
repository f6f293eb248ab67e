"""Optimisers: how gradients become steps, on surfaces in two numbers and on a real network."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import optimizers

VIEWS: Mapping[str, str] = {
    "race": "Race",
    "rate": "Learning rate",
    "adam": "Adam",
    "noise": "Gradient noise",
    "network": "A network",
}

frame.show_views(optimizers, VIEWS)
