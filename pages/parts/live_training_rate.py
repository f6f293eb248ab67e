"""Finding a learning rate: it rises from batch to batch, and the loss shows what comes of it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import rates, run_charts
from pages.frame import links
from pages.parts import live_training_data as data
from pages.parts import live_training_pictures_settings as settings
from pages.parts import live_training_rate_files as files
from pages.parts.kept_runs import forget_run, kept_run
from pages.parts.live_training_step_settings import described, digest, given
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import rate_finder
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import aligned, number
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.plans import plan
from vizcore.toolkit.rate_finder import BATCHES, HIGHEST, KEPT, RATES, Spec
from vizcore.toolkit.recipes import RECIPES

TITLES = {name: entry.title for name, entry in OPTIMISERS.items()}
FUNCTION = "live_training.rates"
STARTS: Mapping[str, str] = {**settings.STARTED, "rate_optimisers": "sgd.momentum.adam"}
SETTINGS = tuple(STARTS)
EXPLAINED = (rate_finder.swept, rate_finder.suggestion)
TRIED = {"lower": "lower", "like": "about the same", "higher": "higher"}  # answers of the question
LIKE = 2.0  # times, up to which two rates are about the same
Report = dict[str, Any]


def _preset(title: str, optimisers: str, **chosen: Any) -> frame.Preset:
    named = {f"t_{name}": settings.word(value) for name, value in chosen.items()}
    return frame.Preset(title, {"view": "rate", **settings.STARTED, **named, "rate_optimisers": optimisers})


PRESETS: Mapping[str, frame.Preset] = {
    "three": _preset("Three optimisers", "sgd.momentum.adam"),
    "one": _preset("Momentum, each batch", "momentum"),
    "large": _preset("Batches of 256", "sgd.momentum.adam", batch=256),
    "norm": _preset("With batch norm", "sgd.momentum.adam", norm=True),
    "start": _preset("Weights that begin too large", "sgd.momentum.adam", start="large"),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The optimisers, their losses as the rate rises, what is suggested, and what to notice."""
    chosen = optimisers()
    spec = Spec(**asdict(given()), optimisers=chosen)
    st.caption(f"{described(spec)}, as chosen in *On pictures*.")
    try:
        taken = data.taken()
        if taken.why:
            raise InputError(taken.why)
        known = plan(spec, taken.extent)
        run = kept_run("rate", FUNCTION, asdict(spec), taken.arrays, digest(taken))
    except InputError as error:
        advice(str(error))
    else:
        draw(run, chosen, described(spec), math.log(len(known.classes)))
        newest = runs.newest(run) if runs.status(run).over else None
        offer(chosen, newest)
        formula, words = st.columns([1, 1.2], gap="medium")
        with formula:
            explain(chosen, newest)
        with words:
            st.markdown("**What to notice.** " + " ".join(noticed(chosen, newest)))
            convolves = any(layer.kind == "conv" for layer in known.net.layers)
            if newest and convolves and spec.net in RECIPES and not taken.arrays:
                predict(spec, newest)
            if newest:
                frame.export_menu(partial(files.files, spec, newest), "rate")
    links.publish("live_training", "view", "picture", "net", *SETTINGS, starts=STARTS)


def optimisers() -> tuple[str, ...]:
    """A row of optimisers of which several can be chosen."""
    found = [name for name in dict.fromkeys(links.setting("rate_optimisers").split(".")) if name in TITLES]
    if not found:
        found = STARTS["rate_optimisers"].split(".")
    links.choose("rate_optimisers", ".".join(found))
    st.session_state["rate_optimisers.control"] = found
    st.pills(
        "Optimisers",
        list(TITLES),
        selection_mode="multi",
        format_func=TITLES.__getitem__,
        key="rate_optimisers.control",
        on_change=lambda: links.choose(
            "rate_optimisers",
            ".".join(sorted(st.session_state["rate_optimisers.control"], key=list(TITLES).index)),
        ),
    )
    return tuple(found)


def draw(run: str, chosen: tuple[str, ...], what: str, chance: float) -> None:
    """Mount the chart, with an address that says how the run goes on."""
    status, titles = runs.status(run, watching=True), [TITLES[name] for name in chosen]
    message = run_charts.pack(
        [rates.chart(titles, chance, runs.newest(run), marked=status.over)],
        run=run,
        url=following.follow("rate", run, partial(view, titles, chance)),
        status=status,
        alt=f"Loss of {what} while the learning rate rises, with {', '.join(titles)}",
    )
    components.mount("run_charts", data=message, key="rate.chart", on_pick=take)


