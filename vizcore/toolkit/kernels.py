"""The kernels one can choose, and how a kernel is written in a link.

Kernels are laid over the picture as they stand, without flipping (cross-correlation, as torch does). Row 0 is
the top. Angles count anticlockwise from the horizontal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import kernel_formulas as formulas
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import Parameter

Weights = NDArray[np.float64]  # (h, w)
MOST_CELLS = 11  # per side
LARGEST = 1e6  # of any weight, without its sign
LONGEST = 4_000  # characters of a kernel as text; 11 x 11 weights with all their digits take 3,000
_NUMBER = re.compile(r"\s*-?(\d+(\.\d*)?|\.\d+)(e-?\d+)?\s*", re.ASCII)


@dataclass(frozen=True)
class Kernel:
    """A kind of kernel: how to make it at any size, and what it is good for."""

    title: str
    make: Callable[..., Weights]  # takes rows, columns and the parameters by name
    source: str  # where it was published
    says: str  # one sentence: what it does to a picture
    parameters: tuple[Parameter, ...] = ()
    sizes: tuple[int, int] | None = None  # the only rows and columns it has; None where they are free
    start: tuple[int, int] = (3, 3)  # rows and columns that show it well


_SIGMA = Parameter("sigma", "Standard deviation", 0.3, 5, 1, 0.1, "px")
_ANGLE = Parameter("angle", "Angle", 0, 180, 0, 1, "degrees")
_TEXTBOOK = "Gonzalez & Woods 2018, Digital Image Processing, chapter 3"

KERNELS: Mapping[str, Kernel] = {
    "identity": Kernel(
        "Identity",
        formulas.identity,
        _TEXTBOOK,
        "Leaves the picture as it is: one weight of 1, all others 0.",
    ),
    "box": Kernel(
        "Box blur",
        formulas.box,
        _TEXTBOOK,
        "Replaces each pixel by the plain mean of those around it, which blurs.",
    ),
    "gaussian": Kernel(
        "Gaussian blur",
        formulas.gaussian,
        _TEXTBOOK,
        "Blurs with weights that fade with the distance, alike in every direction.",
        (_SIGMA,),
        start=(5, 5),
    ),
    "sharpen": Kernel(
        "Sharpen",
        partial(formulas.fixed, [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        _TEXTBOOK,
        "Adds to each pixel how far it stands out from its four neighbours.",
        sizes=(3, 3),
    ),
    "unsharp": Kernel(
        "Unsharp mask",
        formulas.unsharp,
        _TEXTBOOK,
        "Adds to the picture what a Gaussian blur would take away from it, times the amount.",
        (Parameter("amount", "Amount", 0, 5, 1, 0.1, ""), _SIGMA),
        start=(5, 5),
    ),
    "sobel_x": Kernel(
        "Sobel x",
        formulas.sobel,
        "Sobel & Feldman 1968; larger ones: Danielsson & Seger 1990",
        "Measures how fast the picture brightens to the right, smoothed up and down: vertical edges.",
    ),
    "sobel_y": Kernel(
        "Sobel y",
        partial(formulas.turned, formulas.sobel),
        "Sobel & Feldman 1968; larger ones: Danielsson & Seger 1990",
        "Measures how fast the picture brightens downwards, smoothed left and right: horizontal edges.",
    ),
    "prewitt_x": Kernel(
        "Prewitt x",
        formulas.prewitt,
        "Prewitt 1970, Object enhancement and extraction",
        "Measures the slope to the right of the plane that fits the window best: vertical edges.",
    ),
    "prewitt_y": Kernel(
        "Prewitt y",
        partial(formulas.turned, formulas.prewitt),
        "Prewitt 1970, Object enhancement and extraction",
        "Measures the slope downwards of the plane that fits the window best: horizontal edges.",
    ),
    "scharr_x": Kernel(
        "Scharr x",
        partial(formulas.fixed, [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]),
        "Scharr 2000, Optimale Operatoren in der digitalen Bildverarbeitung",
        "Finds vertical edges as Sobel does, with weights that tell an edge's angle more exactly.",
        sizes=(3, 3),
    ),
    "scharr_y": Kernel(
        "Scharr y",
        partial(formulas.fixed, [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]),
        "Scharr 2000, Optimale Operatoren in der digitalen Bildverarbeitung",
        "Finds horizontal edges as Sobel does, with weights that tell an edge's angle more exactly.",
        sizes=(3, 3),
    ),
    "laplacian": Kernel(
        "Laplacian",
        partial(formulas.fixed, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        _TEXTBOOK,
        "Compares each pixel with its four neighbours: 0 on flat ground and on even slopes, large at edges.",
        sizes=(3, 3),
    ),
    "log": Kernel(
        "Laplacian of Gaussian",
        formulas.log,
        "Marr & Hildreth 1980, Theory of edge detection; scale after Lindeberg 1998",
        "Blurs, then takes the Laplacian: answers most to spots with a radius of 1.4 times sigma.",
        (_SIGMA,),
        start=(7, 7),
    ),
    "emboss": Kernel(
        "Emboss",
        partial(formulas.fixed, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
        "GIMP manual, Convolution Matrix",
        "Adds the slope towards the lower right, so that the picture looks raised and lit from the side.",
        sizes=(3, 3),
    ),
    "motion": Kernel(
        "Motion blur",
        formulas.motion,
        "the line after Wu 1991, An efficient antialiasing technique",
        "Averages along a line, as when the camera moves while the shutter is open.",
        (_ANGLE,),
        start=(7, 7),
    ),
    "gabor": Kernel(
        "Gabor",
        formulas.gabor,
        "Daugman 1985, J. Opt. Soc. Am. A 2(7)",
        "Answers to stripes of one width and one direction, as cells of the visual cortex do.",
        (
            Parameter("frequency", "Frequency", 0.05, 0.5, 0.2, 0.01, "cycles/px"),
            _ANGLE,
            Parameter("sigma", "Standard deviation", 0.3, 5, 2, 0.1, "px"),
        ),
        start=(9, 9),
    ),
    "x_detector": Kernel(
        "X detector",
        formulas.x_detector,
        "Machine learning, lecture 15 (2022), after Rohrer 2016, How convolutional neural networks work",
        "Answers to a falling stroke of an X: most where a picture of 1 and −1 agrees with it in every cell.",
    ),
    "cross": Kernel(
        "Cross",
        formulas.cross,
        "Korenev & Gryaznov, lecture 5",
        "Adds up the pixels on both diagonals: in a picture of 0 and 1 it counts the ones on a cross.",
    ),
    "random": Kernel(
        "Random",
        formulas.random,
        "LeCun et al. 1998, Efficient BackProp",
        "Weights as a network starts with them: normal, with mean 0 and a variance of one over their number.",
        (Parameter("seed", "Seed", 0, 999, 0, 1, ""),),
    ),
}


def kernel(name: str, rows: int = 3, cols: int = 3, **parameters: float) -> Weights:
    """The weights (rows, cols) of a kernel.

    Args:
        name: key of KERNELS.
        rows, cols: its size, 1 to 11.
        parameters: as its entry lists them; one that is left out has its start value.

    Raises:
        InputError: there is no such kernel or parameter, or the kernel has no such size or value.
    """
    entry = pick(KERNELS, name, "kernel")
    for count in (rows, cols):
        if not (isinstance(count, int) and 1 <= count <= MOST_CELLS):
            raise InputError(f"A kernel has 1 to {MOST_CELLS} rows and columns, not {str(count)[:40]}.")
    if entry.sizes and entry.sizes != (rows, cols):
        only = f"{entry.sizes[0]} × {entry.sizes[1]}"
        raise InputError(f"{entry.title} is defined for {only} cells only, not {rows} × {cols}.")
    return entry.make(rows, cols, **_complete(entry, parameters))


def _complete(entry: Kernel, given: Mapping[str, float]) -> dict[str, float]:
    known = {parameter.name: parameter for parameter in entry.parameters}
    for name, value in given.items():
        parameter = pick(known, name, f"parameter of {entry.title}")
        if not (isinstance(value, int | float) and parameter.low <= value <= parameter.high):
            limits = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".rstrip()
            raise InputError(f"{parameter.title} goes from {limits}, not {str(value)[:40]}.")
    return {name: given.get(name, parameter.start) for name, parameter in known.items()}


def checked(values: ArrayLike) -> Weights:
    """The weights (h, w) of somebody's own kernel as float64.

    Raises:
        InputError: it is no grid of 1 x 1 to 11 x 11 finite numbers of at most a million.
    """
    try:
        weights = np.array(values)
    except ValueError as error:  # rows of unequal length
        raise InputError("Every row of a kernel needs the same number of cells.") from error
    if weights.dtype.kind not in "iuf":
        raise InputError("A kernel holds numbers only.")
    weights = weights.astype(np.float64)
    if weights.ndim != 2 or not all(1 <= count <= MOST_CELLS for count in weights.shape):
        raise InputError(f"A kernel is a grid of 1 × 1 to {MOST_CELLS} × {MOST_CELLS} cells.")
    if not (np.abs(weights) <= LARGEST).all():  # nan too
        raise InputError(f"Every weight must lie between −{LARGEST:,.0f} and {LARGEST:,.0f}.")
    return weights


def normalised(weights: ArrayLike) -> Weights:
    """The kernel (h, w) divided by its sum, so that it keeps the brightness of flat ground.

    Raises:
        InputError: its weights sum to 0, or so nearly that the result would be above the largest weight.
    """
    values = checked(weights)
    total = values.sum()
    if abs(total) <= np.abs(values).sum() / LARGEST:
        raise InputError("The weights sum to 0, so no factor makes them sum to 1.")
    return values / total


def written(weights: ArrayLike) -> str:
    """The kernel (h, w) as text for a link, such as "1,0,-1;2,0,-2": exactly what `read` takes."""
    rows = (checked(weights) + 0.0).tolist()
    return ";".join(",".join(repr(value).removesuffix(".0") for value in row) for row in rows)


def read(text: str) -> Weights:
    """The kernel (h, w) that a text says: cells apart by commas, rows by semicolons.

    Raises:
        InputError: the text is too long, a cell is no number, or `checked` refuses the grid.
    """
    if len(text) > LONGEST:
        raise InputError(f"A kernel is written in at most {LONGEST:,} characters, not {len(text):,}.")
    rows = [row.split(",") for row in text.split(";")]
    for cell in (cell for row in rows for cell in row):
        if not _NUMBER.fullmatch(cell):
            raise InputError(f"{cell[:20]!r} is no number. Write a kernel as 1,0,-1;2,0,-2.")
    return checked([[float(cell) for cell in row] for row in rows])
