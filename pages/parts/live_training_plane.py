"""A small network learns to tell two classes of points in the plane apart, while one looks on."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import plane as pictures
from pages.frame import links
from pages.parts import live_training_plane_files as files
from pages.parts import live_training_plane_settings as settings
from pages.parts import live_training_plane_words as words
from pages.parts.convolution_controls import settle as settle_controls
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import playground, small_net
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.playground_spec import LIVE, Spec
from vizcore.toolkit.toys import TOYS

FUNCTION = "live_training.plane"
BEGUN = "plane.begun"  # of session_state: the run that this visit began last
STARTS: Mapping[str, str] = {
    **settings.STARTED,
    "plane_unit": "",
    "plane_at": settings.PLACE,
    "plane_run": "",
}
SETTINGS = tuple(STARTS)
PRESETS = settings.PRESETS
EXPLAINED = (playground.Run, small_net.Pass)


def settle() -> None:
    """Let every slider stand at one of its steps, and say what the link names in vain."""
    following.linked("plane_run")
    settle_controls(settings.SLIDERS, STARTS)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the network and the plane as the run goes, the sums of a unit, and what to notice."""
    chosen = settings.controls()
    try:
        run = shown(chosen)
    except InputError as error:
        advice(str(error))
    else:
        draw(run, Spec(**chosen))
    links.publish("live_training", "view", "picture", "net", *SETTINGS, starts=STARTS)


def shown(chosen: Mapping[str, Any]) -> str:
    """The id of the run that the link names, changed on its way where that is wanted; else of a new one.

    Raises:
        InputError: the settings cannot be, or the server has no room for a run.
    """
    run = following.linked("plane_run")
    entry = runs.description(run) if run else {}
    if entry.get("function") != FUNCTION or not settings.same(chosen, entry["settings"]):
        return begun(runs.start(FUNCTION, chosen))
    changes = {name: chosen[name] for name in LIVE if chosen[name] != entry["settings"].get(name)}
    if changes and runs.status(run).over:
        return begun(runs.start(FUNCTION, chosen))
    return changed(run, chosen, changes) if changes else run


def changed(run: str, chosen: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """The same run with these changes; one that goes on in its place where it has no process."""
    try:
        runs.change(run, **changes)
        return run
    except InputError:
        steps = runs.checkpoints(run)
        return begun(runs.branch(run, steps[-1], **changes) if steps else runs.start(FUNCTION, chosen))


def begun(run: str) -> str:
    """The same run, put into the link; the one before it that this visit began is stopped."""
    before = str(st.session_state.get(BEGUN, ""))
    try:
        if before and not runs.status(before).over:
            runs.stop(before)
    except InputError:
        pass  # it is no longer kept
    st.session_state[BEGUN] = run
    links.choose("plane_run", run)
    return run


def draw(run: str, spec: Spec) -> None:
    """Mount what follows the run, and say what there is to say about it by now."""
    unit, place = settings.unit([*spec.layers]), settings.place()
    status, newest = runs.status(run, watching=True), runs.newest(run) or beginning(spec)
    data = pictures.pack(
        spec,
        newest,
        unit,
        place,
        run=run,
        url=following.follow("plane", run, partial(pictures.drawn, spec.sizes, unit)),
        status=asdict(status),
        over=status.over,
        alt=f"{TOYS[spec.data].title}: the plane, as a network sees it",
    )
    components.mount("plane", data=data, key="plane.network", on_pick=take)
    formula, notice = st.columns([1.2, 1], gap="medium")
    with formula:
        words.explain(spec, status, newest, unit, place)
    with notice:
        st.markdown("**What to notice.** " + " ".join(words.noticed(spec, status, newest)))
        words.predict(spec)
        frame.export_menu(partial(files.files, spec, run, newest), "plane")


def beginning(spec: Spec) -> dict[str, Any]:
    """The first report of a run that has not come so far yet: equal settings begin alike."""
    run = playground.train(spec)
    return {**vars(next(run)), **run.look()}


def take() -> None:
    """Keep what was chosen in the network. How the run stands needs no more than this run of the page."""
    pick = components.picked("plane.network")
    if "unit" in pick:
        links.choose("plane_unit", "{}.{}".format(*pick["unit"]) if pick["unit"] else "")
    elif "place" in pick:
        links.choose("plane_at", "{:g},{:g}".format(*pick["place"]))
    elif "features" in pick:
        links.choose("plane_features", ".".join(pick["features"]))
    elif "layers" in pick:
        links.choose("plane_layers", ".".join(map(str, pick["layers"])) or settings.NONE)
    elif pick.get("other") in ("seed", "draw"):
        name = f"plane_{pick['other']}"
        links.choose(name, str((int(links.setting(name)) + 1) % len(settings.SEEDS)))
    elif "again" in pick:
        links.choose("plane_run", "")
