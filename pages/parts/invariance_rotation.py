"""Rotation: an ordinary convolution, one that knows quarter turns, and a network at every angle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.components import invariance as moves_part
from pages.components.invariance import Answer, Chart, Panel
from pages.frame import links
from pages.parts import invariance_places as places
from pages.parts.convolution_kernels import kernel_choice, shown_well
from pages.parts.invariance_controls import AFTER, after, mount, smaller_side
from pages.server import live, work
from vizcore.exhibits import convolution
from vizcore.toolkit import nets, p4, turns, warps
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.glances import Glances
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.latex import number
from vizcore.toolkit.small import square
from vizcore.toolkit.turns import RotationResponse

Grey = NDArray[np.float64]  # (n, n)

SIDE = 64  # px
ANGLES = np.arange(-180.0, 181, 5)  # degrees
SLOT = "rotation.work"
NAMES = {"ordinary": "one kernel", "p4": "its four turns (p4)", "largest": "the largest of the four"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "rotation_kernel": "sobel_x",
    "rotation_at": "0,30",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, **settings: str) -> frame.Preset:
    named = {f"rotation_{name}": value for name, value in settings.items()}
    return frame.Preset(title, {"view": "rotation"} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "some": _preset("30 degrees", kernel="sobel_x", at="0,30"),
    "quarter": _preset("A quarter turn", kernel="sobel_x", at="0,90"),
    "round": _preset("A round kernel", kernel="gaussian", at="0,45"),
    "half": _preset("Half a turn", kernel="sobel_x", at="0,180"),
}
EXPLAINED = (turns.rotation_response, p4.lift, p4.convolve)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture that is turned, and the kernel that looks at it."""

    colour: NDArray[np.floating]  # (n, n, 3)
    grey: Grey
    kernel: NDArray[np.float64]
    maps: NDArray[np.float64]  # (4, n', n') what the four turns of the kernel make of the picture as it is

    def answer(self, question: Mapping[str, Any]) -> Answer:
        """What both convolutions make of the turned picture, and how far that is from having turned along."""
        angle = min(180.0, max(-180.0, places.asked(question, reach=360)[1]))
        seen = p4.lift(turned(self.grey, angle), self.kernel)
        found = {"ordinary": seen[0], "largest": seen.max(0)}
        wanted = {"ordinary": turned(self.maps[0], angle), "largest": turned(self.maps.max(0), angle)}
        response = turns.rotation_response(self.grey, self.kernel, [angle])
        most = max(float(np.abs(each).max()) for each in (*found.values(), *wanted.values())) or 1.0
        titles = {"ordinary": "One kernel", "largest": "Largest of four"}
        panels = [
            panel
            for column in (
                [
                    Panel(f"{titles[name]}: f(Rx)", each, "signed", (-most, most))
                    for name, each in found.items()
                ],
                [Panel("turned along: R f(x)", each, "signed", (-most, most)) for each in wanted.values()],
                [
                    Panel(
                        "difference",
                        found[name] - wanted[name],
                        "signed",
                        (-most, most),
                        told(response, name),
                    )
                    for name in found
                ],
            )
            for panel in column
        ]
        line = (
            "The corners are left out of the error: something else comes in there. "
            f"The four maps themselves, which turn and change places: {told(response, 'p4')}."
        )
        picture = warps.transformed(self.colour, "rotation", angle, border="reflect")
        return Answer(line, panels, picture=picture, rows=2)

    def reply(self, question: Mapping[str, Any]) -> bytes:
        """The answer while the picture is turned."""
        return moves_part.pack_answer(self.answer(question))


def turned(picture: Grey, angle: float) -> Grey:
    """The picture turned anticlockwise about its middle."""
    return warps.transformed(picture, "rotation", angle, border="reflect")


def told(response: RotationResponse, name: str) -> str:
    return f"error {response.error[name][0]:.3g}"


@st.cache_resource(max_entries=16, show_spinner=False)
def scene_of(digest: str, kernel: str, _image: NDArray[np.float32]) -> Scene:
    """The picture with this digest as a square, and what a kernel makes of it."""
    grey = square(convolution.grey(_image)[..., None], SIDE)[..., 0]
    weights = shown_well(kernel)
    return Scene(square(_image, SIDE), grey, weights, p4.lift(grey, weights))


@st.cache_data(max_entries=32, show_spinner=False)
def errors_of(digest: str, kernel: str, _scene: Scene) -> RotationResponse:
    """The errors at every angle."""
    return turns.rotation_response(_scene.grey, _scene.kernel, ANGLES.tolist())


