"""The laws of convolution, on pictures and kernels without any symmetry."""

import numpy as np
import pytest
import scipy.signal
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.laws import FACTOR, Law, convolved, exchanged, laws, shifted

NAMES = ("commutative", "associative", "distributive", "scalar", "equivariant", "border")


def some(*shape: int, seed: int = 3) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def law(name: str, *, flip: bool = True, shift: tuple[int, int] = (2, 3)) -> Law:
    found = laws(some(13, 17), some(3, 4, seed=4), some(5, 2, seed=5), flip=flip, shift=shift)
    return next(entry for entry in found if entry.name == name)


@pytest.mark.parametrize("name", NAMES[:5])
def test_every_law_holds_for_convolution(name: str) -> None:
    assert law(name).holds
    assert law(name).difference < 1e-13


@pytest.mark.parametrize("name", ["commutative", "associative"])
def test_correlation_is_neither_commutative_nor_associative(name: str) -> None:
    assert not law(name, flip=False).holds
    assert law(name, flip=False).difference > 1


@pytest.mark.parametrize("name", ["distributive", "scalar", "equivariant"])
def test_the_other_laws_hold_for_correlation_too(name: str) -> None:
    assert law(name, flip=False).holds


def test_the_laws_come_in_the_order_of_the_lecture() -> None:
    assert tuple(entry.name for entry in laws(some(9, 9), some(3, 3), some(3, 3))) == NAMES


@pytest.mark.parametrize(
    ("flip", "oracle"), [(True, scipy.signal.convolve2d), (False, scipy.signal.correlate2d)]
)
def test_both_orders_are_those_of_scipy(flip: bool, oracle: object) -> None:
    image, kernel = some(7, 9), some(2, 3, seed=1)
    np.testing.assert_allclose(convolved(image, kernel, flip=flip), oracle(image, kernel), atol=1e-13)  # type: ignore[operator]
    np.testing.assert_allclose(exchanged(image, kernel, flip=flip), oracle(kernel, image), atol=1e-13)  # type: ignore[operator]


def test_correlation_with_places_changed_is_turned_by_180_degrees() -> None:
    found = law("commutative", flip=False)
    np.testing.assert_allclose(found.left, found.right[::-1, ::-1], atol=1e-13)


def test_two_kernels_become_one_that_is_larger() -> None:
    f, g, both = law("associative").kernels.values()
    assert both.shape == (7, 5)
    np.testing.assert_allclose(both, scipy.signal.convolve2d(f, g))


def test_two_boxes_of_two_become_the_binomial_kernel() -> None:
    found = laws(some(5, 5), np.ones((1, 2)), np.ones((1, 2)))[1]
    np.testing.assert_array_equal(found.kernels["f ∗ g"], [[1, 2, 1]])


def test_kernels_of_different_sizes_are_added_around_their_middles() -> None:
    found = laws(some(6, 6), np.ones((1, 1)), np.ones((3, 3)))[2]
    np.testing.assert_array_equal(found.kernels["f + g"], [[1, 1, 1], [1, 2, 1], [1, 1, 1]])


def test_the_scalar_law_scales_by_its_factor() -> None:
    image = some(4, 5)
    found = laws(image, np.ones((1, 1)), np.ones((1, 1)))[3]
    np.testing.assert_allclose(found.left, FACTOR * image)


def test_zero_padding_breaks_equivariance_at_the_border_only() -> None:
    found = law("border", shift=(2, 3))
    apart = np.abs(found.left - found.right)
    assert not found.holds
    assert apart[4:-2, 6:-3].max() < 1e-14  # the shift and the reach of a 3 x 4 kernel
    assert "along the border" in found.says


def test_a_shift_of_nothing_changes_nothing() -> None:
    assert law("border", shift=(0, 0)).difference == 0
    assert "holds even with zero padding" in law("border", shift=(0, 0)).says


def test_a_shift_lets_black_in() -> None:
    np.testing.assert_array_equal(shifted(np.array([[1.0, 2], [3, 4]]), 1, 1), [[0, 0], [0, 1]])


def test_a_shift_out_of_the_picture_is_explained() -> None:
    with pytest.raises(InputError, match="leaves nothing of a picture of 9 × 9 px"):
        laws(some(9, 9), some(3, 3), some(3, 3), shift=(9, 0))


def test_the_formula_names_what_is_computed() -> None:
    assert law("associative").formula == "(x * f) * g = x * (f * g)"
    assert law("associative", flip=False).sides == ("(x ⋆ f) ⋆ g", "x ⋆ (f ⋆ g)")
    assert r"\cdot 10^{-1" in law("associative").numbers
