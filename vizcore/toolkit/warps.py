r"""Pictures that are moved, turned, scaled, mirrored, bent or lit, with a border that is chosen openly.

A transformation of the plane is written backwards: it says for each place $u$ of the result the place
$\sigma(u)$ of the picture that is seen there, $(Sx)(u) = x(\sigma(u))$. Between the pixels the picture is
interpolated bilinearly, which blurs a little; where all places are whole pixels (shifts by whole px, mirrors,
quarter turns of a square), pixels are only moved and keep every bit. What stands outside of the picture is

- "circular": the opposite side, as if the picture were wound round a torus, so that nothing is lost; or
- "reflect": the picture mirrored at its outermost pixels, which are not repeated.

Places are rows (downwards) and columns (to the right) in px; (0, 0) is the middle of the first pixel.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from vizcore.toolkit.bends import displacement
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.resampling import Points, Size, grid, resampled

Back: TypeAlias = Callable[[Points, Size, float, int], Points]  # places, size, amount, seed -> where from
Backward: TypeAlias = Callable[[Points], Points]  # places of the result -> where they come from
Pixels = TypeVar("Pixels", NDArray[np.float32], NDArray[np.float64], NDArray[np.int64])

# name -> what stands outside of the picture
BORDERS: Mapping[str, str] = {
    "circular": "the opposite side, as if the picture were wound round a torus",
    "reflect": "the picture mirrored at its outermost pixels, which are not repeated",
}


@dataclass(frozen=True)
class Transformation:
    """Something that is done to a picture, and how much of it can be done."""

    title: str
    unit: str
    low: float
    high: float
    step: float  # between two amounts worth telling apart
    neutral: float  # the amount that changes nothing
    formula: str  # LaTeX, of the result
    says: str  # one sentence
    back: Back | None  # where the pixels of the result come from; None: they stay, their values change


def _shifted_x(places: Points, size: Size, amount: float, seed: int) -> Points:
    return places[0], places[1] - amount


def _shifted_y(places: Points, size: Size, amount: float, seed: int) -> Points:
    return places[0] - amount, places[1]


def _rotated(places: Points, size: Size, amount: float, seed: int) -> Points:
    middle = (size[0] - 1) / 2, (size[1] - 1) / 2
    down, right = places[0] - middle[0], places[1] - middle[1]
    sine, cosine = _sine_and_cosine(amount)
    return middle[0] + cosine * down + sine * right, middle[1] - sine * down + cosine * right


def _scaled(places: Points, size: Size, amount: float, seed: int) -> Points:
    middle = (size[0] - 1) / 2, (size[1] - 1) / 2
    return (places[0] - middle[0]) / amount + middle[0], (places[1] - middle[1]) / amount + middle[1]


def _flipped(places: Points, size: Size, amount: float, seed: int) -> Points:
    return places[0], size[1] - 1 - places[1] if amount else places[1]


def _warped(places: Points, size: Size, amount: float, seed: int) -> Points:
    down, right = displacement(places, size, amount, seed)
    return places[0] - down, places[1] - right


TRANSFORMATIONS: Mapping[str, Transformation] = {
    "shift_x": Transformation(
        title="Shift to the right",
        unit="px",
        low=-64,
        high=64,
        step=1,
        neutral=0,
        formula=r"(Sx)(i, j) = x(i,\, j - v)",
        says="Moves the picture to the right, or to the left below 0.",
        back=_shifted_x,
    ),
    "shift_y": Transformation(
        title="Shift downwards",
        unit="px",
        low=-64,
        high=64,
        step=1,
        neutral=0,
        formula=r"(Sx)(i, j) = x(i - v,\, j)",
        says="Moves the picture downwards, or upwards below 0.",
        back=_shifted_y,
    ),
    "rotation": Transformation(
        title="Rotation",
        unit="°",
        low=-360,
        high=360,
        step=1,
        neutral=0,
        formula=r"(Sx)(u) = x(R_{-\theta}\, u)",
        says="Turns the picture anticlockwise about its middle.",
        back=_rotated,
    ),
    "scale": Transformation(
        title="Scaling",
        unit="×",
        low=0.5,
        high=2,
        step=0.05,
        neutral=1,
        formula=r"(Sx)(u) = x(u / a)",
        says="Enlarges the picture about its middle, or shrinks it below 1.",
        back=_scaled,
    ),
    "flip": Transformation(
        title="Mirroring",
        unit="",
        low=0,
        high=1,
        step=1,
        neutral=0,
        formula=r"(Sx)(i, j) = x(i,\, W - 1 - j)",
        says="Exchanges left and right.",
        back=_flipped,
    ),
    "brightness": Transformation(
        title="Brightness",
        unit="×",
        low=0,
        high=2,
        step=0.05,
        neutral=1,
        formula=r"(Sx)(u) = \min(1,\, a\, x(u))",
        says="Multiplies every value, and cuts off what is brighter than white.",
        back=None,
    ),
    "warp": Transformation(
        title="Deformation",
        unit="of stretch",
        low=0,
        high=0.9,
        step=0.05,
        neutral=0,
        formula=r"(Sx)(u) = x(u - \tau(u)), \quad \sup_u \lVert \nabla \tau(u) \rVert = a",
        says="Bends the picture by a smooth field that is drawn from a seed; below 1 it folds nothing.",
        back=_warped,
    ),
}


def transformed(image: Pixels, name: str, amount: float, *, border: str = "reflect", seed: int = 0) -> Pixels:
    """A picture of the same size to which a transformation was done.

    Args:
        image: (H, W) or (H, W, C); in [0, 1] where brightness is changed.
        name: key of TRANSFORMATIONS.
        amount: in its range; the neutral amount returns every bit as it was.
        border: key of BORDERS.
        seed: of a warp.

    Raises:
        InputError: there is no such transformation or border, or the amount is out of range.
    """
    entry = check(name, amount, seed)
    pick(BORDERS, border, "border")
    if amount == entry.neutral:
        return image.copy()
    if entry.back is None:
        return np.clip(image * image.dtype.type(amount), 0, 1)
    size = image.shape[0], image.shape[1]
    return _seen(image, entry.back(grid(size), size, amount, seed), border)


def moved(image: Pixels, dy: float, dx: float, *, border: str = "circular") -> Pixels:
    """A picture that was shifted.

    Args:
        image: (H, W) or (H, W, 3), or whole numbers such as labels, which move by whole px only.
        dy: px down.
        dx: px to the right.
        border: key of BORDERS.

    Raises:
        InputError: there is no such border.
    """
    pick(BORDERS, border, "border")
    return _seen(image, shift(dy, dx)(grid((image.shape[0], image.shape[1]))), border)


def shift(dy: float, dx: float) -> Backward:
    """Where each place of a picture comes from that was moved by dy px down and dx px to the right."""
    return lambda places: (places[0] - dy, places[1] - dx)


def _seen(image: Pixels, places: Points, border: str) -> Pixels:
    channels = image.reshape(*image.shape[:2], -1).transpose(2, 0, 1)
    found = resampled(torch.from_numpy(np.ascontiguousarray(channels)), *places, border).numpy()
    return np.ascontiguousarray(found.transpose(1, 2, 0)).reshape(image.shape)


def backward(name: str, amount: float, size: Size, seed: int = 0) -> Backward | None:
    """Where each place of the transformed picture comes from; None where every pixel stays in its place.

    Args:
        name: key of TRANSFORMATIONS.
        amount: in its range.
        size: (H, W) of the picture in px.
        seed: of a warp.
    """
    back = check(name, amount, seed).back
    return None if back is None else lambda places: back(places, size, amount, seed)


def check(name: str, amount: float, seed: int = 0) -> Transformation:
    """The transformation of this name.

    Raises:
        InputError: there is none, the amount is out of its range, or the seed is no whole number from 0.
    """
    entry = pick(TRANSFORMATIONS, name, "transformation")
    if not entry.low <= amount <= entry.high or (name == "flip" and amount not in (0, 1)):
        values = "is 0 or 1" if name == "flip" else f"goes from {entry.low:g} to {entry.high:g} {entry.unit}"
        raise InputError(f"{entry.title} {values}, not {str(amount)[:40]}.")
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise InputError(f"A seed is a whole number from 0 to 4,294,967,295, not {seed}.")
    return entry


def _sine_and_cosine(degrees: float) -> tuple[float, float]:
    """Of an angle; exactly 0 and 1 at quarter turns."""
    quarters, rest = divmod(degrees, 90)
    sine, cosine = math.sin(math.radians(rest)), math.cos(math.radians(rest))
    return ((sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine))[int(quarters) % 4]
