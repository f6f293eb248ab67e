"""Optimisers on a real network: the same start for all, bands over seeds, against steps and seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import compare
from pages.frame import links
from pages.parts import optimizers_network_files as files
from pages.parts import optimizers_network_runs as network
from pages.parts import optimizers_network_words as words
from pages.parts.convolution_controls import choice, select, slide
from pages.parts.kept_runs import forget_run, kept_run
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import rivals
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.rivals import MOST, Spec

LEAST = 2  # optimisers in one chart
NAMES = "network_optimisers"
PILLS = f"{NAMES}.control"
KEY = "network.charts"
RATES = (
    *("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.02"),
    *("0.03", "0.05", "0.1", "0.2", "0.3", "0.5", "1"),
)
NETS = {"mlp": "MLP", "lenet5": "LeNet-5"}
SIZES: Mapping[str, int] = {"mlp": 800, "lenet5": 400}  # digits: as many as make runs of some seconds
BASE: Mapping[str, Any] = {"share": 0.5, "batch": 16, "epochs": 6}
AXES = {"step": ("Steps", "step"), "seconds": ("Seconds", "seconds of computing, all seeds")}  # and its title
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    NAMES: "sgd.momentum.rmsprop.adam",
    "network_x": "step",
    "network_net": "mlp",
    "network_copies": "8",
    "network_decay": "0",
    **{f"network_{name}": f"{entry.rate:g}" for name, entry in OPTIMISERS.items()},
}
SETTINGS = tuple(STARTS)
EXPLAINED = (rivals.Rivals,)


def _preset(title: str, optimisers: str, **settings: str) -> frame.Preset:
    named = {f"network_{name}": value for name, value in settings.items()}
    return frame.Preset(title, {"view": "network", **STARTS, NAMES: optimisers, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "usual": _preset("Usual rates", STARTS[NAMES]),
    "seconds": _preset("Against seconds", STARTS[NAMES], x="seconds"),
    "one": _preset("One rate for all: 0.01", "sgd.momentum.adagrad.adam", sgd="0.01", adagrad="0.01",
                   adam="0.01"),
    "tuned": _preset("Rates that suit this network", "sgd.momentum.adam", sgd="0.03", momentum="0.003"),
    "decay": _preset("Weight decay: Adam, AdamW", "adam.adamw", decay="0.1"),
    "convolutions": _preset("With convolutions", "sgd.momentum.adam", net="lenet5", x="seconds"),
}  # fmt: skip


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the charts as the run goes, the rules with their rates, and what to notice."""
    spec, axis = controls()
    try:
        run = kept_run("network", network.FUNCTION, asdict(spec), {}, "")
    except InputError as error:
        advice(str(error))
    else:
        ends = network.ended(run, spec) if draw(run, spec, axis) else []
        rules, notice = st.columns([1, 1.2], gap="medium")
        with rules:
            words.rules(dict(zip(spec.optimisers, spec.rates, strict=True)), spec.weight_decay)
            if ends:
                frame.export_menu(partial(files.files, run, spec), "network")
        with notice:
            if ends:
                st.markdown(words.table(ends))
            st.markdown("**What to notice.** " + " ".join(words.noticed(spec, ends)))
            if ends:
                words.predict(ends, run)
    links.publish("optimizers", "view", "picture", "net", *SETTINGS, starts=STARTS)


def controls() -> tuple[Spec, str]:
    """What is run, and what the horizontal axis counts."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = optimisers()
        axis = choice("Against", {name: short for name, (short, _) in AXES.items()}, "network_x")
        with st.popover("More", icon=":material/tune:"):
            net = select("Network", NETS, "network_net", "mlp")
            copies = select("Seeds", {each: each for each in ("4", "8", "16")}, "network_copies", "8")
            decay = select(
                "Weight decay", {each: each for each in ("0", "0.01", "0.1")}, "network_decay", "0"
            )
    with st.container(horizontal=True):
        rates = [rate(name) for name in chosen]
    settings: dict[str, Any] = {"optimisers": tuple(chosen), "rates": tuple(rates)}
    settings |= {"net": net, "count": SIZES[net], "copies": int(copies), "weight_decay": float(decay)}
    return Spec(**BASE, **settings), axis


def optimisers() -> list[str]:
    """The chosen ones, in the order of the table; those that the link names in vain are left out."""
    named = links.setting(NAMES, STARTS[NAMES]).split(".")
    known = [name for name in OPTIMISERS if name in named][:MOST]
    if len(known) < LEAST:
        known = STARTS[NAMES].split(".")
    links.choose(NAMES, ".".join(known))
    st.session_state[PILLS] = known
    st.pills(
        f"Optimisers, {LEAST} to {MOST}",
        list(OPTIMISERS),
        format_func=lambda name: OPTIMISERS[name].title,
        selection_mode="multi",
        key=PILLS,
        on_change=take_optimisers,
        args=(known,),
        wrap=True,
    )
    return known


def take_optimisers(before: Sequence[str]) -> None:
    """Keep which ones were chosen, where these are neither too few nor too many."""
    chosen = st.session_state[PILLS]
    if LEAST <= len(chosen) <= MOST:
        links.choose(NAMES, ".".join(name for name in OPTIMISERS if name in chosen))
    else:
        st.toast(f"{LEAST} to {MOST} optimisers are shown at once; these are {len(before)}.")


def rate(name: str) -> float:
    """The slider of one learning rate."""
    with st.container(width=170):
        return slide(f"{OPTIMISERS[name].title}: rate η", RATES, f"network_{name}", STARTS[f"network_{name}"])


def draw(run: str, spec: Spec, axis: str) -> bool:
    """Mount the charts that follow the run; whether it is over."""
    curves = network.curves(spec)
    url = following.follow("network", run, partial(network.view, run, curves, axis))
    status = runs.status(run, watching=True)
    data = compare.pack(
        curves,
        key=run,
        x=AXES[axis][1],
        url=f"{url}.{axis}",
        over=status.over,
        alt=f"Loss and accuracy of {', '.join(curve.name for curve in curves)}, as bands over seeds",
    )
    components.mount("compare", data=data, key=KEY, on_pick=partial(take, run))
    return status.over


def take(run: str) -> None:
    """Begin again where that is asked for. That the run is over needs no more than new words."""
    if "again" in components.picked(KEY):
        forget_run(run)
