"""A whole network: what it says while the picture moves, beside its twin that blurs before it subsamples."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from pages import frame
from pages.components import invariance as moves_part
from pages.components.invariance import Answer, Drag
from pages.frame import links
from pages.parts import invariance_network_fields as fields
from pages.parts import invariance_network_grids as network_grids
from pages.parts import invariance_network_words as words_part
from pages.parts import invariance_networks as networks
from pages.parts import invariance_places as places
from pages.parts.convolution_controls import choice, slide
from pages.parts.invariance_controls import LARGE, border_choice, mount, smaller_side
from pages.parts.invariance_networks import AMOUNTS, SHIFT, Along, Case, Eyes, Grids
from pages.server import live, work
from vizcore.exhibits import invariance
from vizcore.toolkit import antialias, equivariance, glances, shifts, warps

MOVES = {
    SHIFT: "Shift",
    "rotation": "Rotation",
    "scale": "Scaling",
    "flip": "Mirroring",
    "brightness": "Brightness",
    "warp": "Deformation",
}
TAPS = {"3": "3 taps", "5": "5 taps"}
SIDES = {"": f"{LARGE} px", "own": "its own size"}
SEEDS = tuple("0123456789")
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "network_move": SHIFT,
    "network_border": "circular",
    "network_taps": "3",
    "network_side": "",
    "network_seed": "0",
    "network_at": "0,1",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, stage: Mapping[str, str] = MappingProxyType({}), **settings: str) -> frame.Preset:
    named = {f"network_{name}": value for name, value in settings.items()}
    return frame.Preset(title, {"view": "network", **stage} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "shift": _preset("One pixel", move=SHIFT, border="circular", at="0,1"),
    "digit": _preset("A digit", {"picture": "digit-8", "net": "lenet5"}, move=SHIFT, at="0,1"),
    "rocket": _preset("A rocket", {"picture": "rocket", "net": "small_resnet"}, move=SHIFT, at="0,1"),
    "usual": _preset("Mirrored border", move=SHIFT, border="reflect", at="0,1"),
    "turn": _preset("A turn", move="rotation", border="reflect", at="0,40"),
    "bend": _preset("A bend", move="warp", border="reflect", at="0,0.4"),
    "light": _preset("Less light", move="brightness", at="0,0.5"),
}
EXPLAINED = (
    invariance.network_response,
    shifts.responses,
    antialias.rewired,
    equivariance.Reference.errors,
)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The picture, what both networks say of its moves, curves and grids over all, and what to notice."""
    if frame.missing(stage):
        return
    case = controls(stage)
    with frame.explained_errors():
        eyes = networks.glances_of(case, stage.image)
        left = left_at(case, place(case), eyes)
        if left is None:
            work.progress({"network.left": "both answers"})
            links.publish("invariance", "view", "picture", "net", *SETTINGS, starts=STARTS)
            return
        slots = {"network.along": "every layer"}
        along = work.result("network.along", case, partial(networks.along, case, stage.image))
        grids = None
        if case.move == SHIFT:
            slots = {"network.grids": "every shift"} | slots
            grids = network_grids.grids_at("network.grids", case, stage.image)
        work.progress(slots)
        draw(stage, case, eyes, left, along, grids)
    links.publish("invariance", "view", "picture", "net", *SETTINGS, starts=STARTS)
    if along and (grids or case.move != SHIFT):
        words_part.explain(case, along, grids, place(case))


def controls(stage: frame.Stage) -> Case:
    """Show what can be chosen, and return what is."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        move = choice("Move", MOVES, "network_move")
        border = border_choice("network_border")
        taps = int(choice("The twin's blur", TAPS, "network_taps"))
        side = smaller_side(stage.net)
        if side and choice("Square that it sees", SIDES, "network_side") == "own":
            side = None
        seed = int(slide("Seed of the bend", SEEDS, "network_seed", "0")) if move == "warp" else 0
    return Case(stage.digest, stage.net, move, border, taps, side, seed)


def place(case: Case) -> tuple[float, float]:
    """Where the picture was moved to, by the link."""
    if case.move == SHIFT:
        return places.shift("network_at")
    low, *_, high = AMOUNTS[case.move].tolist()
    step = warps.TRANSFORMATIONS[case.move].step
    return 0.0, round(places.amount("network_at", low, high, case.neutral) / step) * step


def draw(
    stage: frame.Stage, case: Case, eyes: Eyes, left: Answer, along: Along | None, grids: Grids | None
) -> None:
    """Mount the picture with all that answers to its moves."""
    entry, amounts, at = warps.TRANSFORMATIONS[case.along], AMOUNTS[case.move], place(case)
    drag: Drag = "shift" if case.move == SHIFT else "turn" if case.move == "rotation" else "along"
    first = eyes[0].first
    view = moves_part.View(
        identity=f"{case}",
        drag=drag,
        place=at,
        neutral=entry.neutral,
        reach=(-places.REACH, places.REACH) if drag == "shift" else (float(amounts[0]), float(amounts[-1])),
        step=entry.step,
        unit=entry.unit if entry.unit == "°" else f" {entry.unit}",
        live=live.offer("network", partial(reply, case, eyes, grids)),
        picture=eyes[0].pixels,
        border=case.border,
        title=DRAGGED[drag],
        alt=f"{stage.title} as the network sees it. {entry.says}",
        fields=[
            *(fields.shifts(grids, first, eyes[0].subject.entry.classes) if drag == "shift" else []),
            *fields.layers(case, along),
        ],
        charts=[fields.probabilities(case, along, first, eyes[0].subject.entry.classes)],
    )
    mount("network", view, left)


def left_at(case: Case, place: tuple[float, float], eyes: Eyes) -> Answer | None:
    """What both make of the picture where it was left, with the errors of all layers; None: not yet."""

    def compute(_progress: object, _stop: object) -> Answer:
        return networks.answer(case, eyes, None, {"place": list(place), "rest": True})

    seconds = sum(map(glances.expected, case.subjects))
    return work.result("network.left", (case, place), compute, seconds)


def reply(case: Case, eyes: Eyes, grids: Grids | None, question: Mapping[str, Any]) -> bytes:
    """The answer while the picture is dragged."""
    return moves_part.pack_answer(networks.answer(case, eyes, grids, question))


DRAGGED: Mapping[Drag, str] = {
    "shift": "Drag the picture",
    "turn": "Drag the picture round",
    "along": "Drag to the right or to the left",
}
