"""Live training: a network learns while one looks on, and is taken apart at any step."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import live_training

VIEWS: Mapping[str, str] = {
    "pictures": "On pictures",
    "plane": "In the plane",
    "step": "One step",
    "compare": "Compare",
    "rate": "Learning rate",
}

frame.show_views(live_training, VIEWS)
