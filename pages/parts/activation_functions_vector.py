"""Functions of a whole layer: softmax, softmin and log-softmax over logits that are dragged."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import logits as logits_part
from pages.components.logits import Column, Matrix, View, around
from pages.frame import links
from pages.parts import logit_settings
from pages.parts.activation_functions_vector_files import files
from pages.parts.convolution_controls import choice, slide
from pages.server import live
from vizcore.exhibits import activation_functions
from vizcore.exhibits.activation_functions import VECTORS
from vizcore.toolkit import vector_activations
from vizcore.toolkit.latex import number
from vizcore.toolkit.vector_activations import Vector

FUNCTIONS: Mapping[str, str] = {name: entry.title for name, entry in VECTORS.items()}
TEMPERATURES = ("0.05", "0.1", "0.2", "0.3", "0.5", "0.7", "1", "1.5", "2", "3", "4", "5", "7", "10", "20")
SHIFT = 10.0  # added to every input, to see what changes
CERTAIN = 0.99  # of all probability
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ANSWERS = {"more": "larger", "same": "the same", "less": "smaller"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "vector_function": "softmax",
    "vector_logits": "2,1,0.1",
    "vector_temperature": "1",
    "vector_at": "0.1",
}
SETTINGS = tuple(STARTS)
EXPLAINED = (activation_functions.vector,)


def _preset(title: str, **settings: str) -> frame.Preset:
    named = {f"vector_{name}": each for name, each in settings.items()}
    return frame.Preset(title, {"view": "vector"} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "three": _preset("Three classes", function="softmax", logits="2,1,0.1", temperature="1"),
    "certain": _preset("Nearly certain", function="softmax", logits="8,1,0.1,-3", temperature="1"),
    "warm": _preset("Temperature 4", function="softmax", logits="8,1,0.1,-3", temperature="4"),
    "cold": _preset("Temperature 0.1", function="softmax", logits="2,1.9,0.1", temperature="0.1"),
    "softmin": _preset("Softmin", function="softmin", logits="2,1,0.1"),
    "log": _preset("Log-softmax", function="log_softmax", logits="2,1,0.1,-3,0.5"),
}


@dataclass(frozen=True)
class Chosen:
    """Function, temperature, and the entry of the Jacobian that is written out."""

    function: str  # key of VECTORS
    parameters: Mapping[str, float]
    at: tuple[int, int]  # output and input

    def vector(self, logits: logit_settings.Floats) -> Vector:
        return activation_functions.vector(self.function, logits, **self.parameters)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The inputs with all outputs and the Jacobian beside them, the formulas, and what to notice."""
    logits = logit_settings.given("vector_logits", STARTS["vector_logits"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        function = choice("Function", FUNCTIONS, "vector_function")
        chosen = Chosen(function, parameters(function), entry(len(logits)))
    address = live.offer("vector", partial(answer, chosen))
    packed = logits_part.pack(view(logits, chosen, address))
    take = partial(logit_settings.take, "vector.bars", "vector_logits", "vector_at")
    components.mount("logits", data=packed, key="vector.bars", on_pick=take)
    links.publish("activation_functions", "view", "picture", "net", *SETTINGS, starts=STARTS)
    found = chosen.vector(logits)
    words, formula = st.columns([1, 1.2], gap="medium")
    explain(formula, chosen, found)
    words.markdown(f"{VECTORS[function].says} **What to notice.** {' '.join(noticed(chosen, found))}")
    with words:
        frame.export_menu(partial(files, function, chosen.parameters, found), "vector")
    if "temperature" in chosen.parameters:
        predict_temperature(chosen, logits)
    else:
        predict_shift(chosen, logits)


def parameters(function: str) -> dict[str, float]:
    """The temperature, where the function has one."""
    if not VECTORS[function].parameters:
        return {}
    with st.container(width=320):
        start = STARTS["vector_temperature"]
        return {"temperature": slide("Temperature T", TEMPERATURES, "vector_temperature", start)}


def entry(count: int) -> tuple[int, int]:
    """Output and input that the link names, or the output alone; else the first two."""
    setting = links.setting("vector_at")
    if both := links.indices(setting, (count, count)):
        return both[0], both[1]
    alone = links.indices(setting, (count,))
    return (alone[0], alone[0]) if alone else (0, 1)


def answer(chosen: Chosen, question: Mapping[str, Any]) -> bytes:
    """What the function makes of other inputs, while they are dragged.

    Raises:
        InputError: the question holds no inputs.
    """
    logits, output = logit_settings.asked(question)
    by = min(chosen.at[1], len(logits) - 1)
    now = Chosen(chosen.function, chosen.parameters, (output, by))
    return logits_part.pack(view(logits, now, ""))


def view(logits: logit_settings.Floats, chosen: Chosen, address: str) -> View:
    """What the component shows."""
    found, named = chosen.vector(logits), VECTORS[chosen.function]
    columns = [Column("output f", found.value, (0.0, 1.0), "output")]
    facts = {"sum of f": float(found.value.sum()), "entropy in nats": found.entropy}
    if named.logarithms:
        shares = np.exp(found.value)
        columns = [
            Column("output f", found.value, around(found.value), "output"),
            Column("exp f", shares, (0.0, 1.0), "output"),
        ]
        facts = {"sum of exp f": float(shares.sum()), "entropy in nats": found.entropy}
    most = float(np.abs(found.jacobian).max()) or 1.0
    return View(
        identity=f"{chosen.function} {chosen.parameters}",
        title="Inputs x",
        logits=logits,
        chosen=chosen.at[0],
        mark="written below",
        columns=columns,
        alt=f"{len(logits)} inputs and what {named.title} makes of them",
        live=address,
        names=[f"x{at}, f{at}".translate(LOWERED) for at in range(len(logits))],
        noun="number",
        facts=facts,
        matrix=Matrix("Jacobian", found.jacobian, most, chosen.at[1]),
    )


def explain(place: Any, chosen: Chosen, found: Vector) -> None:
    """Function and slope, and both with the numbers of the chosen entry."""
    named, (output, by) = VECTORS[chosen.function], chosen.at
    place.latex(rf"f_i = {named.formula} \in {named.range}")
    place.latex(vector_activations.written(chosen.function, found, output))
    place.latex(rf"\frac{{\partial f_i}}{{\partial x_j}} = {named.slope}")
    place.latex(vector_activations.slope_written(chosen.function, found, output, by, **chosen.parameters))


def noticed(chosen: Chosen, found: Vector) -> list[str]:
    """Sentences with the numbers of what is shown."""
    count, change = len(found.x), float(np.abs(chosen.vector(found.x + SHIFT).value - found.value).max())
    logarithms = VECTORS[chosen.function].logarithms
    beyond = f" by more than {change:.1g}" if change else ""
    what = "exponentials of the outputs" if logarithms else "outputs"
    total = np.exp(found.value).sum() if logarithms else found.value.sum()
    lines = [
        f"The {what} sum to {total:.3g}.",
        f"Adding {SHIFT:g} to every input changes no output{beyond}; drag “all at once” to see it. "
        "So each row of the Jacobian sums to 0.",
        f"The entropy is {found.entropy:.3g} nats; with all probabilities alike it would be "
        rf"$\ln {count} = {np.log(count):.3g}$.",
    ]
    if not logarithms and (most := found.value.max()) > CERTAIN:
        steepest = np.abs(found.jacobian).max()
        lines.append(
            f"One output has {most:.4g} of all: no slope is steeper than {steepest:.2g}, so hardly any "
            "gradient comes through."
        )
    return lines


def predict_temperature(chosen: Chosen, logits: logit_settings.Floats) -> None:
    """What twice the temperature does to the largest probability, or half of it where it is high."""
    now = chosen.parameters["temperature"]
    then = 2 * now if now <= 5 else now / 2

    def reveal() -> tuple[str, str]:
        before, after = (
            activation_functions.vector("softmax", logits, temperature=each).value.max()
            for each in (now, then)
        )
        return compared(before, after), rf"${number(after)}$ after ${number(before)}$."

    ask = f"the temperature were {then:g} instead of {now:g}? The largest output would be …"
    frame.question(ask, ANSWERS, f"vector.predict.{list(logits)}.{now}", reveal)


def predict_shift(chosen: Chosen, logits: logit_settings.Floats) -> None:
    """What a larger first input does to the first output."""

    def reveal() -> tuple[str, str]:
        raised = logits + np.eye(len(logits))[0]
        before, after = (float(chosen.vector(each).value[0]) for each in (logits, raised))
        return compared(before, after), rf"$f_0 = {number(after)}$ after ${number(before)}$."

    ask = "the first input alone were larger by 1? The first output would be …"
    frame.question(ask, ANSWERS, f"vector.predict.{chosen.function}.{list(logits)}", reveal)


def compared(before: float, after: float) -> str:
    """Key of ANSWERS."""
    return "same" if abs(after - before) < 1e-12 else "more" if after > before else "less"