def view(
    titles: list[str], chance: float, lines: list[Report], newest: Report | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What the browser gets of the run while it goes on: nothing, where nothing is new."""
    return run_charts.drawn([rates.chart(titles, chance, newest, marked=False)]) if newest else ({}, [])


def take() -> None:
    """Begin again where that is asked for. That a run is over needs no more than this run of the page."""
    pick = components.picked("rate.chart")
    if "again" in pick:
        forget_run(str(pick["again"]))


def offer(chosen: tuple[str, ...], newest: Report | None) -> None:
    """A button for each optimiser that goes on to train with what is suggested for it."""
    with st.container(horizontal=True):
        for at, name in enumerate(chosen):
            rate = float(newest["suggestions"][at]) if newest else math.nan
            known = not math.isnan(rate)
            label = f"Use {nearest(rate) if known else '…'} with {TITLES[name]}"
            icon = ":material/play_arrow:"
            if st.button(label, key=f"rate.use.{name}", icon=icon, disabled=not known):
                use(name, rate)


def nearest(rate: float) -> str:
    """The step of the main view's slider that is nearest to a rate."""
    return min(settings.RATES, key=lambda step: abs(math.log(float(step) / rate)))


def use(optimiser: str, rate: float) -> None:
    """Go to the main view, where a run begins with this optimiser and the nearest rate of its slider."""
    near = nearest(rate)
    for name, value in {"t_optimiser": optimiser, "t_lr": near, "run": "", "view": "pictures"}.items():
        links.choose(name, value)
    if f"{rate:.2g}" != near:
        found = f"The rate that was suggested for {TITLES[optimiser]}, {rate:.2g}"
        links.miss("t_lr", near, f"{found}, is rounded to {near}, a step of the slider.")
    st.rerun()


def explain(chosen: tuple[str, ...], newest: Report | None) -> None:
    """The rate of each batch, the smoothed loss, and the place where it falls fastest."""
    last = BATCHES - 1
    lines = (
        rf"\eta_n &= 10^{{-6}} \cdot 10^{{\,7 n / {last}}}, \quad n = 0 \dots {last}",
        rf"m_n &= {KEPT}\, m_{{n-1}} + {1 - KEPT:.1g}\, L_n",
        rf"\bar L_n &= m_n / (1 - {KEPT}^{{n+1}})",
        r"\eta^* &= \eta_n \;\text{ where }\; \bar L_n - \bar L_{n-10} \;\text{ is least}",
    )
    st.latex(aligned(lines))
    rows = [written(name, newest, at) for at, name in enumerate(chosen)] if newest else []
    if found := [row for row in rows if row]:
        st.latex(aligned(found))


def written(name: str, newest: Report, at: int) -> str:
    """The numbers of one optimiser; empty where nothing is suggested for it."""
    rate = float(newest["suggestions"][at])
    if math.isnan(rate):
        return ""
    n = int(np.abs(RATES - rate).argmin())
    return rf"\text{{{TITLES[name]}: }} \eta^* &= 10^{{-6 + 7 \cdot {n} / {BATCHES - 1}}} = {number(rate)}"


def noticed(chosen: tuple[str, ...], newest: Report | None) -> list[str]:
    """Sentences with the numbers of what was tried."""
    if newest is None:
        return ["On the left steps are too small to change anything. Where does the loss begin to fall?"]
    said = [course(name, newest, at) for at, name in enumerate(chosen)]
    said.append(
        "Take the rate where it falls fastest, or a little less: where it is lowest, steps are so large "
        "already that they throw the loss about."
    )
    return said


def course(name: str, newest: Report, at: int) -> str:
    """What became of one optimiser."""
    rate, end, smoothed = newest["suggestions"][at], newest["ends"][at], newest["smoothed"][at]
    begins = f"With {TITLES[name]} the loss "
    ends = f" and blows up at {end:.2g}." if np.isfinite(end) else f", and does not blow up to {HIGHEST:g}."
    if math.isnan(rate):
        return f"{begins}does not fall at any rate{ends}"
    least = RATES[int(np.nanargmin(np.where(np.isfinite(smoothed), smoothed, np.nan)))]
    return f"{begins}falls fastest at $\\eta = {number(rate)}$, is lowest at ${number(least)}${ends}"


@st.cache_data(max_entries=64, show_spinner="Trying it")
def suggested(spec: Spec) -> float:
    """The rate that is suggested for the first optimiser, computed here and now; nan where none is."""
    *_, report = rate_finder.swept(spec)
    return float(report.suggestions[0])


def predict(spec: Spec, newest: Report) -> None:
    """What batch norm does to the rate."""
    name, now = spec.optimisers[0], float(newest["suggestions"][0])

    def reveal() -> tuple[str, str]:
        then = suggested(replace(spec, norm=not spec.norm, device="cpu"))
        if math.isnan(now) or math.isnan(then):
            return "like", "With one of the two the loss does not fall at any rate."
        truth = "like" if max(then / now, now / then) <= LIKE else "higher" if then > now else "lower"
        return truth, f"It would be {then:.2g}, and is {now:.2g}."

    had = "no batch norm" if spec.norm else "batch norm behind every convolution"
    ask = f"the network had {had}? The rate suggested for {TITLES[name]} would be …"
    frame.question(ask, TRIED, f"rate.predict.{hash(spec)}", reveal)
