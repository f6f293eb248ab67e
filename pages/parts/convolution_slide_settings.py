"""What is chosen for one kernel on one picture: settings in the link, and the numbers that they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.frame import links
from pages.parts import planes
from pages.parts.convolution_controls import choice, select, slide
from vizcore.exhibits import convolution
from vizcore.exhibits.convolution import GRIDS, Response
from vizcore.toolkit import kernels, windows
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.kernels import KERNELS

Weights = NDArray[np.float64]  # (h, w)

KINDS = {"correlation": "cross-correlation", "convolution": "convolution", "transposed": "transposed"}
CELLS = tuple(str(count) for count in range(1, kernels.MOST_CELLS + 1))
PIXELS = tuple(str(count) for count in range(1, 6))
OWN = "own"  # the kernel is the one that `weights` says
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    **planes.starts("slide", "128"),
    "slide_kernel": "sobel_x",
    "slide_rows": "",
    "slide_cols": "",
    "slide_numbers": "",
    "weights": "",
    "slide_as": "correlation",
    "slide_stride": "1",
    "slide_padding": "valid",
    "slide_mode": "zeros",
    "slide_dilation": "1",
    "slide_extra": "0",
    "slide_unit": "",
}


@dataclass(frozen=True, eq=False)
class Chosen:
    """Everything that the output depends on."""

    picture: Weights  # (H, W)
    kernel: Weights  # as written, before it is turned
    kind: str  # key of KINDS
    settings: Mapping[str, Any]  # of `convolve` or `transposed`

    def response(self, kernel: Weights | None = None) -> Response:
        """What this kernel, or another one of its size, makes of the picture."""
        compute = convolution.transposed if self.kind == "transposed" else convolution.convolve
        return compute(self.picture, self.kernel if kernel is None else kernel, **self.settings)


def starts() -> Mapping[str, str]:
    """What each setting would be if nobody had touched it: a kernel starts at the size that shows it well."""
    entry = KERNELS.get(links.setting("slide_kernel"))
    rows, cols = map(str, entry.start) if entry else ("", "")
    return {**STARTS, "slide_rows": rows, "slide_cols": cols}


def controls(stage: frame.Stage) -> Chosen:
    """Show what can be chosen, and return what is.

    Raises:
        InputError: the kernel has no such size.
    """
    with st.container(horizontal=True, vertical_alignment="top"):
        picture = planes.plane(stage, "slide", STARTS["slide_size"], GRIDS)
        kernel_controls()
    with st.container(horizontal=True, vertical_alignment="top"):
        kind = choice("Computed as", KINDS, "slide_as")
        settings = window_controls(kind)
    return Chosen(picture, kernel(), kind, settings)


def kernel_controls() -> None:
    """Which kernel, and how large."""
    own = links.setting("weights")
    if own:
        links.choose("slide_kernel", OWN)
    names = {name: entry.title for name, entry in KERNELS.items()} | ({OWN: "Own kernel"} if own else {})
    name = select("Kernel", names, "slide_kernel", STARTS["slide_kernel"], then=forget)
    entry = KERNELS.get(name)
    shape = read(own).shape if own else entry.start if entry else (3, 3)
    for label, key, count in zip(("Rows", "Columns"), ("slide_rows", "slide_cols"), shape, strict=True):
        if own:
            links.choose(key, str(count))
        fixed = entry is not None and entry.sizes is not None
        select(
            label, {cells: cells for cells in CELLS}, key, str(count), width=90, disabled=fixed, then=resize
        )


def window_controls(kind: str) -> dict[str, Any]:
    """How the window moves: the settings of `convolve` or `transposed`."""
    found: dict[str, Any] = {"stride": int(slide("Stride", PIXELS, "slide_stride", "1"))}
    words = {} if kind == "transposed" else {"same": "same size", "full": "full"}
    paddings = {"valid": "none", **words, **{px: f"{px} px" for px in PIXELS}}
    padding = select(
        "Cut off" if kind == "transposed" else "Padding",
        paddings,
        "slide_padding",
        STARTS["slide_padding"],
        width=130,
    )
    found["padding"] = 0 if padding == "valid" else int(padding) if padding in PIXELS else padding
    if kind == "transposed":
        found["output_padding"] = int(slide("Output padding", ("0", *PIXELS[:4]), "slide_extra", "0"))
    else:
        modes = {mode: windows.FILLINGS[mode] for mode in windows.MODES}
        found["padding_mode"] = select(
            "filled with", modes, "slide_mode", STARTS["slide_mode"], disabled=padding == "valid"
        )
        found["flip"] = kind == "convolution"
    found["dilation"] = int(slide("Dilation", PIXELS, "slide_dilation", "1"))
    return found


def kernel() -> Weights:
    """The weights that are chosen.

    Raises:
        InputError: the kernel has no such size.
    """
    if own := links.setting("weights"):
        return read(own)
    rows, cols = int(links.setting("slide_rows")), int(links.setting("slide_cols"))
    return kernels.kernel(links.setting("slide_kernel"), rows, cols, **numbers())


def numbers() -> dict[str, float]:
    """The numbers that shape the kernel, such as sigma; those that a link says wrongly are left out."""
    entry = KERNELS[links.setting("slide_kernel")]
    found = {parameter.name: parameter.start for parameter in entry.parameters}
    for part in links.setting("slide_numbers").split(";"):
        name, _, text = part.partition(":")
        known = next((parameter for parameter in entry.parameters if parameter.name == name), None)
        try:
            value = float(text)
        except ValueError:
            continue
        if known and known.low <= value <= known.high:
            found[name] = value
    return found


def shaped(question: Mapping[str, Any], name: str, size: tuple[int, int]) -> Weights:
    """The kernel that the browser asks for: weights as typed, or those that sliders make.

    Raises:
        InputError: there is no such kernel, or it is of another size than the one on the page.
    """
    if "kernel" in question:
        weights = kernels.checked(question["kernel"])
    else:
        given = question.get("sliders")
        weights = kernels.kernel(name, *size, **(given if isinstance(given, dict) else {}))
    if weights.shape != size:
        raise InputError(f"The kernel has {size[0]} × {size[1]} weights, not {weights.shape}.")
    return weights


def read(text: str) -> Weights:
    """The kernel in a link; a single 1 for a text that says none."""
    try:
        return kernels.read(text)
    except InputError:
        links.miss("weights", "1", "The link names a kernel that cannot be read; this is a single 1.")
        return np.ones((1, 1))


def forget() -> None:
    """Another kernel was chosen: what shaped the one before it goes."""
    for key in ("weights", "slide_rows", "slide_cols", "slide_numbers"):
        links.choose(key, "")


def resize() -> None:
    """Another size was chosen: own weights keep what still fits, around the middle."""
    if own := links.setting("weights"):
        rows, cols = int(links.setting("slide_rows")), int(links.setting("slide_cols"))
        links.choose("weights", kernels.written(fitted(read(own), rows, cols)))


def fitted(weights: Weights, rows: int, cols: int) -> Weights:
    """The kernel cut, or filled with zeros, on all sides; of an odd number of cells one more at the end."""
    missing = [wanted - count for wanted, count in zip((rows, cols), weights.shape, strict=True)]
    filled = np.pad(weights, [(max(0, each) // 2, -(-max(0, each) // 2)) for each in missing])
    top, left = (max(0, -each) // 2 for each in missing)
    return filled[top : top + rows, left : left + cols]
