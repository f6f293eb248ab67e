"""Long work in processes of its own: start it, follow it, pause it, and go on.

A run is a process, here or on a cluster (see `errand`), and a folder. The truth about it is what lies in the
folder and whether the process lives, so it outlives the visit, the page and the server that started it. Its
id of 128 random bits stands in links.

The work is a function that takes arrays and a Spec by name and returns an iterator of reports, frozen
dataclasses. Their numbers and texts are kept as history; their arrays are there for the newest report only.
A report may have a `step`. The work may have:

- `state() -> bytes` for checkpoints; the function then takes `state` and goes on from it bit for bit,
- `change(**settings)`, which raises an InputError where it cannot,
- `look() -> dict` of arrays that are shown with the newest report, but too costly for every one,
- `device`, the name of where it computes.

The environment may set CONVOSCOPE_RUNS (folder of all runs), CONVOSCOPE_RUN_SLOTS (how many work at once on
this computer), CONVOSCOPE_RAY_ADDRESS (host:port of a Ray cluster), CONVOSCOPE_RUN_GPU (share of a GPU there)
and, in seconds, CONVOSCOPE_RUN_PAUSE_AFTER (60: nobody watches, so a run is paused), _YIELD_AFTER (10: the
same while others wait for a slot), _REMOVE_AFTER (3600: its process ends, its checkpoint stays),
_FORGET_AFTER (86400: its folder goes) and _ORPHAN_AFTER (45: no server is there, so a process writes its
checkpoint and ends).
"""

from vizcore.runs.beginning import branch, resume, start, step
from vizcore.runs.control import change, description, labelled, pause, remove, stop
from vizcore.runs.following import arrays, checkpoints, history, newest, state_of
from vizcore.runs.standing import Status, status

__all__ = [
    "Status",
    "arrays",
    "branch",
    "change",
    "checkpoints",
    "description",
    "history",
    "labelled",
    "newest",
    "pause",
    "remove",
    "resume",
    "start",
    "state_of",
    "status",
    "step",
    "stop",
]
