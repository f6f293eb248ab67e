"""Curves: several activation functions and their slopes by autograd, read at one cursor."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import charts
from pages.components.charts import Chart, Line, Point
from pages.frame import links
from pages.parts import activation_functions_curves_files as files
from pages.parts import activation_functions_curves_settings as settings
from pages.parts import activation_functions_curves_words as words
from pages.parts.activation_functions_curves_settings import STARTS, Chosen
from vizcore.toolkit import activation_facts, activation_formulas, activations, curves
from vizcore.toolkit.activation_facts import Facts
from vizcore.toolkit.activations import ACTIVATIONS, Curve
from vizcore.toolkit.curves import Floats
from vizcore.toolkit.latex import number

TALL = 330  # px
DEEP = 10  # units that a gradient passes
ANSWERS = {
    "none": "nothing",
    "little": "something, up to a thousandth",
    "some": "more than a thousandth, but not all",
    "all": "all of it",
    "more": "more than all of it",
}
LEFT = {"none": 0.0, "little": 1e-3, "some": 1 - 1e-12, "all": 1.0, "more": np.inf}  # what it is at most
SETTINGS = tuple(STARTS)
EXPLAINED = (curves.traced, activations.saturations, activations.statistics)


def _preset(title: str, names: str, x: str, **more: str) -> frame.Preset:
    named = {f"curves_{name}": value for name, value in more.items()}
    return frame.Preset(title, {"view": "curves", "curves_names": names, "curves_x": x, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "saturating": _preset("Saturating", "sigmoid.tanh", "3"),
    "relu": _preset("ReLU and its family", "relu.leaky_relu.prelu.relu6.softplus", "-2"),
    "smooth": _preset("Smooth", "gelu.silu.mish.hardswish", "-0.7518"),
    "selu": _preset("Self-normalising", "selu.elu.celu", "-1"),
    "tanh": _preset("Tanh is a sigmoid", "tanh.sigmoid", "1"),
    "step": _preset("From step to ReLU", "step.linear.relu", "0.5", linear_factor="2"),
}


@st.cache_data(max_entries=512, show_spinner=False)
def facts_of(name: str, given: Mapping[str, float]) -> Facts:
    return activation_facts.facts(name, **given)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The curves, the formulas with the numbers at the cursor, what to notice, and a table."""
    chosen = settings.chosen()
    found = {name: activations.curve(name, chosen.x, **given) for name, given in chosen.parameters.items()}
    facts = {name: facts_of(name, given) for name, given in chosen.parameters.items()}
    draw(chosen, found)
    said, asked = st.columns([1.25, 1], gap="medium")
    said.markdown("**What to notice.** " + " ".join(words.noticed(chosen, found, facts)))
    with asked:
        predict(chosen, found)
        frame.export_menu(partial(files.files, chosen, found), "curves")
    for start in range(0, len(found), 2):
        for name, place in zip(list(found)[start:], st.columns(2, gap="medium"), strict=False):
            with place:
                explain(name, chosen, found[name])
    frame.table(words.table(facts))
    links.publish("activation_functions", "view", "picture", "net", *SETTINGS, starts=STARTS)


def draw(chosen: Chosen, found: Mapping[str, Curve]) -> None:
    """Both charts, with the stretches hatched in which a function saturates."""
    titles = [ACTIVATIONS[name].title for name in found]
    shades = [
        (start, end, at)
        for at, curve in enumerate(found.values())
        for start, end in activations.saturations(curve)
    ]

    def chart(title: str, y_title: str, values: list[Floats], most: float, points: list[Point]) -> Chart:
        drawn = lines(chosen.x, titles, values)
        room = limits(values, most)
        return Chart(title, chosen.x, drawn, "x", y_title, room, shades=shades, points=points, height=TALL)

    values = [curve.value for curve in found.values()]
    slopes = [curve.slope for curve in found.values()]
    charts.mount(
        [
            chart("Functions", "f(x)", values, chosen.reach, dots(chosen)),
            chart("Derivatives, by autograd", "f′(x)", slopes, np.inf, []),
        ],
        key="curves.charts",
        alt=f"{', '.join(titles)} and their derivatives from {-chosen.reach:g} to {chosen.reach:g}",
        cursor=chosen.cursor,
        columns=2,
        on_pick=take,
    )
    st.caption(
        f"Hatched, with a bar in the colour of the function: hardly any gradient comes through, |slope| < "
        f"{activations.FLAT:g}. Drag the cursor, or move it with the arrow keys."
    )


def lines(x: Floats, titles: Sequence[str], values: Sequence[Floats]) -> list[Line]:
    """A line for each function, with gaps where it jumps."""
    found = []
    for title, y in zip(titles, values, strict=True):
        places, torn = charts.torn(x, y)
        found.append(Line(title, torn, x=None if len(places) == len(x) else places))
    return found


def limits(values: Sequence[Floats], most: float) -> tuple[float, float]:
    """Room for the curves, up to `most` in both directions, and below them for the bars of flat stretches."""
    cut = np.clip(np.concatenate(values), -most, most)
    low, high = float(cut.min()), float(cut.max())
    size = max(high - low, 0.5)
    return low - (0.05 + 0.02 * len(values)) * size, high + 0.05 * size


def dots(chosen: Chosen) -> list[Point]:
    """What the first function is in terms of other chosen ones, at some places."""
    first, *_ = chosen.parameters
    relation = next((entry for entry in words.relations(chosen) if entry.functions[0] == first), None)
    if relation is None:
        return []
    x = np.linspace(-1, 1, 11) * chosen.reach * 0.9
    y = activation_facts.other_side(relation, x, chosen.parameters[first])
    names = [*[""] * 8, relation.short, *[""] * 2]
    style = list(chosen.parameters).index(relation.functions[1])
    return [Point(float(x), float(y), name, style) for x, y, name in zip(x, y, names, strict=True)]


def take() -> None:
    """Keep where the cursor was left."""
    links.choose("curves_x", f"{components.picked('curves.charts')['x']:.7g}")


def explain(name: str, chosen: Chosen, found: Curve) -> None:
    """A function and its derivative, each with the numbers at the cursor."""
    entry, at = ACTIVATIONS[name], int(np.abs(found.x - chosen.cursor).argmin())
    lines = []
    for left, formula, values in (("f", entry.formula, found.value), ("f'", entry.slope, found.slope)):
        given = chosen.parameters[name]
        filled = activation_formulas.written(formula, chosen.cursor, float(values[at]), given)
        lines += words.chain(left, formula, filled)
    st.markdown(f"**{entry.title}.** {entry.says}")
    together = r" \\[3pt] ".join(lines)
    st.latex(rf"\begin{{aligned}} {together} \end{{aligned}}")


def predict(chosen: Chosen, found: Mapping[str, Curve]) -> None:
    """What ten units in a row leave of a gradient, all of them at the cursor."""
    (name, curve), x = next(iter(found.items())), chosen.cursor
    title = ACTIVATIONS[name].title

    def reveal() -> tuple[str, str]:
        slope = float(curve.slope[np.abs(curve.x - x).argmin()])
        left = abs(slope) ** DEEP
        truth = next(key for key, most in LEFT.items() if left <= most)
        return (
            truth,
            rf"The slope there is ${number(slope)}$, and $|{number(slope)}|^{{{DEEP}}} = {number(left)}$.",
        )

    ask = (
        f"a gradient went down through {DEEP} units of {title}, each at x = {words.text(x)} and with a "
        "weight of 1? What arrives at the bottom would be …"
    )
    frame.question(ask, ANSWERS, f"curves.predict.{name}.{chosen.parameters[name]}.{x}", reveal)
