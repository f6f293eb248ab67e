"""The runs that all visits share: equal settings and pictures give equal runs, so one is enough for all.

Who arrives at a run that rests because nobody watched, or was cut short, lets it go on from its checkpoint.
What a person pauses or stops stays so for all who follow it. Who leaves a run that nobody else follows
ends it.
"""

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import streamlit as st
from numpy.typing import NDArray

from vizcore import runs
from vizcore.runs.ends import ENDS
from vizcore.runs.rounds import UNWATCHED
from vizcore.toolkit.errors import InputError

MOST = 256  # runs that are known by heart; the others are looked up
UNASKED = (UNWATCHED, ENDS["asleep"].sentence)  # why a run rests that no person has paused


class Visit:
    """Stands for a visit while that lasts: its session holds it, and nothing else does."""


_lock = threading.RLock()
_kept: dict[str, str] = {}  # ids, by a digest of all that makes two runs equal; empty for a forgotten one
_followers: dict[str, WeakSet[Visit]] = {}  # of each run, by its id
_left: dict[str, None] = {}  # runs that were ended because nobody followed them, the last one last


def kept_run(
    place: str, function: str, settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], digest: str
) -> str:
    """The id of the run with these settings: the one that there is on this server, or a new one.

    Args:
        place: on the page, which now follows this run, and no other one.
        function: what is run, by its name in vizcore.runs.
        settings: of its Spec.
        arrays: what else it takes.
        digest: another one for other arrays.

    Raises:
        InputError: the settings cannot be, or the server has no room for a run.
    """
    run = shared_run(place, function, settings, arrays, digest)
    follow(place, [run])
    return run


def shared_run(
    place: str, function: str, settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], digest: str
) -> str:
    """The same, of several that a place is about to `follow`."""
    equal = json.dumps([function, digest, dict(settings)], sort_keys=True)
    key = hashlib.blake2b(equal.encode(), digest_size=16).hexdigest()
    with _lock:
        run = _kept.pop(key) if key in _kept else runs.labelled(key)  # of a server before this one
        if not _usable(run, run in _followed(place)):
            run = runs.start(function, settings, arrays, key)
        _kept[key] = run
        while len(_kept) > MOST:
            del _kept[next(iter(_kept))]
    return run


def follow(place: str, found: Sequence[str]) -> None:
    """Say that a place on the page follows these runs; those that nobody follows any longer are stopped."""
    visit: Visit = st.session_state.setdefault("kept_runs.visit", Visit())
    with _lock:
        for run in found:
            _followers.setdefault(run, WeakSet()).add(visit)
        for run in set(_followed(place)) - set(found):
            _followers[run].discard(visit)
            if not _followers[run]:
                _stop(run)
        for run in [run for run, visits in _followers.items() if not visits]:
            del _followers[run]
    st.session_state[_key(place)] = tuple(found)


def forget_run(run: str) -> None:
    """Let the next who asks for such a run begin another one."""
    with _lock:
        for key in [key for key, known in _kept.items() if known == run]:
            _kept[key] = ""


def _usable(run: str, followed: bool) -> bool:
    """Whether a run has come to something or still can; where that is so and nobody minds, it goes on."""
    status = _status(run)
    if status is None:
        return False
    if _to_go_on(run, status, followed):
        runs.resume(run)
        _left.pop(run, None)
        return True
    return followed or status.state != "failed"


def _to_go_on(run: str, status: runs.Status, followed: bool) -> bool:
    """Whether a run rests or has ended without anybody wanting that."""
    if status.state == "stopped":
        return run in _left or not (followed or _followers.get(run))
    if followed:
        return False
    if status.state == "paused":
        return status.sentence in UNASKED
    return status.state == "lost" or (status.state == "failed" and ENDS[status.end].goes_on)


def _stop(run: str) -> None:
    """End a run that nobody follows. Whoever comes back lets it go on, even where it ends only then."""
    status = _status(run)
    if status and status.state in ("queued", "running", "paused"):
        with suppress(InputError):  # it was removed meanwhile
            runs.stop(run)
            _left[run] = None
            while len(_left) > MOST:
                del _left[next(iter(_left))]


def _status(run: str) -> runs.Status | None:
    """How a run stands; None where it is no longer there."""
    try:
        return runs.status(run) if run else None
    except InputError:
        return None


def _followed(place: str) -> tuple[str, ...]:
    """The runs that this place of the visit has followed so far."""
    found: tuple[str, ...] = st.session_state.get(_key(place), ())
    return found


def _key(place: str) -> str:
    return f"{place}.runs"
