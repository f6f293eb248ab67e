"""The laws of convolution: both sides of each, computed on the picture, and their difference."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import panels as panels_part
from pages.components.panels import Panel
from pages.frame import links
from pages.parts.convolution_controls import choice, slide
from pages.parts.convolution_kernels import kernel_choice, shown_well
from pages.server.errors import advice
from vizcore.exhibits import convolution
from vizcore.toolkit import laws as of_laws
from vizcore.toolkit.latex import number
from vizcore.toolkit.laws import Law
from vizcore.toolkit.small import small

LAWS: Mapping[str, str] = {
    "commutative": "commutative",
    "associative": "associative",
    "distributive": "distributive",
    "scalar": "scalar",
    "equivariant": "shifts",
    "border": "shifts, zero padding",
}
OPERATIONS = {"convolution": "convolution ∗", "correlation": "correlation ⋆"}
SHIFTS = ("0", "1", "2", "3", "4", "6", "8", "12", "16", "24", "32")
SHORTEST, LONGEST = 8, 160  # px of the picture that the laws are shown on
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "laws_law": "commutative",
    "laws_f": "gaussian",
    "laws_g": "sobel_x",
    "laws_as": "convolution",
    "laws_shift": "8",
}
Found = Mapping[str, Mapping[str, Law]]  # operation -> name of the law -> the law
SETTINGS = tuple(STARTS)


def _preset(title: str, law: str, f: str, g: str, operation: str = "convolution") -> frame.Preset:
    settings = {"laws_law": law, "laws_f": f, "laws_g": g, "laws_as": operation}
    return frame.Preset(title, {"view": "laws"} | settings)


PRESETS: Mapping[str, frame.Preset] = {
    "one": _preset("Two kernels, one", "associative", "gaussian", "sobel_x"),
    "exchange": _preset("Places changed (Kainz)", "commutative", "emboss", "sobel_x"),
    "torch": _preset("What torch computes", "commutative", "emboss", "sobel_x", "correlation"),
    "branches": _preset("Two branches, one", "distributive", "sobel_x", "sobel_y"),
    "shift": _preset("A shift", "equivariant", "log", "sobel_x"),
    "border": _preset("The border", "border", "box", "sobel_x"),
}
EXPLAINED = (of_laws.laws, of_laws.convolved, of_laws.exchanged, of_laws.commutative, of_laws.associative)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The law, its two sides and their difference, its formula, and all laws in a table."""
    with st.container(horizontal=True):
        name = choice("Law", LAWS, "laws_law")
        operation = choice("Computed as", OPERATIONS, "laws_as")
    with st.container(horizontal=True):
        f = kernel_choice("Kernel f", "laws_f", STARTS["laws_f"])
        alone = name not in ("associative", "distributive")
        g = kernel_choice("Kernel g", "laws_g", STARTS["laws_g"], disabled=alone)
        shift = slide("Shift (px)", SHIFTS, "laws_shift", STARTS["laws_shift"]) if _shifts(name) else 8.0
    picture = small(convolution.grey(stage.image)[..., None], LONGEST)[..., 0]
    if min(picture.shape) >= SHORTEST:
        found = {
            kind: {law.name: law for law in all_laws(picture, f, g, kind, int(shift))} for kind in OPERATIONS
        }
        explain(stage, picture, found, found[operation][name], f)
    else:
        size = f"{picture.shape[1]} × {picture.shape[0]} px"
        advice(f"This picture has {size}. The laws need {SHORTEST} px on each side; choose a larger one.")
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=STARTS)


def explain(stage: frame.Stage, picture: NDArray[np.float64], found: Found, law: Law, f: str) -> None:
    """The law on the picture, its formula with numbers, and all laws in a table."""
    draw(law, f"{stage.digest} {law.left.shape}")
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(law.formula)
    formula.latex(law.numbers)
    formula.latex(at_the_worst(law))
    words.markdown(f"**What to notice.** {law.says}")
    words.caption(
        f"The picture in grey, {picture.shape[1]} × {picture.shape[0]} px. "
        + ("" if _shifts(law.name) else "Every overlap of picture and kernel counts (full padding).")
    )
    st.markdown(table(found))
    predict(stage, picture, f)


