"""Losses: what a network is punished for, from one prediction to a class that is rare."""

from collections.abc import Mapping
from importlib import import_module

from pages import frame
from pages.frame import links
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

part = import_module(f"pages.parts.losses_{frame.view('losses', VIEWS)}")
links.follow("losses", "view", "picture", "net", *part.SETTINGS)
page = frame.current()
for name, start in part.STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
frame.header("losses", part.PRESETS, page, part.STARTS)
frame.sidebar(page)
frame.switch(VIEWS)
part.show(page)
frame.about(losses, *part.EXPLAINED)
