"""Activation functions as the exhibit offers them; what they compute is tested in tests/toolkit."""

import numpy as np
import pytest

from vizcore.exhibits import activation_functions
from vizcore.exhibits.activation_functions import ACTIVATIONS, curve


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_function_of_the_table_is_a_curve_with_a_slope(name: str) -> None:
    found = curve(name, [-1.5, -0.25, 0.5, 2.75])
    assert found.value.shape == found.slope.shape == (4,)
    assert np.isfinite(found.value).all()
    assert np.isfinite(found.slope).all()


def test_a_relu_is_zero_up_to_zero_and_its_slope_one_above() -> None:
    found = curve("relu", [-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(found.value, [0, 0, 3])
    np.testing.assert_array_equal(found.slope, [0, 0, 1])


def test_parameters_are_passed_by_name() -> None:
    assert curve("leaky_relu", [-2.0], negative_slope=0.5).value == pytest.approx([-1])


def test_the_card_draws_each_curve_where_it_runs() -> None:
    maps, limits = activation_functions.card()
    assert maps.shape == (8, 150, 150)
    assert limits.shape == (8, 2)
    rows = maps[1].argmax(axis=0)  # tanh rises from -1 to 1, so the brightest row climbs
    assert (np.diff(rows) <= 0).all()
    assert rows[0] > 100 > 50 > rows[-1]
