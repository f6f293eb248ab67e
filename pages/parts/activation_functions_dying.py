"""Dying units: a small network learns to read digits, and some of its units stop for good."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import dying as units
from pages.frame import links
from pages.parts import activation_functions_dying_files as files
from pages.parts.convolution_controls import select, slide
from pages.parts.kept_runs import kept_run
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import dying
from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.dying import LAYERS, WIDTH
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import aligned, number

FUNCTIONS = {name: entry.title for name, entry in ACTIVATIONS.items()}
RATES = ("0.01", "0.05", "0.1", "0.2", "0.5", "1", "1.5", "2", "3", "5", "10")
EPOCHS = ("5", "10", "20", "40", "60", "100")
SEEDS = tuple("0123456789")
TRAINING = 1347  # pictures
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "dying_function": "relu",
    "dying_lr": "1.5",
    "dying_epochs": "20",
    "dying_seed": "0",
    "dying_unit": "0.0",
    "dying_epoch": "",
}
SETTINGS = tuple(STARTS)
TENTH = {"none": "none", "fewer": "fewer than now", "more": "as many, or more"}  # answers of the question
Report = dict[str, Any]


def _preset(title: str, function: str, lr: str) -> frame.Preset:
    return frame.Preset(title, {"view": "dying", "dying_function": function, "dying_lr": lr})


PRESETS: Mapping[str, frame.Preset] = {
    "relu": _preset("ReLU, steps too large", "relu", "1.5"),
    "calm": _preset("ReLU, small steps", "relu", "0.1"),
    "all": _preset("A whole layer dies", "relu", "2"),
    "leaky": _preset("Leaky ReLU", "leaky_relu", "1.5"),
}
EXPLAINED = (dying.train,)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the units as the run goes, the sums of one of them, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        function = select("Function", FUNCTIONS, "dying_function", STARTS["dying_function"])
        with st.container(width="stretch"):
            lr = slide("Learning rate", RATES, "dying_lr", STARTS["dying_lr"])
        with st.popover("More", icon=":material/tune:"):
            epochs = int(slide("Epochs", EPOCHS, "dying_epochs", STARTS["dying_epochs"]))
            seed = int(slide("Seed", SEEDS, "dying_seed", STARTS["dying_seed"]))
    settings = {"function": function, "lr": lr, "epochs": epochs, "seed": seed}
    try:
        run = kept_run("dying", "activation_functions.dying", settings, {}, "")
    except InputError as error:
        advice(str(error))
    else:
        status, newest = runs.status(run, watching=True), runs.newest(run)
        unit, epoch = selected(), shown(epochs)
        data = units.pack(
            epochs,
            newest,
            run=run,
            url=following.follow("dying", run, partial(view, epochs)),
            status=asdict(status),
            over=status.over,
            unit=unit,
            epoch=epoch,
            alt=f"{LAYERS} layers of {WIDTH} units",
        )
        components.mount("dying", data=data, key="dying.units", on_pick=take)
        ended = newest if status.over else None
        explain(unit, epoch, ended)
        words, asked = st.columns([1.2, 1], gap="medium")
        with words, st.container(key="ending"):
            st.markdown("**What to notice.** " + " ".join(noticed(function, ended)))
        with asked:
            predict(settings)
            frame.export_menu(partial(files.files, settings, ended or {}), "dying", ready=ended is not None)
    links.publish("activation_functions", "view", "picture", "net", *SETTINGS, starts=STARTS)


def selected() -> tuple[int, int]:
    """Layer and place of the selected unit; the first one where the link names none."""
    found = links.indices(links.setting("dying_unit", STARTS["dying_unit"]), (LAYERS, WIDTH))
    if found is None:
        links.choose("dying_unit", STARTS["dying_unit"])
        return 0, 0
    return found[0], found[1]


def shown(epochs: int) -> int | None:
    """The epoch that the link names, or None for the last one."""
    found = links.indices(links.setting("dying_epoch"), (epochs + 1,))
    if found is None:
        links.choose("dying_epoch", "")
        return None
    return found[0]


def view(
    epochs: int, lines: list[Report], newest: Report | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What the browser gets of the run while it goes on: nothing, where nothing is new."""
    return units.drawn(epochs, newest) if newest else ({}, [])