@dataclass(frozen=True)
class Case:
    """Which network looks at which picture; equal cases have equal answers."""

    digest: str
    net: str
    side: int | None  # px of the square that it sees; None: as it was made for

    def probabilities(
        self, image: NDArray[np.float32], progress: Callable[[float], None], stop: Callable[[], bool]
    ) -> Grey | None:
        """(A, N) of every class at each of ANGLES; None once it is stopped."""
        eye = Glances(Subject(self.net, "reflect", self.side), image)
        found = []
        for done, angle in enumerate(ANGLES.tolist(), 1):
            found.append(eye.transformed("rotation", angle, errors=False).probabilities)
            progress(done / len(ANGLES))
            if stop():
                return None
        return np.stack(found)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The picture, two convolutions of it, curves over the angle, the network, and a question."""
    if frame.missing(stage):
        return
    kernel = kernel_choice("Kernel", "rotation_kernel", STARTS["rotation_kernel"])
    entry = nets.find(stage.net)
    case = Case(stage.digest, stage.net, smaller_side(stage.net))
    with frame.explained_errors():
        scene = scene_of(stage.digest, kernel, stage.image)
        response = errors_of(stage.digest, kernel, scene)
        found = work.result(SLOT, case, partial(case.probabilities, stage.image))
    work.progress({SLOT: f"what {escaped(entry.title)} says at every angle"})
    angle = places.amount("rotation_at", -180, 180, 30)
    draw(stage, scene, kernel, angle, charts(response, found, entry.classes))
    links.publish("invariance", "view", "picture", "net", *SETTINGS, starts=STARTS)
    words, formulas = st.columns([1, 1.2], gap="medium")
    near = int(np.abs(response.angles - angle).argmin())
    for line in formulas_of(response, near):
        formulas.latex(line)
    words.markdown("**What to notice.** " + " ".join(noticed(response, found, escaped(entry.title))))
    predict(response, kernel, stage)


def charts(response: RotationResponse, found: Grey | None, classes: tuple[str, ...]) -> list[Chart]:
    """The errors, and the probability of the first class, over the angle."""
    errors = {NAMES[name]: values for name, values in response.error.items()}
    most = max(1e-3, *(float(values.max()) for values in errors.values()))
    said = dict.fromkeys(("as it is", "mean of four turns"), np.full(len(ANGLES), np.nan))
    title = "Probability of the first class"
    if found is not None:
        first = int(found[len(ANGLES) // 2].argmax())
        title = f"Probability of {classes[first]}"
        said = {"as it is": found[:, first], "mean of four turns": averaged(found)[:, first]}
    degrees = "degrees, anticlockwise"
    return [
        Chart("Equivariance error of one convolution", degrees, "error", ANGLES, errors, (0.0, most)),
        Chart(title, degrees, "probability", ANGLES, said, (0.0, 1.0)),
    ]


def averaged(found: Grey) -> Grey:
    """The mean of the answers to a picture and to its three quarter turns, at each angle."""
    quarter = int(90 / (ANGLES[1] - ANGLES[0]))
    circle = found[:-1]  # -180 and 180 degrees are the same
    mean = np.mean([np.roll(circle, by * quarter, axis=0) for by in range(4)], axis=0)
    return np.concatenate([mean, mean[:1]])


def draw(stage: frame.Stage, scene: Scene, kernel: str, angle: float, curves: list[Chart]) -> None:
    """Mount the picture with all that answers to its turns."""
    view = moves_part.View(
        identity=f"{stage.digest} {stage.net} {kernel}",
        drag="turn",
        place=(0, angle),
        neutral=0,
        reach=(-180, 180),
        step=1,
        unit="°",
        live=live.offer("rotation", scene.reply),
        picture=scene.colour,
        border="reflect",
        title="Drag the picture round",
        alt=f"{stage.title}, turned by {angle:g} degrees.",
        charts=curves,
    )
    mount("rotation", view, scene.answer({"place": [0, angle]}))


def formulas_of(response: RotationResponse, near: int) -> list[str]:
    """What p4 keeps, and the errors at the angle that is shown."""
    ordinary, four = (number(float(response.error[name][near])) for name in ("ordinary", "p4"))
    return [
        r"(Lx)_r = x \star R^r w \qquad (L R x)_r = R\,(Lx)_{r-1}",
        r"\frac{\lVert f(Rx) - R f(x) \rVert}{\lVert f(x) \rVert} = "
        rf"{ordinary} \text{{ (one kernel)}},\; {four} \text{{ (p4)}} "
        rf"\quad\text{{at }} {response.angles[near]:g}^\circ",
    ]


def noticed(response: RotationResponse, found: Grey | None, title: str) -> list[str]:
    """Sentences in Markdown with the numbers of all angles."""
    quarters = np.flatnonzero(response.angles % 90 == 0)
    worst = {name: float(values[quarters].max()) for name, values in response.error.items()}
    mean = {name: float(values.mean()) for name, values in response.error.items()}
    exact = "exactly 0" if worst["p4"] == 0 else f"{worst['p4']:.3g}"
    lines = [
        f"At quarter turns the error of p4 is {exact}, that of one kernel up to {worst['ordinary']:.3g}.",
        f"Over all angles it is {mean['p4']:.3g} and {mean['ordinary']:.3g} on average: between two quarter "
        "turns p4 is not exact, and interpolation adds a blur of its own.",
    ]
    if found is not None:
        first = int(found[len(ANGLES) // 2].argmax())
        share = float((found.argmax(1) == first).mean())
        mean_share = float((averaged(found).argmax(1) == first).mean())
        lines.append(
            f"{title} names the same class at {share:.0%} of all angles, and at {mean_share:.0%} where its "
            "answers to four quarter turns are averaged, which is p4 by brute force. The practical answer is "
            "data augmentation: turn pictures while the network learns. The bundled networks of shapes saw "
            "quarter turns and mirror images, LeNet-5 small turns only."
        )
    return lines


def predict(response: RotationResponse, kernel: str, stage: frame.Stage) -> None:
    """One question on the quarter turn."""

    def reveal() -> tuple[str, str]:
        half, whole = (float(response.error["p4"][response.angles == by][0]) for by in (45, 90))
        truth, numbers = after(whole, half)
        return (
            truth,
            f"The error is {numbers}. The turned picture meets the same four kernels in another order.",
        )

    ask = "the picture turns by 90° instead of 45°? The error of p4 would be …"
    frame.question(ask, AFTER, f"rotation.predict.{stage.digest}.{kernel}", reveal)
