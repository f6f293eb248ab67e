"""Group convolutions against turned kernels, and their law to the last bit."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.toolkit import p4
from vizcore.toolkit.convolutions import correlate
from vizcore.toolkit.errors import InputError


def drawn(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def test_lifting_is_a_correlation_with_each_turned_copy() -> None:
    image, kernel = drawn(9, 12), drawn(3, 3, seed=1)
    for quarters, found in enumerate(p4.lift(image, kernel)):
        copy = np.ascontiguousarray(np.rot90(kernel, quarters))
        np.testing.assert_allclose(found, correlate(image[None], copy[None, None])[0], atol=1e-13)


def test_a_group_convolution_turns_its_kernel_and_its_planes() -> None:
    maps, kernel = drawn(4, 7, 8), drawn(4, 3, 3, seed=1)
    for quarters, found in enumerate(p4.convolve(maps, kernel)):
        planes = [np.rot90(kernel[(s - quarters) % 4], quarters) for s in range(4)]
        np.testing.assert_allclose(found, correlate(maps, np.stack(planes)[None])[0], atol=1e-13)


@pytest.mark.parametrize("quarters", [1, 2, 3, 4])
def test_maps_turn_and_change_places_with_the_picture_to_the_last_bit(quarters: int) -> None:
    image, kernels = drawn(11, 11), drawn(4, 3, 3, seed=1)
    straight = p4.lift(image, kernels[0])
    turned = p4.lift(np.rot90(image, quarters), kernels[0])
    np.testing.assert_array_equal(turned, p4.turned(straight, quarters))
    twice = p4.convolve(turned, kernels)
    np.testing.assert_array_equal(twice, p4.turned(p4.convolve(straight, kernels), quarters))


def test_the_largest_of_the_four_just_turns() -> None:
    image, kernel = drawn(8, 8), drawn(3, 3, seed=1)
    turned = p4.lift(np.rot90(image), kernel).max(0)
    np.testing.assert_array_equal(turned, np.rot90(p4.lift(image, kernel).max(0)))


def test_an_ordinary_convolution_does_not_turn() -> None:
    image, kernel = drawn(8, 8), drawn(3, 3, seed=1)
    straight, turned = (p4.lift(given, kernel)[0] for given in (image, np.rot90(image)))
    assert not np.allclose(turned, np.rot90(straight))


def test_kernels_that_cannot_be_turned_or_have_too_few_planes_are_refused() -> None:
    with pytest.raises(InputError, match="square"):
        p4.lift(drawn(8, 8), drawn(2, 3))
    with pytest.raises(InputError, match="Four"):
        p4.convolve(drawn(3, 8, 8), drawn(3, 3, 3))
