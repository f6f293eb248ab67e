"""One layer: five ways to keep every s-th value of a map, and what each makes of a picture that moves."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.components import invariance as moves_part
from pages.components.invariance import Answer, Chart, Field, Panel
from pages.frame import links
from pages.parts import invariance_places as places
from pages.parts.convolution_controls import choice, slide
from pages.parts.convolution_kernels import kernel_choice, shown_well
from pages.parts.invariance_controls import AFTER, Border, after, border_choice, mount
from pages.parts.invariance_wave import wave
from pages.server import live
from vizcore.exhibits import convolution, invariance
from vizcore.toolkit import subsampling
from vizcore.toolkit.latex import number
from vizcore.toolkit.shared import Shared
from vizcore.toolkit.small import square
from vizcore.toolkit.subsampling import WAYS, World

SIDES = ("32", "64", "96", "128")
WINDOWS = ("2", "3", "4", "8")
AGAINST = {"along": "moved along: S f(x)", "still": "left where it was: f(x)"}
RADIUS = 8  # px of the grid of shifts
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "shift_side": "64",
    "shift_kernel": "sobel_x",
    "shift_window": "2",
    "shift_border": "circular",
    "shift_against": "along",
    "shift_at": "0,1",
    "shift_wave": "1",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "shift"} | {f"shift_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "one": _preset("One pixel", at="0,1", window="2", against="along"),
    "two": _preset("A whole stride", at="0,2", window="2", against="along"),
    "four": _preset("Stride 4", at="2,1", window="4", against="along"),
    "still": _preset("Does it notice at all?", at="0,1", window="2", against="still"),
}
EXPLAINED = (invariance.shift_response, subsampling.world, subsampling.followed)


_worlds = Shared[World]()


def world_of(digest: str, side: int, kernel: str, window: int, border: str, image: Any) -> World:
    """What each way would keep at every place of the picture with this digest."""

    def look() -> World:
        picture = square(convolution.grey(image)[..., None], side)[..., 0]
        return subsampling.world(
            picture, shown_well(kernel), window=window, max_shift=places.REACH, border=border
        )

    return _worlds.get((digest, side, kernel, window, border), look)


@st.cache_data(max_entries=64, show_spinner=False)
def changes_of(
    digest: str, side: int, kernel: str, window: int, border: str, against: str, _world: World
) -> dict[str, NDArray[np.float64]]:
    """For each way the change at every shift of the grid, (17, 17)."""
    return {way: subsampling.changes(_world, way, radius=RADIUS, along=against == "along") for way in WAYS}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The picture, five maps that answer to its moves, the grids of all shifts, and the square wave."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kernel = kernel_choice("Kernel before it", "shift_kernel", STARTS["shift_kernel"])
        window = int(choice("Window and stride", {each: f"{each} px" for each in WINDOWS}, "shift_window"))
        border = border_choice("shift_border")
        against = choice("f(Sx) is compared with f(x)", AGAINST, "shift_against")
        with st.popover("More", icon=":material/tune:"):
            side = int(slide("Side of the picture (px)", SIDES, "shift_side", STARTS["shift_side"]))
    settings = stage.digest, side, kernel, window, border
    with frame.explained_errors():
        world = world_of(*settings, stage.image)
        changes = changes_of(*settings, against, world)
        down, right = places.shift("shift_at")
        found = answer(world, against, {"place": [down, right]})
    draw(stage, settings, world, changes, against, found)
    links.publish("invariance", "view", "picture", "net", *SETTINGS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    explain(formula, world, against, down, right)
    words.markdown("**What to notice.** " + " ".join(noticed(changes, window, border, against)))
    predict(changes, window, border, against)
    st.markdown(ways())
    wave()


def answer(world: World, against: str, question: Mapping[str, Any]) -> Answer:
    """The map of each way after the move, and what it is away from the expected one."""
    down, right = (round(value) for value in places.asked(question))
    now = {way: world.kept(way, down, right) for way in WAYS}
    apart = {way: now[way] - expected(world, way, against, down, right) for way in WAYS}
    errors = {way: length(apart[way]) / (length(world.kept(way, 0, 0)) or 1.0) for way in WAYS}
    most = max(float(values.max()) for values in now.values()) or 1.0
    far = max(float(np.abs(values).max()) for values in apart.values()) or 1.0
    panels = []
    for way, entry in WAYS.items():
        panels.append(Panel(entry.title, now[way], "magnitude", (0.0, most)))
        panels.append(Panel("difference", apart[way], "signed", (-far, far), note=f"{errors[way]:.3g}"))
    least = min(errors, key=errors.__getitem__)
    line = "All five maps are as expected, to the last bit."
    if errors[least] < max(errors.values()):
        line = f"{WAYS[least].title} is nearest to what is expected: {errors[least]:.3g} of its length away."
    return Answer(line, panels, rows=2)


def expected(world: World, way: str, against: str, down: int, right: int) -> NDArray[np.float64]:
    """The map that the moved picture is held against."""
    return subsampling.followed(world, way, down, right) if against == "along" else world.kept(way, 0, 0)


def length(values: NDArray[np.float64]) -> float:
    """The L2 norm, without the threads of `np.linalg.norm`, which take longer than the sum."""
    return float(np.sqrt(np.square(values).sum()))


def draw(
    stage: frame.Stage,
    settings: tuple[str, int, str, int, Border],
    world: World,
    changes: Mapping[str, NDArray[np.float64]],
    against: str,
    found: Answer,
) -> None:
    """Mount the picture with all that answers to its moves."""
    _, side, _, _, border = settings
    most = max(float(values.max()) for values in changes.values()) or 1.0
    titles = {way: entry.title for way, entry in WAYS.items()}
    reach = np.arange(-RADIUS, RADIUS + 1.0)
    fields = [Field(titles[way], values, reach, reach, limits=(0.0, most)) for way, values in changes.items()]
    middle = {titles[way]: values[RADIUS] for way, values in changes.items()}
    chart = Chart(
        "Straight to the right",
        "px to the right",
        "relative change",
        reach,
        middle,
        (0.0, most),
    )
    down, right = places.shift("shift_at")
    view = moves_part.View(
        identity=f"{settings} {against}",
        drag="shift",
        place=(down, right),
        neutral=0,
        reach=(-places.REACH, places.REACH),
        step=1,
        unit=" px",
        live=live.offer("shift", partial(reply, world, against)),
        picture=square(stage.image, side),
        border=border,
        title="Drag the picture",
        alt=f"{stage.title}, {side} × {side} px, moved by {down} px down and {right} px to the right.",
        fields=fields,
        charts=[chart],
    )
    mount("shift", view, found)


def reply(world: World, against: str, question: Mapping[str, Any]) -> bytes:
    """The answer while the picture is dragged."""
    return moves_part.pack_answer(answer(world, against, question))


def explain(place: Any, world: World, against: str, down: int, right: int) -> None:
    """The formula of the change, with the numbers of max pooling."""
    after = expected(world, "max", against, down, right)
    apart, unit = length(world.kept("max", down, right) - after), length(world.kept("max", 0, 0))
    goal = "S f(x)" if against == "along" else "f(x)"
    place.latex(
        rf"\frac{{\lVert f(Sx) - {goal} \rVert}}{{\lVert f(x) \rVert}} = "
        rf"\frac{{{number(apart)}}}{{{number(unit)}}} = {number(apart / unit if unit else 0.0)}"
        r"\quad\text{(max pooling)}"
    )
    if against == "along":
        place.caption(
            "S moves a map by the shift divided by the stride; where that is no whole number, "
            "it is interpolated bilinearly."
        )


def ways() -> str:
    """What each way computes, as a list in Markdown."""
    lines = [f"- **{entry.title}**, ${entry.formula}$. {entry.says}" for entry in WAYS.values()]
    return "\n".join(["All five start from $y = \\max(0, x \\star w)$. Value $i$ of what is kept:\n", *lines])


def noticed(changes: Mapping[str, NDArray[np.float64]], window: int, border: str, against: str) -> list[str]:
    """Sentences with the numbers of all shifts."""
    mean = {way: float(values.mean()) for way, values in changes.items()}
    ranked = sorted(mean, key=mean.__getitem__)
    best, worst = (WAYS[way].title.lower() for way in (ranked[0], ranked[-1]))
    lines = [
        f"Over all {changes['max'].size} shifts the mean change is {mean[ranked[0]]:.3g} with {best} and "
        f"{mean[ranked[-1]]:.3g} with {worst}."
    ]
    if mean["max"]:
        part = 1 - mean["blur5"] / mean["max"]
        verb = "takes away" if part >= 0 else "adds"
        lines.append(f"On this picture the blur of 5 taps {verb} {abs(part):.0%} of max pooling's change.")
    if against == "along":
        shifts = np.arange(-RADIUS, RADIUS + 1) % window == 0
        exact = max(float(values[np.ix_(shifts, shifts)].max()) for values in changes.values())
        what = "exactly 0" if exact == 0 else f"{exact:.3g} at most"
        lines.append(f"At every shift by a multiple of the stride, {window} px, the change is {what}.")
    else:
        lines.append("None of them is invariant: a pooled map still says where things are, only coarsely.")
    return lines


def predict(changes: Mapping[str, NDArray[np.float64]], window: int, border: str, against: str) -> None:
    """One question on a shift by the stride."""

    def reveal() -> tuple[str, str]:
        one, whole = (float(changes["max"][RADIUS, RADIUS + by]) for by in (1, window))
        truth, numbers = after(whole, one)
        why = "as they were" if against == "along" else "so at every place stands another one"
        return truth, f"It is {numbers}. The windows meet the same values, one place further on, {why}."

    ask = (
        f"the picture moves by the whole stride of {window} px instead of 1 px? With max pooling the change "
        "would be …"
    )
    frame.question(ask, AFTER, f"shift.predict.{window}.{border}.{against}", reveal)
