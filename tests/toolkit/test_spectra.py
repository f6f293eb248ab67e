"""Spectra, directions and ranks of kernels, by hand and against closed forms."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.toolkit import spectra
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.kernels import KERNELS, kernel

Floats = NDArray[np.float64]
ODD = np.random.default_rng(3).normal(size=(4, 3))


def apart(first: float, second: float) -> float:
    """Degrees between two directions, of which 0 and 180 are the same."""
    return abs((first - second + 90) % 180 - 90)


# Spectra


def test_an_impulse_passes_every_wave_alike() -> None:
    np.testing.assert_allclose(spectra.spectrum(kernel("identity", 3, 5)), np.ones((64, 64)))


def test_the_middle_of_a_spectrum_is_the_sum_of_the_weights() -> None:
    assert spectra.spectrum(ODD)[32, 32] == pytest.approx(abs(ODD.sum()))
    assert spectra.spectrum(ODD, 9)[4, 4] == pytest.approx(abs(ODD.sum()))


def test_the_difference_of_two_pixels_passes_twice_the_sine() -> None:
    found = spectra.spectrum(np.array([[-1.0, 1]]), 64)
    along = np.arange(-32, 32) / 64
    np.testing.assert_allclose(found, np.tile(2 * np.abs(np.sin(np.pi * along)), (64, 1)), atol=1e-12)


def test_a_spectrum_holds_the_energy_of_the_weights() -> None:
    assert (spectra.spectrum(ODD, 16) ** 2).mean() == pytest.approx((ODD**2).sum())  # Parseval


def test_a_spectrum_does_not_know_where_the_kernel_lies() -> None:
    moved = np.pad(ODD, ((2, 1), (3, 0)))
    np.testing.assert_allclose(spectra.spectrum(moved), spectra.spectrum(ODD), atol=1e-12)


def test_several_kernels_have_several_spectra() -> None:
    found = spectra.spectrum(np.stack([ODD, -2 * ODD]), 8)
    np.testing.assert_allclose(found[1], 2 * found[0])


def test_a_kernel_larger_than_its_spectrum_is_refused() -> None:
    with pytest.raises(InputError, match="4 × 3"):
        spectra.spectrum(ODD, 3)


# Orientation


@pytest.mark.parametrize(
    ("name", "degrees"),
    [
        ("sobel_x", 90),
        ("sobel_y", 0),
        ("scharr_x", 90),
        ("prewitt_y", 0),
        ("x_detector", 135),
        ("emboss", 45),
    ],
)
def test_directions_of_edges_that_one_can_see(name: str, degrees: float) -> None:
    assert spectra.orientation(kernel(name)) == pytest.approx(degrees)


@pytest.mark.parametrize("angle", range(0, 180, 15))
def test_a_gabor_answers_to_edges_at_its_own_angle(angle: int) -> None:
    assert apart(spectra.orientation(kernel("gabor", 11, 11, angle=angle)), angle) < 0.2


@pytest.mark.parametrize("angle", range(0, 180, 15))
def test_motion_blur_leaves_the_edges_along_it(angle: int) -> None:
    assert apart(spectra.orientation(kernel("motion", 11, 11, angle=angle)), angle) < 2


@pytest.mark.parametrize("angle", [0, 180])
def test_a_horizontal_direction_is_0_and_not_nearly_180(angle: float) -> None:
    assert spectra.orientation(kernel("gabor", 3, 2, angle=angle)) == 0


def test_a_quarter_turn_turns_the_direction() -> None:
    turned = spectra.orientation(np.rot90(ODD))
    assert apart(turned, spectra.orientation(ODD) + 90) == pytest.approx(0, abs=1e-6)


def test_a_mirror_mirrors_the_direction() -> None:
    assert apart(spectra.orientation(ODD[:, ::-1]), -spectra.orientation(ODD)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["identity", "box", "gaussian", "laplacian", "log", "sharpen", "cross"])
def test_kernels_that_are_alike_in_rows_and_columns_have_no_direction(name: str) -> None:
    assert math.isnan(spectra.orientation(kernel(name)))


def test_a_kernel_of_zeros_has_neither_direction_nor_frequency() -> None:
    assert math.isnan(spectra.orientation(np.zeros((3, 3))))
    assert math.isnan(spectra.frequency(np.zeros((3, 3))))


@pytest.mark.parametrize("measure", [spectra.orientation, spectra.frequency])
def test_neither_brightness_nor_sign_of_the_weights_matters(measure: object) -> None:
    assert measure(-1e-3 * ODD) == pytest.approx(measure(ODD))  # type: ignore[operator]


# Frequency


@pytest.mark.parametrize("frequency", [0.15, 0.2, 0.3, 0.4])
def test_a_gabor_has_about_its_own_frequency(frequency: float) -> None:
    weights = kernel("gabor", 11, 11, frequency=frequency)
    assert spectra.frequency(weights) == pytest.approx(frequency, abs=0.015)


def test_an_impulse_has_the_mean_frequency_of_the_square() -> None:
    mean = (math.sqrt(2) + math.asinh(1)) / 6  # mean distance of a unit square from its centre
    assert spectra.frequency(np.ones((1, 1))) == pytest.approx(mean, rel=1e-3)


def test_wider_blurs_pass_lower_frequencies() -> None:
    found = [spectra.frequency(kernel("gaussian", 11, 11, sigma=sigma)) for sigma in (0.5, 1, 2)]
    assert found[0] > found[1] > found[2]


# Columns times rows


@pytest.mark.parametrize("name", ["box", "gaussian", "sobel_x", "prewitt_y", "scharr_x", "identity"])
def test_kernels_that_are_a_column_times_a_row_have_rank_one(name: str) -> None:
    weights = kernel(name, *KERNELS[name].start)
    assert spectra.rank(weights) == 1
    assert spectra.separable(weights) == pytest.approx(1)


def test_ranks_by_hand() -> None:
    assert spectra.rank(kernel("laplacian")) == 2
    assert spectra.rank(kernel("cross")) == 2
    assert spectra.rank(kernel("x_detector")) == 3
    assert spectra.rank(np.zeros((2, 5))) == 0


def test_tolerance_is_a_share_of_the_largest_singular_value() -> None:
    weights = np.diag([100.0, 1, 1e-12])
    assert spectra.rank(weights) == 2
    assert spectra.rank(weights, tolerance=0.02) == 1


def test_singular_values_of_the_x_detector_by_hand() -> None:
    # 2 I - (a grid of ones) has eigenvalues 2 - 3, 2 and 2.
    assert spectra.singular_values(kernel("x_detector")) == pytest.approx([2, 2, 1])
    assert spectra.separable(kernel("x_detector")) == pytest.approx(4 / 9)


def test_an_identity_matrix_is_the_least_separable() -> None:
    assert spectra.separable(np.eye(5)) == pytest.approx(1 / 5)


def test_a_kernel_of_zeros_is_separable() -> None:
    assert spectra.separable(np.zeros((3, 2))) == 1


def test_sobel_splits_into_smoothing_and_difference() -> None:
    column, row = spectra.separable_factors(kernel("sobel_x"))
    assert column / column[0] == pytest.approx([1, 2, 1])
    assert row / row[2] == pytest.approx([-1, 0, 1])
    assert column.max() > 0


def test_factors_lose_exactly_what_is_not_separable() -> None:
    column, row = spectra.separable_factors(ODD)
    lost = ((ODD - np.outer(column, row)) ** 2).sum() / (ODD**2).sum()
    assert lost == pytest.approx(1 - spectra.separable(ODD))
    assert np.linalg.norm(column) == pytest.approx(np.linalg.norm(row))


def test_factors_of_zeros_are_zeros() -> None:
    column, row = spectra.separable_factors(np.zeros((2, 3)))
    assert column.tolist() == [0, 0]
    assert row.tolist() == [0, 0, 0]
