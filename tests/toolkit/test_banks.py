"""Filters of whole layers against `spectra`, which looks at one kernel at a time."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.toolkit import banks, spectra

SIZES = [(1, 1), (1, 5), (2, 2), (3, 3), (4, 3), (7, 7), (11, 11), (15, 2)]


def bank(*shape: int, seed: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def in_degrees(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far two directions of edges are apart, 0 to 90 degrees."""
    return np.abs((one - other + 90) % 180 - 90)


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_a_filter_of_one_kernel_is_what_the_kernel_is(rows: int, columns: int) -> None:
    weights = bank(20, 1, rows, columns)
    orientation, frequency, separable = banks.shapes(weights)
    wanted = np.array([spectra.orientation(weight[0]) for weight in weights])
    np.testing.assert_array_equal(np.isnan(orientation), np.isnan(wanted))
    assert np.nan_to_num(in_degrees(orientation, wanted)).max() < 1e-6
    np.testing.assert_allclose(frequency, [spectra.frequency(weight[0]) for weight in weights], rtol=1e-9)
    np.testing.assert_allclose(separable, [spectra.separable(weight[0]) for weight in weights], rtol=1e-9)


def test_the_powers_of_the_kernels_of_a_filter_are_added() -> None:
    weights = bank(9, 6, 5, 4)
    orientation, frequency, _ = banks.shapes(weights)
    along = (np.arange(33) - 16) / 33
    right, down = np.meshgrid(along, along)
    for number, kernels in enumerate(weights.astype(np.float64)):
        power = (spectra.spectrum(kernels, 33) ** 2).sum(axis=0)
        assert frequency[number] == pytest.approx((power * np.hypot(right, down)).sum() / power.sum())
        power[16, 16] = 0  # the mean is no wave
        double = 2 * np.arctan2(down, right)
        waves = np.arctan2((power * np.sin(double)).sum(), (power * np.cos(double)).sum()) / 2
        assert in_degrees(orientation[number], 90 - np.degrees(waves)) < 1e-6


def test_kernels_count_for_separability_by_their_energy() -> None:
    outer, cross = np.outer([1, 2, 1], [1, 0, -1]), np.eye(3)  # energies 12 and 3; shares 1 and 1/3
    _, _, separable = banks.shapes(np.stack([outer, cross])[None].astype(np.float32))
    assert separable == pytest.approx([(12 + 1) / 15])


def test_edges_of_known_directions() -> None:
    vertical = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    rising = np.array(
        [[2, 1, 0], [1, 0, -1], [0, -1, -2]]
    )  # light above on the left, dark below on the right
    laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    kernels = np.stack([vertical, vertical.T, rising, laplacian])[:, None].astype(np.float32)
    orientation, _, _ = banks.shapes(kernels)
    assert in_degrees(orientation[:3], np.array([90.0, 0.0, 45.0])).max() < 1e-6
    assert math.isnan(orientation[3])


def test_zeros_have_no_direction_and_no_frequency_and_are_separable() -> None:
    orientation, frequency, separable = banks.shapes(np.zeros((2, 3, 5, 5), np.float32))
    assert np.isnan([orientation, frequency]).all()
    assert separable.tolist() == [1, 1]


def test_directions_begin_again_below_180_degrees() -> None:
    orientation, _, _ = banks.shapes(bank(4000, 1, 2, 3, seed=3))
    assert orientation.min() >= 0
    assert orientation.max() < 180


def test_a_large_layer_is_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = bank(10, 4, 3, 3)
    whole = banks.shapes(weights)
    monkeypatch.setattr(banks, "_AT_ONCE", 200)  # two filters
    np.testing.assert_allclose(banks.shapes(weights), whole, rtol=1e-12)
