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
from pages.parts.live_training_step_settings import given
from pages.server import runs as following
from pages.server import trained
from pages.server import training as answers
from pages.server.errors import advice
from vizcore import runs
from vizcore.exhibits import live_training
from vizcore.toolkit import datasets, recipes
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plans import plan

STARTS: Mapping[str, str] = {**settings.STARTED, "run": ""}
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


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the run with its curves, the formula, and what to notice."""
    wanted = settings.controls()
    taken = panel()
    try:
        run = shown(taken, wanted)
    except InputError as error:
        advice(str(error))
    else:
        if run:
            draw(run)
    links.publish("live_training", "view", "picture", "net", *SETTINGS, starts=STARTS)


def panel() -> data.Data:
    """What the data look like, opened where there is something to do about them; and the data."""
    taken = data.taken()
    opened = st.expander("The data", icon=":material/photo_library:", key="pictures.data", on_change="rerun")
    with opened if not taken.why else st.container():
        if taken.why or opened.open:
            data.data_controls()
    return taken


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
    return run


def draw(run: str) -> None:
    """Mount what follows the run, and say what there is to say about it by now."""
    spec = answers.current(run)
    status = runs.status(run, watching=True)
    alt = f"{recipe(spec.net)} learns from {datasets.TITLES[spec.data]}"
    message = watched.pack(run, answers.follow("training", run), asdict(spec), asdict(status), alt)
    components.mount("training", data=message, key="training.run", on_pick=take)
    known, lines = plan(spec, answers.extent(run)), runs.history(run)[0]
    formula, notice = st.columns([1.1, 1], gap="medium")
    with formula:
        words.explain(spec)
    with notice:
        st.markdown("**What to notice.** " + " ".join(words.noticed(known, status, lines)))
        if spec.data != datasets.OWN:
            words.predict(spec, words.is_diverged(lines))
        if status.state not in ("queued", "running") and runs.checkpoints(run):
            files.exports(run)
            trained.button(run)


def recipe(net: str) -> str:
    """The title of a network."""
    return recipes.RECIPES[net].title if net in recipes.RECIPES else "A network of one's own"


def take() -> None:
    """Begin again, or branch, where that is asked for. That a run rests needs no more than new words."""
    pick, run = components.picked("training.run"), links.setting("run")
    try:
        if "again" in pick:
            begun(runs.start(answers.FUNCTION, asdict(answers.begun(run)), runs.arrays(run)))
        elif "branch" in pick:
            chosen = {name: pick["settings"][name] for name in LIVE if name in pick.get("settings", {})}
            begun(runs.branch(run, int(pick["branch"]), **chosen))
    except InputError as error:
        links.choose("run", run)
        st.toast(str(error))
