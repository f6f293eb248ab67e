"""Outliers: one line through the same points by squared, absolute and Huber loss, all at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.components import points as plane_part
from pages.components.charts import Chart
from pages.components.points import Dot, Path, Plane
from pages.frame import links
from pages.parts import losses_costs, losses_points
from pages.parts import losses_line_words as words
from pages.parts.convolution_controls import choice, slide
from pages.parts.losses_points import Points, Range
from pages.server import live
from pages.server.errors import advice
from vizcore.exhibits import losses
from vizcore.toolkit import regression
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.regression import FITS, Line

Lines = Mapping[str, Line]
Values = NDArray[np.float64]

DATA = 7  # style of the points
ALLOWED = Range(x=(0, 10), y=(-8, 8), count=(2, 30), styles=(DATA,))
STYLES = {name: style for style, name in enumerate(FITS)}
DELTAS = ("0.1", "0.2", "0.5", "1", "1.5", "2", "3")
START = "0.5_1.1~1.5_1.9~2.5_2~3.5_2.9~4.5_3.1~5.5_3.8~6.5_4.2~7.5_4.9~8.5_5.1~9_-2"
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "line_loss": "mse",
    "line_delta": "1",
    "line_points": START,
    "line_at": "",
}
SETTINGS = tuple(STARTS)
CLEAN = "0.5_1.1~1.5_1.9~2.5_2~3.5_2.9~4.5_3.1~5.5_3.8~6.5_4.2~7.5_4.9~8.5_5.1~9.5_5.9"
GROUPS = "0.5_2.2~2_2.9~3.5_3.9~5_4.4~6.5_5.4~8_5.9~9.5_6.8~2.5_-3.6~4.5_-2.9~6_-2.2~7.5_-1.1"
LEVER = "0.4_1~0.9_1.6~1.3_1.5~1.8_2~2.2_2~2.7_2.5~3.1_2.4~3.5_2.9~9.5_-4"


def _preset(title: str, points: str, loss: str, at: str = "") -> frame.Preset:
    settings = {"view": "line", "line_points": points, "line_loss": loss, "line_at": at}
    return frame.Preset(title, settings)


PRESETS: Mapping[str, frame.Preset] = {
    "outlier": _preset("One outlier", START, "mse"),
    "clean": _preset("Clean", CLEAN, "mse"),
    "groups": _preset("Two groups", GROUPS, "l1"),
    "leverage": _preset("Outlier far along x (leverage)", LEVER, "l1", "8"),
}
EXPLAINED = (regression.fitted, regression.compared)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The points with their three lines, what each residual costs, the formulas, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="top"):
        loss = choice("Residuals as seen by", {name: words.SHORT[name] for name in FITS}, "line_loss")
        with st.container(width=260):
            delta = slide("Bend δ of Huber", DELTAS, "line_delta", STARTS["line_delta"])
    points = losses_points.setting("line_points", START, ALLOWED)
    found: Lines = {}
    trouble = ""
    try:
        found = regression.compared(points.array, delta=delta)
    except InputError as error:
        trouble = str(error)  # the points stay, so that they can be moved
    at = chosen(found, len(points.places))
    plane_part.mount(
        plane(points, found, loss, delta, at),
        key="line.points",
        alt=f"{len(points.places)} points and the line that each loss fits to them. {words.slopes(found)}",
        ask=live.offer("line", partial(answer, loss, delta)),
        on_pick=partial(losses_points.take, "line_points", ALLOWED, "line.points", "line_at"),
    )
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    if trouble:
        advice(trouble)
    else:
        explain(points.array, found, loss, delta, at)


def explain(points: Values, found: Lines, loss: str, delta: float, at: int) -> None:
    """Formulas with the numbers of the chosen point, what to notice, the question, and files to take away."""
    text, formula = st.columns([1, 1.2], gap="medium")
    for line in words.formulas(points, found, loss, delta, at):
        formula.latex(line)
    text.markdown("**What to notice.** " + " ".join(words.noticed(points, found, delta)))
    words.predict(points, found["l1"], delta)
    frame.export_menu(lambda: words.files(points, found, delta), "losses.line")


def chosen(found: Lines, count: int) -> int:
    """The point of the link, else the one that is furthest from the L1 line; -1 where there are no lines."""
    named = losses_points.chosen("line_at", count)
    return int(np.abs(found["l1"].residuals).argmax()) if found and named < 0 else named


def answer(loss: str, delta: float, question: Mapping[str, Any]) -> bytes:
    """What the browser shows while a point is dragged."""
    points, at = losses_points.asked(question, ALLOWED), question.get("dot")
    found = regression.compared(points.array, delta=delta)
    return plane_part.pack(plane(points, found, loss, delta, at if isinstance(at, int) else -1))


def plane(points: Points, found: Lines, loss: str, delta: float, at: int) -> Plane:
    """The points, the lines, the residuals of one loss, and beside them what each residual costs."""
    notes = words.notes(found, len(points.places))
    ends = np.array(ALLOWED.x)
    paths = [Path("", residuals(points.array, found[loss]), STYLES[loss], faint=True)] if found else []
    paths += [
        Path(
            words.SHORT[name],
            np.stack([ends, line.slope * ends + line.intercept], 1),
            STYLES[name],
            reads=True,
        )
        for name, line in found.items()
    ]
    return Plane(
        ALLOWED.x,
        ALLOWED.y,
        [Dot(x, y, DATA, note) for (x, y), note in zip(points.places, notes, strict=True)],
        paths,
        selected=at,
        grows=ALLOWED.count,
        adds=DATA,
        line=words.slopes(found),
        height=430,
        charts=charts(found, loss, delta, at),
    )


def residuals(points: Values, line: Line) -> Values:
    """(3 N, 2) from each point straight to the line, with a gap behind each."""
    feet = points + np.stack([np.zeros(len(points)), line.residuals], 1)
    return np.stack([points, feet, np.full_like(points, np.nan)], 1).reshape(-1, 2)


def charts(found: Lines, loss: str, delta: float, at: int) -> list[Chart]:
    """Each loss and its slope over the residual, with the points where the chosen loss has them."""
    reach = losses_points.ceiling(*(line.residuals for line in found.values()))
    x = np.linspace(-reach, reach, 161)
    settings = {name: {"delta": delta} if name == "huber" else {} for name in FITS}
    curves = {words.SHORT[name]: (losses.curve(name, x, **settings[name]), STYLES[name]) for name in FITS}
    marked = None
    if line := found.get(loss):
        marked = losses_costs.Marked(line.residuals, line.losses, line.pulls, STYLES[loss], at)
    most = losses_points.ceiling(*(line.losses for line in found.values()))
    pull = losses_points.ceiling(*(line.pulls for line in found.values()))
    return losses_costs.charts(x, "residual ŷ − y", curves, marked, most, pull, 215)
