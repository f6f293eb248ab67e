"""A classifier, which should not notice that the picture moves, and a segmenter, which should follow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.components import invariance as moves_part
from pages.components.invariance import Answer, Bars, Chart, Panel
from pages.frame import links
from pages.parts import invariance_places as places
from pages.parts.convolution_controls import choice
from pages.parts.invariance_controls import AFTER, Border, after, border_choice, mount, smaller_side
from pages.parts.invariance_networks import ranked
from pages.server import live
from vizcore.exhibits import invariance
from vizcore.toolkit import equivariance, warps
from vizcore.toolkit.equivariance import SEGMENTER, Subject
from vizcore.toolkit.glances import Glance, Glances
from vizcore.toolkit.images import Image
from vizcore.toolkit.latex import number

TAPS = {"0": "no", "3": "3 taps", "5": "5 taps"}
MOST = 4  # classes of the segmenter that have a bar
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "segment_border": "circular",
    "segment_taps": "0",
    "segment_at": "3,5",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, **settings: str) -> frame.Preset:
    named = {f"segment_{name}": value for name, value in settings.items()}
    return frame.Preset(title, {"view": "segment"} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "some": _preset("Some way", at="3,5", border="circular", taps="0"),
    "exact": _preset("All strides at once", at="8,16", border="circular", taps="0"),
    "usual": _preset("Mirrored border", at="8,16", border="reflect", taps="0"),
    "blur": _preset("Blurred before subsampling", at="3,5", border="circular", taps="5"),
}
EXPLAINED = (invariance.side_by_side, invariance.equivariance_error, equivariance.Reference.errors)


@dataclass(frozen=True, eq=False)
class Pair:
    """Both networks, looking at the same picture."""

    classifier: Glances
    segmenter: Glances

    @property
    def scale(self) -> float:
        """px of the classifier's picture for one px of the segmenter's."""
        return len(self.classifier.pixels) / len(self.segmenter.pixels)

    @property
    def still(self) -> tuple[Glance, Glance]:
        """What both make of the picture as it is."""
        return self.classifier.still, self.segmenter.still

    def at(self, place: tuple[float, float], errors: bool) -> tuple[Glance, Glance]:
        """What both make of the picture after a shift by px of the segmenter's."""
        down, right = place
        return (
            self.classifier.shifted(down * self.scale, right * self.scale, errors=errors),
            self.segmenter.shifted(down, right, errors=errors),
        )


@st.cache_resource(max_entries=3, show_spinner=False)
def pair_of(digest: str, net: str, border: Border, taps: int, _image: Image) -> Pair:
    """Both networks, ready to look at the picture with this digest."""
    classifier = Subject(net, border, smaller_side(net), taps)
    return Pair(Glances(classifier, _image), Glances(Subject(SEGMENTER, border, taps=taps), _image))


@st.cache_resource(max_entries=32, show_spinner=False)
def left_at(
    digest: str, net: str, border: Border, taps: int, place: tuple[int, int], _pair: Pair
) -> tuple[Glance, Glance]:
    """What both make of the picture where it was left, with the errors of all layers."""
    return _pair.at(place, errors=True)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The picture, both answers to its moves with the error of every layer, and what to notice."""
    if frame.missing(stage):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        border = border_choice("segment_border")
        taps = int(choice("Blur before subsampling", TAPS, "segment_taps"))
    place = places.shift("segment_at")
    with frame.explained_errors():
        pair = pair_of(stage.digest, stage.net, border, taps, stage.image)
        still, now = pair.still, left_at(stage.digest, stage.net, border, taps, place, pair)
    draw(stage, pair, place, now, border, taps)
    links.publish("invariance", "view", "picture", "net", *SETTINGS, starts=STARTS)
    words, formulas = st.columns([1, 1.2], gap="medium")
    for line in formulas_of(pair, still, now, place, border):
        formulas.latex(line)
    words.markdown("**What to notice.** " + " ".join(noticed(pair, still, now, place, border)))
    predict(pair, border, taps, stage)


def answer(pair: Pair, border: Border, question: Mapping[str, Any]) -> Answer:
    """What both make of the moved picture; the errors of their layers where there is time."""
    down, right = (round(value) for value in places.asked(question))
    now = pair.at((down, right), errors=question.get("rest") is True)
    return compared(pair, border, (down, right), now)


def compared(pair: Pair, border: Border, place: tuple[int, int], now: tuple[Glance, Glance]) -> Answer:
    """What both make of the picture as it was, and now."""
    still = pair.still
    classes = pair.segmenter.subject.entry.classes
    labels, wanted = now[1].output.argmax(0), expected(still[1], *place, border)
    wrong = labels != wanted
    panels = [
        Panel("Segmenter, as it was: f(x)", still[1].output.argmax(0), "classes", names=classes),
        Panel("moved along: S f(x)", wanted, "classes", names=classes),
        Panel("of the moved picture: f(Sx)", labels, "classes", names=classes),
        Panel("where the two differ", wrong, "grey", note=f"{wrong.mean():.2%} of all pixels"),
    ]
    bars = [
        ranked(
            "Classifier", pair.classifier.subject.entry.classes, now[0].probabilities, still[0].probabilities
        ),
        shares("Segmenter: share of the pixels", classes, labels, still[1].output.argmax(0)),
    ]
    return Answer(told(pair, still, now), panels, bars, profiles(pair, now) if now[0].errors else None)


def expected(still: Glance, down: int, right: int, border: Border) -> NDArray[np.int64]:
    """S f(x): the classes of the unmoved picture's pixels, moved along."""
    return warps.moved(still.output.argmax(0), down, right, border=border)


