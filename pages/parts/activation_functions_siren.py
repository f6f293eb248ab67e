"""Sines against ReLUs: two networks learn the picture, place by place, while one looks on."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import siren as pictures
from pages.frame import links
from pages.parts import activation_functions_siren_files as files
from pages.parts.convolution_controls import slide
from pages.parts.kept_runs import forget_run, kept_run
from pages.server import runs as following
from pages.server.errors import advice
from vizcore import runs
from vizcore.toolkit import siren
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image
from vizcore.toolkit.latex import number
from vizcore.toolkit.small import small

EVERY = {"32": 10, "48": 10, "64": 5, "96": 2, "128": 1}  # longer side in px -> steps between two reports
OMEGAS = ("1", "3", "5", "10", "20", "30", "50", "100")
STEPS = ("100", "200", "300", "500", "1000")
SEEDS = tuple("0123456789")
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "siren_side": "64",
    "siren_omega": "30",
    "siren_steps": "200",
    "siren_seed": "0",
}
SETTINGS = tuple(STARTS)
TRIED = {"nearer": "nearer", "even": "as near, to 1 dB", "further": "less near"}  # answers of the question
TRIAL_SIDE, TRIAL_STEPS = 24, 100  # px; for the question
Line = dict[str, Any]


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "siren"} | {f"siren_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "siren": _preset("ω₀ = 30, as published", omega="30", side="64"),
    "slow": _preset("ω₀ = 3", omega="3", side="64"),
    "fast": _preset("ω₀ = 100", omega="100", side="64"),
    "large": _preset("96 px", omega="30", side="96"),
}
EXPLAINED = (siren.fit, siren.beside)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, three pictures that follow the run, the formula, and what to notice."""
    settings, side = sliders()
    image = small(stage.image, side).astype(np.float32)
    where = f"{stage.digest} {side}"
    try:
        run = kept_run("siren", "activation_functions.fit", settings, {"image": image}, where)
    except InputError as error:
        advice(str(error))
    else:
        draw(stage, image, settings["steps"], run)
        over, lines, newest = runs.status(run).over, runs.history(run)[0], runs.newest(run)
        formula, words = st.columns([1.1, 1], gap="medium")
        with formula:
            explain(settings["omega"], newest)
        with words:
            with st.container(key="ending"):
                st.markdown("**What to notice.** " + " ".join(noticed(lines, over)))
            predict(stage, settings["omega"])
            made = partial(files.files, stage, image, settings, lines, newest or {})
            frame.export_menu(made, "siren", ready=over and newest is not None)
    links.publish("activation_functions", "view", "picture", "net", *SETTINGS, starts=STARTS)


def sliders() -> tuple[dict[str, Any], int]:
    """Settings of the fit, and the longer side of the picture in px."""
    wide, middle, other = st.columns([1, 1, 1], gap="medium", vertical_alignment="bottom")
    with wide:
        omega = slide("Frequency ω₀", OMEGAS, "siren_omega", STARTS["siren_omega"])
    with middle:
        steps = int(slide("Steps", STEPS, "siren_steps", STARTS["siren_steps"]))
    with other, st.popover("More", icon=":material/tune:"):
        side = int(slide("Longer side (px)", tuple(EVERY), "siren_side", STARTS["siren_side"]))
        seed = int(slide("Seed of the weights", SEEDS, "siren_seed", STARTS["siren_seed"]))
    return {"omega": omega, "steps": steps, "every": EVERY[str(side)], "seed": seed}, side


def draw(stage: frame.Stage, image: Image, steps: int, run: str) -> None:
    """Mount the pictures, with an address that says how the run goes on."""
    status = runs.status(run, watching=True)
    height, width = image.shape[:2]
    data = pictures.pack(
        image,
        steps,
        runs.history(run)[0],
        runs.newest(run),
        run=run,
        url=following.follow("siren", run, partial(view, steps, run)),
        status=asdict(status),
        over=status.over,
        alt=f"{stage.title}, {width} × {height} px",
    )
    components.mount("siren", data=data, key="siren.pictures", on_pick=take)


