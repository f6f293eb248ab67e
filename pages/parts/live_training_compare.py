"""Runs compared: from many seeds as bands, or single ones as lines, in the same charts."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import compare
from pages.frame import links
from pages.parts import live_training_compare_files as files
from pages.parts import live_training_compare_runs as compared
from pages.parts import live_training_compare_words as words
from pages.parts.convolution_controls import choice, select
from pages.server import live
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import seeds
from vizcore.toolkit.copies import Stack
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.experiments import BASE, EXPERIMENTS
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.optimisation import STARTS as INITIALISATIONS
from vizcore.toolkit.recipes import ACTIVATIONS

OWN = "own"
WHAT = {"seeds": "Many seeds", "runs": "Runs of this visit"}
KINDS = {name: entry.title for name, entry in EXPERIMENTS.items()} | {OWN: "Two of your own"}
COPIES = ("8", "16", "32", "64")
NUMBERS = {
    "lr": ("0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "1"),
    "batch": ("8", "16", "32", "100"),
    "weight_decay": ("0", "0.001", "0.01", "0.03", "0.1"),
    "dropout": ("0", "0.2", "0.5"),
    "smoothing": ("0", "0.1", "0.3"),
    "count": ("200", "400", "800"),
}
VARIED: Mapping[str, tuple[str, Mapping[str, str]]] = {  # setting -> its label, and what it can be
    "optimiser": ("Optimiser", {name: entry.title for name, entry in OPTIMISERS.items()}),
    "lr": ("Learning rate", {text: text for text in NUMBERS["lr"]}),
    "batch": ("Batch size", {text: text for text in NUMBERS["batch"]}),
    "activation": ("Activation", ACTIVATIONS),
    "start": ("Initialisation", {name: entry.title for name, entry in INITIALISATIONS.items()}),
    "weight_decay": ("Weight decay", {text: text for text in NUMBERS["weight_decay"]}),
    "dropout": ("Dropout", {text: text for text in NUMBERS["dropout"]}),
    "smoothing": ("Label smoothing", {text: text for text in NUMBERS["smoothing"]}),
    "norm": ("Batch norm", {"no": "Off", "yes": "On"}),
    "net": ("Network", {"lenet5": "LeNet-5", "mlp": "MLP"}),
    "count": ("Examples", {text: text for text in NUMBERS["count"]}),
}
STARTS: Mapping[str, str] = {
    "compare_what": "seeds",
    "compare_experiment": "overfit",
    "compare_copies": "16",
    "compare_vary": "optimiser",
    "compare_a": "",
    "compare_b": "",
    "compare_x": "step",
    "compare_runs": "",
}
SETTINGS = tuple(STARTS)
EXPLAINED = (seeds.Seeds, Stack)
SHOWN_FIRST = ("overfit", "rate", "norm", "start", "batch", "real")
PRESETS: Mapping[str, frame.Preset] = {
    name: frame.Preset(
        EXPERIMENTS[name].title,
        {"view": "compare", "compare_what": "seeds", "compare_experiment": name},
    )
    for name in SHOWN_FIRST
}
KEY = "compare.charts"


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the charts as the runs go, and whether the difference is real."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = choice("Compare", WHAT, "compare_what")
        chosen = experiment() if what == "seeds" else {}
        axis = choice("Against", {"step": "Steps", "epoch": "Epochs", "seconds": "Seconds"}, "compare_x")
    try:
        if what == "seeds":
            bands(chosen, axis)
        else:
            single(axis)
    except InputError as error:
        advice(str(error))
    links.publish("live_training", "view", "picture", "net", *SETTINGS, starts=STARTS)


def experiment() -> dict[str, dict[str, Any]]:
    """The controls of what differs; name of each run -> its settings."""
    name = select("Experiment", KINDS, "compare_experiment", STARTS["compare_experiment"], width=230)
    found = own() if name == OWN else EXPERIMENTS[name].settings()
    copies = select("Seeds", {count: count for count in COPIES}, "compare_copies", "16", width=90)
    return {name: {**settings, "copies": int(copies)} for name, settings in found.items()}


def own() -> dict[str, dict[str, Any]]:
    """Two settings that differ in what is chosen."""
    titles = {name: label for name, (label, _) in VARIED.items()}
    vary = select("What differs", titles, "compare_vary", STARTS["compare_vary"], width=150)
    label, options = VARIED[vary]
    first, second = list(options)[:2]
    cases = [
        select("First", options, "compare_a", first, width=130),
        select("Second", options, "compare_b", second, width=130),
    ]
    found = [{**BASE, **changed(vary, case)} for case in cases]
    names = [f"{label}: {options[case]}" for case in cases]
    if found[0] == found[1]:
        return {names[0]: found[0], "the same, other seeds": found[1] | {"seed": 1000}}
    return dict(zip(names, found, strict=True))


def changed(name: str, text: str) -> dict[str, Any]:
    """A setting as `Spec` takes it; an optimiser comes with its usual rate."""
    if name == "optimiser":
        return {name: text, "lr": OPTIMISERS[text].rate}
    if name == "norm":
        return {name: text == "yes"}
    if name not in NUMBERS:
        return {name: text}
    return {name: int(text) if name in ("batch", "count") else float(text)}


def bands(wanted: Mapping[str, Mapping[str, Any]], axis: str) -> None:
    """The same runs from many seeds, and whether they differ by more than luck.

    Raises:
        InputError: the settings cannot be, or there is no room for a run.
    """
    found, names = compared.copies_of([dict(settings) for settings in wanted.values()]), list(wanted)
    over = draw(found, names, axis, "bands of copies")
    losses, accuracies = (
        compared.ends(found, name) if over else [] for name in ("validations", "accuracies")
    )
    entry = EXPERIMENTS.get(links.setting("compare_experiment"))
    says = f"{entry.asks} {entry.says}" if entry else "All but one setting are the same in both."
    formula, notice = st.columns([1, 1.3], gap="medium")
    with formula:
        words.explain(names, losses)
        if over:
            frame.export_menu(partial(files.files, found, names), "compare")
    with notice:
        if over:
            st.markdown(words.table(names, losses, accuracies))
        st.markdown("**What to notice.** " + " ".join(words.noticed(says, names, losses)))
        words.predict(names, losses, ".".join(found))


def single(axis: str) -> None:
    """Runs of this visit, each as a line.

    Raises:
        InputError: there is none.
    """
    linked = compared.linked(compared.SINGLE)
    known = list(dict.fromkeys([*compared.visited(), *linked]))
    if not known:
        raise InputError(
            "There is no run of this visit yet. Train one or two under “On pictures”, then come back."
        )
    found = chosen_of(known, linked or known[-compared.MOST :])
    names = compared.differences(compared.specs_of(found))
    draw(found, names, axis, "single runs")
    histories = [runs.history(run)[0] for run in found]
    last = [lines[-1] if lines else None for lines in histories]
    st.markdown("**What to notice.** " + " ".join(words.lines(names, last)))


def chosen_of(known: Sequence[str], now: Sequence[str]) -> list[str]:
    """The control of which runs are shown: one at least."""
    named = dict(zip(known, compared.differences(compared.specs_of(known)), strict=True))
    st.session_state["compare.chosen"] = list(now)
    st.multiselect(
        "Runs",
        list(known),
        format_func=named.__getitem__,
        key="compare.chosen",
        max_selections=compared.MOST,
        on_change=lambda: links.choose("compare_runs", ".".join(st.session_state["compare.chosen"])),
    )
    links.choose("compare_runs", ".".join(now))
    return list(now)


def draw(found: Sequence[str], names: Sequence[str], axis: str, what: str) -> bool:
    """Mount the charts that follow the runs; whether all of them are over."""
    curves = compared.shown(found, names)
    url = live.offer("compare", partial(compared.answer, found, curves, axis))
    statuses = [runs.status(run, watching=True) for run in found]
    over = all(status.over for status in statuses)
    key = ".".join(found)
    data = compare.pack(
        curves,
        key=key,
        x=compared.AXES[axis],
        url=f"{url}?{key}.{axis}",
        over=over,
        alt=f"Loss and accuracy of {', '.join(names)}, as {what}",
    )
    components.mount("compare", data=data, key=KEY, on_pick=take)
    return over


def take() -> None:
    """Begin all runs again where that is asked for. That they are over needs no more than new words."""
    pick = components.picked(KEY)
    if "again" in pick:
        try:
            named = [run for run in links.setting("compare_runs").split(".") if run]
            links.choose("compare_runs", ".".join(compared.again(named)))
        except InputError as error:
            st.toast(str(error))
