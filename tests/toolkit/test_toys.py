"""Points in the plane and their features."""

import numpy as np
import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.toys import COUNT, FEATURES, REACH, TOYS, grid, inputs, points


@pytest.mark.parametrize("toy", TOYS)
def test_both_classes_are_about_equally_frequent_and_lie_in_the_plane(toy: str) -> None:
    found = points(toy)
    classes = np.concatenate([found.classes, found.held_classes])
    assert set(classes) == {-1.0, 1.0}
    assert abs(classes.sum()) < 0.15 * COUNT
    assert np.abs(found.places).max() < REACH


def test_the_circle_and_the_squares_are_told_apart_by_what_their_names_say() -> None:
    circle, xor = points("circle"), points("xor")
    np.testing.assert_array_equal(np.hypot(*circle.places.T) < 3, circle.classes > 0)
    np.testing.assert_array_equal(xor.places.prod(axis=1) > 0, xor.classes > 0)


@pytest.mark.parametrize("toy", ["spiral", "moons"])
def test_one_class_is_the_other_turned_by_half(toy: str) -> None:
    found = points(toy, share=0.9)
    one, other = (found.places[found.classes == each] for each in (1.0, -1.0))
    nearest = np.linalg.norm(one[:, None] + other[None], axis=2).min(axis=1)
    assert np.median(nearest) < 0.1


def test_noise_moves_the_points_and_changes_nothing_else() -> None:
    calm, noisy = points("moons", seed=3), points("moons", noise=0.5, seed=3)
    moves = np.concatenate([noisy.places - calm.places, noisy.held_places - calm.held_places])
    assert moves.std() == pytest.approx(0.5, rel=0.1)
    np.testing.assert_array_equal(calm.classes, noisy.classes)


def test_another_share_splits_the_same_points_in_another_place() -> None:
    few, many = points("gauss", share=0.2), points("gauss", share=0.6)
    assert (len(few.places), len(many.places)) == (100, 300)
    np.testing.assert_array_equal(few.places, many.places[:100])
    np.testing.assert_array_equal(few.held_places[200:], many.held_places)


def test_another_seed_draws_other_points() -> None:
    assert not np.array_equal(points("circle", seed=1).places, points("circle", seed=2).places)
    np.testing.assert_array_equal(points("circle", seed=1).places, points("circle", seed=1).places)


def test_features_of_a_place_by_hand() -> None:
    rows = inputs(np.array([[2.0, -3.0]]), tuple(FEATURES))[:, 0]
    np.testing.assert_allclose(rows, [2, -3, 4, 9, -6, np.sin(2), np.sin(-3), 1])


def test_the_cells_of_the_grid_go_row_by_row_from_the_top_left() -> None:
    np.testing.assert_allclose(grid(3)[[0, 2, 3, 8]], [[-4, 4], [4, 4], [-4, 0], [4, -4]])


def test_a_toy_or_feature_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="circle"):
        points("square")
    with pytest.raises(InputError, match="x1x2"):
        inputs(np.zeros((1, 2)), ("x3",))
