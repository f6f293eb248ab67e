"""The equations of an optimiser with the numbers of one step."""

import re
from collections.abc import Collection

import streamlit as st

from vizcore.exhibits.optimizers import Path
from vizcore.toolkit.latex import number
from vizcore.toolkit.step_sums import equations, sums
from vizcore.toolkit.surface_table import AXES

GAP = r" \\[6pt] "  # between equations
WRONG = "#d55e00"
LONG = 18  # signs of a term, beyond which its value gets a row of its own


def write(path: Path, step: int) -> None:
    """The sums of the step that leads to the given one, or of the path's last, along both axes."""
    for axis, place in zip(AXES, st.columns(len(AXES), gap="medium"), strict=True):
        place.latex(filled(path, step, axis))
    last = min(step, len(path.points) - 1)
    st.caption(f"Step t = {last}." if last else "Go on by a step to see its numbers.")


def filled(path: Path, step: int, axis: str, wrong: Collection[str] = ()) -> str:
    """Each equation, and below it the same with its numbers and what comes out; in LaTeX.

    Args:
        path: whose equations.
        step: that has been made, or the path's last one; before the first there are no numbers.
        axis: "x" or "y".
        wrong: left sides of equations that are coloured.
    """
    last = min(step, len(path.points) - 1)
    if last:
        rows = [
            rf"{each.name} &= {_shown(each.name, each.formula, wrong)} \\ "
            rf"&= {each.numbers} {_next(each.numbers)} \mathbf{{{number(each.value)}}}"
            for each in sums(path, last, axis)
        ]
    else:
        rows = [rf"{left} &= {_shown(left, right, wrong)}" for left, right in equations(path.optimizer, axis)]
    return rf"\begin{{aligned}} {GAP.join(rows)} \end{{aligned}}"


def _next(before: str) -> str:
    """An equals sign, in a row of its own behind a term that fills one on a narrow screen."""
    signs = re.sub(r"\\[a-z]+|[{}^\s]", "", before)
    return r"\\ &=" if len(signs) > LONG else "="


def _shown(left: str, right: str, wrong: Collection[str]) -> str:
    return rf"\textcolor{{{WRONG}}}{{{right}}}" if left in wrong else right
