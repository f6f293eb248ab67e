"""How an optimiser moves one weight: each of its sums with its numbers, by hand in double precision."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vizcore.toolkit.errors import pick
from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.optimisation import MOMENTUM
from vizcore.toolkit.walkthrough import Followed


@dataclass(frozen=True)
class Sum:
    """One sum."""

    name: str  # LaTeX, of what comes out
    formula: str  # LaTeX
    numbers: str  # LaTeX, the formula with its numbers
    value: float


@dataclass(frozen=True)
class Given:
    """What the sums of one weight take."""

    gradient: float  # with weight decay where the optimiser wants it there
    kept: Mapping[str, float]  # what the optimiser has kept before the step, by its names for it
    lr: float
    time: int  # steps, with this one


def update_sums(weight: Followed, optimiser: str, lr: float, decay: float) -> tuple[Sum, ...]:
    """From the gradient of a weight to the weight after the step.

    Args:
        weight: with what the optimiser had kept of it.
        optimiser: key of optimisation.OPTIMISERS.
        lr: learning rate η of the step.
        decay: strength λ of the weight decay.

    Returns:
        Sums that follow from one another; the last one is the weight.

    Raises:
        InputError: there is no such optimiser.
    """
    rule, apart = pick(RULES, optimiser, "optimiser"), optimiser == "adamw"
    found, gradient = [], weight.gradient
    if decay and not apart:
        shown = rf"{number(gradient)} + {number(decay)} \cdot {signed(weight.before)}"
        gradient += decay * weight.before
        found.append(Sum("g", r"g + \lambda w", shown, gradient))
    kept = {name: before for name, (before, _) in weight.memory.items()}
    found += rule(Given(gradient, kept, lr, weight.time))
    move = found[-1].value
    if decay and apart:
        shown = rf"{number(move)} - {number(lr)} \cdot {number(decay)} \cdot {signed(weight.before)}"
        move -= lr * decay * weight.before
        found.append(Sum(r"\Delta w", r"\Delta w - \eta \lambda w", shown, move))
    shown = rf"{number(weight.before)} + {signed(move)}"
    return (*found, Sum("w", r"w + \Delta w", shown, weight.before + move))


def _sgd(given: Given) -> list[Sum]:
    return [_times("g", given, given.gradient)]


def _momentum(given: Given) -> list[Sum]:
    speed = _sum_of("v", given.kept["momentum_buffer"], MOMENTUM, given.gradient)
    return [speed, _times("v", given, speed.value)]


def _nesterov(given: Given) -> list[Sum]:
    speed = _sum_of("v", given.kept["momentum_buffer"], MOMENTUM, given.gradient)
    seen = given.gradient + MOMENTUM * speed.value
    shown = rf"{number(given.gradient)} + {MOMENTUM} \cdot {signed(speed.value)}"
    return [speed, Sum("d", rf"g + {MOMENTUM}\, v", shown, seen), _times("d", given, seen)]


def _rmsprop(given: Given) -> list[Sum]:
    square = _mean_of("s", given.kept["square_avg"], 0.99, given.gradient, 2)
    return [square, _divided("g", given.gradient, "s", square.value, given.lr, -8)]


def _adagrad(given: Given) -> list[Sum]:
    before = given.kept["sum"]
    square = before + given.gradient**2
    shown = rf"{number(before)} + {signed(given.gradient)}^2"
    return [
        Sum("s", "s + g^2", shown, square),
        _divided("g", given.gradient, "s", square, given.lr, -10),
    ]


def _adam(given: Given) -> list[Sum]:
    mean = _mean_of("m", given.kept["exp_avg"], 0.9, given.gradient, 1)
    square = _mean_of("s", given.kept["exp_avg_sq"], 0.999, given.gradient, 2)
    even, wide = _corrected(mean, 0.9, given.time), _corrected(square, 0.999, given.time)
    return [mean, square, even, wide, _divided(r"\hat m", even.value, r"\hat s", wide.value, given.lr, -8)]


def _sum_of(name: str, kept: float, factor: float, gradient: float) -> Sum:
    """A part of what was kept, and the gradient."""
    shown = rf"{factor} \cdot {signed(kept)} + {signed(gradient)}"
    return Sum(name, rf"{factor}\, {name} + g", shown, factor * kept + gradient)


def _mean_of(name: str, kept: float, factor: float, gradient: float, power: int) -> Sum:
    """A running mean of a power of the gradient."""
    rest, raised = round(1 - factor, 6), "^2" if power == 2 else ""
    shown = rf"{factor} \cdot {signed(kept)} + {rest} \cdot {signed(gradient)}{raised}"
    formula = rf"{factor}\, {name} + {rest}\, g{raised}"
    return Sum(name, formula, shown, factor * kept + (1 - factor) * gradient**power)


def _corrected(mean: Sum, factor: float, time: int) -> Sum:
    """A running mean as it would be had it not begun at 0."""
    shown = rf"{number(mean.value)} \,/\, (1 - {factor}^{{{time}}})"
    formula = rf"{mean.name} \,/\, (1 - {factor}^t)"
    return Sum(rf"\hat {mean.name}", formula, shown, mean.value / (1 - factor**time))


def _times(name: str, given: Given, value: float) -> Sum:
    """A step along a direction."""
    return Sum(
        r"\Delta w",
        rf"-\eta\, {name}",
        rf"-{number(given.lr)} \cdot {signed(value)}",
        -given.lr * value,
    )


def _divided(name: str, value: float, below: str, square: float, lr: float, power: int) -> Sum:
    """A step along a direction that is divided by its usual size."""
    formula = rf"-\eta\, \frac{{{name}}}{{\sqrt{{{below}}} + 10^{{{power}}}}}"
    shown = rf"-{number(lr)} \cdot \frac{{{number(value)}}}{{\sqrt{{{number(square)}}} + 10^{{{power}}}}}"
    return Sum(r"\Delta w", formula, shown, -lr * value / (math.sqrt(square) + 10.0**power))


RULES: Mapping[str, Callable[[Given], list[Sum]]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "adam": _adam,
    "adamw": _adam,
}
