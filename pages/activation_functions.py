"""Activation functions: their curves, and what they do to a map, to a deep network and to training."""

from collections.abc import Mapping
from importlib import import_module

from pages import frame
from pages.frame import links
from vizcore.exhibits import activation_functions

VIEWS: Mapping[str, str] = {
    "curves": "Curves",
    "map": "On a feature map",
    "depth": "Through many layers",
    "dying": "Dying units",
    "siren": "Sines draw a picture",
    "vector": "A whole layer",
}

part = import_module(f"pages.parts.activation_functions_{frame.view('activation_functions', VIEWS)}")
links.follow("activation_functions", "view", "picture", "net", *part.SETTINGS)
page = frame.current()
for name, start in part.STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
frame.header("activation_functions", part.PRESETS, page, part.STARTS)
frame.sidebar(page)
frame.switch(VIEWS)
part.show(page)
frame.about(activation_functions, *part.EXPLAINED)
