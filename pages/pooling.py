"""Pooling: what one number per window keeps of a picture, and what it forgets."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import pooling

VIEWS: Mapping[str, str] = {
    "grid": "Pooling",
    "shift": "Before and after a shift",
    "detector": "One dimension",
}

frame.show_views(pooling, VIEWS)