def told(pair: Pair, still: tuple[Glance, Glance], now: tuple[Glance, Glance]) -> str:
    """One sentence on the classifier."""
    classes = pair.classifier.subject.entry.classes
    before, after = (classes[int(found[0].output.argmax())] for found in (still, now))
    return f"The classifier says {after}, " + (
        "as before the move." if after == before else f"before {before}."
    )


def shares(title: str, classes: tuple[str, ...], now: NDArray[np.int64], before: NDArray[np.int64]) -> Bars:
    """How much of the picture each class takes."""
    both = [np.bincount(each.ravel(), minlength=len(classes)) / each.size for each in (now, before)]
    return ranked(title, classes, both[0], both[1])


def profiles(pair: Pair, now: tuple[Glance, Glance]) -> list[Chart]:
    """The error of every layer, for each network by itself."""
    charts = []
    for title, found in zip(("Classifier", "Segmenter"), now, strict=True):
        errors = np.array(list(found.errors.values()))
        most = float(errors[np.isfinite(errors)].max(initial=1e-3))
        layers = np.arange(1.0, len(errors) + 1)
        charts.append(
            Chart(
                f"{title}: error of every layer",
                "layer, from the first to the last",
                "error",
                layers,
                {"|f(Sx) − S f(x)| / |f(x)|": errors},
                (0.0, most),
                list(found.errors),
            )
        )
    return charts


def draw(
    stage: frame.Stage,
    pair: Pair,
    place: tuple[int, int],
    now: tuple[Glance, Glance],
    border: Border,
    taps: int,
) -> None:
    """Mount the picture with all that answers to its moves."""
    view = moves_part.View(
        identity=f"{stage.digest} {stage.net} {border} {taps}",
        drag="shift",
        place=place,
        neutral=0,
        reach=(-places.REACH, places.REACH),
        step=1,
        unit=" px",
        live=live.offer("segment", partial(reply, pair, border)),
        picture=pair.segmenter.pixels,
        border=border,
        title="Drag the picture",
        alt=f"{stage.title} as the segmenter sees it, {place[0]} px down and {place[1]} px to the right.",
    )
    mount("segment", view, compared(pair, border, place, now))


def reply(pair: Pair, border: Border, question: Mapping[str, Any]) -> bytes:
    """The answer while the picture is dragged."""
    return moves_part.pack_answer(answer(pair, border, question))


def formulas_of(
    pair: Pair,
    still: tuple[Glance, Glance],
    now: tuple[Glance, Glance],
    place: tuple[int, int],
    border: Border,
) -> list[str]:
    """What both should do, with the numbers of what they did."""
    top = int(still[0].output.argmax())
    before, behind = (float(found[0].probabilities[top]) for found in (still, now))
    wrong = float((now[1].output.argmax(0) != expected(still[1], *place, border)).mean())
    return [
        rf"\text{{invariant: }} f(Sx) = f(x) \qquad p = {number(before)} \to {number(behind)}",
        r"\text{equivariant: } f(Sx) = S f(x) \qquad "
        rf"{number(100 * wrong)}\,\% \text{{ of the pixels differ}}",
    ]


def noticed(
    pair: Pair,
    still: tuple[Glance, Glance],
    now: tuple[Glance, Glance],
    place: tuple[int, int],
    border: Border,
) -> list[str]:
    """Sentences with the numbers of this shift."""
    lines = [
        "The classifier should say the same wherever the shape is; what the segmenter says should move along."
    ]
    for title, found in zip(("classifier", "segmenter"), now, strict=True):
        errors = found.errors
        zero = sum(error == 0 for error in errors.values())
        worst = max(errors, key=lambda layer: errors[layer])
        what = "all" if zero == len(errors) else f"{zero} of"
        lines.append(
            f"In the {title} {what} {len(errors)} layers follow this shift exactly"
            + ("." if zero == len(errors) else f"; the furthest off is {worst}, by {errors[worst]:.3g}.")
        )
    if border == "reflect" and place != (0, 0):
        lines.append(
            "With a mirrored border something else comes in at the sides, and the padding stays where it is."
        )
    if pair.scale != 1:
        lines.append(f"One px here is {pair.scale:.3g} px of the classifier's picture.")
    return lines


def predict(pair: Pair, border: Border, taps: int, stage: frame.Stage) -> None:
    """One question on the segmenter's strides."""

    def reveal() -> tuple[str, str]:
        one, eight = (list(pair.segmenter.shifted(0, by).errors.values())[-1] for by in (1, 8))
        truth, numbers = after(eight, one)
        return truth, f"The error is {numbers}."

    ask = (
        "the picture moves by 8 px instead of 1 px, as many as all strides of the segmenter together? "
        "The error of its answer would be …"
    )
    frame.question(ask, AFTER, f"segment.predict.{stage.digest}.{border}.{taps}", reveal)
