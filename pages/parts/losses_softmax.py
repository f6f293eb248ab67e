"""From logits by softmax to cross entropy, in every arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import logits as logits_part
from pages.components.logits import Column, View, around
from pages.frame import links
from pages.parts import logit_settings
from pages.parts import losses_softmax_files as files
from pages.parts.convolution_controls import choice, line, slide
from pages.parts.logit_settings import Floats
from pages.parts.losses_softmax_table import arithmetics
from pages.server import live
from vizcore.toolkit import softmaxes
from vizcore.toolkit.softmaxes import DTYPES, LECTURE, Computed

TEMPERATURES = ("0.05", "0.1", "0.2", "0.3", "0.5", "0.7", "1", "1.5", "2", "3", "4", "5", "7", "10", "20")
WAYS = {"stable": "the largest taken away first", "naive": "as the formula stands"}
TYPES = {name: name for name in list(DTYPES)[::-1]}
EXACT = 1e-3  # relative distance of losses that agree to three digits
ANSWERS = {"same": "the same", "off": "another number", "inf": "infinite", "nan": "nan, not a number"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "softmax_logits": "2,-1,0.5",
    "softmax_target": "1",
    "softmax_temperature": "1",
    "softmax_dtype": "float64",
    "softmax_way": "stable",
    "softmax_names": "cat, dog, car",
}
SETTINGS = tuple(STARTS)
EXPLAINED = (softmaxes.steps, softmaxes.computed)
_LECTURE = ",".join(f"{logit:g}" for logit in LECTURE)


def _preset(title: str, **settings: str) -> frame.Preset:
    every = {"temperature": "1", "dtype": "float64", "way": "stable"} | settings
    return frame.Preset(
        title, {"view": "softmax"} | {f"softmax_{name}": each for name, each in every.items()}
    )


PRESETS: Mapping[str, frame.Preset] = {
    "three": _preset("Three classes", logits="2,-1,0.5", target="1"),
    "wrong": _preset("Sure and wrong", logits="8,0,-2", target="2"),
    "warm": _preset("Temperature 4", logits="8,0,-2", target="2", temperature="4"),
    "lecture": _preset("The lecture's logits", logits=_LECTURE, target="0", names="class 0"),
    "overflow": _preset("Overflow in float32", logits=_LECTURE, target="0", dtype="float32", way="naive",
                        names="class 0"),
    "zero": _preset("0 times infinity", logits="0,-120", target="0", dtype="float32", way="naive"),
}  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """Everything but the logits."""

    target: int
    temperature: float
    dtype: str  # key of DTYPES
    stable: bool
    names: tuple[str, ...]

    def computed(self, logits: Floats) -> Computed:
        return softmaxes.computed(
            logits, self.target, dtype=self.dtype, stable=self.stable, temperature=self.temperature
        )


@st.fragment
def show(stage: frame.Stage) -> None:
    """Logits and all that follows from them, the formulas, the eight arithmetics, and what to notice."""
    logits = logit_settings.given("softmax_logits", STARTS["softmax_logits"])
    chosen = controls(len(logits))
    address = live.offer("softmax", partial(answer, chosen))
    take = partial(logit_settings.take, "softmax.bars", "softmax_logits", "softmax_target")
    packed = logits_part.pack(view(logits, chosen, address))
    components.mount("logits", data=packed, key="softmax.bars", on_pick=take)
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    found = chosen.computed(logits)
    words, formula = st.columns([1, 1.2], gap="medium")
    explain(formula, chosen, found)
    words.markdown("**What to notice.** " + " ".join(noticed(chosen, logits, found)))
    with words:
        frame.export_menu(partial(files.files, found, chosen.temperature), "softmax")
    every = softmaxes.compared(logits, chosen.target, temperature=chosen.temperature)
    arithmetics(every, (chosen.dtype, chosen.stable))
    predict(chosen, logits)


def controls(count: int) -> Chosen:
    """Temperature, arithmetic, and what the classes are called."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(horizontal=True, vertical_alignment="top", width="content"):
            dtype = choice("Arithmetic", TYPES, "softmax_dtype")
            way = choice("Softmax", WAYS, "softmax_way")
            with st.container(width=180):
                start = STARTS["softmax_temperature"]
                temperature = slide("Temperature T", TEMPERATURES, "softmax_temperature", start)
        with st.popover("Names", icon=":material/label:"):
            names = line(
                "Names of the classes, apart by commas", "softmax_names", STARTS["softmax_names"], 60
            )
    named = tuple(name.strip() for name in names.split(","))
    target = logit_settings.index("softmax_target", count)
    return Chosen(target, temperature, dtype, way == "stable", named)


def answer(chosen: Chosen, question: Mapping[str, Any]) -> bytes:
    """What is made of other logits, while they are dragged.

    Raises:
        InputError: the question holds no logits.
    """
    logits, target = logit_settings.asked(question)
    return logits_part.pack(view(logits, replace(chosen, target=target), ""))


