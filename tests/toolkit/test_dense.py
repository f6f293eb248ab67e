"""Convolution as a matrix, held against convolution itself."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.toolkit import convolutions
from vizcore.toolkit.dense import Counts, counts, matrix, memory
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.windows import MODES


def some(*shape: int, seed: int = 6) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("padding", [0, 2, "same", "full"])
def test_the_matrix_times_the_flat_picture_is_the_convolution(mode: str, padding: int | str) -> None:
    image, kernel = some(6, 7), some(3, 4, seed=1)
    expected = convolutions.correlate(image[None], kernel[None, None], padding=padding, padding_mode=mode)[0]
    found = matrix(kernel, image.shape, padding=padding, padding_mode=mode) @ image.ravel()
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1e-12)


@pytest.mark.parametrize(("stride", "dilation"), [(2, 1), (1, 2), (3, 2)])
def test_stride_and_dilation_are_in_the_matrix(stride: int, dilation: int) -> None:
    image, kernel, how = some(8, 6), some(3, 2, seed=1), {"stride": stride, "dilation": dilation}
    expected = convolutions.correlate(image[None], kernel[None, None], padding=1, **how)[0]  # type: ignore[arg-type]
    found = matrix(kernel, image.shape, padding=1, **how) @ image.ravel()  # type: ignore[arg-type]
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1e-12)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (1, 1), (2, 1)])
def test_the_transposed_matrix_is_the_transposed_convolution(stride: int, padding: int) -> None:
    kernel, how = some(3, 2, seed=2), {"stride": stride, "padding": padding}
    full = matrix(kernel, (7, 6), **how)  # type: ignore[arg-type]
    rows = (7 + 2 * padding - 3) // stride + 1
    given = some(rows, len(full) // rows)
    expected = convolutions.transpose(given[None], kernel[None, None], **how)[0]  # type: ignore[arg-type]
    assert expected.shape == (7, 6)
    np.testing.assert_allclose((full.T @ given.ravel()).reshape(7, 6), expected, atol=1e-12)


def test_a_matrix_small_enough_to_write_down() -> None:
    np.testing.assert_array_equal(
        matrix(np.array([[1.0, 2]]), (1, 4)), [[1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2]]
    )


def test_every_row_of_a_valid_convolution_holds_the_kernel_once() -> None:
    kernel = np.arange(1.0, 7).reshape(2, 3)
    for row in matrix(kernel, (4, 5)):
        np.testing.assert_array_equal(row[row != 0], kernel.ravel())


def test_repeated_borders_add_up_in_one_entry() -> None:
    found = matrix(np.ones((3, 3)), (1, 2), padding=1, padding_mode="replicate")
    np.testing.assert_array_equal(found, [[6, 3], [3, 6]])


def test_a_matrix_too_large_to_write_is_explained() -> None:
    with pytest.raises(InputError, match="64 × 64 picture"):
        matrix(np.ones((3, 3)), (64, 64), padding="same")


def test_the_counts_of_the_lecture() -> None:
    """N20 (Kainz): 12 megapixels in three colours."""
    found = counts(36_000_000, taps=3, width=100)
    assert found == Counts(36_000_000, 3_600_000_000, 1_296_000_000_000_000, 108_000_000, 3)


def test_the_matrix_has_the_counted_weights() -> None:
    full = matrix(some(1, 3), (1, 9), padding=0)
    assert (full.size, np.count_nonzero(full), len(np.unique(full[full != 0]))) == (63, 21, 3)


@pytest.mark.parametrize(
    ("weights", "text"),
    [(3, "12 bytes"), (108_000_000, "432 MB"), (1_296 * 10**12, "5.18 PB"), (10**19, "40,000 PB")],
)
def test_memory_is_told_in_the_largest_unit(weights: int, text: str) -> None:
    assert memory(weights) == text
