"""One step of a training run in slow motion: forward, loss, backward, update."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import step_walk
from pages.components.step_walk import STAGES
from pages.frame import links
from pages.parts import live_training_data as data
from pages.parts import live_training_pictures_settings as settings
from pages.parts import live_training_step_files as files
from pages.parts import live_training_step_words as words
from pages.parts.convolution_controls import select, slide
from pages.parts.live_training_step_settings import described, digest, given
from pages.server import runs as following
from pages.server import training as answers
from pages.server.errors import advice
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.runs.following import checkpoint
from vizcore.toolkit import datasets, walkthrough
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import worded
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import LIVE
from vizcore.toolkit.walkthrough import MOST_AHEAD, Walk

STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    **settings.STARTED,
    "run": "",
    "step_from": "",
    "step_on": "0",
    "step_stage": "forward",
    "step_example": "0",
    "step_weight": "",
}
SETTINGS = tuple(STARTS)
EXPLAINED = (walkthrough.walked,)
BATCHES = ("1", "2", "4", "8", "16", "32", "64", "128")


def _preset(title: str, stage: str = "forward", **chosen: Any) -> frame.Preset:
    named = {f"t_{name}": settings.word(value) for name, value in chosen.items()}
    return frame.Preset(
        title, {"view": "step", **settings.STARTED, **named, "run": "", "step_stage": stage, "step_on": "0"}
    )


PRESETS: Mapping[str, frame.Preset] = {
    "first": _preset("The first step of LeNet-5"),
    "adam": _preset("Adam", "update", optimiser="adam", lr=0.001),
    "large": _preset("A step too far", "update", lr=1.0),
    "colour": _preset(
        "Shapes in colour", data="shapes", net="tiny_vgg", norm=True, optimiser="adam", lr=0.001
    ),
    "one": _preset("A batch of one", "loss", batch=1),
}


@dataclass(frozen=True, eq=False)
class Begin:
    """Where steps are taken from: the start of a run, or one of its checkpoints."""

    name: str  # another one for another beginning
    spec: Spec  # as of there
    state: bytes | None = None
    own: datasets.Own | None = None  # pictures, where these are the data

    @property
    def run(self) -> Training:
        """A run that stands there."""
        run = Training(replace(self.spec, device="cpu"), self.state, self.own)
        run.change(**{name: getattr(self.spec, name) for name in LIVE})
        return run


@st.cache_data(max_entries=32, show_spinner="Taking the step apart")
def walked(name: str, on: int, chosen: tuple[int, int] | None, _begin: Begin) -> Walk:
    """The step that follows after `on` others."""
    return walkthrough.walked(walkthrough.ahead(_begin.run, on), chosen)


def settle() -> None:
    """Say what the link names in vain."""
    following.linked("run")


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the step, its formulas with their numbers, and what to notice."""
    try:
        begin = begun()
        on = counted("step_on", MOST_AHEAD)
        found = taken(begin, on)
    except InputError as error:
        advice(str(error))
    else:
        example = counted("step_example", len(found.labels) - 1)
        steps(found, on)
        draw(begin.spec, found, example)
        formula, notice = st.columns([1.1, 1], gap="medium")
        with formula:
            words.explain(begin.spec, found, example)
        with notice:
            st.markdown("**What to notice.** " + " ".join(words.noticed(found)))
            words.predict(found, partial(slower, begin, on))
            frame.export_menu(partial(files.files, begin.spec, begin.run, on, found), "step")
    links.publish("live_training", "view", "picture", "net", *SETTINGS, starts=STARTS)