def view(logits: Floats, chosen: Chosen, address: str) -> View:
    """What the component shows."""
    found, steepest = chosen.computed(logits), 1 / chosen.temperature
    power = exponent(chosen, "z").replace("-", "−")
    return View(
        identity=f"{chosen.dtype} {chosen.stable} {chosen.temperature}",
        title="Logits z",
        logits=logits,
        chosen=chosen.target,
        mark="target",
        columns=[
            Column(f"exp({power})", found.powers, around(found.powers), "output"),
            Column("p", found.probabilities, (0.0, 1.0), "output"),
            Column("−log p", -found.logarithms + 0.0, around(-found.logarithms), "error"),
            Column("y", np.eye(len(logits))[chosen.target], (0.0, 1.0), "target"),
            Column(gradient(chosen), found.gradient, (-steepest, steepest), "gradient"),
        ],
        alt=f"{len(logits)} logits, their softmax, and the cross entropy of class {chosen.target}",
        live=address,
        names=chosen.names,
        facts={"sum of exp": found.total, "loss in nats": found.loss},
        line=said(found),
    )


def exponent(chosen: Chosen, logit: str) -> str:
    """What e is raised to, of a logit with this name."""
    top = f"{logit} - m" if chosen.stable else logit
    if chosen.temperature == 1:
        return top
    return f"({top}) / T" if chosen.stable else f"{top} / T"


def gradient(chosen: Chosen) -> str:
    """What the gradient along the logits is."""
    return "p − y" if chosen.temperature == 1 else "(p − y) / T"


def said(found: Computed) -> str:
    """One sentence on what the arithmetic made of it."""
    if np.isinf(found.powers).any():
        return (
            f"exp({found.exponents.max():.4g}) is too large for {found.dtype} and becomes inf; "
            "inf / inf is nan, and what is computed from nan is nan."
        )
    if np.isinf(found.total):
        return (
            f"Each power fits into {found.dtype}, but their sum does not: it becomes inf, and every p is 0."
        )
    gone = f"{found.vanished} of the p {'is' if found.vanished == 1 else 'are'} too small for {found.dtype}"
    if np.isinf(found.logarithms).any():
        return f"{gone} and became 0; log 0 is −inf."
    if found.vanished:
        return f"{gone} and became 0, but log p is right."
    return f"Every step can be written in {found.dtype}."


def explain(place: Any, chosen: Chosen, found: Computed) -> None:
    """Softmax and cross entropy, and the same with the numbers of the target."""
    one, each = (f"e^{{{exponent(chosen, name)}}}" for name in ("z_c", "z_k"))
    largest = r",\quad m = \max_k z_k" if chosen.stable else ""
    place.latex(rf"p_c = \frac{{{one}}}{{\sum_k {each}}}{largest}")
    place.latex(softmaxes.written(found, chosen.target))
    place.markdown("The same loss from the class index, and from the one-hot vector:")
    for formula in softmaxes.targets_written(found):
        place.latex(formula)


def noticed(chosen: Chosen, logits: Floats, found: Computed) -> list[str]:
    """Sentences with the numbers of what is shown."""
    exact = softmaxes.steps(logits, chosen.target, temperature=chosen.temperature)
    count, right = len(logits), exact.probabilities[chosen.target]
    lines = [
        f"The target has p = {right:.3g}, which costs {exact.loss:.3g} nats; "
        f"guessing among {count} would cost $\\log {count}$ = {np.log(count):.3g}.",
        f"PyTorch's `cross_entropy` in float64 gives {exact.loss:.6g} for the class index {chosen.target} "
        f"and {exact.one_hot_loss:.6g} for the one-hot vector.",
        f"The gradient is {gradient(chosen)}: it pulls the target up by "
        f"{0 - exact.gradient[chosen.target]:.3g}, pushes the others down in proportion to p, and sums to 0.",
    ]
    if np.isnan(found.gradient).any():
        lines.append(
            f"In {found.dtype}, with the formula as it stands, it is nan: one step on, all weights are nan."
        )
    if tuple(logits) == LECTURE and chosen.temperature == 1:
        lines.append(
            "The lecture's softmax, 1.2564e-185 to 1, is that of float64; in the other three types "
            "the four small ones become 0."
        )
    return lines


def predict(chosen: Chosen, logits: Floats) -> None:
    """What the formula as it stands makes of these logits in float32."""

    def reveal() -> tuple[str, str]:
        exact = softmaxes.steps(logits, chosen.target, temperature=chosen.temperature).loss
        naive = replace(chosen, dtype="float32", stable=False).computed(logits)
        if not np.isfinite(naive.loss):
            return ("nan" if np.isnan(naive.loss) else "inf"), said(naive)
        truth = "same" if abs(naive.loss - exact) <= EXACT * max(exact, EXACT) else "off"
        return truth, f"It is {naive.loss:.6g}, and {exact:.6g} in float64. {said(naive)}"

    ask = "the formula were computed as it stands, in float32? The loss of these logits would be …"
    key = f"softmax.predict.{list(logits)}.{chosen.target}.{chosen.temperature}"
    frame.question(ask, ANSWERS, key, reveal)
