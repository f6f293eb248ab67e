"""Paths beside planes of weights."""

import numpy as np
import pytest

from vizcore.toolkit.directions import Plane
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.paths import projection

ORIGIN = np.array([1, 2, 3, 4], np.float32)


def plane(first: list[float], second: list[float]) -> Plane:
    return Plane(ORIGIN, np.array(first, np.float32), np.array(second, np.float32), "")


def test_checkpoints_above_a_plane_are_as_far_away_as_they_are_high() -> None:
    path = ORIGIN + np.array([[2, 0, 3, 4], [0, 3, 0, 0], [0, 0, 0, 0]], np.float32)
    found = projection(path, plane([2, 0, 0, 0], [0, 1, 0, 0]))
    np.testing.assert_allclose(found.coordinates, [[1, 0], [0, 3], [0, 0]])
    np.testing.assert_allclose(found.distances, [5, 0, 0])


def test_directions_need_not_be_at_right_angles() -> None:
    first, second = [1.0, 0, 0, 0], [1.0, 1, 0, 0]
    path = np.array([2 * np.array(first) - 3 * np.array(second) + [0, 0, 0, 7] + ORIGIN], np.float32)
    found = projection(path, plane(first, second))
    np.testing.assert_allclose(found.coordinates, [[2, -3]])
    np.testing.assert_allclose(found.distances, [7])


def test_distances_are_compared_with_the_length_of_the_path() -> None:
    path = ORIGIN + np.array([[0, 0, 3, 0], [0, 4, 3, 0], [0, 0, 0, 0]], np.float32)
    found = projection(path, plane([1, 0, 0, 0], [0, 1, 0, 0]))
    assert found.length == pytest.approx(4 + 5)
    np.testing.assert_allclose(found.relative, [1 / 3, 1 / 3, 0])


def test_a_path_that_stands_still_has_no_distance() -> None:
    found = projection(np.stack([ORIGIN, ORIGIN]), plane([1, 0, 0, 0], [0, 1, 0, 0]))
    np.testing.assert_array_equal(found.relative, 0)


@pytest.mark.parametrize("second", [[2.0, 4, 6, 8], [0.0, 0, 0, 0]])
def test_directions_that_span_no_plane_are_explained(second: list[float]) -> None:
    with pytest.raises(InputError, match="span no plane"):
        projection(ORIGIN[None], plane([1, 2, 3, 4], second))
