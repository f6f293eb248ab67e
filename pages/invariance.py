"""Invariance: whether a layer, a classifier or a segmenter notices that the picture moves."""

from collections.abc import Mapping
from importlib import import_module

from pages import frame
from pages.frame import links
from vizcore.exhibits import invariance

VIEWS: Mapping[str, str] = {
    "shift": "One layer",
    "network": "A whole network",
    "segment": "Classifier and segmenter",
    "rotation": "Rotation",
    "sampling": "Sampling",
}

part = import_module(f"pages.parts.invariance_{frame.view('invariance', VIEWS)}")
links.follow("invariance", "view", "picture", "net", *part.SETTINGS)
page = frame.current()
for name, start in part.STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
frame.header("invariance", part.PRESETS, page, part.STARTS)
frame.sidebar(page)
frame.switch(VIEWS)
part.show(page)
frame.about(invariance, *part.EXPLAINED)
