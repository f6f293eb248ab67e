"""The numbers that one gives to a curve, and how they are checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit.errors import InputError, pick

LARGEST = 1e6  # of any number on an axis, without its sign
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class Parameter:
    """A number that shapes something, with what a slider for it needs."""

    name: str  # as the function takes it
    title: str
    low: float
    high: float
    start: float
    step: float
    unit: str = ""  # such as "px"; empty for a plain number


def complete(parameters: Iterable[Parameter], given: Mapping[str, float], of: str) -> dict[str, float]:
    """Every parameter's value by its name: the given one, or the one it starts with.

    Args:
        parameters: those that there are.
        given: values by name.
        of: what they shape, for the message.

    Raises:
        InputError: there is no such parameter, or its value is no number from low to high.
    """
    known = {parameter.name: parameter for parameter in parameters}
    if not known and given:
        raise InputError(f"{of} has no parameters, so {str(next(iter(given)))[:40]!r} cannot be set.")
    for name, value in given.items():
        parameter = pick(known, name, f"parameter of {of}")
        if not (isinstance(value, int | float) and parameter.low <= value <= parameter.high):
            limits = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".rstrip()
            raise InputError(f"{parameter.title} goes from {limits}, not {str(value)[:40]}.")
    return {name: given.get(name, parameter.start) for name, parameter in known.items()}


def numbers(values: ArrayLike, most: int) -> NDArray[np.float64]:
    """A copy of the values as float64, of the same shape.

    Args:
        values: from anyone.
        most: how many there may be.

    Raises:
        InputError: they are no numbers, none, too many, or one is beyond a million or not finite.
    """
    try:
        given = np.array(values)
    except ValueError as error:  # rows of unequal length
        raise InputError("The values must form a grid: every row needs the same number of them.") from error
    if given.dtype.kind not in "iuf" or not 1 <= given.size <= most:
        raise InputError(f"Give 1 to {most:,} numbers, not {given.size:,} values of type {given.dtype}.")
    places = given.astype(np.float64, order="C")
    if not (np.abs(places) <= LARGEST).all():  # nan too
        raise InputError(f"Every value must lie between −{LARGEST:,.0f} and {LARGEST:,.0f}.")
    return places


def check_seed(seed: int) -> None:
    """Let a seed pass.

    Raises:
        InputError: it is no whole number from 0 to MAX_SEED.
    """
    if not (isinstance(seed, int) and 0 <= seed <= MAX_SEED):
        raise InputError(f"A seed is a whole number from 0 to {MAX_SEED:,}, not {str(seed)[:40]}.")