def take() -> None:
    """Keep the selected unit or epoch. That a run is over needs no more than this run of the page."""
    pick = components.picked("dying.units")
    if "unit" in pick:
        links.choose("dying_unit", "{}.{}".format(*pick["unit"]))
    elif "epoch" in pick:
        links.choose("dying_epoch", "" if pick["epoch"] is None else str(pick["epoch"]))


def explain(unit: tuple[int, int], epoch: int | None, newest: Report | None) -> None:
    """Why a unit whose slope is 0 everywhere never learns again, with the numbers of the selected one."""
    st.latex(
        r"\frac{\partial \mathcal{L}}{\partial w} = \sum_{i=1}^{1347} "
        r"\frac{\partial \mathcal{L}}{\partial h_i}\; f'(z_i)\; x_i, \qquad z_i = w \cdot x_i + b"
    )
    flat = r"f'(z_i) &= 0 \;\text{ for all } i"
    still = r"\Rightarrow\; \partial \mathcal{L} / \partial w &= 0"
    if newest is None:
        st.latex(aligned([r"\max_i z_i &= \dots", flat, still]))
        return
    at = min(epoch if epoch is not None else len(newest["dead"]) - 1, len(newest["dead"]) - 1)
    highest, dead = float(newest["highest"][at][unit]), bool(newest["dead"][at][unit])
    slope, end = (flat, still) if dead else (r"f'(z_i) &\ne 0 \;\text{ for some } i", "&")  # as tall
    st.latex(aligned([rf"\max_i z_i &= {number(highest)}", rf"\Rightarrow\; {slope}", end]))


def noticed(function: str, newest: Report | None) -> list[str]:
    """Sentences with the numbers of the run."""
    if newest is None:
        return [
            "Each square is a unit. It is crossed out while no picture of the training set gives it a slope."
        ]
    dead = newest["dead"]
    counts, last = dead[-1].sum(axis=1), len(dead) - 1
    back = int((dead[:-1] & ~dead[1:]).sum())
    said = [
        f"After {last} epochs {counts[0]} of {WIDTH} units of the first layer are dead and {counts[1]} of "
        f"the second; {newest['accuracy']:.0%} of the held-out digits are read correctly."
    ]
    if not dead.any():
        said.append(f"No unit died: {FUNCTIONS[function]} has a slope for every picture here.")
    elif counts[1] == WIDTH:
        first = int(np.flatnonzero(dead[:, 1].all(axis=1))[0])
        said.append(
            f"Since epoch {first} the whole second layer is dead, and no gradient gets below it. All that is "
            "left is to guess, and chance reads 10%."
        )
    if back:
        said.append(
            f"{back} times a unit came back: in the second layer its inputs change as long as the first "
            "layer learns. In the first layer they are the pictures, and dead is for good."
        )
    if not np.isfinite(newest["loss"]):
        said.append("The loss is no longer a number: with this learning rate the run diverges.")
    return said


def predict(settings: dict[str, Any]) -> None:
    """How many units die with a tenth of the learning rate."""

    def reveal() -> tuple[str, str]:
        *_, this = dying.train(dying.Spec(**settings))
        *_, other = dying.train(dying.Spec(**settings | {"lr": settings["lr"] / 10}))
        now, then = int(this.dead[-1].sum()), int(other.dead[-1].sum())
        truth = "none" if then == 0 else "fewer" if then < now else "more"
        return truth, f"{then} instead of {now}, and {other.accuracy:.0%} of the digits are read correctly."

    ask = f"the learning rate were a tenth, {settings['lr'] / 10:g}? At the end dead would be …"
    frame.question(ask, TENTH, f"dying.predict.{sorted(settings.items())}", reveal)
