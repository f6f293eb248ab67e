"""Margins: the 0-1 loss and its convex stand-ins, and the line between two classes that each one finds."""

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
from pages.parts import losses_margin_words as words
from pages.parts.convolution_controls import choice, slide
from pages.parts.losses_points import Points, Range
from pages.server import live
from pages.server.errors import advice
from vizcore.toolkit import margins, separators
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.margins import MARGIN_LOSSES
from vizcore.toolkit.separators import STAND_INS, Separator

Lines = Mapping[str, Separator]
Values = NDArray[np.float64]

PLUS, MINUS = 5, 4  # styles of the points of class 1 and of class -1
CLASSES = {"plus": "class +1", "minus": "class −1"}
STYLES = {name: style for style, name in enumerate(STAND_INS)} | {"zero_one": 7}
ALLOWED = Range(x=(-6, 10), y=(-6, 6), count=(2, 30), styles=(PLUS, MINUS))
PENALTIES = ("0.0001", "0.001", "0.01", "0.1", "1")
RIGHT = "0.7_3.6~1.6_2.9~0.5_1.9~1.5_1.2~0.8_0.3~2.2_0.4~1.3_-0.9~2.3_2.2~0.6_-2.1~1.8_-2.6"
LEFT = (
    "~-0.6_3.8e~-1.7_2.8e~-0.8_2.1e~-2.2_1.4e~-0.5_0.8e~-1.4_0.1e~-2.4_-0.6e~-0.7_-1.2e~-1.5_-2.2e~-0.9_-3.4e"
)
MIXED = (
    "0.6_1.2~-0.4_2.4~1_0.2~1.9_1.1~-0.5_-0.8~2.4_2~2.3_-0.1~0.3_3.1~-1.2_0.6~1.6_-1.9"
    "~-1.6_0.9e~0.7_1.9e~-1.2_-0.4e~-2.3_0.2e~0.6_-1.4e~-1.8_-1.6e~-2.6_1.8e~-0.9_3e~0.2_0.5e~1.3_0.7e"
)
START = f"9_-4.5~{RIGHT}{LEFT}"
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "margin_loss": "squared",
    "margin_penalty": "0.01",
    "margin_adds": "plus",
    "margin_points": START,
    "margin_at": "",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, points: str, loss: str, at: str = "") -> frame.Preset:
    settings = {"view": "margin", "margin_points": points, "margin_loss": loss, "margin_at": at}
    return frame.Preset(title, settings)


PRESETS: Mapping[str, frame.Preset] = {
    "far": _preset("Far on the right side", START, "squared"),
    "clean": _preset("Clean", f"{RIGHT}{LEFT}", "hinge", "2"),
    "wrong": _preset("One wrong label", f"4.5_1e~{RIGHT}{LEFT}", "exponential"),
    "mixed": _preset("Classes that overlap", MIXED, "logistic"),
}
EXPLAINED = (separators.separator, separators.fewest_mistakes, margins.curve)