def begun() -> Begin:
    """Where to begin, with the controls that choose it.

    Raises:
        InputError: the link names a run that is none of training, or a checkpoint is damaged.
    """
    run = following.linked("run")
    known = [str(step) for step in runs.checkpoints(run)] if run else []
    if known:
        step = int(checkpoints(run, known))
        found = checkpoint(run, step)
        spec = Spec(**found.settings)
        return Begin(f"{run} {step} {spec!r}", spec, found.state, answers.pictures(run))
    links.choose("step_from", "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rules = settings.titles(OPTIMISERS)
        select("Optimiser", rules, "t_optimiser", STARTS["t_optimiser"], then=settings.usual_rate)
        with st.container(width=240):
            slide("Learning rate η", settings.RATES, "t_lr", STARTS["t_lr"])
        with st.container(width=240):
            slide("Batch size", BATCHES, "t_batch", STARTS["t_batch"])
        spec, taken = given(), data.taken()
        st.caption(f"{described(spec)}, as chosen in *On pictures*.")
    if taken.why:
        raise InputError(taken.why)
    own = datasets.own(**taken.arrays) if taken.arrays else None
    return Begin(f"{digest(taken)} {spec!r}", spec, None, own)


def checkpoints(run: str, known: list[str]) -> str:
    """The checkpoint of a run to begin from: the newest one where the link names none that is kept."""
    spec = answers.current(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        named = {step: f"Step {int(step):,}" for step in known}
        select("From checkpoint", named, "step_from", known[-1], then=restart)
        st.caption(f"Of the run in the link: {described(spec)}.")
        st.button("From the start of new weights", type="tertiary", on_click=leave)
    return links.setting("step_from")


def restart() -> None:
    """Take the first step from there."""
    links.choose("step_on", "0")


def leave() -> None:
    """Let the run go, and take the first step of what the settings say."""
    links.choose("run", "")
    restart()


def counted(setting: str, most: int) -> int:
    """A setting that is a whole number up to `most`; 0 where the link says anything else."""
    found = links.indices(links.setting(setting, "0"), (most + 1,))
    if found is None:
        links.choose(setting, "0")
        return 0
    return found[0]


def taken(begin: Begin, on: int) -> Walk:
    """The step, with the weight that the link names, or the one with the largest gradient."""
    chosen = links.indices(links.setting("step_weight"), (10**9, 10**9))
    try:
        return walked(begin.name, on, None if chosen is None else (chosen[0], chosen[1]), begin)
    except InputError:
        if chosen is None:
            raise
        links.choose("step_weight", "")  # another network's
        return walked(begin.name, on, None, begin)


def steps(found: Walk, on: int) -> None:
    """Buttons that go to the next step, and back to the first one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Next step",
            type="primary",
            icon=":material/step:",
            disabled=on >= MOST_AHEAD,
            on_click=lambda: links.choose("step_on", str(on + 1)),
        )
        st.button("Back to the first", icon=":material/first_page:", disabled=not on, on_click=restart)
        st.markdown(
            f"Loss of this batch before **{worded(found.before)}**, after **{worded(found.after)}** nats.",
            width="content",
        )


def draw(spec: Spec, found: Walk, example: int) -> None:
    """Mount the slow motion."""
    stage = links.setting("step_stage", STAGES[0])
    if stage not in STAGES:
        stage = STAGES[0]
        links.choose("step_stage", stage)
    alt = (
        f"Step {found.step + 1} of {described(spec)}: loss {found.before:.3g} before, {found.after:.3g} after"
    )
    message = step_walk.pack(found, stage=stage, example=example, alt=alt)
    components.mount("step_walk", data=message, key="step.walk", on_pick=take)


def take() -> None:
    """Keep the stage, the example or the weight that was chosen."""
    pick = components.picked("step.walk")
    if "stage" in pick:
        links.choose("step_stage", str(pick["stage"]))
    elif "example" in pick:
        links.choose("step_example", str(pick["example"]))
    elif "weight" in pick:
        links.choose("step_weight", "{}.{}".format(*pick["weight"]))


def slower(begin: Begin, on: int, factor: float) -> Walk:
    """The same step with another rate."""
    run = walkthrough.ahead(begin.run, on)
    run.change(lr=min(100.0, run.live["lr"] * factor))
    return walkthrough.walked(run)