def view(
    steps: int, run: str, lines: list[Line], newest: Line | None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What the browser gets of the run while it goes on: nothing, where nothing is new."""
    return pictures.drawn(steps, runs.history(run)[0], newest) if newest else ({}, [])


def take() -> None:
    """Begin again where that is asked for. That a run is over needs no more than this run of the page."""
    pick = components.picked("siren.pictures")
    if "again" in pick:
        forget_run(str(pick["again"]))


def explain(omega: float, newest: Line | None) -> None:
    """A layer of each network, and how near the sines' picture is."""
    st.latex(rf"h_{{l+1}} = \sin\!\left(\omega_0\,(W_l\,h_l + b_l)\right), \quad \omega_0 = {omega:g}")
    st.latex(r"h_{l+1} = \max(0,\; W_l\,h_l + b_l)")
    error, decibels = r"\dots", r"\dots"  # with these the formula is as tall as with numbers
    if newest:
        error, decibels = number(10 ** (-newest["siren"] / 10)), f"{newest['siren']:.3g}"
    st.latex(
        r"\begin{aligned} \text{PSNR} &= 10 \log_{10} \frac{1}{\text{MSE}} \\[1em]"
        rf" &= 10 \log_{{10}} \frac{{1}}{{{error}}} = {decibels}\text{{ dB}} \end{{aligned}}"
    )
    st.caption(
        "Both take a place, $h_0$ = (row, column) from −1 to 1, through "
        f"{siren.LAYERS} layers of {siren.WIDTH} units, and give its colour. "
        "The PSNR is that of the sines, at the newest step."
    )


def noticed(lines: list[Line], over: bool) -> list[str]:
    """Sentences with the numbers of the run."""
    said = ["Look at fine detail and sharp edges first: which of the two has them?"]
    if lines and over:
        said = ended(lines)
    said.append(
        "ReLUs learn what is coarse first. The slope of a sine is a sine again, so detail has a gradient to "
        "be learnt with. How fine it begins is up to ω₀: too low and the sines blur, too high and they begin "
        "with noise."
    )
    return said


def ended(lines: list[Line]) -> list[str]:
    """How near both have come, and when the sines were as near as the ReLUs are."""
    last = lines[-1]
    worse, better = ("ReLUs", "sines") if last["siren"] >= last["relu"] else ("sines", "ReLUs")
    times = 10 ** (abs(last["siren"] - last["relu"]) / 10)
    said = [
        f"After {last['step']} steps the sines stand at {last['siren']:.3g} dB, the ReLUs at "
        f"{last['relu']:.3g} dB: the mean squared error of the {worse} is {float(f'{times:.3g}'):,g} times "
        f"that of the {better}."
    ]
    first = next((line["step"] for line in lines if line["siren"] >= last["relu"]), None)
    if first is not None:
        said.append(f"After {first} steps the sines were already as near as the ReLUs are at the end.")
    return said


@st.cache_data(max_entries=64, show_spinner=False)
def tried(digest: str, omega: float, _image: Image) -> float:
    """PSNR in dB of a short fit with sines to the picture with this digest."""
    *_, report = siren.fit(_image, siren.Spec(omega=omega, steps=TRIAL_STEPS, every=TRIAL_STEPS))
    return report.psnr


def predict(stage: frame.Stage, omega: float) -> None:
    """How near the sines would come with another frequency, tried on a smaller picture."""
    other = 30.0 if omega <= 5 else 3.0

    def reveal() -> tuple[str, str]:
        image = small(stage.image, TRIAL_SIDE).astype(np.float32)
        now, then = (tried(stage.digest, each, image) for each in (omega, other))
        truth = "even" if abs(then - now) <= 1 else "nearer" if then > now else "further"
        return truth, (
            f"At {TRIAL_SIDE} px they have {then:.3g} dB after {TRIAL_STEPS} steps with ω₀ = {other:g}, "
            f"and {now:.3g} dB with {omega:g}."
        )

    ask = f"ω₀ were {other:g} in place of {omega:g}? The sines would come …"
    frame.question(ask, TRIED, f"siren.predict.{stage.digest}.{omega}", reveal)