@st.fragment
def show(stage: frame.Stage) -> None:
    """Two classes and the lines between them, the losses over the margin, formulas, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="top"):
        titles = {name: words.SHORT[name] for name in STAND_INS}
        loss = choice("Margins as seen by", titles, "margin_loss", start=STARTS["margin_loss"])
        adds = choice("A click adds", CLASSES, "margin_adds")
        with st.container(width=220):
            penalty = slide("Penalty λ", PENALTIES, "margin_penalty", STARTS["margin_penalty"])
    points = losses_points.setting("margin_points", START, ALLOWED)
    found: Lines = {}
    trouble = ""
    try:
        found = separators.compared(points.array, classes(points), penalty=penalty)
    except InputError as error:
        trouble = str(error)  # the points stay, so that they can be moved
    at, count = chosen(found, loss, len(points.places)), words.mistakes(points.array, classes(points), found)
    settings = loss, penalty, PLUS if adds == "plus" else MINUS
    plane_part.mount(
        plane(points, found, *settings, at),
        key="margin.points",
        alt=f"{len(points.places)} points of two classes. {count}",
        ask=live.offer("margin", partial(answer, *settings)),
        on_pick=partial(losses_points.take, "margin_points", ALLOWED, "margin.points", "margin_at"),
    )
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    if trouble:
        advice(trouble)
    else:
        explain(points, found, loss, penalty, at)


def explain(points: Points, found: Lines, loss: str, penalty: float, at: int) -> None:
    """Formulas with the numbers of the chosen point, what to notice, the question, and files to take away."""
    places, signs = points.array, classes(points)
    text, formula = st.columns([1, 1.2], gap="medium")
    for line in words.formulas(places, signs, found[loss], loss, at):
        formula.latex(line)
    text.markdown("**What to notice.** " + " ".join(words.noticed(places, signs, found, loss, penalty, at)))
    words.predict(places, signs, found, penalty, at)
    frame.export_menu(lambda: words.files(places, signs, found, penalty), "losses.margin")
    with st.expander("What each one aims at", icon=":material/target:"):
        st.markdown(words.aims())


def classes(points: Points) -> Values:
    """(N,) 1 or -1."""
    return np.where(np.array(points.styles) == PLUS, 1.0, -1.0)


def chosen(found: Lines, loss: str, count: int) -> int:
    """The point of the link, else the one that costs most; -1 where there are no lines."""
    named = losses_points.chosen("margin_at", count)
    return int(found[loss].losses.argmax()) if found and named < 0 else named


def answer(loss: str, penalty: float, adds: int, question: Mapping[str, Any]) -> bytes:
    """What the browser shows while a point is dragged."""
    points, at = losses_points.asked(question, ALLOWED), question.get("dot")
    found = separators.compared(points.array, classes(points), penalty=penalty)
    return plane_part.pack(plane(points, found, loss, penalty, adds, at if isinstance(at, int) else -1))


def plane(points: Points, found: Lines, loss: str, penalty: float, adds: int, at: int) -> Plane:
    """The points, the line of every loss, where f is 1 and -1 for one of them, and the losses beside it."""
    notes, labels = words.notes(found, len(points.places)), [""] * len(points.places)
    said, paths = words.mistakes(points.array, classes(points), found), []
    if found:
        labels = ["×" if margin <= 0 else "" for margin in found[loss].margins]
        said += f" Those of {words.SHORT[loss]} have a ×."
        paths = [Path("", segment(found[loss], level), STYLES[loss], faint=True) for level in (-1.0, 1.0)]
    paths += [Path(words.SHORT[name], segment(line, 0.0), STYLES[name]) for name, line in found.items()]
    dots = zip(points.places, points.styles, notes, labels, strict=True)
    return Plane(
        ALLOWED.x,
        ALLOWED.y,
        [Dot(x, y, style, note, label) for (x, y), style, note, label in dots],
        paths,
        kinds=[(PLUS, CLASSES["plus"]), (MINUS, CLASSES["minus"])],
        x_title="x₁",
        y_title="x₂",
        equal=True,
        selected=at,
        grows=ALLOWED.count,
        keeps=True,
        adds=adds,
        line=said,
        height=460,
        charts=charts(found, loss, at),
    )


def segment(line: Separator, level: float) -> Values:
    """(2, 2) the ends of the line where f has a value, as far as it lies in the plane; else (0, 2)."""
    size = float(line.weights @ line.weights)
    if not size:
        return np.zeros((0, 2))
    start, along = line.weights * (level - line.bias) / size, np.array([-line.weights[1], line.weights[0]])
    low, high = np.transpose([ALLOWED.x, ALLOWED.y])
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort([(low - start) / along, (high - start) / along], axis=0)
    first, last = np.nanmax(ends[0]), np.nanmin(ends[1])
    return start + np.outer([first, last], along) if first < last else np.zeros((0, 2))


def charts(found: Lines, loss: str, at: int) -> list[Chart]:
    """Each loss and its slope over the margin, with the points where the chosen loss has them."""
    line = found.get(loss)
    spread = line.margins if line else np.zeros(1)
    ends = (losses_points.ceiling(part, least=3) for part in (np.minimum(spread, 0), np.maximum(spread, 0)))
    low, high = (min(end, margins.FURTHEST) for end in ends)
    x = np.linspace(-low, high, 241)
    curves = {words.SHORT[name]: (margins.curve(name, x), STYLES[name]) for name in MARGIN_LOSSES}
    marked = None
    if line:
        marked = losses_costs.Marked(line.margins, line.losses, line.slopes, STYLES[loss], at)
    most = losses_points.ceiling(line.losses if line else x[:0], least=5)
    pull = losses_points.ceiling(line.slopes if line else x[:0], least=3)
    return losses_costs.charts(x, "margin y f(x)", curves, marked, most, pull, 225)
