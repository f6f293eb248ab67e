"""Gradient noise: what a mini-batch sees of the slope, how that depends on its size, and its paths."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import points as plane_part
from pages.frame import links
from pages.parts import losses_points
from pages.parts import optimizers_noise_files as files
from pages.parts import optimizers_noise_words as words
from pages.parts.convolution_controls import choice, slide
from pages.parts.losses_points import Points, Range
from pages.parts.optimizers_noise_plane import DOT, X, Y, plane
from pages.parts.optimizers_noise_scene import BATCHES, COUNT, Setup, scene
from pages.server import live
from vizcore.toolkit import gradient_noise
from vizcore.toolkit.errors import InputError

KEY = "noise.plane"
AWAY, NEAR = "-1_2", "1.5_-0.4"  # points, far from the minimum and close to it
SHOWS = {"gradients": "Gradients at a point", "paths": "Paths"}
DRAWN = {"once": "Once in a batch", "again": "Again and again"}
RATES = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.3")
SPREADS = ("0", "0.5", "1", "2")
STEPS = ("30", "60", "120", "300")
ALLOWED = Range(X, Y, (1, 1), (DOT,))
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "noise_show": "gradients",
    "noise_k": "8",
    "noise_lr": "0.1",
    "noise_drawn": "once",
    "noise_spread": "1",
    "noise_steps": "60",
    "noise_point": AWAY,
}
SETTINGS = tuple(STARTS)
EXPLAINED = (gradient_noise.cloud, gradient_noise.law, gradient_noise.descent)


def _preset(title: str, **settings: str) -> frame.Preset:
    named = {f"noise_{name}": value for name, value in settings.items()}
    return frame.Preset(title, {"view": "noise", **STARTS, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "far": _preset("Far from the minimum"),
    "near": _preset("Near the minimum", point=NEAR),
    "paths": _preset("Three paths", show="paths"),
    "slow": _preset("A smaller rate", show="paths", lr="0.02", steps="300"),
    "exact": _preset("No noise in the data", show="paths", spread="0"),
    "large": _preset("Batches of 128", k="128"),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the plane with its charts, the law with its numbers, and what to notice."""
    setup = controls()
    places = losses_points.setting("noise_point", AWAY, ALLOWED)
    found = scene(setup, places.array[0])
    plane_part.mount(
        plane(found),
        key=KEY,
        alt=f"Mean loss over two weights; gradients of single examples, of {setup.k} and of all {COUNT}.",
        ask=live.offer("noise", partial(answer, setup)),
        on_pick=take,
    )
    links.publish("optimizers", "view", "picture", "net", *SETTINGS, starts=STARTS)
    law, notice = st.columns([1, 1.2], gap="medium")
    with law:
        words.formulas(found)
        frame.export_menu(partial(files.files, found), "noise")
    with notice:
        st.markdown("**What to notice.** " + " ".join(words.noticed(found)))
        words.predict(found)


def controls() -> Setup:
    """What is chosen besides the point."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shows = choice("Shown", SHOWS, "noise_show")
        with st.container(width=200):
            k = slide("Batch size k", tuple(map(str, BATCHES)), "noise_k", STARTS["noise_k"])
        lr = rate() if shows == "paths" else float(STARTS["noise_lr"])
        with st.popover("More", icon=":material/tune:"):
            drawn = choice("An example is drawn", DRAWN, "noise_drawn")
            spread = slide("Noise in the data", SPREADS, "noise_spread", STARTS["noise_spread"])
            steps = slide("Steps of a path", STEPS, "noise_steps", STARTS["noise_steps"])
    return Setup(int(k), lr, drawn == "again", spread, int(steps), shows == "paths")


def rate() -> float:
    """The slider of the learning rate, which only paths have."""
    with st.container(width=200):
        return slide("Learning rate η", RATES, "noise_lr", STARTS["noise_lr"])


def answer(setup: Setup, question: Mapping[str, Any]) -> bytes:
    """What the browser shows while the point is dragged."""
    return plane_part.pack(plane(scene(setup, moved(question).array[0])))


def take() -> None:
    """Keep where the point was let go."""
    links.choose("noise_point", losses_points.written(moved(components.picked(KEY)), ALLOWED))


def moved(message: Mapping[str, Any]) -> Points:
    """The point among the dots of the plane: the last one, since the minimum stands before it."""
    try:
        rest = {name: list(message[name])[-1:] for name in ("dots", "styles")}
    except (KeyError, TypeError) as error:
        raise InputError("The point arrived damaged. Move it again.") from error
    return losses_points.asked(rest, ALLOWED)
