"""Surfaces against the same functions written for torch, and against the literature."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from torch import Tensor

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.surface_table import SURFACES
from vizcore.toolkit.surfaces import eigenvalues, field, grid, landscape, limit, point

PLACES = np.random.default_rng(0).uniform(-2, 2, (20, 2))
# the definitions of the literature, with the parameters at their start
ORACLES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "bowl": lambda x, y: x**2 / 2 + 5 * y**2,
    "ravine": lambda x, y: ((x + y) / 2**0.5) ** 2 / 2 + 25 * ((x - y) / 2**0.5) ** 2,
    "saddle": lambda x, y: x**2 / 2 + (y**2 - 1) ** 2 / 4 - 0.25,
    "beale": lambda x, y: sum(
        ((c - x * (1 - y**k)) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))), torch.zeros(())
    ),
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "rastrigin": lambda x, y: (
        20 + sum((u**2 - 10 * torch.cos(2 * torch.pi * u) for u in (x, y)), torch.zeros(()))
    ),
    "plateau": lambda x, y: -torch.expm1(-(x**2) / 2 - y**2),
    "noisy": lambda x, y: x**2 / 2 + 2 * y**2,
}


@pytest.mark.parametrize("name", SURFACES)
def test_value_gradient_and_hessian_are_those_of_autograd(name: str) -> None:
    function, _ = field(name, {})
    for place in PLACES:
        at = torch.tensor(place, requires_grad=True)
        value = ORACLES[name](*at)
        (slope,) = torch.autograd.grad(value, at)
        hessian = torch.autograd.functional.hessian(ORACLES[name], tuple(at.detach()))
        assert function.slopes(*place) == pytest.approx([value.item(), *slope.tolist()], rel=1e-11, abs=1e-11)
        known = [hessian[0][0].item(), hessian[0][1].item(), hessian[1][1].item()]
        assert function.curvatures(*place) == pytest.approx(known, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("name", SURFACES)
def test_every_minimum_has_no_slope_and_nothing_lower_around_it(name: str) -> None:
    for minimum in SURFACES[name].minima:
        value, *slope = field(name, {})[0].slopes(*np.array(minimum, dtype=float))
        assert slope == pytest.approx([0, 0], abs=1e-12)
        assert grid(name, n=101).min() >= value - 1e-12


def test_rows_of_a_grid_are_y_and_columns_x() -> None:
    found = grid("x + 10*y", (0, 2, 0, 1), 3)
    assert found.tolist() == [[0, 1, 2], [5, 6, 7], [10, 11, 12]]


def test_a_function_of_one_coordinate_still_fills_its_grid() -> None:
    assert grid("3", n=2).tolist() == [[3, 3], [3, 3]]


def test_a_place_without_a_value_is_nan_on_the_grid() -> None:
    assert np.isnan(grid("log(x)", (-1, 1, 0, 1), 2)[:, 0]).all()


def test_the_limit_of_the_bowl_is_two_over_its_condition_number() -> None:
    assert eigenvalues("bowl", (3, -1), condition=25) == (1, 25)
    assert limit("bowl", (0, 0), condition=25) == 2 / 25


def test_turning_the_bowl_changes_no_curvature() -> None:
    assert eigenvalues("ravine", (1, 2), condition=40) == pytest.approx((1, 40))


def test_where_nothing_curves_upwards_there_is_no_limit() -> None:
    assert limit("-x^2 - y^2", (0, 0)) == np.inf
    assert limit("log(x)", (-1, 0)) == limit("log(x)", (0, 0)) == np.inf


def test_parameters_stand_in_the_formula_as_symbols() -> None:
    assert SURFACES["bowl"].formula == r"\frac{x^{2} + \kappa\, y^{2}}{2}"
    assert landscape("x^2 + 3y").formula == r"x^{2} + 3\, y"


@pytest.mark.parametrize("window", [(1, 1, 0, 1), (0, -1, 0, 1), (0, 1, 0, np.nan), (0, np.inf, 0, 1)])
def test_a_window_of_no_size_is_refused(window: tuple[float, float, float, float]) -> None:
    with pytest.raises(InputError, match="window"):
        grid("bowl", window)


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="points"):
        grid("bowl", n=1)
    with pytest.raises(InputError, match="Condition number"):
        grid("bowl", condition=0)
    with pytest.raises(InputError, match="no parameters"):
        grid("x^2", condition=3)
    with pytest.raises(InputError, match="two numbers"):
        point([1.0])
