"""A network learns to tell pictures apart, on the server, while one looks on."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import training as watched
from pages.frame import links
from pages.parts import live_training_data as data
from pages.parts import live_training_files as files
from pages.parts import live_training_pictures_settings as settings
from pages.parts import live_training_pictures_words as words
from pages.parts.convolution_controls import settle as settle_controls
from pages.parts.live_training_step_settings import given
from pages.server import runs as following
from pages.server import trained, ways
from pages.server import training as answers
from pages.server.errors import advice
from vizcore import runs
from vizcore.exhibits import live_training
from vizcore.toolkit import datasets, recipes
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plans import plan

STARTS: Mapping[str, str] = {**settings.STARTED, "run": "", "run_at": "", "run_log": ""}
SETTINGS = tuple(STARTS)
EXPLAINED = (live_training.train,)
LIVE = ("lr", "weight_decay")  # what a branch may take with it


def _preset(title: str, **chosen: Any) -> frame.Preset:
    named = {f"t_{name}": settings.word(value) for name, value in chosen.items()}
    return frame.Preset(title, {"view": "pictures", **settings.STARTED, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "digits": _preset("LeNet-5 reads digits"),
    "shapes": _preset(
        "Shapes in colour", data="shapes", net="tiny_vgg", optimiser="adam", lr=0.001, norm=True, epochs=10
    ),
    "large": _preset("Rate too large", optimiser="sgd", lr=0.5),
    "few": _preset("Overfitting: 100 digits", count=200, share=0.5, batch=16, epochs=200),
    "deep": _preset("Deep, without normalisation", net="plain", epochs=10),
}


def settle() -> None:
    """Let every slider stand at one of its steps, and say what the link names in vain."""
    following.linked("run")
    settle_controls(settings.SLIDERS, settings.STARTED)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the run with its curves, the formula, and what to notice."""
    run = ""
    with st.container(gap="xsmall"):  # the first filters are to be seen without scrolling
        wanted = settings.controls()
        taken = panel()
        try:
            run = shown(taken, wanted)
        except InputError as error:
            advice(str(error))
        if run:
            draw(run)
    if run:
        say(run)
    links.publish("live_training", "view", "picture", "net", *SETTINGS, starts=STARTS)


def panel() -> data.Data:
    """What the data look like, opened where there is something to do about them; and the data."""
    taken = data.taken()
    if taken.why:
        data.data_controls()
    elif (opened := expander()).open:
        with opened:
            data.data_controls()
    return taken


def expander() -> Any:
    """A place for the data, which is filled when it is opened."""
    return st.expander("The data", icon=":material/photo_library:", key="pictures.data", on_change="rerun")


def shown(taken: data.Data, wanted: bool) -> str:
    """The id of the run that the link names; a new one where it names none, or one is wanted.

    Returns:
        An id; empty where there is no run yet because there are no data.

    Raises:
        InputError: the settings cannot be, or the server has no room for a run.
    """
    run = following.linked("run")
    if taken.why or (run and not wanted):
        return run
    spec = given()
    plan(spec, taken.extent)  # refuses what does not fit before a process tries
    return begun(runs.start(answers.FUNCTION, asdict(spec), taken.arrays))


def begun(run: str) -> str:
    """The same run, put into the link; the one before it that this visit began comes to its end."""
    before = str(st.session_state.get("pictures.begun", ""))
    try:
        if before and not runs.status(before).over:
            runs.stop(before)
    except InputError:
        pass  # it is no longer kept
    st.session_state["pictures.begun"] = run
    st.session_state.setdefault("live_training.runs", []).append(run)  # for the view that compares them
    links.choose("run", run)
    links.choose("run_at", "")
    return run


def looked_at(run: str) -> int | None:
    """The step of the checkpoint that the link names, or the one nearest to it; None for now."""
    named, kept = links.setting("run_at"), runs.checkpoints(run)
    if not (named.isascii() and named.isdecimal() and kept):
        return None
    return min(kept, key=lambda step: abs(step - int(named)))


def draw(run: str) -> None:
    """Mount what follows the run."""
    spec, status, at = answers.current(run), runs.status(run, watching=True), looked_at(run)
    alt = f"{recipe(spec.net)} learns from {datasets.TITLES[spec.data]}"
    url, log = answers.follow("training", run), links.setting("run_log") == "yes"
    message = watched.pack(run, url, asdict(spec), asdict(status), at, alt, log=log)
    components.mount("training", data=message, key="training.run", on_pick=take)


def say(run: str) -> None:
    """The formula with its numbers, and what to notice by now, at the step that is looked at."""
    spec, at, rests = answers.current(run), looked_at(run), resting(runs.status(run))
    known, lines = plan(spec, answers.extent(run)), runs.history(run)[0]
    shown = lines if at is None else [line for line in lines if line["step"] <= at]
    formula, notice = st.columns([1.1, 1], gap="medium")
    with formula:
        words.explain(answers.current(run, at), shown)
    with notice:
        st.markdown(
            "**What to notice.** "
            + " ".join(words.noticed(known, [] if at is None and not rests else shown, ways.largest(run, at)))
        )
        if spec.data != datasets.OWN:
            words.predict(spec, words.is_diverged(lines))
        if rests and runs.checkpoints(run):
            files.exports(run, at)
            trained.button(run, at, probed(run))


def probed(run: str) -> int:
    """Number of the held-out example that is looked at."""
    of, number = st.session_state.get("pictures.probe", (run, 0))
    return int(number) if of == run else 0


def resting(status: runs.Status) -> bool:
    """Whether a run is at work no longer, or not now."""
    return status.state not in ("queued", "running")


def recipe(net: str) -> str:
    """The title of a network."""
    return recipes.RECIPES[net].title if net in recipes.RECIPES else "A network of one's own"


def take() -> None:
    """Look at another step or example, begin again, or branch. That a run rests takes only new words."""
    pick, run = components.picked("training.run"), links.setting("run")
    try:
        if "at" in pick:
            links.choose("run_at", "" if pick["at"] is None else str(pick["at"]))
        elif "log" in pick:
            links.choose("run_log", "yes" if pick["log"] else "")
        elif "probe" in pick:
            st.session_state["pictures.probe"] = run, int(pick["probe"])
        elif "way" in pick:
            begun(ways.taken(run, answers.current(run), pick["way"]))
        elif "again" in pick:
            begun(runs.start(answers.FUNCTION, asdict(answers.begun(run)), runs.arrays(run)))
        elif "branch" in pick:
            chosen = {name: pick["settings"][name] for name in LIVE if name in pick.get("settings", {})}
            begun(runs.branch(run, int(pick["branch"]), **chosen))
    except InputError as error:
        links.choose("run", run)
        st.toast(str(error))
