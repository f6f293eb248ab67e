"""How fast gradient descent goes down a bowl, against its own paths."""

import numpy as np
import pytest

from vizcore.toolkit.bowl_rates import factors, fastest, steps_from, steps_to
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.trajectories import trajectory


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.19, 0.2, 0.21])
def test_each_coordinate_is_multiplied_by_its_factor_at_every_step(lr: float) -> None:
    points = trajectory("gd", "bowl", (-3.0, 1.5), lr, 30, condition=10).points
    expected = np.array([-3.0, 1.5]) * np.array(factors(lr, (1, 10))) ** np.arange(31)[:, None]
    np.testing.assert_allclose(points, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.15, 0.19])
def test_the_steps_to_a_hundredth_are_those_that_a_path_takes(lr: float) -> None:
    left = np.abs(trajectory("gd", "bowl", (1.0, 1.0), lr, 1000, condition=10).points).max(axis=1)
    assert steps_to(0.01, np.array([lr]), (1, 10))[0] == (left <= 0.01).argmax()


@pytest.mark.parametrize("start", [(1.0, 1.0), (3.0, 0.0), (-0.1, 2.0), (0.0, -1.0)])
def test_the_steps_from_a_start_are_those_of_its_path(start: tuple[float, float]) -> None:
    left = np.linalg.norm(trajectory("gd", "bowl", start, 0.19, 1000, condition=10).points, axis=1)
    assert steps_from(start, 0.01, 0.19, (1, 10)) == (left <= 0.01 * left[0]).argmax()


def test_the_minimum_takes_no_step_and_a_steep_axis_counts_only_off_it() -> None:
    found = [steps_from(start, 0.01, 0.21, (1, 10)) for start in ((0, 0), (1, 0), (1, 1))]
    assert found == [0, 20, np.inf]


def test_at_two_over_the_largest_curvature_it_never_comes_closer() -> None:
    assert np.isinf(steps_to(0.01, np.array([0.2, 0.3]), (1, 10))).all()


def test_one_step_is_enough_where_the_rate_is_one_over_both_curvatures() -> None:
    assert steps_to(0.01, np.array([0.25]), (4, 4)).tolist() == [1]


def test_no_rate_is_faster_than_the_fastest() -> None:
    lrs = np.linspace(0.001, 0.199, 991)
    best = steps_to(1e-6, np.array([fastest((1, 10))]), (1, 10))[0]
    assert best == steps_to(1e-6, lrs, (1, 10)).min()


@pytest.mark.parametrize("share", [0, 1, np.nan])
def test_a_share_of_nothing_or_all_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        steps_to(share, np.array([0.1]), (1, 10))
