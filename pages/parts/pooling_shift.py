"""Before and after a shift: how much of a picture is another one, and how much of what is pooled from it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import invariance as moved_part
from pages.components.invariance import Answer, Bars, Panel
from pages.frame import links
from pages.parts import invariance_places as places
from pages.parts.convolution_controls import choice, slide
from pages.server import live
from vizcore.exhibits import convolution, pooling
from vizcore.exhibits.pooling import GRIDS
from vizcore.toolkit import moves, pools, subsampling
from vizcore.toolkit.moves import INPUT, Compared
from vizcore.toolkit.shared import Shared
from vizcore.toolkit.small import square
from vizcore.toolkit.subsampling import WAYS, World

INPUTS = {"picture": "The picture", "stripes": GRIDS["stripes"].title}
SIDES = ("16", "32", "64", "96", "128")
WINDOWS = ("2", "3", "4", "8")
BORDERS = {"circular": "wrapped round", "reflect": "mirrored"}
TAPS = {"3": "3 taps", "5": "5 taps"}
ABOVE = {"0": "at all", "0.01": "by over 1 %", "0.05": "by over 5 %", "0.1": "by over 10 %"}
NAMES = {INPUT: "Input", "max": "Max", "average": "Average", "blur3": "Max + blur", "blur5": "Max + blur"}
WHOLE = {"same": "as it was", "along": "moved by one cell", "other": "another one"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "shift_input": "picture",
    "shift_side": "64",
    "shift_window": "2",
    "shift_taps": "3",
    "shift_border": "circular",
    "shift_above": "0.05",
    "shift_at": "0,1",
}
EXPLAINED = (pooling.moved, moves.moved, moves.compared, pools.blurred)


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "shift"} | {f"shift_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "one": _preset("One pixel", at="0,1", window="2", input="picture"),
    "window": _preset("A whole window", at="0,4", window="4", input="picture"),
    "wide": _preset("Wide windows", at="1,2", window="8", input="picture"),
    "stripes": _preset("Stripes (Zhang)", at="0,1", window="2", input="stripes", above="0"),
}


def settle() -> None:
    """Stay where a move of the link cannot be made, before the header says what could not be followed."""
    down, right = places.shift("shift_at")
    if links.setting("shift_at") != f"{down},{right}":
        links.miss("shift_at", "0,0", "The link names a move that cannot be made; the picture stays.")


_worlds = Shared[World]()


def world_of(digest: str, side: int, window: int, border: str, image: Any) -> World:
    """What each way would keep at every place of the picture with this digest, or of the stripes."""

    def look() -> World:
        stripes = GRIDS["stripes"].values
        picture = square(convolution.grey(image)[..., None], side)[..., 0] if digest else stripes
        return subsampling.world(picture, [[1.0]], window=window, max_shift=places.REACH, border=border)

    return _worlds.get((digest, side, window, border), look)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The picture that is moved, and in columns what it was, what it is, and the difference."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stripes = choice("Input", INPUTS, "shift_input") == "stripes"
        window = int(choice("Window and stride", {each: f"{each} px" for each in WINDOWS}, "shift_window"))
        taps = choice("Blur", TAPS, "shift_taps")
        border = choice("Beyond the border", BORDERS, "shift_border")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = STARTS["shift_above"]
        said = "of the range of the picture"
        above = float(choice("Values count as changed", ABOVE, "shift_above", said, start=start))
        if not stripes:
            side = int(slide("Side of the picture (px)", SIDES, "shift_side", STARTS["shift_side"]))
    digest = "" if stripes else stage.digest
    settings = digest, 0 if stripes else side, window, border
    world = world_of(*settings, stage.image)
    ways = ("max", "average", f"blur{taps}")
    down, right = places.shift("shift_at")
    found = compared(world, ways, above, down, right)
    draw(stage, settings, world, ways, above, found)
    links.publish("pooling", "view", "picture", "net", *STARTS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    for way in ways:
        formula.latex(rf"\text{{{WAYS[way].title}:}}\quad {WAYS[way].formula}")
    formula.latex(r"\text{relative change} = \lVert f(Sx) - f(x) \rVert \,/\, \lVert f(x) \rVert")
    words.markdown("What to notice: " + " ".join(noticed(found, ways, window, down, right)))
    predict(world, settings, ways[2])


def compared(world: World, ways: tuple[str, ...], above: float, down: int, right: int) -> dict[str, Compared]:
    """The picture and each way to pool it, before and after the move; `above` is a share of the range."""
    dense = world.dense["strided"]
    return moves.moved(world, ways, dy=down, dx=right, above=above * float(dense.max() - dense.min()))


def answer(world: World, ways: tuple[str, ...], above: float, question: Mapping[str, Any]) -> bytes:
    """What the browser shows of another move, while the picture is dragged."""
    down, right = (round(value) for value in places.asked(question))
    return moved_part.pack_answer(shown(compared(world, ways, above, down, right)))


def shown(found: Mapping[str, Compared]) -> Answer:
    """Before, after and difference of each in a column, and how much of it changed."""
    most = max(float(each.before.max()) for each in found.values()) or 1.0
    panels = []
    for name, each in found.items():
        difference = each.after - each.before
        panels += [
            Panel(f"{NAMES[name]}: before", each.before, "grey", (0.0, most)),
            Panel("after", each.after, "grey", (0.0, most)),
            Panel("difference", difference, "signed", (-most, most), note=f"{each.share:.0%} changed"),
        ]
    titles = [NAMES[name] for name in found]
    changes = [each.distance for each in found.values()]
    bars = [
        Bars("Share of values that changed", titles, [each.share for each in found.values()]),
        Bars("Relative change", titles, changes, most=max(1.0, *changes), percent=False),
    ]
    line = "; ".join(f"{NAMES[name]}: {each.share:.0%}" for name, each in found.items())
    return Answer(f"Share of the values that changed: {line}.", panels, bars, rows=3)


def draw(
    stage: frame.Stage,
    settings: tuple[str, int, int, str],
    world: World,
    ways: tuple[str, ...],
    above: float,
    found: Mapping[str, Compared],
) -> None:
    """Mount the picture, with an address that answers while it is dragged."""
    picture = found[INPUT].before
    title = GRIDS["stripes"].title if not settings[0] else stage.title
    view = moved_part.View(
        identity=f"{settings} {ways} {above}",
        drag="shift",
        place=places.shift("shift_at"),
        neutral=0,
        reach=(-places.REACH, places.REACH),
        step=1,
        unit=" px",
        live=live.offer("shift", partial(answer, world, ways, above)),
        picture=np.repeat(picture[..., None], 3, 2),
        border="circular" if settings[3] == "circular" else "reflect",
        title="Drag the picture",
        alt=f"{title}, {picture.shape[0]} × {picture.shape[1]} px, which can be dragged.",
    )
    packed = moved_part.pack(view, shown(found))
    components.mount("invariance", data=packed, key="shift.moved", on_pick=take)


def take() -> None:
    """Keep where the picture was left."""
    places.take("shift_at", "shift.moved")


def noticed(
    found: Mapping[str, Compared], ways: tuple[str, ...], window: int, down: int, right: int
) -> list[str]:
    """Sentences with the numbers of this move."""
    if not (down or right):
        return ["The picture has not moved: nothing changed. Drag it."]
    least = min(ways, key=lambda way: found[way].distance)
    lines = [
        f"{found[INPUT].share:.0%} of the input values changed, {found['max'].share:.0%} of the maxima and "
        f"{found['average'].share:.0%} of the averages.",
        f"{NAMES[least]} moved least: by {found[least].distance:.3g} of its length.",
    ]
    if down % window == 0 and right % window == 0:
        lines.append("The move is a whole number of windows: every output is there again, in another place.")
    elif found["max"].share < found[INPUT].share:
        lines.append(
            "Where a window keeps its winner, the maximum stays: invariance, but to small shifts only."
        )
    elif found["max"].share:
        lines.append("The maxima spared nothing: winners left their windows, or stronger values came in.")
    return lines


def predict(world: World, settings: tuple[str, int, int, str], blurred: str) -> None:
    """What a move by one whole window does to the maxima."""
    window = settings[2]

    def reveal() -> tuple[str, str]:
        before, after = world.kept("max", 0, 0), world.kept("max", 0, window)
        still, along = (
            float(np.abs(values).max(initial=0)) for values in (after - before, _along(before, after))
        )
        truth = "same" if still == 0 else "along" if along == 0 else "other"
        one = moves.compared(world.kept("max", 0, 0), world.kept("max", 0, 1)).distance
        soft = moves.compared(world.kept(blurred, 0, 0), world.kept(blurred, 0, 1)).distance
        return truth, (
            f"Behind the first column a cell differs from its left neighbour before by {along:.3g} at most. "
            f"A move by a single px changes the maxima by {one:.3g} of their length, "
            f"and the blurred ones by {soft:.3g}."
        )

    ask = f"the picture moved to the right by one whole window, {window} px? The maxima would be …"
    frame.question(ask, WHOLE, f"shift.predict.{settings}", reveal)


def _along(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of the second map when the first one has moved by one cell to the right."""
    return after[:, 1:] - before[:, :-1]
