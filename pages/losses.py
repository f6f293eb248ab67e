"""Losses: what a network is punished for, from one prediction to a class that is rare."""

from collections.abc import Mapping

from pages import frame
from vizcore.exhibits import losses

VIEWS: Mapping[str, str] = {
    "curve": "One prediction",
    "softmax": "Logits",
    "line": "Outliers",
    "margin": "Margins",
    "batch": "A batch",
    "rare": "Rare classes",
    "embedding": "Embeddings",
    "metrics": "Metrics",
    "penalty": "Penalties",
}

frame.show_views(losses, VIEWS)
