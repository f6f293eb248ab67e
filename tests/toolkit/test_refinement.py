"""Nested grids and the spline between their points."""

import itertools

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

from vizcore.toolkit import refinement
from vizcore.toolkit.landscape_spec import GRIDS

X = np.linspace(-1, 1, 49)


def test_between_points_stands_the_spline_of_the_logarithm_and_on_them_the_value() -> None:
    places = np.linspace(-1, 1, 13)
    loss = np.exp(places + places[:, None])
    found = refinement.between(loss, np.array([3.0, 3.5]), np.array([2.0, 2.5]))
    np.testing.assert_allclose(found, np.exp([(3 + 2) / 6 - 2, (3.5 + 2.5) / 6 - 2]), rtol=1e-6)


def test_each_grid_has_all_points_of_the_one_before() -> None:
    found = [{*refinement.places(grid, 97).tolist()} for grid in GRIDS]
    assert all(coarse < fine for coarse, fine in itertools.pairwise(found))
    assert refinement.grids(49) == (13, 25, 49)


@pytest.mark.parametrize("grid", [13, 25, 49])
def test_the_spline_is_that_of_scipy(grid: int) -> None:
    values = np.random.default_rng(grid).normal(size=(grid, grid))
    along = np.linspace(-1, 1, grid)
    theirs = make_interp_spline(along, make_interp_spline(along, values)(X), axis=1)(X)
    np.testing.assert_allclose(refinement.spline(values, 49), theirs, atol=1e-12)


def test_a_loss_whose_logarithm_is_a_cubic_polynomial_is_exact_between_the_points() -> None:
    a, b = np.meshgrid(X, X)
    loss = np.exp(2 * a**3 - a * b**2 + b - 1)
    np.testing.assert_allclose(refinement.spread(loss[::4, ::4], 49), loss, rtol=1e-6)


def test_what_lies_nearest_to_an_infinite_loss_is_infinite_and_nothing_else() -> None:
    loss = np.ones((13, 13))
    loss[0, 0] = np.inf
    found = refinement.spread(loss, 49)
    assert np.isinf(found[:2, :2]).all()
    np.testing.assert_allclose(found[3:], 1)
    assert np.isinf(refinement.spread(np.full((13, 13), np.inf), 25)).all()


def test_losses_of_nothing_stay_nothing() -> None:
    np.testing.assert_allclose(refinement.spread(np.zeros((13, 13)), 25), 0, atol=1e-12)


def test_the_error_is_the_largest_one_as_a_share_of_the_range() -> None:
    exact = np.array([[0.0, 10.0], [5.0, np.inf]])
    before = np.array([[0.0, 9.9], [4.8, np.inf]])
    assert refinement.error(before, exact) == pytest.approx(2.0)
    assert refinement.error(np.ones((2, 2)), np.ones((2, 2))) == 0


def test_a_grid_is_computed_from_its_middle_and_only_where_nothing_is() -> None:
    values = np.full((25, 25), np.nan)
    first = [*refinement.rows(np.linspace(-1, 1, 25), 13, values)]
    assert [row for row, _, _ in first[:3]] == [12, 10, 14]
    for row, columns, points in first:
        assert len(points.a) == 13
        values[row, columns] = points.b
    rest = [*refinement.rows(np.linspace(-1, 1, 25), 25, values)]
    assert sum(len(points.a) for *_, points in rest) == 625 - 169
    assert rest[0][2].b == 0