def predict(stage: frame.Stage, picture: NDArray[np.float64], f: str) -> None:
    """What a stride does to the law of shifts."""

    def reveal() -> tuple[str, str]:
        def strided(x: NDArray[np.float64]) -> NDArray[np.float64]:
            padded = np.pad(x, 5, mode="wrap")
            return convolution.convolve(padded, shown_well(f), stride=2).output

        rows, cols = (size // 2 * 2 for size in picture.shape)
        x = picture[:rows, :cols]
        once, twice = strided(np.roll(x, 1, axis=1)), strided(np.roll(x, 2, axis=1))
        still, moved = strided(x), np.roll(strided(x), 1, axis=1)
        inside = slice(6, -6)
        odd = min(_apart(once, each, inside) for each in (still, moved))
        even = _apart(twice, moved, inside)
        return ("exact" if odd < 1e-9 else "multiples"), (
            f"After a shift by 1 px the nearest shifted output is {odd:.0%} away. After a shift "
            f"by 2 px, a multiple of the stride, it is {even:.1g} away."
        )

    answers = {"exact": "for every shift", "multiples": "for shifts by multiples of 2 only"}
    ask = "the kernel moved with a stride of 2? Shifting the picture would shift the output …"
    frame.question(ask, answers, f"laws.predict.{stage.digest}.{f}", reveal)


def _apart(one: NDArray[np.float64], other: NDArray[np.float64], inside: slice) -> float:
    """Distance of two outputs away from their borders, as a share of their size."""
    one, other = one[inside, inside], other[inside, inside]
    return float(np.linalg.norm(one - other) / max(float(np.linalg.norm(other)), 1e-12))


def _shifts(name: str) -> bool:
    return name in ("equivariant", "border")


def all_laws(picture: NDArray[np.float64], f: str, g: str, operation: str, shift: int) -> tuple[Law, ...]:
    """Both sides of every law; small pictures are shifted by less."""
    moved = min(shift, *(side // 2 for side in picture.shape))
    return of_laws.laws(
        picture, shown_well(f), shown_well(g), flip=operation == "convolution", shift=(moved, moved)
    )


def draw(law: Law, identity: str) -> None:
    """What goes in, both sides and their difference; below them the kernels."""
    colours, limits = panels_part.shades(inside(law, law.left), inside(law, law.right))
    apart = law.left - law.right
    most = max(abs(limits[0]), abs(limits[1])) if law.holds else law.difference
    row, col = worst(law)
    rows, cols = _window(law)
    corner = (-((rows - 1) // 2), -((cols - 1) // 2)) if _shifts(law.name) else (1 - rows, 1 - cols)
    pictures = [
        Panel("S x" if _shifts(law.name) else "x", law.given, "grey", window=(rows, cols), corner=corner),
        Panel(law.sides[0], law.left, colours, limits),
        Panel(law.sides[1], law.right, colours, limits, sign="−"),
        Panel("the difference", apart, "signed", (-most, most), sign="="),
    ]
    small_ones = [panels_part.kernel(title, weights) for title, weights in law.kernels.items()]
    alt = f"{law.sides[0]} and {law.sides[1]}, which differ by at most {law.difference:.2g}"
    view = panels_part.View(f"{identity} {law.name}", 4, (row, col), alt)
    packed = panels_part.pack(view, [*pictures, *small_ones])
    components.mount("panels", data=packed, key="laws.panels")


def _window(law: Law) -> tuple[int, int]:
    """Rows and columns of the picture behind one value: of the last kernel, the sum or the product."""
    rows, cols = list(law.kernels.values())[-1].shape
    return rows, cols


def inside(law: Law, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values whose windows lie in the picture; all of them where there are none."""
    rows, cols = _window(law)
    within = values[rows - 1 : law.given.shape[0], cols - 1 : law.given.shape[1]]
    return within if within.size else values


def worst(law: Law) -> tuple[int, int]:
    """Where the sides are furthest apart; where they are not, where the left one is strongest."""
    where = np.abs(law.left - law.right)
    if law.holds:
        strongest = np.abs(inside(law, law.left)).max()
        where = np.abs(law.left) == strongest
    row, col = np.unravel_index(where.argmax(), where.shape)
    return int(row), int(col)


def at_the_worst(law: Law) -> str:
    """The difference at the place that is marked, in numbers."""
    row, col = worst(law)
    left, right = float(law.left[row, col]), float(law.right[row, col])
    second = f"({number(right)})" if right < 0 else number(right)
    place = rf"\text{{row }} {row},\ \text{{column }} {col}"
    return rf"{place}: \quad {number(left)} - {second} = {number(left - right)}"


def table(found: Found) -> str:
    """All laws with the largest difference of their sides, for both operations, as Markdown."""
    lines = [
        "| largest difference of the sides | " + " | ".join(OPERATIONS.values()) + " |",
        "| --- | --- | --- |",
    ]
    for name, title in LAWS.items():
        cells = (_told(found[kind][name]) for kind in OPERATIONS)
        lines.append(f"| {title}: ${found['convolution'][name].formula}$ | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _told(law: Law) -> str:
    return f"{law.difference:.2g}, {'holds' if law.holds else '**does not hold**'}"
