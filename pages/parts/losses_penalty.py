"""L1 and L2 on two weights: where the loss and the penalty meet, and the way the best weights go."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import penalty as penalty_part
from pages.components.charts import Chart, Line
from pages.components.points import Contours, Dot, Path, Plane
from pages.frame import links
from pages.parts import losses_penalty_files as files
from pages.parts.convolution_controls import slide
from pages.server import live
from vizcore.toolkit import regularisers
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number
from vizcore.toolkit.regularisers import PENALTIES, Bowl

REACH = 3.0  # both weights go from -REACH to REACH
_PAIR = re.compile(r"(-?\d(?:\.\d{1,3})?),(-?\d(?:\.\d{1,3})?)", re.ASCII)
CONDITIONS = ("1", "2", "4", "10", "30", "100")
ANGLES = tuple(str(angle) for angle in range(-90, 91, 5))
STRENGTHS = tuple(f"{10 ** (power / 20):.3g}" for power in range(-40, 41))
VALUES = tuple(map(float, STRENGTHS))
RINGS = 12  # contours of the bowl
AXES = np.array([(-REACH, 0), (REACH, 0), (np.nan, np.nan), (0, -REACH), (0, REACH)])
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "penalty_centre": "2,1",
    "penalty_strength": "1.58",
    "penalty_condition": "4",
    "penalty_angle": "30",
}
SETTINGS = tuple(STARTS)
ZEROS = {"0": "neither", "1": "one of them", "2": "both"}
EXPLAINED = (regularisers.shrunk, regularisers.thresholded, regularisers.path)
ORANGE, GREEN, PURPLE, RED, BLUE, GREY = 0, 2, 3, 4, 5, 7  # styles of lines


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(
        title, {"view": "penalty"} | {f"penalty_{name}": each for name, each in settings.items()}
    )


PRESETS: Mapping[str, frame.Preset] = {
    "tilted": _preset("A tilted bowl", centre="2,1", strength="1.58", condition="4", angle="30"),
    "upright": _preset("Along the axes", centre="2,1", strength="1", condition="4", angle="0"),
    "alike": _preset("Two inputs alike", centre="2.5,0.5", strength="15.8", condition="30", angle="-45"),
    "gone": _preset("Nothing left", centre="2,1", strength="10", condition="4", angle="30"),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The shape of the bowl, both planes with their paths, the formulas, and what to notice."""
    left, right = st.columns(2, gap="medium")
    with left:
        condition = slide(
            "Condition number: steep over flat curvature",
            CONDITIONS,
            "penalty_condition",
            STARTS["penalty_condition"],
        )
    with right:
        angle = slide("Angle of the flat axis (°)", ANGLES, "penalty_angle", STARTS["penalty_angle"])
    shape, centre, strength = (condition, angle), chosen_centre(), chosen_strength()
    bowl = Bowl(centre, (1.0, condition), angle)
    packed = message(
        shape, centre, strength, alt=alt(bowl, strength), ask=live.offer("penalty", partial(answer, shape))
    )
    components.mount("penalty", data=packed, key="penalty.planes", on_pick=take)
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    write(formula, bowl, strength)
    words.markdown("**What to notice.** " + " ".join(noticed(bowl, strength)))
    with words:
        frame.export_menu(partial(files.files, bowl, strength, VALUES), "penalty")
    predict(bowl, strength)


def chosen_centre() -> tuple[float, float]:
    """The best weights without a penalty; those of the start where the link names none within reach."""
    named = _PAIR.fullmatch(links.setting("penalty_centre"))
    if not named or max(abs(float(value)) for value in named.groups()) > REACH:
        links.choose("penalty_centre", STARTS["penalty_centre"])
        return chosen_centre()
    return float(named[1]), float(named[2])


def chosen_strength() -> float:
    """λ; that of the start where the link names none of those that there are."""
    if links.setting("penalty_strength") not in STRENGTHS:
        links.choose("penalty_strength", STARTS["penalty_strength"])
    return float(links.setting("penalty_strength"))


def take() -> None:
    """Put what was dragged into the link."""
    picked: dict[str, Any] = components.picked("penalty.planes")
    links.choose(
        "penalty_centre", ",".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in picked["centre"])
    )
    links.choose("penalty_strength", STRENGTHS[nearest(picked["strength"])])


def nearest(strength: float) -> int:
    """The place among VALUES of what is as good as one of them."""
    return int(np.abs(np.array(VALUES) - strength).argmin())


def answer(shape: tuple[float, float], question: Mapping[str, Any]) -> bytes:
    """Both planes for another centre or another λ, while it is dragged.

    Raises:
        InputError: the question holds no such numbers.
    """
    values = [*pair(question.get("centre")), question.get("strength")]
    if not all(isinstance(value, int | float) and abs(value) <= VALUES[-1] for value in values):
        raise InputError("The best weights are two numbers, and the strength is a third one.")
    first, second, strength = values
    return message(shape, (float(first), float(second)), VALUES[nearest(strength)])


def pair(value: object) -> list[Any]:
    """What should be two numbers."""
    return value if isinstance(value, list) and len(value) == 2 else [None, None]


def message(
    shape: tuple[float, float],
    centre: tuple[float, float],
    strength: float,
    *,
    alt: str = "",
    ask: str = "",
) -> bytes:
    """Both planes and both charts, for penalty.js."""
    condition, angle = shape
    bowl, at = Bowl(centre, (1.0, condition), angle), 1 + VALUES.index(strength)
    paths = {name: regularisers.path(bowl, name, (0.0, *VALUES)) for name in PENALTIES}
    return penalty_part.pack(
        [plane(name, bowl, found, at) for name, found in paths.items()],
        [chart(name, found) for name, found in paths.items()],
        strength=strength,
        strengths=VALUES,
        alt=alt,
        ask=ask,
    )


