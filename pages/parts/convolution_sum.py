"""One filter over a colour picture: a kernel for each channel, three results, and their sum."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import panels as panels_part
from pages.components.panels import Panel
from pages.parts.convolution_controls import slide
from pages.parts.convolution_kernels import kernel_choice
from pages.parts.convolution_places import choose_place, place
from vizcore.toolkit import channels, kernels
from vizcore.toolkit.channels import Filtered
from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.small import small

CHANNELS = ("red", "green", "blue")
TIMES = ("-2", "-1", "-0.5", "0", "0.5", "1", "2")
BIASES = ("-1", "-0.5", "-0.2", "0", "0.2", "0.5", "1")
LONGEST = 128  # px of the picture
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    **{f"channels_{name}": "gaussian" for name in CHANNELS},
    "channels_times_red": "1",
    "channels_times_green": "-1",
    "channels_times_blue": "0",
    "channels_b": "0",
    "channels_at": "",
}
Values = NDArray[np.float64]


def show(stage: frame.Stage) -> None:
    """Channels, kernels and results in columns; below them what each column is made of."""
    above = st.container()
    weights, bias = controls()
    picture = small(stage.image, LONGEST)
    found = channels.filtered(picture.transpose(2, 0, 1), weights, bias)
    at = place("channels_at", found.output.shape)
    with above:
        draw(stage, picture, weights, bias, found, at)
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(r"y = b + \sum_c \sum_{i,j} w_{c,i,j}\, x_{c,i,j}")
    formula.latex(written_out(found, bias, at))
    words.markdown("**What to notice.** " + " ".join(noticed(found, weights)))
    predict(stage, picture, weights, bias, found)


def predict(stage: frame.Stage, picture: Values, weights: Values, bias: float, found: Filtered) -> None:
    """What exchanging two colours does."""

    def reveal() -> tuple[str, str]:
        other = channels.filtered(picture[..., ::-1].transpose(2, 0, 1), weights, bias).output
        change = float(np.linalg.norm(other - found.output) / max(float(np.linalg.norm(found.output)), 1e-12))
        truth = "same" if change < 1e-9 else "other"
        return truth, (
            rf"$\lVert y' - y \rVert / \lVert y \rVert = {number(change)}$. Each colour has a kernel "
            "of its own; only where those of red and blue are alike does it not matter which is which."
        )

    key = f"channels.predict.{stage.digest}.{hash(weights.tobytes())}"
    ask = "red and blue changed places in the picture, but not the kernels? The map would be …"
    frame.question(ask, {"same": "the same", "other": "another one"}, key, reveal)


def controls() -> tuple[Values, float]:
    """The kernel of each channel, (3, 3, 3), and the bias."""
    weights = []
    *columns, last = st.columns(4)
    for name, column in zip(CHANNELS, columns, strict=True):
        with column:
            key, times = f"channels_{name}", f"channels_times_{name}"
            chosen = kernel_choice(f"Kernel for {name}", key, STARTS[key])
            factor = slide("times", TIMES, times, STARTS[times])
            weights.append(factor * kernels.kernel(chosen, 3, 3))
    with last:
        bias = slide("Bias b", BIASES, "channels_b", STARTS["channels_b"])
    return np.stack(weights), bias


def draw(
    stage: frame.Stage, picture: Values, weights: Values, bias: float, found: Filtered, at: tuple[int, int]
) -> None:
    """What goes in, what it meets, and what comes out."""
    around = {"window": (3, 3), "corner": (-1, -1)}
    most = float(np.abs(weights).max())
    colours, limits = panels_part.shades(found.parts, found.output)
    parts = [
        Panel(f"{name} result", part, colours, limits, sign="+" if index else "")
        for index, (name, part) in enumerate(zip(CHANNELS, found.parts, strict=True))
    ]
    rows = [
        *(Panel(name, picture[..., index], "grey", **around) for index, name in enumerate(CHANNELS)),  # type: ignore[arg-type]
        Panel("the picture", picture, "rgb", **around),  # type: ignore[arg-type]
        *(
            panels_part.kernel(f"its kernel for {name}", kernel, most=most, sign="⋆")
            for name, kernel in zip(CHANNELS, weights, strict=True)
        ),
        None,
        *parts,
        Panel(f"their sum, plus b = {bias:g}", found.output, colours, limits, sign="="),
    ]
    alt = f"red, green and blue of {stage.title}, each under a kernel of its own, and the sum of the results"
    view = panels_part.View(f"{stage.digest} sum", 4, at, alt, picks=True)
    components.mount(
        "panels", data=panels_part.pack(view, rows), key="channels.panels", on_pick=_choose_pixel
    )


def _choose_pixel() -> None:
    choose_place("channels_at", "channels.panels")


def written_out(found: Filtered, bias: float, at: tuple[int, int]) -> str:
    """The sum at one place in numbers, as LaTeX."""
    row, col = at
    terms = [
        rf"\underbrace{{{signed(float(part[at]))}}}_{{\text{{{name}}}}}"
        for name, part in zip(CHANNELS, found.parts, strict=True)
    ]
    total = rf"{' + '.join(terms)} + \underbrace{{{signed(bias)}}}_{{b}}"
    return rf"y_{{{row},{col}}} = {total} = {number(float(found.output[at]))}"


def noticed(found: Filtered, weights: Values) -> list[str]:
    """What the channels add to the map, with numbers."""
    said = [
        f"{weights.size} weights and one bias make one map: the three results are added, place by place, and "
        "the colours are gone.",
        "Left apart, the three results are what a depthwise convolution gives.",
    ]
    shares = np.abs(found.parts).mean(axis=(1, 2))
    strongest = CHANNELS[int(shares.argmax())]
    said.append(f"Here {strongest} adds most: {shares.max():.3g} on average, without its sign.")
    if abs(weights.sum()) < 1e-9:
        said.append("All weights together sum to 0, so flat grey gives only the bias.")
    return said
