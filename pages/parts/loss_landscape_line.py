"""A line through the space of weights: from one solution straight to another, and the loss in between."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import run_charts
from pages.components.charts import Chart, Line, Point
from pages.frame import links
from pages.parts import loss_landscape_line_files as files
from pages.parts import loss_landscape_line_settings as settings
from pages.parts import loss_landscape_line_words as words
from pages.parts.convolution_controls import settle as settle_controls
from pages.parts.kept_runs import forget_run, kept_run
from pages.parts.loss_landscape_line_settings import Ends
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import crossing
from vizcore.toolkit.crossing import Spec
from vizcore.toolkit.errors import InputError

STARTS = settings.STARTS
PRESETS = settings.PRESETS
EXPLAINED = (crossing.between, crossing.barrier, crossing.Crossing)
FUNCTION = "loss_landscape.line"
KEY = "ll_line.charts"
ALPHA = "α, from A at 0 to B at 1"
GUESSING = 2.6  # nats: the axis reaches above what ten classes cost somebody who guesses, ln 10
DEEPEST = 1e-5  # nats, where an axis by powers of ten ends
STRAIGHT = 7  # style of the line that has no barrier
Report = Mapping[str, Any]


def settle() -> None:
    """Say in the header of the page where the link names a run in vain."""
    following.linked("ll_run")
    settle_controls(settings.SLIDERS, settings.STARTS, settings.WORDS)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, loss and accuracy along the line as the run goes, the formulas, and what to notice."""
    of, epochs, seed, log = settings.controls()
    try:
        ends = settings.ends(of, stage.net, epochs, seed)
        run = kept_run("ll_line", FUNCTION, ends.settings, ends.arrays, ends.digest)
    except InputError as error:
        advice(str(error))
    else:
        at = draw(run, ends, log)
        newest = runs.newest(run) if runs.status(run).state == "finished" else None
        formula, text = st.columns([1, 1.1], gap="medium")
        with formula:
            words.explain(ends, newest, at)
        with text:
            with st.container(key="ending"):
                st.markdown("**What to notice.** " + " ".join(words.noticed(ends, newest)))
            if newest and of in settings.TRAINED:
                words.predict(ends, newest, epochs)
            made = partial(files.files, ends, newest or {}, partial(charts, ends, newest, log))
            frame.export_menu(made, "ll_line", ready=newest is not None)
    links.publish("loss_landscape", "view", "picture", "net", *STARTS, starts=STARTS)


def draw(run: str, ends: Ends, log: bool) -> float:
    """Mount the charts, with an address that says how the run goes on; the α at the cursor."""
    status, alphas = runs.status(run, watching=True), Spec(**ends.settings).alphas
    at = cursor(alphas)
    message = run_charts.pack(
        charts(ends, runs.newest(run), log),
        run=run,
        url=following.follow(f"ll_line.{log}", run, partial(view, ends, log)),
        status=status,
        alt=f"Loss and accuracy on the line from A, {ends.names[0]}, to B, {ends.names[1]}",
        columns=2,
        cursor=at,
    )
    components.mount("run_charts", data=message, key=KEY, on_pick=take)
    return at


def cursor(alphas: NDArray[np.float64]) -> float:
    """The place on the line that is nearest to what the link says."""
    try:
        wanted = float(links.setting("ll_line_at", STARTS["ll_line_at"]))
    except ValueError:
        wanted = np.nan
    if not alphas[0] <= wanted <= alphas[-1]:  # nan too
        links.choose("ll_line_at", STARTS["ll_line_at"])
        wanted = float(STARTS["ll_line_at"])
    return float(alphas[np.abs(alphas - wanted).argmin()])


def view(
    ends: Ends, log: bool, lines: list[Report], newest: Report | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What the browser gets of the run while it goes on: nothing, where nothing is new."""
    return run_charts.drawn(charts(ends, newest, log)) if newest else ({}, [])


def take() -> None:
    """Keep the cursor, or begin again. That a run is over needs no more than this run of the page."""
    pick = components.picked(KEY)
    if "again" in pick:
        forget_run(str(pick["again"]))
    elif "x" in pick:
        links.choose("ll_line_at", f"{float(pick['x']):g}")


def charts(ends: Ends, newest: Report | None, log: bool) -> list[Chart]:
    """Loss and accuracy along the line, as far as they are known."""
    alphas = Spec(**ends.settings).alphas
    unknown = np.full((len(ends.rows), len(alphas)), np.nan)
    losses, accuracies = (newest[name] if newest else unknown for name in ("losses", "accuracies"))
    inner = (alphas >= 0) & (alphas <= 1)
    edge = losses[0, inner]
    straight = edge[0] + (edge[-1] - edge[0]) * alphas[inner]
    return [
        Chart(
            "Loss along the line" + words.standing(ends, newest),
            alphas,
            [*_lines(ends, losses), Line("straight from A to B", straight, STRAIGHT, x=alphas[inner])],
            ALPHA,
            "cross entropy (nats)",
            limits(losses, log),
            log=log,
            points=_marks(edge),
            height=300,
        ),
        Chart(
            "Accuracy along the line",
            alphas,
            _lines(ends, accuracies),
            ALPHA,
            "share that is right",
            (0.0, 1.04),
            height=300,
        ),
    ]


def _marks(edge: NDArray[np.float64]) -> list[Point]:
    """Both ends, as far as they are known."""
    found = ((0.0, float(edge[0]), "A"), (1.0, float(edge[-1]), "B"))
    return [Point(at, loss, name) for at, loss, name in found if np.isfinite(loss)]


def _lines(ends: Ends, values: NDArray[np.float64]) -> list[Line]:
    return [Line(name, row) for name, row in zip(ends.rows, values, strict=True)]


def limits(losses: NDArray[np.float64], log: bool) -> tuple[float, float]:
    """The axis of the loss: as high as guessing costs, and higher where the loss is."""
    known = losses[np.isfinite(losses)]
    high = max(GUESSING, 1.05 * float(known.max(initial=0.0)))
    if not log:
        return 0.0, high
    return max(DEEPEST, float(known[known > 0].min(initial=0.1)) / 1.5), 1.5 * high
