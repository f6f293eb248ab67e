"""Numbers from anyone: those that are left out, and those that are refused."""

import re

import numpy as np
import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.parameters import Parameter, check_seed, complete, numbers

ANGLE = Parameter("angle", "Angle", 0, 180, 45, 1, "degrees")
SIZE = Parameter("size", "Size", 1, 5, 3, 1)


def test_what_is_left_out_has_its_start_value_and_the_order_is_the_tables() -> None:
    assert list(complete((ANGLE, SIZE), {"size": 5}, "Thing").items()) == [("angle", 45), ("size", 5)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"angle": 181}, "Angle goes from 0 to 180 degrees, not 181."),
        ({"size": None}, "Size goes from 1 to 5, not None."),
        ({"size": float("nan")}, "not nan."),
        ({"<b>": 1}, "no parameter of Thing called '<b>'. Choose one of: angle, size."),
    ],
)
def test_what_no_parameter_takes_is_answered_with_a_sentence(given: dict[str, float], says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        complete((ANGLE, SIZE), given, "Thing")


def test_something_without_parameters_says_so() -> None:
    assert complete((), {}, "Thing") == {}
    with pytest.raises(InputError, match="Thing has no parameters"):
        complete((), {"size": 1}, "Thing")


def test_numbers_keep_their_shape_and_are_a_copy() -> None:
    given = np.arange(6.0).reshape(2, 3)
    found = numbers(given, 6)
    found[0, 0] = 9
    assert found.shape == (2, 3)
    assert given[0, 0] == 0
    assert numbers(7, 1).dtype == np.float64


@pytest.mark.parametrize(
    "values", [[], [1, 2, 3], [[1], [2, 3]], ["1"], [None], [True], [1j], [1e7], [np.inf]]
)
def test_what_is_no_number_of_reasonable_size_is_refused(values: list[object]) -> None:
    with pytest.raises(InputError):
        numbers(values, 2)


def test_seeds_are_whole_numbers_from_0() -> None:
    check_seed(0)
    check_seed(2**31 - 1)
    for seed in (-1, 2**31, 1.0, "1", None):
        with pytest.raises(InputError, match=re.escape(f"not {seed}.")):
            check_seed(seed)
