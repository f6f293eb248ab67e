"""The way that an optimiser takes down a surface, step by step in float64."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizcore.toolkit.curves import Floats
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.expressions import Program
from vizcore.toolkit.parameters import LARGEST, check_seed, complete
from vizcore.toolkit.surfaces import Field, field, point
from vizcore.toolkit.update_rules import RULES, Rule

MAX_STEPS = 10_000
FAR = 1e6  # a coordinate beyond this has run away


@dataclass(frozen=True, eq=False)
class Path:
    """Where an optimiser has been, and all that its sums need."""

    points: Floats  # (steps + 1, 2) the start first; fewer where it is over before
    values: Floats  # (steps + 1,) f there
    gradients: Floats  # (steps + 1, 2) as the next step sees them: with noise where the surface has some
    states: dict[str, Floats]  # what the optimiser keeps -> (steps + 1, 2), the first row 0
    over: (
        str  # "", "diverged", "undefined" where there is no slope, or "singular": the Hessian has no inverse
    )
    optimizer: str  # key of RULES
    surface: str  # key of SURFACES, or a formula
    lr: float
    settings: dict[str, float]  # parameters of the optimiser
    shape: dict[str, float]  # parameters of the surface


def trajectory(
    optimizer: str,
    surface: str,
    start: ArrayLike,
    lr: float,
    steps: int,
    *,
    seed: int = 0,
    **parameters: float,
) -> Path:
    """The steps of an optimiser on a surface. That it diverges is a state of the path, not an error.

    Args:
        optimizer: key of RULES.
        surface: key of SURFACES, or a formula in x and y such as "x**2 + 10*y**2".
        start: (2,) x and y.
        lr: learning rate.
        steps: at most 10,000.
        seed: of the noise, if the surface has some; optimisers with equal seeds meet the same.
        parameters: of the optimiser or the surface; what is left out is at its start.

    Raises:
        InputError: one of these is not there or out of range, or f has no slope at the start.
    """
    rule = pick(RULES, optimizer, "optimiser")
    own = {parameter.name for parameter in rule.parameters}
    given = {name: value for name, value in parameters.items() if name in own}
    settings = complete(rule.parameters, given, f"the optimiser {rule.title!r}")
    function, shape = field(surface, {name: parameters[name] for name in parameters.keys() - own})
    check_seed(seed)
    if not 0 < lr <= LARGEST:
        raise InputError(f"The learning rate must be above 0 and at most {LARGEST:g}, not {lr}.")
    if not 0 <= steps <= MAX_STEPS:
        raise InputError(f"A path has 0 to {MAX_STEPS} steps, not {steps}.")
    noise = np.random.default_rng(seed).normal(0, shape.get("noise", 0), (steps + 1, 2))
    at = point(start)
    with np.errstate(all="ignore"):
        rows = list(_rows(rule, rule.program(settings), function, at, lr, noise))
        over = "" if _known(*rows[-1][:5]) else _why(*rows[-1][:3])
        if over and rule.curved and len(rows) > 1 and _flat(*function.curvatures(*rows[-2][:2])):
            over = "singular"
    table = np.array(rows[:-1] if over else rows)
    if not len(table):
        raise InputError(f"The function has no value or no slope at {at}. Start somewhere else.")
    kept = {name: table[:, 5 + 2 * nth : 7 + 2 * nth] for nth, name in enumerate(rule.kept)}
    return Path(table[:, :2], table[:, 2], table[:, 3:5], kept, over, optimizer, surface, lr, settings, shape)


def _known(*numbers: np.float64) -> bool:
    """Whether all are finite."""
    return all(map(math.isfinite, numbers))


def _why(x: np.float64, y: np.float64, value: np.float64) -> str:
    """Why a path is over."""
    far = max(abs(x), abs(y)) > FAR or math.isinf(value)
    return "diverged" if far else "undefined"


def _flat(xx: np.float64, xy: np.float64, yy: np.float64) -> bool:
    """Whether a Hessian has no inverse."""
    return bool(xx * yy == xy**2)


def _rows(
    rule: Rule, step: Program, function: Field, start: tuple[float, float], lr: float, noise: Floats
) -> Iterator[list[np.float64]]:
    """x, y, f, the gradient along each, and what is kept of each, before the first step and after each.

    Ends behind a row that is not finite.
    """
    x, y = (np.float64(number) for number in start)
    rate, kept_x, kept_y = np.float64(lr), [np.float64(0)] * len(rule.kept), [np.float64(0)] * len(rule.kept)
    xx = xy = yy = np.float64(0)
    for time, (noise_x, noise_y) in enumerate(noise):
        value, slope_x, slope_y = function.slopes(x, y)
        slope_x, slope_y = slope_x + noise_x, slope_y + noise_y
        states = [state for pair in zip(kept_x, kept_y, strict=True) for state in pair]
        yield [x, y, value, slope_x, slope_y, *states]
        if not _known(x, y, value, slope_x, slope_y):
            return
        if rule.curved:
            xx, xy, yy = function.curvatures(x, y)
        count = np.float64(time + 1)
        *kept_x, x = step(rate, count, x, slope_x, slope_y, xx, xy, yy, *kept_x)
        *kept_y, y = step(rate, count, y, slope_y, slope_x, yy, xy, xx, *kept_y)
