"""Metric learning: points in the plane that losses pull together and push apart, step by step."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import embedding as embedding_part
from pages.components.charts import Chart, Line
from pages.components.embedding import History
from pages.frame import links
from pages.parts import losses_embedding_files as files
from pages.parts.losses_embedding_settings import STARTS, Chosen, controls, read, with_one_more, written
from pages.server import live
from vizcore.toolkit import embedding_losses, metric_learning
from vizcore.toolkit.embedding_losses import EMBEDDINGS
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metric_learning import Placed, Report, Spec, learned, loss_of, rivals

SETTINGS = tuple(STARTS)
TERMS = {"contrastive": "pairs", "triplet": "triplets", "cosine": "pairs"}
GREEN, RED, BLUE = 2, 4, 5  # styles of lines
SHARE = (0.0, 1.04)  # limits of an axis
SAME = 1e-6  # relative difference of losses that are the same
LOWER = {"lower": "lower", "same": "the same", "higher": "higher"}
EXPLAINED = (embedding_losses.contrastive, embedding_losses.triplet, embedding_losses.cosine, learned)


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(
        title, {"view": "embedding"} | {f"embedding_{name}": each for name, each in settings.items()}
    )


PRESETS: Mapping[str, frame.Preset] = {
    "triplet": _preset("Triplet", loss="triplet", triplet="0.5"),
    "contrastive": _preset("Contrastive", loss="contrastive", contrastive="1"),
    "cosine": _preset("Cosine", loss="cosine", cosine="0", classes="3"),
    "wide": _preset("A wide margin", loss="triplet", triplet="2"),
    "crowd": _preset("Five classes on a circle", loss="cosine", cosine="0", classes="5", step="200"),
}


@st.cache_resource(max_entries=16, show_spinner=False)
def run(spec: Spec, placed: tuple[Placed, ...]) -> list[Report]:
    """Every step of a run."""
    return list(learned(spec, placed))


@st.fragment
def show(stage: frame.Stage) -> None:
    """The loss and its margin, the points with their curves, the formula, and what to notice."""
    chosen = controls()
    reports = run(chosen.spec, chosen.placed)
    packed = embedding_part.pack(
        history(chosen.spec, reports, chosen.dot),
        identity=str(chosen.spec),
        step=chosen.step,
        reach=reach(reports),
        rays=chosen.spec.loss == "cosine",
        alt=alt(chosen.spec, reports[chosen.step]),
        ask=live.offer("embedding", partial(answer, chosen)),
    )
    components.mount("embedding", data=packed, key="embedding.all", on_pick=take)
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    write(formula, chosen, reports[chosen.step])
    words.markdown("**What to notice.** " + " ".join(noticed(chosen, reports)))
    with words, st.container(horizontal=True):
        frame.export_menu(partial(files.files, chosen.spec, chosen.placed, chosen.step), "embedding")
        if chosen.placed:
            st.button("Put the points back", on_click=links.choose, args=("embedding_placed", ""))
    predict(chosen, reports[chosen.step])


def take() -> None:
    """Put into the link which step is shown, which point was chosen, and where it was put."""
    picked: dict[str, Any] = components.picked("embedding.all")
    links.choose("embedding_step", str(picked["step"]))
    if "dot" in picked:
        links.choose("embedding_dot", str(picked["dot"]))
    if "x" in picked:
        one = Placed(picked["step"], picked["dot"], picked["x"], picked["y"])
        links.choose("embedding_placed", written(with_one_more(read(links.setting("embedding_placed")), one)))


def answer(chosen: Chosen, question: Mapping[str, Any]) -> bytes:
    """The run with a point put elsewhere, while it is dragged.

    Raises:
        InputError: the question holds no such point, step or place.
    """
    step, dot, x, y = (question.get(name) for name in ("step", "dot", "x", "y"))
    if not (isinstance(step, int) and isinstance(dot, int)):
        raise InputError("A step and a point are whole numbers.")
    if not (isinstance(x, int | float) and isinstance(y, int | float)):
        raise InputError("The place of a point is two numbers.")
    placed = with_one_more(chosen.placed, Placed(step, dot, float(x), float(y)))
    return embedding_part.pack(history(chosen.spec, list(learned(chosen.spec, placed)), dot))


def history(spec: Spec, reports: list[Report], dot: int) -> History:
    """Every step, as embedding.js needs it."""
    near = [rivals(spec, report, dot) for report in reports]
    steps = np.arange(len(reports), dtype=np.float64)
    curves = [
        Chart(title, steps, [Line(name, np.array(values), style)], "step", "", limits, height=150)
        for title, name, style, limits, values in (
            ("Mean loss", "loss", RED, None, [report.loss for report in reports]),
            (
                f"Share of {TERMS[spec.loss]} that cost",
                "active",
                BLUE,
                SHARE,
                [report.active for report in reports],
            ),
            (
                "Nearest neighbour of the same class",
                "share",
                GREEN,
                SHARE,
                [report.accuracy for report in reports],
            ),
        )
    ]
    return History(
        np.stack([report.points for report in reports]),
        np.stack([report.moves / spec.rate for report in reports]),
        reports[0].labels,
        dot,
        np.array([(each.alike, each.different) for each in near]),
        np.array([each.radius for each in near]),
        curves,
    )


def reach(reports: list[Report]) -> float:
    """Half the side of the plane: all points of all steps lie in it, and a bit of room."""
    most = max(float(np.abs(report.points).max()) for report in reports)
    return min(metric_learning.REACH, np.ceil(2 * most + 0.2) / 2)


def alt(spec: Spec, report: Report) -> str:
    """What is seen, in words."""
    return (
        f"{spec.classes * spec.each} points of {spec.classes} classes at step {report.step}; of "
        f"{report.accuracy:.0%} the nearest neighbour is of the same class."
    )


def write(place: Any, chosen: Chosen, report: Report) -> None:
    """The loss, and with the numbers of the chosen point and its rivals."""
    entry, found = EMBEDDINGS[chosen.spec.loss], rivals(chosen.spec, report, chosen.dot)
    place.latex(entry.formula)
    place.latex(entry.written(found.to_alike, found.to_different, chosen.spec.margin))
    place.caption(
        f"The chosen point a at step {report.step}, with p, the farthest of its class, and n, the nearest of "
        f"another one. Click a point to choose it. Source: {entry.source}."
    )


def noticed(chosen: Chosen, reports: list[Report]) -> list[str]:
    """Sentences with the numbers of this run."""
    spec, now, last = chosen.spec, reports[chosen.step], reports[-1]
    lines = [EMBEDDINGS[spec.loss].says]
    for report in (now, last) if now.step < last.step else (last,):
        lines.append(
            f"At step {report.step} the mean loss is {round(report.loss, 9):.3g}, {report.active:.0%} of all "
            f"{TERMS[spec.loss]} cost something, and for {report.accuracy:.0%} of the points the nearest "
            "neighbour is of the same class."
        )
    lines.append("What costs nothing has no slope: it moves no point any more.")
    if spec.loss == "cosine" and spec.classes > (most := embedding_losses.directions(spec.margin)):
        lines.append(
            f"{spec.classes} classes cannot all be that far apart: in the plane there is room for {most} "
            "such directions. Real embeddings have many dimensions."
        )
    return lines


def predict(chosen: Chosen, report: Report) -> None:
    """What the loss says of the same picture, twice as large."""

    def reveal() -> tuple[str, str]:
        now, then = (loss_of(chosen.spec, factor * report.points) for factor in (1, 2))
        truth = "same" if abs(then - now) <= SAME * now else "higher" if then > now else "lower"
        why = (
            "Angles stay as they are." if chosen.spec.loss == "cosine" else "The margin does not grow along."
        )
        return truth, f"It would be {then:.3g} instead of {now:.3g}. {why}"

    ask = "every point stood twice as far from the origin, in the same direction? The loss would be …"
    frame.question(ask, LOWER, f"embedding.predict.{chosen}", reveal)
