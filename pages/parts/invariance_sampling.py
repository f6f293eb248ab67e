"""Sampling: every s-th pixel of a zone plate or of the picture, blurred before or not, and the spectra."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.components import invariance as moves_part
from pages.components.invariance import Answer, Panel
from pages.frame import links
from pages.parts import invariance_places as places
from pages.parts.convolution_controls import choice, slide
from pages.parts.invariance_controls import mount
from pages.server import live
from vizcore.exhibits import convolution
from vizcore.toolkit import sampling, warps
from vizcore.toolkit.sampling import Sampled
from vizcore.toolkit.small import square

Grey = NDArray[np.float64]  # (n, n)

SOURCES = {"plate": "A zone plate", "picture": "The picture"}
SIDES = ("64", "128", "256")
STEPS = tuple(str(step) for step in range(1, 9))
ZOOM = 0.8  # of the zone plate at first
GUESSES = {"more": "larger", "same": "the same", "less": "smaller"}
SPECTRUM = "log₁₀(1 + spectrum)"
TAPS = {0: "No blur", 3: "Blur of 3 taps", 5: "Blur of 5 taps"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "sampling_source": "plate",
    "sampling_side": "128",
    "sampling_step": "3",
    "sampling_at": "0,0.8",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, **settings: str) -> frame.Preset:
    named = {f"sampling_{name}": each for name, each in settings.items()}
    return frame.Preset(title, {"view": "sampling"} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "rings": _preset("False rings", source="plate", step="3", at="0,0.8"),
    "fits": _preset("Just slow enough", source="plate", step="2", at="0,0.5"),
    "fine": _preset("Too fine to draw", source="plate", step="1", at="0,1.6"),
    "picture": frame.Preset(
        "Bricks",
        {
            "view": "sampling",
            "picture": "brick",
            "sampling_source": "picture",
            "sampling_step": "4",
            "sampling_at": "0,0",
        },
    ),
}
EXPLAINED = (sampling.zone_plate, sampling.sampled)


@dataclass(frozen=True, eq=False)
class Scene:
    """What is sampled, and how."""

    given: Grey  # (n, n) the picture; of a zone plate only the size counts
    plate: bool
    step: int  # px from one sample to the next

    def at(self, place: tuple[float, float]) -> Grey:
        """The zone plate of this zoom, brought into its range, or the picture moved."""
        if self.plate:
            low, high = sampling.ZOOMS
            return sampling.zone_plate(len(self.given), min(high, max(low, place[1])))
        across = warps.transformed(self.given, "shift_x", place[1], border="reflect")
        return warps.transformed(across, "shift_y", place[0], border="reflect")

    def answer(self, place: tuple[float, float]) -> Answer:
        """The samples and the spectra of what they are taken from, for each blur."""
        picture = self.at(place)
        found = sampled(picture, self.step)
        spectra = {taps: np.log10(1 + each.spectrum) for taps, each in found.items()}
        most = max(float(values.max()) for values in spectra.values()) or 1.0
        panels = []
        for taps, title in TAPS.items():
            note = f"{found[taps].beyond:.1%} outside"
            panels.append(Panel(f"{title}: samples", found[taps].samples, "grey"))
            panels.append(Panel(SPECTRUM, spectra[taps], "magnitude", (0.0, most), note, box=1 / self.step))
        line = (
            f"Inside the dashed square are the waves that samples {self.step} px apart can hold. "
            "The power outside of it comes back inside, as other waves."
        )
        shown = np.repeat(picture[..., None], 3, axis=2) if self.plate else None
        return Answer(line, panels, picture=shown, rows=2)

    def reply(self, question: Mapping[str, Any]) -> bytes:
        """The answer while the picture is dragged."""
        return moves_part.pack_answer(self.answer(places.asked(question)))


@st.fragment
def show(stage: frame.Stage) -> None:
    """What is sampled, its samples three times, the spectra, the Nyquist frequency, and a question."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        plate = choice("Sample", SOURCES, "sampling_source") == "plate"
        step = int(slide("Keep every … th pixel", STEPS, "sampling_step", STARTS["sampling_step"]))
        side = int(slide("Side (px)", SIDES, "sampling_side", STARTS["sampling_side"]))
    place = (0.0, places.amount("sampling_at", *sampling.ZOOMS, start=ZOOM))
    if not plate:
        place = places.shift("sampling_at")
    scene = Scene(square(convolution.grey(stage.image)[..., None], side)[..., 0], plate, step)
    draw(stage, scene, place)
    links.publish("invariance", "view", "picture", "net", *SETTINGS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(
        rf"f_N = \frac{{1}}{{2s}} = \frac{{1}}{{2 \cdot {step}}} = {0.5 / step:.3g}\ \text{{cycles/px}}"
    )
    if plate:
        formula.latex(
            rf"\frac{{z\,r}}{{n}} = \frac{{{place[1]:g}\,r}}{{{side}}} > f_N \quad\text{{from}}\quad "
            rf"r = \frac{{n}}{{2sz}} = {side / (2 * step * place[1]):.3g}\ \text{{px}}"
        )
    picture = scene.at(place)
    words.markdown("**What to notice.** " + " ".join(noticed(sampled(picture, step), scene, place[1])))
    predict(picture, step)


def sampled(picture: Grey, step: int) -> dict[int, Sampled]:
    """Every `step`-th pixel, behind each blur."""
    return {taps: sampling.sampled(picture, step, taps) for taps in TAPS}


def draw(stage: frame.Stage, scene: Scene, place: tuple[float, float]) -> None:
    """Mount the picture, which is zoomed or moved by hand, with its samples and spectra."""
    side, plate = len(scene.given), scene.plate
    alt = f"A zone plate, zoom {place[1]:g}." if plate else f"{stage.title} in grey, {side} × {side} px."
    view = moves_part.View(
        identity=f"{'' if plate else stage.digest} {side} {scene.step} {plate}",
        drag="along" if plate else "shift",
        place=place,
        neutral=1 if plate else 0,
        reach=sampling.ZOOMS if plate else (-places.REACH, places.REACH),
        step=0.01 if plate else 1,
        unit=" times as fine as pixels can hold" if plate else " px",
        live=live.offer("sampling", scene.reply),
        picture=np.repeat(scene.given[..., None], 3, axis=2),
        border="reflect",
        title="Drag to the right for finer rings" if plate else "Drag the picture",
        alt=alt,
    )
    mount("sampling", view, scene.answer(place))


def noticed(found: Mapping[int, Sampled], scene: Scene, zoom: float) -> list[str]:
    """Sentences with the shares of power that cannot be held."""
    bare, blurred = found[0].beyond, found[5].beyond
    lines = [
        f"Without a blur {bare:.1%} of the power is too fast for samples {scene.step} px apart; behind a "
        f"blur of 5 taps it is {blurred:.1%}."
    ]
    if scene.plate and zoom > 1:
        lines.append(
            "The plate is finer than its own pixels can hold: it has false rings before it is sampled."
        )
    elif scene.plate and scene.step * zoom > 1:
        lines.append("The false rings have middles of their own: a fast wave looks like a slow one there.")
    elif scene.plate:
        lines.append("Every ring is slow enough for these samples, so there is hardly anything to repair.")
    else:
        lines.append("Drag the picture by one px: what flickers in the samples is what the blur takes away.")
    lines.append("A blur helps only before pixels are left out: afterwards nobody can tell the waves apart.")
    return lines


def predict(picture: Grey, step: int) -> None:
    """One question on twice the step."""

    def reveal() -> tuple[str, str]:
        one, two = (sampling.sampled(picture, each).beyond for each in (step, 2 * step))
        truth = "same" if np.isclose(one, two) else "more" if two > one else "less"
        return truth, f"It is {two:.1%} against {one:.1%}: the dashed square is half as wide."

    ask = f"only one of {2 * step} pixels were kept in each row? Without a blur, the share outside would be …"
    frame.question(ask, GUESSES, f"sampling.predict.{step}.{len(picture)}", reveal)
