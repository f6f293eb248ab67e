"""Warp fields: their strength is what it is said to be, and they fold nothing."""

import numpy as np
import pytest

from vizcore.toolkit.bends import displacement
from vizcore.toolkit.resampling import Size, grid


def field(size: Size, strength: float, seed: int = 3) -> np.ndarray:
    return np.stack(displacement(grid(size), size, strength, seed))


@pytest.mark.parametrize("size", [(64, 64), (40, 72)])
def test_the_largest_stretch_is_the_strength_by_finite_differences(size: Size) -> None:
    eps = 1e-5
    rows, cols = grid(size)
    down = np.stack(displacement((rows + eps, cols), size, 0.5, 3)) - field(size, 0.5)
    right = np.stack(displacement((rows, cols + eps), size, 0.5, 3)) - field(size, 0.5)
    gradients = np.moveaxis(np.stack([down, right], axis=1) / eps, (0, 1), (-2, -1))
    assert np.linalg.norm(gradients, 2, axis=(-2, -1)).max() == pytest.approx(0.5, abs=1e-4)


def test_a_field_without_strength_is_nothing_and_twice_the_strength_is_twice_the_field() -> None:
    assert not field((16, 20), 0).any()
    np.testing.assert_allclose(field((16, 20), 0.6), 2 * field((16, 20), 0.3))


def test_the_field_goes_on_at_the_opposite_side() -> None:
    size = (16, 20)
    rows, cols = grid(size)
    around = np.stack(displacement((rows + 16, cols - 40), size, 0.5, 3))
    np.testing.assert_allclose(around, field(size, 0.5), atol=1e-12)


def test_below_1_no_two_pixels_change_their_order() -> None:
    down, right = field((64, 64), 0.9)
    rows, cols = grid((64, 64))
    assert (np.diff(rows - down, axis=0) > 0).all()
    assert (np.diff(cols - right, axis=1) > 0).all()


def test_the_whole_picture_is_not_moved() -> None:
    np.testing.assert_allclose(field((32, 32), 0.8).mean((1, 2)), 0, atol=1e-12)


def test_small_pictures_bend_as_large_ones_do() -> None:
    large, small = field((64, 64), 0.5), field((16, 16), 0.5)
    assert np.abs(large[:, ::4, ::4] / 4 - small).max() < 0.05 * np.abs(small).max()
