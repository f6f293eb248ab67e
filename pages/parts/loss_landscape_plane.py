"""The loss on a plane through the space of weights, as surface and map, and the path of training on it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import terrain
from pages.components.terrain import Terrain
from pages.frame import links
from pages.parts import loss_landscape_plane_files as files
from pages.parts import loss_landscape_plane_settings as settings
from pages.parts import loss_landscape_plane_source as sources
from pages.parts import loss_landscape_plane_words as words
from pages.parts.convolution_controls import settle as settle_controls
from pages.parts.kept_runs import forget_run, kept_run
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.exhibits import loss_landscape
from vizcore.toolkit import directions
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.landscape_spec import Spec

FUNCTION = "loss_landscape.scan"
KEY = "ll.terrain"
STARTS: Mapping[str, str] = {
    **settings.STARTED,
    "ll_run": "",
    "ll_until": "",
    "ll_at": settings.MIDDLE,
    "ll_camera": "",
}
PRESETS = settings.PRESETS
EXPLAINED = (loss_landscape.landscape, directions.random_plane)
Line = dict[str, Any]


def settle() -> None:
    """Say in the header of the page where the link names a run in vain."""
    following.linked("ll_run")
    settle_controls(settings.SLIDERS, settings.STARTED, settings.WORDS)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the surface and the map as they are computed, the formula, and what to notice."""
    try:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            of = settings.source()
            source = _source(of, stage)
            chosen = settings.controls(of)
        if source is None:
            _no_run()
        else:
            spec = Spec(**chosen, **source.settings)
            run = kept_run("landscape", FUNCTION, asdict(spec), source.arrays, source.digest)
            draw(spec, source, run)
    except InputError as error:
        advice(str(error))
    links.publish("loss_landscape", "view", "picture", "net", *STARTS, starts=STARTS)


def _source(of: str, stage: frame.Stage) -> sources.Source | None:
    match of:
        case "tube":
            return sources.in_the_tube(stage.net)
        case "run":
            return sources.of_a_run()
        case _:
            return sources.trained_now()


def _no_run() -> None:
    """What to do where the link names no run."""
    st.markdown("Train a network on the page of live training, and choose “See its landscape” below its run.")
    st.page_link(st.session_state["pages"]["live_training"])


def draw(spec: Spec, source: sources.Source, run: str) -> None:
    """Mount what follows the run, and say what there is to say about it by now."""
    status, newest, place = runs.status(run, watching=True), runs.newest(run) or {}, settings.place()
    view = partial(answer, spec, replace(source, arrays={}))  # which a visit need not keep
    terrains = [terrain_of(spec, source, newest)]
    shown: dict[str, Any] = {"place": place, "log": settings.log(), "camera": settings.camera()}
    pack = partial(terrain.pack, terrains, key=spec.plane, **shown)
    data = pack(
        run=run,
        url=following.follow("landscape", run, view),
        status=asdict(status),
        over=status.over,
        unit="point",
        progress=words.progress(newest),
    )
    terrain.mount(data, key=KEY, on_pick=take)
    formula, notice = st.columns([1.1, 1], gap="medium")
    with formula:
        words.explain(spec, newest, place)
    with notice:
        with st.container(key="ending"):
            st.markdown("**What to notice.** " + " ".join(words.noticed(spec, newest)))
        if words.known(newest):
            words.predict(spec, newest, run)
        made = partial(files.files, spec, source, newest, pack)
        frame.export_menu(made, "ll", ready=words.known(newest))


def terrain_of(spec: Spec, source: sources.Source, newest: Mapping[str, Any]) -> Terrain:
    """What is drawn of the newest report."""
    note = words.note(spec, newest)
    if not words.known(newest):
        return Terrain(source.title, note)
    surface = {name: newest[name] for name in ("a", "b", "loss", "accuracy", "computed")}
    titles = words.titles(spec, newest)
    if "path_loss" not in newest or source.settings.get("training") is None:
        return Terrain(source.title, note, titles, **surface)
    path = {"path": newest["coordinates"], "path_loss": newest["path_loss"]}
    return Terrain(
        source.title, note, titles, **surface, **path, steps=source.steps[: len(newest["path_loss"])]
    )


def answer(
    spec: Spec, source: sources.Source, lines: list[Line], newest: Line | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What the browser gets of the run while it goes on: nothing, where nothing is new."""
    if not newest:
        return {}, []
    header, blocks = terrain.drawn([terrain_of(spec, source, newest)])
    return header | {"progress": words.progress(newest)}, blocks


def take() -> None:
    """Keep what was chosen in the picture. That there are values needs no more than this run of the page."""
    pick = components.picked(KEY)
    settings.take_sight(pick)
    if "again" in pick:
        forget_run(str(pick["again"]))
        links.choose("ll_until", "")
