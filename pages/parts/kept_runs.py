"""The runs of a visit: the same settings find the run that there is, and others end it."""

from collections.abc import Hashable, Mapping
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from vizcore import runs
from vizcore.toolkit.errors import InputError

MOST = 8  # of a place on a page; the oldest are forgotten


def kept_run(
    place: str, function: str, settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], digest: str
) -> str:
    """The id of this visit's run with these settings: the one that there is, or a new one.

    Others of the place that are not over are stopped.

    Args:
        place: on the page.
        function: what is run, by its name in vizcore.runs.
        settings: of its Spec.
        arrays: what else it takes.
        digest: another one for other arrays.

    Raises:
        InputError: the settings cannot be, or the server has no room for a run.
    """
    held = _held(place)
    key = (*settings.items(), digest)
    run = held.pop(key, "")
    for other in held.values():
        if _state(other) in ("queued", "running", "paused"):
            runs.stop(other)
    if _state(run) in ("", "stopped", "lost"):
        run = runs.start(function, settings, arrays)
    held[key] = run
    while len(held) > MOST:
        del held[next(iter(held))]
    return run


def forget_run(place: str, run: str) -> None:
    """Let the next run of the page begin another one in its place."""
    held = _held(place)
    for key in [key for key, known in held.items() if known == run]:
        if _state(run) in ("queued", "running", "paused"):
            runs.stop(run)
        del held[key]


def _held(place: str) -> dict[Hashable, str]:
    held: dict[Hashable, str] = st.session_state.setdefault(f"{place}.runs", {})
    return held


def _state(run: str) -> str:
    """How a run stands; empty where it is no longer there."""
    try:
        return runs.status(run).state if run else ""
    except InputError:
        return ""
