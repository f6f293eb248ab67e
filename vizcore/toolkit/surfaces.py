"""Functions of two numbers to walk down on: those of the table and one's own.

Each is one formula; values, gradient and Hessian follow from that.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from vizcore.toolkit.curves import Floats
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.expressions import Program, built, constant, slope, variable
from vizcore.toolkit.formula import parsed
from vizcore.toolkit.parameters import LARGEST, complete, numbers
from vizcore.toolkit.surface_table import AXES, SURFACES, Landscape, Window

MAX_SIDE = 1000  # points of a grid along each side


def landscape(surface: str) -> Landscape:
    """An entry of SURFACES, or a function of one's own.

    Args:
        surface: a key, or a formula in x and y.

    Raises:
        InputError: it is neither.
    """
    if surface in SURFACES:
        return SURFACES[surface]
    parsed(surface, AXES)
    return Landscape("Own function", surface, (-4, 4, -4, 4), (-3, 2), (), "A function of one's own.", "")


class Field:
    """A landscape whose parameters have values: f, its gradient and its Hessian, exact to rounding.

    All take float64, numbers or arrays, and expect the caller to silence NumPy: where there is no value they
    give nan or infinity.
    """

    def __init__(self, text: str, settings: Mapping[str, float]) -> None:
        """Derive everything from the formula."""
        x, y = (variable(name) for name in AXES)
        known = {"x": x, "y": y, **{name: constant(value) for name, value in settings.items()}}
        value = built(parsed(text, known), known)
        along_x, along_y = slope(value, x, {}), slope(value, y, {})
        second = slope(along_x, x, {}), slope(along_x, y, {}), slope(along_y, y, {})
        self.value = Program((x, y), (value,))
        self.slopes = Program((x, y), (value, along_x, along_y))  # f, f_x, f_y
        self.curvatures = Program((x, y), second)  # f_xx, f_xy, f_yy


def field(surface: str, parameters: Mapping[str, float]) -> tuple[Field, dict[str, float]]:
    """A surface ready to be computed, and all its parameters.

    Args:
        surface: key of SURFACES, or a formula in x and y.
        parameters: by name; what is left out is at its start.

    Raises:
        InputError: there is no such surface or parameter, or a value is out of range.
    """
    entry = landscape(surface)
    settings = complete(entry.parameters, parameters, f"the surface {entry.title!r}")
    return _field(entry.text, tuple(settings.items())), settings


@lru_cache(maxsize=64)
def _field(text: str, settings: tuple[tuple[str, float], ...]) -> Field:
    return Field(text, dict(settings))


def grid(surface: str, window: Window | None = None, n: int = 200, **parameters: float) -> Floats:
    """Values of a surface on a grid, for its picture.

    Args:
        surface: key of SURFACES, or a formula in x and y.
        window: x from, to, y from, to; the surface's own when left out.
        n: points along each side, 2 to 1000.
        parameters: of the surface.

    Returns:
        (n, n): row = y, column = x, both rising; nan or infinity where there is no value.

    Raises:
        InputError: as `field`, or the window is empty or the number of points is out of range.
    """
    function, _ = field(surface, parameters)
    left, right, low, high = checked(window) if window else landscape(surface).window
    if not 2 <= n <= MAX_SIDE:
        raise InputError(f"A grid has 2 to {MAX_SIDE} points along each side, not {n}.")
    with np.errstate(all="ignore"):
        (values,) = function.value(np.linspace(left, right, n), np.linspace(low, high, n)[:, None])
    return np.array(np.broadcast_to(values, (n, n)))


def point(at: ArrayLike) -> tuple[float, float]:
    """A place as its two numbers.

    Raises:
        InputError: it has not two, or one is beyond a million.
    """
    place = numbers(at, 2)
    if place.shape != (2,):
        raise InputError(f"A point is two numbers, x and y, not {str(at)[:40]}.")
    return float(place[0]), float(place[1])


def checked(window: Window) -> Window:
    """The same window, once it is known to be one.

    Raises:
        InputError: it is empty, reversed, or beyond a million.
    """
    left, right, low, high = window
    if not (-LARGEST <= left < right <= LARGEST and -LARGEST <= low < high <= LARGEST):
        raise InputError(
            f"A window goes from a lower to a higher number on each axis, within a million: {window}."
        )
    return window


def eigenvalues(surface: str, at: ArrayLike, **parameters: float) -> tuple[float, float]:
    """The curvatures of a surface at a point: eigenvalues of its Hessian, the lower one first; nan if none.

    Args and Raises as `grid`.
    """
    function, _ = field(surface, parameters)
    with np.errstate(all="ignore"):
        xx, xy, yy = function.curvatures(*np.array(point(at)))
        middle, half = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
        return float(middle - half), float(middle + half)


def sharpest(surface: str, points: Floats, **parameters: float) -> float:
    """The largest curvature L among places (N, 2): the largest eigenvalue of their Hessians; -inf if none.

    Args and Raises as `grid`.
    """
    function, _ = field(surface, parameters)
    with np.errstate(all="ignore"):
        xx, xy, yy = function.curvatures(points[:, 0], points[:, 1])
        largest = np.atleast_1d((xx + yy) / 2 + np.hypot((xx - yy) / 2, xy))
    return float(np.max(largest[np.isfinite(largest)], initial=-np.inf))


def limit(surface: str, at: ArrayLike, **parameters: float) -> float:
    """The rate 2 / L beyond which gradient descent leaves a bowl with the curvatures of this point.

    Infinity where no direction curves upwards.

    Args and Raises as `grid`.
    """
    _, largest = eigenvalues(surface, at, **parameters)
    return 2 / largest if largest > 0 else np.inf
