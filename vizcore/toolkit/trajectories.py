"""The way that an optimiser takes down a surface, step by step in float64."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizcore.toolkit.curves import Floats
from vizcore.toolkit.errors import InputError, pick
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
    over: str  # "", "diverged", "undefined" (there is no slope) or "singular" (no inverse of the Hessian)
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
    rule, settings, function, shape = _chosen(optimizer, surface, lr, parameters)
    noise, at, rows = _noise(shape, steps, seed), point(start), []
    with np.errstate(all="ignore"):
        for row in _rows(rule, settings, function, at, np.float64(lr), noise):
            rows.append(row)
            if not _known(*row[:5]):
                break
        over = "" if _known(*rows[-1][:5]) else _why(*rows[-1][:3])
        if over and rule.curved and len(rows) > 1 and _flat(*function.curvatures(*rows[-2][:2])):
            over = "singular"
    table = np.array(rows[:-1] if over else rows)
    if not len(table):
        raise InputError(f"The function has no value or no slope at {at}. Start somewhere else.")
    kept = {name: table[:, 5 + 2 * nth : 7 + 2 * nth] for nth, name in enumerate(rule.kept)}
    return Path(table[:, :2], table[:, 2], table[:, 3:5], kept, over, optimizer, surface, lr, settings, shape)


def ends(
    optimizer: str,
    surface: str,
    start: ArrayLike,
    rates: Floats,
    steps: int,
    *,
    seed: int = 0,
    **parameters: float,
) -> Floats:
    """(R,) f where the paths with these learning rates (R,) end; infinity where one is over before.

    The steps are those of `trajectory`, of all paths at once; arguments and errors too, but that a start
    without a slope is no error.
    """
    rule, settings, function, shape = _chosen(optimizer, surface, rates, parameters)
    going = np.ones(len(rates), bool)
    with np.errstate(all="ignore"):
        for row in _rows(rule, settings, function, point(start), rates, _noise(shape, steps, seed)):
            for number in row[:5]:
                going &= np.isfinite(number)
            if not going.any():
                break
    return np.where(going, row[2], np.inf)


def _chosen(
    optimizer: str, surface: str, rate: float | Floats, parameters: Mapping[str, float]
) -> tuple[Rule, dict[str, float], Field, dict[str, float]]:
    """An optimiser with all its parameters, and a surface with all of its own."""
    if not np.all(np.greater(rate, 0) & np.less_equal(rate, LARGEST)):
        raise InputError(f"The learning rate must be above 0 and at most {LARGEST:g}, not {rate}.")
    rule = pick(RULES, optimizer, "optimiser")
    own = {parameter.name for parameter in rule.parameters}
    given = {name: value for name, value in parameters.items() if name in own}
    settings = complete(rule.parameters, given, f"the optimiser {rule.title!r}")
    return rule, settings, *field(surface, {name: parameters[name] for name in parameters.keys() - own})


def _noise(shape: Mapping[str, float], steps: int, seed: int) -> Floats:
    """(steps + 1, 2) what the slopes of a surface with these parameters are off by."""
    check_seed(seed)
    if not 0 <= steps <= MAX_STEPS:
        raise InputError(f"A path has 0 to {MAX_STEPS} steps, not {steps}.")
    return np.random.default_rng(seed).normal(0, shape.get("noise", 0), (steps + 1, 2))


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
    rule: Rule,
    settings: Mapping[str, float],
    function: Field,
    start: tuple[float, float],
    rate: np.float64 | Floats,
    noise: Floats,
) -> Iterator[list[Any]]:
    """x, y, f, the gradient along each, and what is kept of each, before the first step and after each.

    Of one path, or of one for each rate. Whoever takes them stops behind a row that is not finite.
    """
    step, curved, zero = rule.program(settings), rule.curved, np.float64(0)
    kept_x, kept_y = [zero] * len(rule.kept), [zero] * len(rule.kept)
    x, y = (np.float64(number) for number in start)
    xx = xy = yy = zero
    for time, (noise_x, noise_y) in enumerate(noise):
        value, slope_x, slope_y = function.slopes(x, y)
        slope_x, slope_y = slope_x + noise_x, slope_y + noise_y
        states = [state for pair in zip(kept_x, kept_y, strict=True) for state in pair]
        yield [x, y, value, slope_x, slope_y, *states]
        if curved:
            xx, xy, yy = function.curvatures(x, y)
        count = np.float64(time + 1)
        *kept_x, x = step(rate, count, x, slope_x, slope_y, xx, xy, yy, *kept_x)
        *kept_y, y = step(rate, count, y, slope_y, slope_x, yy, xy, xx, *kept_y)
