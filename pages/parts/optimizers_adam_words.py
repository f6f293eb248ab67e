"""What is said of Adam and of its misprints, with their numbers."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages import frame
from pages.parts.optimizers_race_paths import Heat
from pages.parts.optimizers_race_words import listed
from vizcore.exhibits import optimizers
from vizcore.exhibits.optimizers import Path
from vizcore.toolkit.latex import worded
from vizcore.toolkit.step_sums import equations

SHORT: Mapping[str, str] = {"adam": "Paper", "adam_lecture": "Lecture", "adam_no_root": "Root missing"}
TITLES: Mapping[str, str] = {
    "adam": "Adam as in the paper",
    "adam_lecture": "Adam as a lecture prints it",
    "adam_no_root": "Adam without the root",
}
FIRST = 5  # steps in the table
SLIPS = {
    "second": "the line of s",
    "last": "the last line",
    "both": "both of these",
    "none": "neither of them",
}
LENGTHS = {"same": "as long", "shorter": "a tenth as long", "longer": "ten times as long"}


def slips(optimizer: str, axis: str) -> list[str]:
    """The left sides of the equations that are not Adam's, in LaTeX."""
    pairs = zip(equations("adam", axis), equations(optimizer, axis), strict=True)
    return [left for (left, right), (_, other) in pairs if right != other]


def first_steps(heat: Heat, axis: str) -> str:
    """Where each rule is after the first few steps and after the last, as a table in LaTeX."""
    own = "xy".index(axis)
    steps = [*range(min(FIRST, heat.steps) + 1), heat.steps]
    heads = " & ".join(rf"\text{{{SHORT[entry.name]}}}" for entry in heat.entries)
    rows = [rf"t & {heads} \\ \hline"]
    for step in dict.fromkeys(steps):
        places = [_place(heat.paths[entry.name], step, own) for entry in heat.entries]
        rows.append(rf"{step} & {' & '.join(places)} \\")
    return rf"\begin{{array}}{{r|rrr}} {' '.join(rows)} \end{{array}}"


def _place(path: Path, step: int, own: int) -> str:
    return f"{path.points[step, own]:.4f}" if step < len(path.points) else rf"\text{{{path.over}}}"


def noticed(heat: Heat) -> list[str]:
    """Sentences on the first two steps and on the end."""
    paper, lecture = heat.paths["adam"], heat.paths["adam_lecture"]
    said = [_first(heat, paper, lecture)]
    if min(len(paper.points), len(lecture.points)) > 2:
        said.append(_second(paper, lecture))
    ends = [f"{_end(heat.paths[entry.name])} with {TITLES[entry.name]}" for entry in heat.entries]
    said.append(f"After {heat.steps} steps f is {listed(ends)}.")
    return [sentence.replace(" -", " −") for sentence in said]


def _first(heat: Heat, paper: Path, lecture: Path) -> str:
    """The corrected means of the first step are the gradient and its square."""
    right, wrong = (abs(path.points[1, 0] - path.points[0, 0]) for path in (paper, lecture))
    slope = abs(paper.gradients[0, 0])
    return (
        f"In the first step m̂ = g and ŝ = g², so Adam moves by η = {heat.entries[0].lr:g} along each axis, "
        f"however steep it is: x by {right:.3g}. Without the root it is η / |g|: with |g| = {slope:.3g} "
        f"along x, {wrong:.3g}."
    )


def _second(paper: Path, lecture: Path) -> str:
    """From the second step on the kept m is in the way."""
    right, wrong = (path.states["s_hat"][2, 0] for path in (paper, lecture))
    below = np.flatnonzero((lecture.states["s_hat"] < 0).any(1))
    said = f"In the second step the lecture's ŝ along x is {worded(wrong)} rather than {worded(right)}"
    if len(below):
        return (
            f"{said}, since it keeps m, which is no square: in step {below[0]} an ŝ is even below 0, and the "
            "path climbs."
        )
    return f"{said}, since it keeps m, which is no square and far larger here."


def _end(path: Path) -> str:
    return path.over or worded(path.values[-1])


def answered(heat: Heat, beside: str) -> bool:
    """Whether the question of the view has been answered, so that the slips may be shown."""
    return st.session_state.get(_key(heat, beside)) is not None


def _key(heat: Heat, beside: str) -> str:
    return f"adam.predict.{beside}" if beside == "adam_lecture" else f"adam.predict.{heat.entries[0].lr}"


def predict(heat: Heat, beside: str) -> None:
    """Where the slips of the lecture are, or what comes of a missing root."""
    if beside == "adam_lecture":
        ask = "one ran Adam just as this lecture prints it? Its slips are in …"
        frame.question(ask, SLIPS, _key(heat, beside), _slips_found)
    else:
        ask = "the surface were ten times as flat? Without the root, the first step would be …"
        frame.question(ask, LENGTHS, _key(heat, beside), lambda: _flat(heat.entries[0].lr))


def _slips_found() -> tuple[str, str]:
    paper, lecture = (
        optimizers.trajectory(name, "x^2", (1, 0), 0.1, 200).points[:, 0] for name in ("adam", "adam_lecture")
    )
    return "both", (
        "The second moment keeps m where it should keep s, and the last line divides by ŝ, not by its root; "
        "both are coloured now. On f = x² from x = 1 with η = 0.1 five steps give "
        f"{_row(paper)} by the paper, {_row(lecture)} by the lecture, and 200 steps "
        f"{round(paper[200], 3) + 0.0:.3f} and {lecture[200]:.3f}.".replace(" -", " −")
    )


def _row(places: np.ndarray) -> str:
    return ", ".join(f"{place:.4f}" for place in places[1:6])


def _flat(lr: float) -> tuple[str, str]:
    steps = [
        abs(optimizers.trajectory(name, surface, (1, 0), lr, 1).points[1, 0] - 1)
        for name in ("adam_no_root", "adam")
        for surface in ("x^2", "0.1*x^2")
    ]
    return "longer", (
        f"On x² from x = 1 it is {steps[0]:.3g} long, on x² / 10 it is {steps[1]:.3g}. With the root it is "
        f"{steps[2]:.3g} and {steps[3]:.3g}: Adam does not notice by what the loss is multiplied."
    )
