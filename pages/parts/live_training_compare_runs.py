"""The runs of a comparison: those the link names, new ones, their names, and what is asked of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import streamlit as st

from pages.components import compare, pack
from pages.components.compare import Shown
from pages.frame import links
from pages.parts.kept_runs import follow, shared_run
from pages.server.runs import ACTIONS, first_new, mark
from vizcore import runs
from vizcore.toolkit import datasets, optimisation, recipes, seeds, training_spec
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.plans import plan

SINGLE, COPIES = "live_training.train", "live_training.seeds"
MOST = 4  # runs in one chart
GO_ON = ("stopped", "lost")  # states of runs that are over and can go on
AXES = {"step": "step", "epoch": "epoch", "seconds": "seconds of computing"}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "data": datasets.DATASETS,
    "net": recipes.RECIPES,
    "optimiser": optimisation.OPTIMISERS,
    "schedule": optimisation.SCHEDULES,
    "start": optimisation.STARTS,
}
Settings = dict[str, Any]


def linked(function: str) -> list[str]:
    """The ids of runs of this function that the link names.

    Where it names one that is not kept, a sentence says so, and the others stay in the link.
    """
    named = [run for run in links.setting("compare_runs").split(".") if run]
    found, lost = [], ""
    for run in dict.fromkeys(named[:MOST]):
        try:
            if runs.description(run)["function"] == function:
                found.append(run)
        except InputError as error:
            lost = str(error)
    if lost:
        links.choose("compare_runs", ".".join(found))
        st.text(lost)
    return found


def copies_of(wanted: Sequence[Settings]) -> list[str]:
    """The ids of runs with these settings: those in the link, else those of this server, else new ones.

    Raises:
        InputError: the settings cannot be, or the server has no room.
    """
    specs = [seeds.Spec(**settings) for settings in wanted]
    for spec in specs:
        seeds.check_size(spec)
    found = linked(COPIES)
    if [seeds.Spec(**runs.description(run)["settings"]) for run in found] != specs:
        found = [shared_run("compare", COPIES, asdict(spec), {}, "") for spec in specs]
    follow("compare", found)
    links.choose("compare_runs", ".".join(found))
    return found


def visited() -> list[str]:
    """The ids of the training runs of this visit that are still kept, the oldest first."""
    known: list[str] = st.session_state.setdefault("live_training.runs", [])
    known += [run for run in (links.setting("run"),) if run and run not in known]
    return [run for run in known if _state(run)]


def again(found: Sequence[str]) -> list[str]:
    """New runs with the settings of these, which come to their end."""
    return [runs.start(entry["function"], entry["settings"]) for entry in map(runs.description, found)]


def _state(run: str) -> str:
    """How a run stands; empty where it is no longer there."""
    try:
        return runs.status(run).state
    except InputError:
        return ""


def specs_of(found: Sequence[str]) -> list[training_spec.Spec]:
    """The settings that these runs began with; those of copies are of the first copy."""
    return [_spec(runs.description(run)) for run in found]


def _spec(entry: Mapping[str, Any]) -> training_spec.Spec:
    if entry["function"] == COPIES:
        return seeds.Spec(**entry["settings"]).one(0)
    return training_spec.Spec(**entry["settings"])


def differences(specs: Sequence[training_spec.Spec]) -> list[str]:
    """A name for each run by what differs between them; the same names get a number."""
    names = [field.name for field in fields(training_spec.Spec) if field.name not in ("probe", "device")]
    varied = [name for name in names if len({getattr(spec, name) for spec in specs}) > 1]
    said = [", ".join(said_of(name, getattr(spec, name)) for name in varied) or "run" for spec in specs]
    return [
        f"{text} ({said[: at + 1].count(text)})" if said.count(text) > 1 else text
        for at, text in enumerate(said)
    ]


def said_of(name: str, value: Any) -> str:
    """A setting and its value in words."""
    if name in TABLES:
        return str(TABLES[name][value].title) if value in TABLES[name] else "own network"
    if name == "activation":
        return recipes.ACTIVATIONS[value]
    if name == "norm":
        return "batch norm" if value else "no batch norm"
    if name == "augment":
        return " + ".join(value) or "no augmentation"
    label = {"lr": "η =", "l1": "L1"}.get(name, name.replace("_", " "))
    return f"{label} {value:g}"


def shown(found: Sequence[str], names: Sequence[str]) -> list[Shown]:
    """The runs as curves."""
    curves = []
    for run, name, spec in zip(found, names, specs_of(found), strict=True):
        known = plan(spec)
        wide = compare.BAND if runs.description(run)["function"] == COPIES else 1
        curves.append(Shown(name, wide, known.steps, known.total))
    return curves


def answer(found: Sequence[str], curves: Sequence[Shown], axis: str, question: dict[str, Any]) -> bytes:
    """A message about the runs: how they stand, what is new of each, and the next `since`, one number a run.

    Args:
        found: their ids.
        curves: what they are shown as.
        axis: key of AXES.
        question: `since` (0, or a number for each run), perhaps `lives` (of each), and perhaps `do`, a key
            of ACTIONS.
    """
    if "do" in question:
        obey(pick(ACTIONS, question["do"], "action"), found)
    statuses = [runs.status(run, watching=True) for run in found]  # first: once over, all lines are there
    asked = [question.get(name) or [first] * len(found) for name, first in (("since", 0), ("lives", None))]
    if any(not isinstance(each, list) or len(each) != len(found) for each in asked):
        raise InputError("Reports are counted in whole numbers, for each run. Reload the page to go on.")
    since = [first_new(*each) for each in zip(statuses, *asked, strict=True)]
    histories = [runs.history(run, number) for run, number in zip(found, since, strict=True)]
    scales = [scale(axis, *each) for each in zip(found, statuses, curves, strict=True)]
    header, blocks = compare.news(curves, statuses, [lines for lines, _ in histories], scales)
    marks = [
        mark(*each) for each in zip(statuses, since, [following for _, following in histories], strict=True)
    ]
    return pack(header | {name: [each[name] for each in marks] for name in marks[0]}, *blocks)


def obey(action: Callable[[str], None], found: Sequence[str]) -> None:
    """Tell all runs what to do, but those that are over only to go on, where they can."""
    for run in found:
        status = runs.status(run)
        if not status.over or (action is runs.resume and status.state in GO_ON):
            action(run)


def scale(axis: str, run: str, status: runs.Status, curve: Shown) -> float:
    """How far a step goes on an axis; seconds at the mean pace of the run so far."""
    if axis == "seconds":
        return pace(run) or status.seconds / max(1, status.step)
    return 1 / curve.back if axis == "epoch" else 1.0


def pace(run: str) -> float:
    """Mean seconds of a step of many seeds, as they measured it; 0 where they have not yet."""
    newest = runs.newest(run) or {}
    return float(newest.get("seconds", 0) / max(1, newest.get("step", 0)))


def ends(found: Sequence[str], name: str) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    """(K,) numbers of all copies of each run in its newest report."""
    return [np.asarray((runs.newest(run) or {}).get(name, np.empty(0)), np.float64) for run in found]
