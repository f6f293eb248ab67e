"""A batch: cross entropy with class weights and an ignored class, example by example."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import components, frame
from pages.components import class_batch
from pages.frame import links
from pages.parts import losses_batch_files as files
from pages.parts.convolution_controls import choice, slide
from pages.server import live
from vizcore.toolkit import class_losses
from vizcore.toolkit.class_losses import NOBODY, Batch, Floats
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import aligned, number

CLASSES, HIGHEST, STEP = 3, 6.0, 0.1  # logits go from -6 to 6
COUNTS = tuple("45678")
WEIGHTS = {"own": "set by hand", "balanced": "balanced"}
IGNORED = {"none": "none"} | {str(each): f"class {each}" for each in range(CLASSES)}
AMOUNTS = tuple(f"{tenths / 10:g}" for tenths in range(101))
ROWS = (
    "2,0.5,-1,0",
    "0.5,1,0,0",
    "1,2.5,-0.5,1",
    "1.5,-1,0,0",
    "0,0.5,0.2,1",
    "1,0,-1,2",
    "3,0,-2,0",
    "-1,1,1.5,1",
)
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "batch_count": "6",
    "batch_weights": "own",
    "batch_w0": "1",
    "batch_w1": "1",
    "batch_w2": "4",
    "batch_ignore": "none",
} | {f"batch_row{at}": row for at, row in enumerate(ROWS)}
SETTINGS = tuple(STARTS)
EXPLAINED = (class_losses.batch, class_losses.balanced)
DOUBLED = {"half": "half as large", "same": "the same", "twice": "twice as large"}
_ROW = re.compile(r"(-?\d(?:\.\d)?),(-?\d(?:\.\d)?),(-?\d(?:\.\d)?),([0-2])", re.ASCII)


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "batch"} | {f"batch_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "weights": _preset("Class weights", weights="own", w0="1", w1="1", w2="4", ignore="none", count="6"),
    "plain": _preset("Without weights", weights="own", w2="1", ignore="none"),
    "balanced": _preset("Balanced", weights="balanced", ignore="none"),
    "ignored": _preset("An ignored class", ignore="1", w2="1"),
    "alone": _preset(
        "Weights that cancel", count="4", w0="5", ignore="none", row1="0.5,1,0,0", row2="1,2.5,-0.5,0"
    ),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The weights, the examples with what each of them costs, and the mean with its numbers."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        how = choice("Class weights", WEIGHTS, "batch_weights")
        ignored = choice("Ignored class", IGNORED, "batch_ignore")
        counts = {each: each for each in COUNTS}
        count = int(choice("Examples", counts, "batch_count", start=STARTS["batch_count"]))
    logits, targets = rows(count)
    ignore = NOBODY if ignored == "none" else int(ignored)
    settings: dict[str, Any] = {"weights": weights(how, targets, ignore), "ignore": ignore}
    found = class_losses.batch(logits, targets, **settings)
    class_batch.mount(
        found,
        logits,
        targets,
        key="batch.table",
        limits=(-HIGHEST, HIGHEST),
        step=STEP,
        ask=live.offer("batch", partial(answer, logits.shape, settings)),
        on_pick=take,
    )
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    st.latex(formula(found))
    words, use = st.columns(2, gap="medium")
    words.markdown("**What to notice.** " + " ".join(noticed(found, targets, ignore)))
    use.markdown(
        "**The mean.** PyTorch divides by the sum of the weights, not by the number of examples, and so does "
        "this page; the lecture has the formula garbled. With log-probabilities in place of logits the same "
        "mean is NLL: softmax leaves them as they are."
    )
    with use:
        frame.export_menu(partial(files.files, logits, targets, settings, found), "batch")
    predict(logits, targets, settings)


def rows(count: int) -> tuple[Floats, list[int]]:
    """(count, CLASSES) logits and their targets: those of the link, and where it says none, of the start."""
    read = [_row(links.setting(f"batch_row{at}")) or _row(ROWS[at]) for at in range(count)]
    found = np.array(read)
    return found[:, :-1], found[:, -1].astype(int).tolist()


def _row(text: str) -> tuple[float, ...] | None:
    named = _ROW.fullmatch(text)
    values = tuple(map(float, named.groups())) if named else ()
    return values if values and max(map(abs, values)) <= HIGHEST else None


def weights(how: str, targets: list[int], ignore: int) -> list[float]:
    """One weight for each class, from its slider or from the examples that count."""
    if how == "balanced":
        found = class_losses.balanced([each for each in targets if each != ignore], CLASSES).tolist()
        st.latex(aligned([r"&w_c = \frac{N}{C\, n_c}", "&" + _written(found)]))
        return found
    cells = st.columns(CLASSES, gap="medium")
    return [weight(name, cell) for name, cell in enumerate(cells)]


def weight(name: int, cell: DeltaGenerator) -> float:
    """What the slider of one class says."""
    key = f"batch_w{name}"
    with cell:
        return slide(f"Weight of class {name}", AMOUNTS, key, STARTS[key])


def _written(found: list[float]) -> str:
    return r",\quad ".join(f"w_{name} = {number(weight)}" for name, weight in enumerate(found))


def answer(shape: tuple[int, int], settings: Mapping[str, Any], question: Mapping[str, Any]) -> bytes:
    """What other logits and targets cost, while they are changed.

    Raises:
        InputError: they are no batch of this shape.
    """
    targets = question.get("targets")
    if not isinstance(targets, list) or not all(isinstance(each, int) for each in targets):
        raise InputError("The targets are a list of classes.")
    found = class_losses.batch(question.get("logits", ()), targets, **settings)
    if found.logarithms.shape != shape:
        raise InputError(f"The batch has {shape[0]} examples of {shape[1]} classes.")
    return class_batch.pack_answer(found)


def take() -> None:
    """Put the changed batch into the link."""
    picked = components.picked("batch.table")
    for at, (logits, target) in enumerate(zip(picked["logits"], picked["targets"], strict=True)):
        values = ",".join(f"{round(value, 1) + 0.0:g}" for value in logits)
        links.choose(f"batch_row{at}", f"{values},{target}")


def formula(found: Batch) -> str:
    """Loss of one example, and the mean with the numbers in it."""
    plain = rf"\frac{{1}}{{N}} \sum_n l_n &= {number(found.per_example)} \quad \text{{(the plain mean)}}"
    lines = [r"l_n &= -w_{y_n} \log p_{n, y_n}", *found.written, plain]
    return r"\begin{aligned}" + r" \\[6pt] ".join(lines) + r"\end{aligned}"


def noticed(found: Batch, targets: list[int], ignore: int) -> list[str]:
    """Sentences with the numbers of this batch."""
    if np.isnan(found.mean):
        return ["Nothing counts: the mean is 0 / 0, which is nan in PyTorch too."]
    total, y = found.losses.sum(), np.array(targets)
    said = []
    if skipped := int((y == ignore).sum()):
        said.append(f"{skipped} of {len(y)} examples are ignored: they are in neither sum.")
    if total:
        costs = [float(found.losses[y == each].sum() / total) for each in range(CLASSES)]
        most = int(np.argmax(costs))
        count = int((y == most).sum())
        said.append(f"Class {most} has {count} of {len(y)} examples and {costs[most]:.0%} of the loss.")
    if len(set(found.weights[y != ignore].tolist())) == 1:
        said.append("All examples that count weigh the same, so their weight cancels.")
    elif np.isclose(found.per_example, found.mean):
        said.append(
            f"The weights sum to the number of examples, so the plain mean is {found.mean:.3g} as well."
        )
    else:
        said.append(
            f"Divided by the number of examples the mean would be {found.per_example:.3g} in place of "
            f"{found.mean:.3g}, and would grow with the weights."
        )
    return said


def predict(logits: Floats, targets: list[int], settings: Mapping[str, Any]) -> None:
    """What twice the weights make of the mean."""

    def reveal() -> tuple[str, str]:
        twice = [2 * weight for weight in settings["weights"]]
        before = class_losses.batch(logits, targets, **settings).mean
        after = class_losses.batch(logits, targets, **{**settings, "weights": twice}).mean
        truth = "half" if after < 0.9 * before else "twice" if after > 1.1 * before else "same"
        return truth, f"It was {before:.3g} and is {after:.3g}: the weights stand in both sums."

    key = f"batch.predict.{targets}.{settings}"
    frame.question("all class weights were doubled? The mean would be …", DOUBLED, key, reveal)
