"""What is said of two landscapes: how sharp both minima are, and whether that is what is said of them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages import frame
from pages.parts.loss_landscape_compare_settings import Chosen
from vizcore.toolkit.latex import aligned, number
from vizcore.toolkit.sharpness import NEARBY, SAMPLES

Report = Mapping[str, Any]
Reports = Sequence[Report]
FITS = 1.25  # times, up to which the loss nearby may differ from that of the bowl
GUESSING = math.log(10)  # nats: the loss of a guess among ten digits
FAR = 5.0  # times, from which on one training has come much further than the other
ALIKE = 1.3  # times, up to which two numbers are about alike
ROWS = (  # of the table: title, and the number of a report
    ("loss, pictures learnt from", "end_loss"),
    ("leading eigenvalue λ₁", "leading"),
    ("trace of the Hessian", "trace"),
    ("median loss of the surface", "median"),
    ("share of the surface below guessing", "share"),
)
ANSWERS = {"sharp": "higher", "even": "about the same", "flat": "lower"}


def seen(report: Report) -> bool:
    """Whether there is something of the surface to be seen."""
    return "computed" in report


def note(report: Report) -> str:
    """How far a landscape has come."""
    if not report:
        return "Waits to begin."
    if report["phase"] == "training":
        return f"Training: step {report['done']:,} of {report['of']:,}, loss {report['loss']:.3g}."
    if not seen(report):
        return "The first points are computed."
    if report["grid"] < len(report["a"]):
        grid = report["grid"]
        return f"{grid} × {grid} points and a spline between them{_off(report)}; more are computed."
    return f"Every point is computed{_off(report)}."


def _off(report: Report) -> str:
    """How wrong the spline before this grid was."""
    wrong = report["error"]
    return "" if wrong is None else f" (the spline before them was off by {wrong:.2g} % of the range at most)"


def numbers(report: Report) -> dict[str, float]:
    """The numbers of a minimum and of the surface around it."""
    loss = np.asarray(report["loss"])
    surface = {"median": float(np.median(loss)), "share": float((loss < GUESSING).mean())}
    return {
        name: float(report[name]) for name in ("end_loss", "held_loss", "leading", "trace", "trace_error")
    } | surface


def table(names: Sequence[str], newest: Reports | None) -> str:
    """The numbers of both as Markdown; dots where they are not known yet."""
    head = f"| | {' | '.join(names)} |\n|:--|--:|--:|"
    known = [numbers(report) for report in newest] if newest else []
    rows = []
    for title, name in ROWS:
        cells = [_cell(name, each) for each in known] or ["…", "…"]
        rows.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join([head, *rows])


def _cell(name: str, known: Mapping[str, float]) -> str:
    if name == "trace":
        return f"{known['trace']:.3g} ± {known['trace_error']:.2g}"
    return f"{known[name]:.0%}" if name == "share" else f"{known[name]:.3g}"


def explain(names: Sequence[str], newest: Reports | None) -> None:
    """What the curvature says of the loss nearby, with the numbers of both."""
    st.latex(r"L(\theta + \epsilon\, v_1) \approx L(\theta) + \tfrac12\, \lambda_1\, \epsilon^2")
    rows = [_nearby(name, newest[at] if newest else None) for at, name in enumerate(names)]
    st.latex(aligned(row for pair in rows for row in pair))
    st.latex(r"\operatorname{tr} H = \sum_i \lambda_i \approx \frac1n \sum_{k=1}^n z_k^\top H z_k")
    st.caption(
        f"v₁: the most curved direction, of length 1; here ε = {NEARBY}. ±: one standard error, of n = "
        f"{SAMPLES} vectors of random signs; the share of λ₁ is taken exactly."
    )


def _nearby(name: str, report: Report | None) -> tuple[str, str, str]:
    """Three rows of the first formula; with dots they are as tall as with numbers."""
    title = rf"&\text{{{name}:}}"
    if report is None:
        return title, r"&\quad \dots", "&"
    loss, leading = float(report["end_loss"]), float(report["leading"])
    bowl = rf"{number(loss)} + \tfrac12 \cdot {number(leading)} \cdot {NEARBY}^2 = {number(bowl_of(report))}"
    there = rf"{number(report['above'])} \text{{ and }} {number(report['below'])}"
    return title, rf"&\quad {bowl}", rf"&\quad \text{{computed at }} \pm\epsilon\, v_1\text{{: }} {there}"


def bowl_of(report: Report) -> float:
    """The loss nearby, if the curvature at the minimum told all."""
    return float(report["end_loss"]) + float(report["leading"]) * NEARBY**2 / 2


def _fits(names: Sequence[str], newest: Reports) -> list[str]:
    """A sentence on each bowl that does not fit so far away."""
    said = []
    for name, report in zip(names, newest, strict=True):
        bowl, sides = bowl_of(report), [float(report[side]) for side in ("above", "below")]
        if max(sides) > FITS * bowl or min(sides) < bowl / FITS:
            said.append(
                f"At ε = ±{NEARBY} the bowl **does not fit** {name}: the curvature alone gives {bowl:.3g}, "
                f"computed are {sides[0]:.3g} and {sides[1]:.3g}."
            )
    return said


def noticed(chosen: Chosen, newest: Reports | None) -> list[str]:
    """Sentences with the numbers of both, once they are known."""
    if not newest:
        return [
            chosen.pair.asks,
            chosen.pair.says,
            "Both surfaces have one colour scale, one span and one camera.",
        ]
    names, known = list(chosen.specs), [numbers(report) for report in newest]
    curved, tall = (sharper([each[what] for each in known]) for what in ("leading", "median"))
    said = [
        _compared("The leading eigenvalue", names, [each["leading"] for each in known], curved),
        _compared("The median loss of the surface", names, [each["median"] for each in known], tall),
    ]
    if None not in (curved, tall) and curved != tall:
        said.append("**The two measures disagree**: what is sharp depends on how a step is measured.")
    return [
        *said,
        *_claim(chosen, names, curved, tall),
        *_fits(names, newest),
        *_apart(known),
        chosen.pair.says,
    ]


def sharper(values: Sequence[float]) -> int | None:
    """Which of two numbers is clearly the larger one."""
    low, high = sorted(values)
    return None if high <= ALIKE * low else int(np.argmax(values))


def _compared(what: str, names: Sequence[str], values: Sequence[float], larger: int | None) -> str:
    """How two numbers compare."""
    if larger is None:
        return f"{what} is about the same: {values[0]:.3g} and {values[1]:.3g}."
    most, least = values[larger], values[1 - larger]
    other, times = names[1 - larger], most / least
    return f"{what} is {most:.3g} **{names[larger]}** and {least:.3g} {other}: {times:.3g} times as much."


def _claim(chosen: Chosen, names: Sequence[str], curved: int | None, tall: int | None) -> list[str]:
    """Whether what is said of such pairs shows here."""
    if not chosen.pair.sharper:
        return []
    told = names.index(chosen.pair.sharper)
    says = f"That the minimum is sharper {names[told]}, as papers say,"
    if curved == tall == told:
        return [f"{says} shows in both measures."]
    if told in (curved, tall):
        return [f"{says} shows in one of the two measures only."]
    return [f"{says} **does not show here**. One pair of small networks proves nothing, either way."]


def _apart(known: Sequence[Mapping[str, float]]) -> list[str]:
    """A warning where one training has come much further than the other."""
    low, high = sorted(each["end_loss"] for each in known)
    if high <= FAR * low:
        return []
    return [
        f"Yet one of the losses is {high / low:.3g} times the other, and the curvature of cross entropy goes "
        "to 0 with it: part of this is only how far training has come."
    ]


def predict(names: Sequence[str], newest: Reports) -> None:
    """Whether the sharper minimum has the higher loss on pictures held out."""
    known = [numbers(report) for report in newest]
    curved = sharper([each["leading"] for each in known])
    if curved is None:
        return

    def reveal() -> tuple[str, str]:
        held = [each["held_loss"] for each in known]
        worse = sharper(held)
        truth = "even" if worse is None else "sharp" if worse == curved else "flat"
        pairs = zip(names, held, newest, strict=True)
        return truth, "; ".join(
            f"{name}: {loss:.3g} nats, {report['held_accuracy']:.1%} right" for name, loss, report in pairs
        ) + "."

    ask = f"the loss were that of pictures held out? It would be, {names[curved]}, where λ₁ is larger, …"
    frame.question(ask, ANSWERS, f"ll_two.predict.{newest[0]['leading']}.{newest[1]['leading']}", reveal)
