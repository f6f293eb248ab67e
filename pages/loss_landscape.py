"""Loss landscape: what training walks on, on planes and on lines through the space of weights."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import loss_landscape

VIEWS: Mapping[str, str] = {
    "plane": "On a plane",
    "line": "On a line",
    "compare": "Compare",
}

frame.show_views(loss_landscape, VIEWS)
