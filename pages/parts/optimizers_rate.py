"""The learning rate of gradient descent: too small, right and too big, on a bowl."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import charts
from pages.components import race as race_part
from pages.components.charts import Chart, Line, Point
from pages.frame import links
from pages.parts import optimizers_race_settings as settings
from pages.parts import optimizers_rate_words as words
from pages.parts.convolution_controls import select, slide
from pages.parts.optimizers_race_files import files
from pages.parts.optimizers_race_paths import Heat, answer, race_of
from pages.parts.optimizers_race_settings import STEPS, WIDE, Course
from pages.parts.optimizers_race_words import alt
from pages.parts.optimizers_rate_words import Bowl
from pages.server import live
from vizcore.exhibits import optimizers
from vizcore.toolkit import bowl_rates

CONDITIONS = ("1", "2", "5", "10", "20", "50", "100")
SHARES = tuple(f"{percent / 100:g}" for percent in range(1, 131))  # of 2 / L
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "rate_condition": "10",
    "rate_share": "0.95",
    "rate_steps": "40",
    "rate_step": "",
    "rate_start": "",
    "rate_on": ".".join(words.ENTRIES),
}
SETTINGS = tuple(STARTS)
EXPLAINED = (optimizers.trajectory, optimizers.limit, bowl_rates.steps_to, bowl_rates.fastest)
KEY, CURVES = "rate.map", "rate.curves"


def _preset(
    title: str, share: str, *, on: str = "chosen", condition: str = "10", **more: str
) -> frame.Preset:
    chosen = {"share": share, "on": on, "condition": condition} | more
    return frame.Preset(title, {"view": "rate"} | {f"rate_{name}": each for name, each in chosen.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "all": _preset("Small, right, big", "0.95", on=STARTS["rate_on"]),
    "small": _preset("Too small", "0.1"),
    "right": _preset("Right", "0.91"),
    "edge": _preset("On the edge", "1"),
    "big": _preset("Too big", "1.03"),
    "round": _preset("Round bowl", "0.5", condition="1"),
    "narrow": _preset("Condition 100", "0.99", condition="100", steps="200"),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the paths, the steps that each rate takes, the formulas, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bowl, steps = chosen()
    shown = settings.chosen_names(list(words.ENTRIES), "rate_on", STARTS["rate_on"])
    course = Course("bowl", {"condition": bowl.condition})
    heat = Heat(course, bowl.entries, shown, settings.chosen_start(course, "rate"), steps)
    race = race_of(heat, settings.chosen_step(steps, "rate"))
    race_part.mount(
        race,
        key=KEY,
        alt=alt(heat),
        ask=live.offer("rate", partial(answer, heat, race)),
        on_pick=partial(settings.take, KEY, "rate", course.usual, steps),
    )
    draw_curves(bowl, heat)
    links.publish("optimizers", "view", "picture", "net", *SETTINGS, starts=STARTS)
    formulas, text = st.columns([1.2, 1], gap="medium")
    formulas.latex(words.formulas(bowl, heat, race.step))
    text.markdown("**What to notice.** " + " ".join(words.noticed(bowl, heat.start)))
    words.predict(bowl)
    frame.export_menu(partial(files, heat, race, alt(heat)), "rate")


def chosen() -> tuple[Bowl, int]:
    """The bowl with the rate on it, and the number of steps, from their controls."""
    with st.container(width=WIDE):
        condition = slide("Condition number κ", CONDITIONS, "rate_condition", STARTS["rate_condition"])
    with st.container(width=2 * WIDE):
        share = slide("Rate η as a share of 2 / L", SHARES, "rate_share", STARTS["rate_share"])
    steps = select("Steps", {each: each for each in STEPS}, "rate_steps", STARTS["rate_steps"], width=90)
    return Bowl(condition, share), int(steps)


def draw_curves(bowl: Bowl, heat: Heat) -> None:
    """How many steps each rate needs, and how the distances shrink with the chosen one."""
    charts.mount(
        [needed(bowl), distances(heat)],
        key=CURVES,
        alt="Steps to a hundredth of the distance along the slowest axis over the rate, lowest at "
        f"{bowl.best:.3g}, without end at 2 / L = {bowl.limit:.3g}; and the distances along both axes "
        "with the chosen rate, step by step.",
        cursor=bowl.lr,
        columns=2,
        on_pick=partial(take, bowl),
    )


def needed(bowl: Bowl) -> Chart:
    """The number of steps to a hundredth over the rate."""
    lrs = np.array([float(share) * bowl.limit for share in SHARES])
    steps = bowl_rates.steps_to(words.LEFT, lrs, bowl.curvatures)
    most = float(steps[np.isfinite(steps)].max())
    points = [
        Point(bowl.best, float(bowl.needed(bowl.best)), "fastest", 2),
        Point(bowl.limit, most, "2 / L", 4),
    ]
    return Chart(
        "Steps until 1 % is left along the slowest axis",
        lrs,
        [Line("gradient descent", steps, 0)],
        "rate η",
        "steps",
        (0.8, 2 * most),
        log=True,
        shades=[(bowl.limit, float(lrs[-1]), 0)],
        points=points,
        height=230,
    )


def distances(heat: Heat) -> Chart:
    """How far the chosen path is from the minimum along each axis."""
    left = np.abs(heat.paths[words.CHOSEN].points)
    lines = [Line("|x|", left[:, 0], 1), Line("|y|", left[:, 1], 5)]
    return Chart(
        "Distance with the chosen rate",
        np.arange(float(len(left))),
        lines,
        "step k",
        "distance",
        log=True,
        height=230,
    )


def take(bowl: Bowl) -> None:
    """Keep the rate at which the cursor was let go."""
    share = components.picked(CURVES)["x"] / bowl.limit
    links.choose("rate_share", f"{round(100 * share) / 100:g}")