def plane(name: str, bowl: Bowl, found: regularisers.Path, at: int) -> Plane:
    """The bowl, the contour of it and the ball of the penalty that meet, and the way of the best weights."""
    entry, weights = PENALTIES[name], found.weights[at]
    land = regularisers.landscape(bowl, name, reach=REACH, side=61)
    return Plane(
        (-REACH, REACH),
        (-REACH, REACH),
        dots=[
            Dot(bowl.centre[0], bowl.centre[1], style=0, label="w*"),
            Dot(float(weights[0]), float(weights[1]), style=1, label="w", fixed=True),
        ],
        kinds=((0, "best without a penalty (drag it)"), (1, "best with it")),
        paths=[
            Path("", AXES, style=GREY, faint=True),
            Path("", bowl.contour(found.losses[at]), style=ORANGE),
            Path("penalty as large as at w", entry.ball(found.penalties[at]), style=BLUE, closed=True),
            Path("way of w as λ grows", found.weights, style=GREEN),
        ],
        contours=[Contours("loss, thick where as at w", land.loss, levels(), style=ORANGE)],
        x_title="w₁",
        y_title="w₂",
        equal=True,
        line=f"{entry.title}: w = {written(weights)}",
        height=430,
    )


def levels() -> list[float]:
    """Losses whose contours cross the flat axis of any bowl at even distances."""
    return [0.5 * (0.6 * ring) ** 2 for ring in range(1, RINGS + 1)]


def chart(name: str, found: regularisers.Path) -> Chart:
    """Both weights over λ; where one is exactly 0, that is marked."""
    weights = found.weights[1:]
    shades = [
        (VALUES[first], VALUES[last], style)
        for style, values in ((PURPLE, weights[:, 0]), (RED, weights[:, 1]))
        for first, last in runs(values == 0)
    ]
    lines = [Line("w₁", weights[:, 0], PURPLE), Line("w₂", weights[:, 1], RED)]
    title = f"{PENALTIES[name].title}: weights over λ" + (", hatched where exactly 0" if shades else "")
    return Chart(
        title, np.array(VALUES), lines, "λ", "weight", (-REACH, REACH), log_x=True, shades=shades, height=210
    )


def runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every stretch that is marked."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return [(int(first), int(last) - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def written(weights: NDArray[np.float64]) -> str:
    """Two numbers in brackets."""
    return "(" + ", ".join(f"{value:.3g}" for value in weights).replace("-", "−") + ")"


def alt(bowl: Bowl, strength: float) -> str:
    """What is seen, in words."""
    found = [f"{entry.title} {written(entry.best(bowl, strength))}" for entry in PENALTIES.values()]
    centre = written(np.array(bowl.centre))
    return f"A loss that is least at {centre}; with a penalty of strength {strength:g}: {'; '.join(found)}."


def write(place: Any, bowl: Bowl, strength: float) -> None:
    """What each penalty makes least, and the weights with their numbers."""
    for entry in PENALTIES.values():
        first, *rest = entry.written(bowl, strength)
        place.latex(rf"\text{{{entry.title}:}}\quad L(w) + \lambda \cdot {entry.formula}")
        place.latex(r" \\ ".join([r"\begin{gathered}" + first, *rest]) + r"\end{gathered}")


def noticed(bowl: Bowl, strength: float) -> list[str]:
    """Sentences with the numbers of this bowl."""
    flat, steep = (f"{curvature / (curvature + strength):.0%}" for curvature in bowl.curvatures)
    shrunk, sparse = (entry.best(bowl, strength) for entry in PENALTIES.values())
    least = float(np.abs(bowl.slope(np.zeros(2))).max())
    gone = [f"$w_{axis + 1}$" for axis in (0, 1) if sparse[axis] == 0]
    meets = "no weight exactly 0 yet: the contour of the loss meets its diamond along an edge"
    if len(gone) == 2:
        meets = "both weights exactly 0: all that is left of its diamond is the point 0"
    elif gone:
        meets = f"{gone[0]} exactly 0: its diamond has corners on the axes, and there they meet"
    return [
        f"L2 keeps {flat} of $w^*$ along the flat axis of the bowl and {steep} along the steep one: it takes "
        f"most where the loss depends least, and leaves {written(shrunk)}.",
        f"L1 makes {meets}. From $\\lambda = {number(least)}$ on, the largest slope of the loss at 0, both "
        "weights are 0.",
        "The λ of L2 is what `torch.optim.SGD` calls `weight_decay`: the slope of $\\tfrac{\\lambda}{2} "
        "\\lVert w \\rVert^2$ is $\\lambda w$.",
    ]


def predict(bowl: Bowl, strength: float) -> None:
    """How many weights are 0 when the penalty is twice as strong."""

    def reveal() -> tuple[str, str]:
        now, then = (regularisers.thresholded(bowl, factor * strength) for factor in (1, 2))
        said = f"At λ = {strength:g} they are {written(now)}, at λ = {2 * strength:g} {written(then)}."
        halved = regularisers.shrunk(bowl, 2 * strength)
        return str(int((then == 0).sum())), f"{said} With L2 they would be {written(halved)}."

    ask = f"λ were twice as large, {2 * strength:g}? Of the two weights, L1 would make exactly 0 …"
    frame.question(ask, ZEROS, f"penalty.predict.{bowl}.{strength}", reveal)
