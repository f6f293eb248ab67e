"""Pictures made small by averaging."""

import numpy as np
import pytest

from vizcore.toolkit.small import small, square


def test_a_pixel_is_the_mean_of_what_it_stands_for() -> None:
    image = np.arange(16.0).reshape(4, 4, 1)
    np.testing.assert_array_equal(small(image, 2)[..., 0], [[2.5, 4.5], [10.5, 12.5]])


@pytest.mark.parametrize(
    ("size", "expected"), [((300, 200), (60, 40)), ((7, 500), (1, 60)), ((8, 8), (8, 8))]
)
def test_the_longer_side_is_limited_and_nothing_is_enlarged(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert small(np.ones((*size, 3)), 60).shape == (*expected, 3)


def test_a_square_is_the_middle_of_the_picture() -> None:
    image = np.zeros((2, 6, 3))
    image[:, 2:4] = 1
    np.testing.assert_array_equal(square(image, 2), np.ones((2, 2, 3)))


def test_a_tiny_picture_is_enlarged_to_a_square() -> None:
    assert square(np.ones((3, 3, 3)), 8).shape == (8, 8, 3)
