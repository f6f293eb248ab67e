"""One prediction: a loss over it with its gradient, and over one parameter as well."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import components, frame
from pages.components import charts, relief
from pages.components.charts import Chart
from pages.components.relief import Relief, limits_without_peaks
from pages.frame import links
from pages.parts import losses_curve_files as files
from pages.parts import losses_curve_settings as settings
from pages.parts.losses_curve_settings import FINER, NOTHING, STARTS, axis
from pages.parts.losses_curve_words import Shown, landing, noticed
from vizcore.exhibits import losses
from vizcore.exhibits.losses import LOSSES, Surface
from vizcore.toolkit import loss_functions
from vizcore.toolkit.latex import number
from vizcore.toolkit.parameters import Parameter

SETTINGS = tuple(STARTS)
EXPLAINED = (losses.curve, losses.surface, loss_functions.cross_entropy, loss_functions.kl)
ANSWERS = {
    "lower": "lower",
    "same": "the same",
    "higher": "higher",
    "outside": "not defined: the prediction has left its range",
}
TALL = 320  # px: a chart


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "curve"} | {f"curve_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "mse": _preset("MSE and an outlier", loss="mse", beside="l1", shape="curve"),
    "l1": _preset("L1", loss="l1", beside=NOTHING, at="0.4"),
    "huber": _preset("Huber", loss="huber", beside="mse", shape="surface", over="delta"),
    "bce": _preset("BCE", loss="bce", beside=NOTHING, at="0.05"),
    "smoothing": _preset("Label smoothing", loss="cross_entropy", shape="surface", smoothing="0.1",
                         over="smoothing", at="3"),
    "kl": _preset("KL, both ways", loss="kl", beside="reverse_kl", at="0.9"),
    "focal": _preset("Focal", loss="focal", beside="bce_logits", at="3"),
}  # fmt: skip


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the curves or the surface, the formula with its numbers, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="top"):
        name = settings.chosen_loss()
        loss = LOSSES[name]
        surface = settings.chosen_shape(loss)
    cells = settings.grid()
    over = settings.chosen_over(loss, cells) if surface else ""
    other = "" if surface else settings.chosen_beside(name, cells)
    given = settings.parameters(loss, LOSSES.get(other), cells)
    at = settings.cursor(loss, axis(loss, 1 if over else FINER))
    shown = shown_at(name, at, given)
    beside = shown_at(other, at, given) if other in LOSSES else None
    if over:
        draw_surface(shown, next(each for each in loss.parameters if each.name == over))
    else:
        draw_curves(shown, beside)
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    pair = [shown, beside] if beside else [shown]
    for each, place in zip(pair, st.columns(len(pair), gap="medium"), strict=True):
        write(place, each)
    words, use = st.columns(2, gap="medium")
    words.markdown("**What to notice.** " + " ".join(noticed(shown, beside)))
    use.markdown(f"**When to use it.** {loss.says}")
    use.caption(f"Source: {loss.source}")
    with use:
        frame.export_menu(partial(files.files, shown), "curve")
    predict(shown)


def shown_at(name: str, at: float, given: Mapping[str, float]) -> Shown:
    """A loss with those of the parameters that it has, and its value and gradient at the cursor."""
    own = {each.name: given[each.name] for each in LOSSES[name].parameters}
    there = losses.curve(name, at, **own)
    return Shown(name, own, at, there.value.item(), there.slope.item())


def draw_curves(shown: Shown, beside: Shown | None) -> None:
    """Loss and gradient over the prediction, with one cursor."""
    x, title = axis(shown.loss, FINER), shown.loss.axis
    pair = [shown, beside] if beside else [shown]
    found = [losses.curve(each.name, x, **each.settings) for each in pair]
    lines, slopes = (
        [charts.torn_line(each.loss.title, x, y) for each, y in zip(pair, curves, strict=True)]
        for curves in ([curve.value for curve in found], [curve.slope for curve in found])
    )
    cut = limits_without_peaks(np.concatenate([curve.slope for curve in found]))
    charts.mount(
        [
            Chart("Loss", x, lines, title, "loss", height=TALL),
            Chart("Gradient along the prediction", x, slopes, title, "gradient", cut, height=TALL),
        ],
        key="curve.charts",
        alt=f"{' and '.join(line.name for line in lines)} over the {title}, and the gradient.",
        cursor=shown.at,
        columns=2,
        on_pick=partial(take, "curve.charts"),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def surface_of(name: str, over: str, count: int, given: Mapping[str, float]) -> Surface:
    """The loss over its prediction and one parameter; the others as they are given."""
    return losses.surface(name, over, x=axis(LOSSES[name], 1), count=count, **given)


def draw_surface(shown: Shown, over: Parameter) -> None:
    """The loss over the prediction and a parameter."""
    rest = {name: value for name, value in shown.settings.items() if name != over.name}
    found = surface_of(shown.name, over.name, len(settings.places(over)), rest)
    relief.mount(
        Relief(found.x, found.y, found.value, found.slope, shown.loss.axis, over.title, "Loss", "Gradient"),
        key="curve.surface",
        alt=f"{shown.loss.title} over the {shown.loss.axis} and {over.title}.",
        place=(shown.at, shown.settings[over.name]),
        on_pick=partial(take, "curve.surface", over.name),
    )


def take(key: str, over: str = "") -> None:
    """Keep where the cursor was let go."""
    picked = components.picked(key)
    links.choose("curve_at", f"{picked['x']:.4g}")
    if over:
        links.choose(f"curve_{over}", f"{picked['y']:g}")


def write(place: DeltaGenerator, shown: Shown) -> None:
    """The formula, and below it the same with the numbers at the cursor."""
    place.markdown(f"**{shown.loss.title}**, {shown.loss.axis} = {shown.at:.4g}".replace(" -", " −"))
    numbers = losses.written(shown.name, shown.at, **shown.settings)
    both = rf"\begin{{aligned}} L &= {shown.loss.formula} \\[6pt] &= {numbers} \end{{aligned}}"
    slope = rf"\text{{gradient}} = {number(shown.slope)}"
    place.latex(rf"\begin{{gathered}} {both} \\[16pt] {slope} \end{{gathered}}")


def predict(shown: Shown) -> None:
    """One step of gradient descent from the cursor."""
    ask = "gradient descent made one step with the learning rate 1 from here? The loss would be …"
    key = f"curve.predict.{shown.name}.{shown.at}.{shown.settings}"
    frame.question(ask, ANSWERS, key, partial(landing, shown))
