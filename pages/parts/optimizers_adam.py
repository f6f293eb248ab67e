"""Adam as in the paper beside Adam as a lecture prints it: equations, numbers, and both paths."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from pages import frame
from pages.components import race as race_part
from pages.components.race import Race
from pages.frame import links
from pages.parts import optimizers_adam_words as words
from pages.parts import optimizers_race_settings as settings
from pages.parts import optimizers_race_sums as sums
from pages.parts.convolution_controls import choice, select, slide
from pages.parts.optimizers_race_files import files
from pages.parts.optimizers_race_paths import Entry, Heat, answer, race_of
from pages.parts.optimizers_race_settings import RATES, STEPS, WIDE, Course
from pages.parts.optimizers_race_words import alt
from pages.server import live
from vizcore.exhibits import optimizers
from vizcore.exhibits.optimizers import RULES, SURFACES
from vizcore.toolkit import step_sums, update_rules

PARABOLA = "parabola"
COURSES: Mapping[str, Course] = {
    PARABOLA: Course("x^2 + y^2", {}, extent=1.3, begin=(1.0, 0.8)),
    **{name: Course(name, {}) for name in ("bowl", "ravine", "rosenbrock", "himmelblau")},
}
STYLES = {"adam": 5, "adam_lecture": 4, "adam_no_root": 3}  # of lines
BETAS: Mapping[str, tuple[str, Sequence[str]]] = {  # parameter of the rules -> title and steps of its slider
    "beta1": ("Decay β₁ of m", ("0", "0.5", "0.8", "0.9", "0.95", "0.99")),
    "beta2": ("Decay β₂ of s", ("0.5", "0.9", "0.99", "0.999")),
}
AXES = {"x": "Along x", "y": "Along y"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "adam_surface": PARABOLA,
    "adam_lr": "0.1",
    "adam_beta1": "0.9",
    "adam_beta2": "0.999",
    "adam_steps": "100",
    "adam_step": "",
    "adam_start": "",
    "adam_on": ".".join(STYLES),
    "adam_beside": "adam_lecture",
    "adam_axis": "x",
}
SETTINGS = tuple(STARTS)
EXPLAINED = (optimizers.trajectory, step_sums.sums, update_rules.Rule)
KEY = "adam.map"


def _preset(title: str, **chosen: str) -> frame.Preset:
    return frame.Preset(title, {"view": "adam"} | {f"adam_{name}": each for name, each in chosen.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "bug": _preset("Spot the bug", surface=PARABOLA, step="", beside="adam_lecture", beta1="0.9"),
    "second": _preset("The second step", surface=PARABOLA, step="2", beside="adam_lecture"),
    "root": _preset("Without the root", surface="bowl", beside="adam_no_root"),
    "rosenbrock": _preset("Rosenbrock", surface="rosenbrock", steps="200"),
    "unhurried": _preset("Without momentum", surface=PARABOLA, beta1="0", beside="adam_no_root"),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the three paths, the equations side by side, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        course, steps, lr, betas = chosen()
    shown = settings.chosen_names(list(STYLES), "adam_on", STARTS["adam_on"])
    entries = [Entry(name, name, words.SHORT[name], style, lr, betas) for name, style in STYLES.items()]
    heat = Heat(course, entries, shown, settings.chosen_start(course, "adam"), steps)
    race = race_of(heat, settings.chosen_step(steps, "adam"))
    race_part.mount(
        race,
        key=KEY,
        alt=alt(heat),
        ask=live.offer("adam", partial(answer, heat, race)),
        on_pick=partial(settings.take, KEY, "adam", course.usual, steps),
    )
    explain(heat, race)
    links.publish("optimizers", "view", "picture", "net", *SETTINGS, starts=STARTS)


def chosen() -> tuple[Course, int, float, dict[str, float]]:
    """The surface, the number of steps, the rate, and the decays of the means, from their controls."""
    titles = {name: SURFACES[name].title if name in SURFACES else "Parabola x² + y²" for name in COURSES}
    name = select("Surface", titles, "adam_surface", PARABOLA, width=170, then=start_anew)
    steps = int(select("Steps", {each: each for each in STEPS}, "adam_steps", STARTS["adam_steps"], width=90))
    with st.container(width=WIDE):
        lr = slide("Rate η", RATES, "adam_lr", STARTS["adam_lr"])
    with st.popover("Decays", icon=":material/tune:"):
        betas = {
            beta: slide(title, values, f"adam_{beta}", STARTS[f"adam_{beta}"])
            for beta, (title, values) in BETAS.items()
        }
    return COURSES[name], steps, lr, betas


def start_anew() -> None:
    """Another surface has another start, and the whole paths to begin with."""
    links.choose("adam_start", "")
    links.choose("adam_step", "")


def explain(heat: Heat, race: Race) -> None:
    """Both rules with their numbers, what to notice, a question, and files to take away."""
    with st.container(horizontal=True):
        others = {name: words.SHORT[name] for name in STYLES if name != "adam"}
        beside = choice("Beside the paper", others, "adam_beside")
        axis = choice("Numbers", AXES, "adam_axis")
    wrong = words.slips(beside, axis) if words.answered(heat, beside) else ()
    for name, place in zip(("adam", beside), st.columns(2, gap="medium"), strict=True):
        place.markdown(f"**{words.TITLES[name]}**")
        place.latex(sums.filled(heat.paths[name], race.step, axis, wrong if name == beside else ()))
        place.caption(f"Source: {RULES[name].source}.")
    text, table = st.columns([1.3, 1], gap="medium")
    text.markdown("**What to notice.** " + " ".join(words.noticed(heat)))
    table.latex(words.first_steps(heat, axis))
    words.predict(heat, beside)
    frame.export_menu(partial(files, heat, race, alt(heat)), "adam")
