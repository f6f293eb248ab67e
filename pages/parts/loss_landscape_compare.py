"""Two landscapes side by side, on one scale: trainings that differ in one thing, and how sharp they end."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import charts, terrain
from pages.components.charts import Chart
from pages.components.compare import together
from pages.components.terrain import Terrain
from pages.frame import links
from pages.parts import loss_landscape_compare_files as files
from pages.parts import loss_landscape_compare_settings as settings
from pages.parts import loss_landscape_compare_words as words
from pages.parts import loss_landscape_plane_settings as plane
from pages.parts import loss_landscape_plane_words as plane_words
from pages.parts.convolution_controls import settle as settle_controls
from pages.parts.kept_runs import follow, forget_run, shared_run
from pages.parts.live_training_compare_runs import obey
from pages.parts.loss_landscape_compare_settings import Chosen
from pages.server import live
from pages.server.errors import advice
from pages.server.runs import ACTIONS
from vizcore import runs
from vizcore.exhibits import loss_landscape
from vizcore.toolkit import hessian, sharpness
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.landscape_spec import Spec

FUNCTION = "loss_landscape.sharpness"
PLACE, KEY = "ll_two", "ll_two.terrain"
STARTS = settings.STARTS
PRESETS = settings.PRESETS
EXPLAINED = (loss_landscape.landscape, hessian.leading, hessian.trace, sharpness.measured)
SURFACE = ("a", "b", "loss", "accuracy", "computed")
TALL = 210  # px of a chart
Reports = Sequence[Mapping[str, Any]]


def settle() -> None:
    """Say in the header of the page what of the link there is not."""
    settle_controls(settings.SLIDERS, settings.STARTS, settings.WORDS)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, both landscapes as they are computed, the numbers below each, and what to notice."""
    chosen = settings.controls()
    try:
        found = [shared_run(PLACE, FUNCTION, spec, {}, "") for spec in chosen.specs.values()]
    except InputError as error:
        advice(str(error))
    else:
        follow(PLACE, found)
        newest = draw(chosen, found)
        known = newest if all(runs.status(run).state == "finished" for run in found) else None
        explain(chosen, known)
        made = partial(files.files, chosen, newest, terrains(chosen, newest))
        frame.export_menu(made, "ll_two", ready=known is not None)
    links.publish("loss_landscape", "view", "picture", "net", *STARTS, starts=STARTS)


def draw(chosen: Chosen, found: Sequence[str]) -> Reports:
    """Mount both landscapes, with an address that says how their runs go on; the newest report of each."""
    newest, place = [runs.newest(run) or {} for run in found], plane.place()
    statuses = [runs.status(run, watching=True) for run in found]
    key = ".".join(found)
    data = terrain.pack(
        terrains(chosen, newest),
        key="two",
        run=key,
        place=place,
        log=plane.log(),
        url=f"{live.offer(PLACE, partial(answer, chosen, found))}?{key}",
        status=together(statuses, chosen.total),
        over=all(status.over for status in statuses),
        unit="point",
        camera=plane.camera(),
        progress=progress(chosen, newest),
    )
    terrain.mount(data, key=KEY, on_pick=take)
    return newest


def terrains(chosen: Chosen, newest: Reports) -> list[Terrain]:
    """Both landscapes, as far as they are known."""
    return [
        Terrain(
            name,
            words.note(report),
            **({part: report[part] for part in SURFACE} if words.seen(report) else {}),
        )
        for name, report in zip(chosen.specs, newest, strict=True)
    ]


def progress(chosen: Chosen, newest: Reports) -> dict[str, Any]:
    """How far both runs are in their phases, in words, and points of both surfaces."""
    far = [
        f"{plane_words.progress(report)['far']} {name}"
        for name, report in zip(chosen.specs, newest, strict=True)
        if report
    ]
    points = sum(Spec(**settings).points ** 2 for settings in chosen.specs.values())
    return {"far": ", ".join(far), "total": points}


def answer(chosen: Chosen, found: Sequence[str], question: Mapping[str, Any]) -> bytes:
    """A message about both runs: how they stand, and both landscapes where one of them is new.

    Args:
        chosen: the settings.
        found: the ids of the runs.
        question: `since` (what the last answer had as `next`), and perhaps `do`, a key of ACTIONS.
    """
    if "do" in question:
        obey(pick(ACTIONS, question["do"], "action"), found)
    statuses = [runs.status(run, watching=True) for run in found]  # first: once over, all is there
    newest = [runs.newest(run) or {} for run in found]
    reports = [report.get("report", -1) for report in newest]
    news: tuple[dict[str, Any], list[NDArray[Any]]] = {}, []
    if reports != question.get("since"):
        header, blocks = terrain.drawn(terrains(chosen, newest))
        news = header | {"progress": progress(chosen, newest)}, blocks
    over = all(status.over for status in statuses)
    header = {"status": together(statuses, chosen.total), "next": reports, "over": over}
    return components.pack(header | news[0], *news[1])


def take() -> None:
    """Keep what was chosen in the picture, or begin again. That both are over needs new words only."""
    pick = components.picked(KEY)
    plane.take_sight(pick)
    if "again" in pick:
        for run in str(pick["again"]).split("."):
            forget_run(run)


def explain(chosen: Chosen, newest: Reports | None) -> None:
    """The numbers of both minima, cuts through the surfaces, the formulas, and what to notice."""
    names = list(chosen.specs)
    formula, notice = st.columns([1.1, 1], gap="medium")
    with formula:
        st.markdown(words.table(names, newest))
        words.explain(names, newest)
    with notice:
        with st.container(key="ending"):
            st.markdown("**What to notice.** " + " ".join(words.noticed(chosen, newest)))
        if newest:
            words.predict(names, newest)
    if newest:
        charts.mount(
            cuts(names, newest), key="ll_two.cuts", alt="Both landscapes, cut through the middle", columns=2
        )


def cuts(names: Sequence[str], newest: Reports) -> list[Chart]:
    """The losses along both directions through the middle, in one chart each."""
    middle = len(newest[0]["a"]) // 2
    found = []
    for title, axis, rows in (
        ("along the first direction", "a", [report["loss"][middle] for report in newest]),
        ("along the second direction", "b", [report["loss"][:, middle] for report in newest]),
    ):
        lines = [charts.Line(name, row) for name, row in zip(names, rows, strict=True)]
        x = newest[0][axis]
        found.append(Chart(f"Loss {title}", x, lines, axis, "loss (nats)", log=True, height=TALL))
    return found
