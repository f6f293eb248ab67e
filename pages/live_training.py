"""Live training: a network learns while one looks on, and is taken apart at any step."""

from collections.abc import Mapping
from importlib import import_module

from pages import frame
from pages.frame import links
from pages.server import runs
from vizcore.exhibits import live_training

VIEWS: Mapping[str, str] = {
    "pictures": "On pictures",
    "plane": "In the plane",
    "step": "One step",
    "compare": "Compare",
    "rate": "Learning rate",
}
RUNS = ("run", "plane_run")  # settings that name a run

part = import_module(f"pages.parts.live_training_{frame.view('live_training', VIEWS)}")
links.follow("live_training", "view", "picture", "net", *part.SETTINGS)
page = frame.current()
for name, start in part.STARTS.items():
    links.setting(name, start)  # before the header asks which preset is shown
for name in RUNS:
    if name in part.SETTINGS:
        runs.linked(name)  # before the header says what the link names in vain
frame.header("live_training", part.PRESETS, page, part.STARTS)
frame.sidebar(page)
frame.switch(VIEWS)
part.show(page)
frame.about(live_training, *part.EXPLAINED)
