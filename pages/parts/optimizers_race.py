"""A race: several optimisers from one start over one surface, step by step, with their sums."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import frame
from pages.components import race as race_part
from pages.components.race import Race
from pages.frame import links
from pages.parts import optimizers_race_settings as settings
from pages.parts import optimizers_race_sums as sums
from pages.parts import optimizers_race_sweep
from pages.parts import optimizers_race_words as words
from pages.parts.convolution_controls import choice
from pages.parts.optimizers_race_files import files
from pages.parts.optimizers_race_paths import SIDE, Entry, Heat, answer, race_of
from pages.parts.optimizers_race_settings import STARTS, STYLES
from pages.server import live
from pages.server.errors import advice
from vizcore.exhibits import optimizers
from vizcore.exhibits.optimizers import RULES
from vizcore.toolkit import update_rules
from vizcore.toolkit.errors import InputError

SETTINGS = tuple(STARTS)
EXPLAINED = (optimizers.trajectory, optimizers.limit, update_rules.Rule)
KEY = "race.map"


def _preset(title: str, surface: str, shown: str, **more: str) -> frame.Preset:
    chosen = {"surface": surface, "on": shown, "rates": "own"} | more
    return frame.Preset(title, {"view": "race"} | {f"race_{name}": each for name, each in chosen.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "ravine": _preset("Ravine", STARTS["race_surface"], STARTS["race_on"]),
    "too_big": _preset("Rate above 2 / L", "bowl", "gd.momentum", rates="all", lr="0.21", of="gd"),
    "rosenbrock": _preset("Rosenbrock", "rosenbrock", "gd.momentum.adam.newton", steps="200", lr_gd="0.0007",
                          lr_momentum="0.0005"),
    "saddle": _preset("Saddle", "saddle", "gd.momentum.adam.newton", lr_gd="0.1", of="newton"),
    "plateau": _preset("Plateau", "plateau", "gd.momentum.rmsprop.adam", lr_gd="0.5", lr_momentum="0.1"),
    "himmelblau": _preset("Four minima", "himmelblau", "gd.momentum.adagrad.adam", lr_gd="0.01",
                          lr_momentum="0.005", of="momentum"),
    "own": _preset("Own formula", settings.OWN, "gd.momentum.adam"),
}  # fmt: skip


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the race, the sums of one optimiser at the step, and what to notice."""
    shown = settings.chosen_names(settings.RACERS, "race_on", STARTS["race_on"])
    try:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            course = settings.chosen_course()
            rates = settings.chosen_rates(shown)
            steps = settings.chosen_steps()
        heat = Heat(course, entries(rates), shown, settings.chosen_start(course, "race"), steps)
        draw(heat)
    except InputError as error:
        advice(str(error))
    links.publish("optimizers", "view", "picture", "net", *SETTINGS, starts=STARTS)


def entries(rates: Mapping[str, float]) -> list[Entry]:
    """All optimisers, each with its rate and its settings."""
    return [
        Entry(name, name, RULES[name].title, STYLES[name], rates[name], settings.own_settings(name))
        for name in settings.RACERS
    ]


def draw(heat: Heat) -> None:
    """The race, and below it what belongs to it."""
    race = race_of(heat, settings.chosen_step(heat.steps, "race"))
    race_part.mount(
        race,
        key=KEY,
        alt=words.alt(heat),
        ask=live.offer("race", partial(answer, heat, race)),
        on_pick=partial(settings.take, KEY, "race", heat.course.usual, heat.steps),
    )
    if heat.paths and heat.racers:
        explain(heat, race)
    elif heat.paths:
        advice("All optimisers are hidden. Click the name of one beside the map.")
    elif np.isfinite(
        optimizers.grid(heat.course.surface, heat.course.window, SIDE, **heat.course.given)
    ).any():
        advice("The surface has no value or no slope at the start. Drag the start to another place.")
    else:
        advice("This function has no finite value anywhere on the map. Write another formula.")


def explain(heat: Heat, race: Race) -> None:
    """The sums of one optimiser, what to notice, a question, and files to take away."""
    titles = {entry.name: entry.title for entry in heat.racers}
    start = STARTS["race_of"] if STARTS["race_of"] in titles else ""
    name = choice("Equations of", titles, "race_of", start=start)
    sums.write(heat.paths[name], race.step)
    st.caption(f"{RULES[name].says} Source: {RULES[name].source}.")
    text, surface = st.columns([1.4, 1], gap="medium")
    text.markdown("**What to notice.** " + " ".join(words.noticed(heat)))
    tell_surface(surface, heat)
    with surface:
        optimizers_race_sweep.mount(heat, log=race.log)
    words.predict(heat)
    frame.export_menu(partial(files, heat, race, words.alt(heat)), "race")


def tell_surface(place: DeltaGenerator, heat: Heat) -> None:
    """The formula of the surface, and what it is known for."""
    entry = optimizers.landscape(heat.course.surface)
    place.latex(f"f(x, y) = {entry.formula}")
    place.caption(f"{entry.says} Source: {entry.source}." if entry.source else entry.says)
