"""Optimisers as the exhibit offers them; their parts are tested in tests/toolkit."""

import numpy as np
import pytest

from vizcore.exhibits import optimizers
from vizcore.exhibits.optimizers import RULES, SURFACES, grid, sums, trajectory


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("optimizer", RULES)
def test_every_optimiser_walks_on_every_surface(optimizer: str, surface: str) -> None:
    path = trajectory(optimizer, surface, SURFACES[surface].start, 1e-3, 20)
    assert path.points.shape == path.gradients.shape == (21, 2)
    assert path.points[0].tolist() == list(SURFACES[surface].start)
    assert sums(path, 20)[-1].value == path.points[20, 0]


def test_on_a_parabola_plain_descent_is_a_power_of_one_minus_rate_times_curvature() -> None:
    path = trajectory("gd", "x**2/2*3", (2, 0), 0.1, 50)
    assert path.points[:, 0] == pytest.approx((1 - 0.1 * 3) ** np.arange(51) * 2, rel=1e-12)


@pytest.mark.parametrize("surface", SURFACES)
def test_start_and_minima_are_inside_the_window(surface: str) -> None:
    entry = SURFACES[surface]
    left, right, low, high = entry.window
    assert all(left < x < right and low < y < high for x, y in (entry.start, *entry.minima))
    assert np.isfinite(grid(surface, n=20)).all()


def test_the_card_shows_eight_surfaces() -> None:
    maps, limits = optimizers.card()
    assert maps.shape == (8, 150, 150)
    assert (limits[:, 0] < limits[:, 1]).all()
