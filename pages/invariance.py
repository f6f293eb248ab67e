"""Invariance: whether a layer, a classifier or a segmenter notices that the picture moves."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import invariance

VIEWS: Mapping[str, str] = {
    "shift": "One layer",
    "network": "A whole network",
    "segment": "Classifier and segmenter",
    "rotation": "Rotation",
    "sampling": "Sampling",
}

frame.show_views(invariance, VIEWS)
