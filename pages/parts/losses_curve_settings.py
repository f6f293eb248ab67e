"""The settings of one prediction: the loss, its parameters and the cursor, each with its control."""

from collections.abc import Iterator, Mapping

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.frame import links
from pages.parts.convolution_controls import choice, select, slide
from vizcore.toolkit.curves import Floats
from vizcore.toolkit.loss_table import LOSSES, Choice, Loss
from vizcore.toolkit.parameters import Parameter

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {  # title and keys of LOSSES
    "regression": ("Regression", ("mse", "l1", "smooth_l1", "huber")),
    "two": ("Two classes", ("bce", "bce_logits", "focal", "hinge", "zero_one")),
    "several": ("Classes", ("cross_entropy", "nll", "kl", "reverse_kl")),
    "embeddings": ("Embeddings", ("margin_ranking", "triplet", "cosine")),
}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "curve_loss": "mse",
    "curve_beside": "l1",
    "curve_shape": "curve",
    "curve_over": "",
    "curve_at": "",
} | {f"curve_{each.name}": "" for loss in LOSSES.values() for each in loss.parameters}
NOTHING = "nothing"
SHAPES = {"curve": "Curve", "surface": "Surface"}
PLACES, FINER = 160, 4  # steps of the prediction in a surface, at least; in a curve there are more
WIDE = 250  # px: a list of losses
BRIEF = {"bce_logits": "BCE with logits"}  # titles that are too long for it


def chosen_loss() -> str:
    """The loss, and the group that it belongs to."""
    if links.setting("curve_loss") not in LOSSES:
        links.choose("curve_loss", STARTS["curve_loss"])
    of = {name: group for group, (_, names) in GROUPS.items() for name in names}
    st.session_state["curve.group"] = of[links.setting("curve_loss")]
    group = st.segmented_control(
        "What is predicted",
        list(GROUPS),
        format_func=lambda group: GROUPS[group][0],
        required=True,
        key="curve.group",
        on_change=lambda: change(GROUPS[st.session_state["curve.group"]][1][0]),
    )
    names = GROUPS[str(group)][1]
    return select("Loss", {name: titled(name) for name in names}, "curve_loss", names[0], width=WIDE)


def titled(name: str) -> str:
    """The title of a loss in a list."""
    return BRIEF.get(name, LOSSES[name].title)


def change(name: str) -> None:
    """Another loss, with the cursor at the place that suits it."""
    links.choose("curve_loss", name)
    links.choose("curve_at", "")


def chosen_shape(loss: Loss) -> bool:
    """Whether a surface is shown; over choices there is none."""
    return bool(_smooth(loss)) and choice("Shown as", SHAPES, "curve_shape") == "surface"


def chosen_over(loss: Loss, cells: Iterator[DeltaGenerator]) -> str:
    """The parameter that the surface goes over."""
    options = _smooth(loss)
    with next(cells):
        return select("Surface over", options, "curve_over", list(options)[-1], width=WIDE)


def _smooth(loss: Loss) -> dict[str, str]:
    return {each.name: each.title for each in loss.parameters if not isinstance(each, Choice)}


def chosen_beside(name: str, cells: Iterator[DeltaGenerator]) -> str:
    """The loss to compare with; empty where there is no other one."""
    alike = alike_of(name)
    if not alike:
        return ""
    start = STARTS["curve_beside"] if STARTS["curve_beside"] in alike else NOTHING
    with next(cells):
        return select("Compare with", {NOTHING: "nothing"} | alike, "curve_beside", start, width=WIDE)


def alike_of(name: str) -> dict[str, str]:
    """Other losses over the same prediction, with their titles."""
    return {
        each: titled(each)
        for each, loss in LOSSES.items()
        if each != name and (loss.axis, loss.span) == (LOSSES[name].axis, LOSSES[name].span)
    }


def grid() -> Iterator[DeltaGenerator]:
    """Places for controls, four to a row."""
    while True:
        yield from st.columns(4, gap="medium")


def parameters(loss: Loss, other: Loss | None, cells: Iterator[DeltaGenerator]) -> dict[str, float]:
    """The parameters of both losses, each with its control; where both have one, a choice if either has."""
    found = {each.name: each for each in loss.parameters}
    for each in other.parameters if other else ():
        if each.name not in found or isinstance(each, Choice):
            found[each.name] = each
    return {name: chosen(each, cell) for (name, each), cell in zip(found.items(), cells, strict=False)}


def chosen(entry: Parameter, cell: DeltaGenerator) -> float:
    """The value of a parameter. The one it starts with leaves the link, and gives way to another loss's."""
    key, start = f"curve_{entry.name}", f"{entry.start:g}"
    steps = [f"{value:g}" for value in places(entry)]
    if links.setting(key) not in steps:
        links.choose(key, start)
    with cell:
        if isinstance(entry, Choice):
            choice(entry.title, {step: step.replace("-", "−") for step in steps}, key)
        else:
            slide(entry.title, steps, key, start)
    value = links.setting(key)
    if value == start:
        links.choose(key, "")
    return float(value)


def places(entry: Parameter) -> list[float]:
    """All values that a parameter can be set to."""
    count = round((entry.high - entry.low) / entry.step) + 1
    return [round(value, 6) + 0.0 for value in np.linspace(entry.low, entry.high, count).tolist()]


def cursor(loss: Loss, x: Floats) -> float:
    """The place on the axis nearest to the prediction that the link names; else one that is rather wrong."""
    low, high = loss.span
    try:
        named = float(links.setting("curve_at"))
    except ValueError:
        named = np.nan
    wanted = named if low <= named <= high else low + (high - low) / 8
    return float(x[np.abs(x - wanted).argmin()])


def axis(loss: Loss, finer: int) -> Floats:
    """Round predictions over the span that is worth drawing, some 200 times `finer`."""
    low, high = loss.span
    power = 10.0 ** np.floor(np.log10((high - low) / PLACES))
    step = max(size * power for size in (1, 2, 2.5, 5) if size * power <= (high - low) / PLACES)
    return np.linspace(low, high, finer * round((high - low) / step) + 1).round(6)
