"""One kernel on one picture: the lectures' numbers, SciPy and torch as oracles, and the laws."""

import itertools
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage, signal
from torch.nn import functional as F

from vizcore.exhibits import convolution
from vizcore.exhibits.convolution import GRIDS, convolve, transposed
from vizcore.toolkit.errors import InputError

X_DETECTOR = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
CROSS = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
SCIPY_MODES = {"zeros": "constant", "reflect": "mirror", "replicate": "nearest", "circular": "wrap"}

BOX_RESULT = """
 0 10 20 30 30 30 20 10
 0 20 40 60 60 60 40 20
 0 30 60 90 90 90 60 30
 0 30 50 80 80 90 60 30
 0 30 50 80 80 90 60 30
 0 20 30 50 50 60 40 20
10 20 30 30 30 30 20 10
10 10 10  0  0  0  0  0"""

X_RESULT = """
 7 -1  1  3  5 -1  3
-1  9 -1  3 -1  1 -1
 1 -1  9 -3  1 -1  5
 3  3 -3  5 -3  3  3
 5 -1  1 -3  9 -1  1
-1  1 -1  3 -1  9 -1
 3 -1  5  3  1 -1  7"""


def numbers(text: str) -> NDArray[np.float64]:
    return np.array([line.split() for line in text.strip().splitlines()], np.float64)


def drawn(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def whole(image: Any, kernel: Any) -> NDArray[np.float64]:
    """The convolution with every overlap."""
    return convolve(image, kernel, padding="full", flip=True).output


def test_the_mean_of_three_by_three_cells_gives_the_64_numbers_of_the_lecture() -> None:
    found = convolve(GRIDS["hole"].values, np.full((3, 3), 1 / 9)).output  # N1
    np.testing.assert_allclose(found, numbers(BOX_RESULT), atol=1e-12)


def test_the_x_detector_gives_the_ninths_of_the_lecture() -> None:
    np.testing.assert_array_equal(convolve(GRIDS["x"].values, X_DETECTOR).output, numbers(X_RESULT))  # N2


def test_the_decimals_of_the_lecture_are_the_ninths_cut_off_not_rounded() -> None:
    first = convolve(GRIDS["x"].values, X_DETECTOR).output[0, 0] / 9  # E26
    assert (np.floor(100 * first) / 100, round(first, 2)) == (0.77, 0.78)


def test_the_cross_counts_four_ones_in_the_first_window_of_the_lecture() -> None:
    found = convolve(GRIDS["binary"].values, CROSS).output  # N3
    assert found.tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


def test_seven_by_seven_cells_shrink_to_5_or_with_stride_2_to_3_and_with_padding_to_7_or_4() -> None:
    grid = GRIDS["numbered"].values  # N8
    sides = [
        convolve(grid, np.ones((3, 3)), stride=stride, padding=padding).output.shape
        for padding in (0, 1)
        for stride in (1, 2)
    ]
    assert sides == [(5, 5), (3, 3), (7, 7), (4, 4)]


def test_one_of_five_by_five_weights_keeps_32_cells_when_they_are_padded_to_36() -> None:
    picture, kernel = drawn(32, 32), drawn(5, 5)  # N9, channel by channel in test_convolutions
    assert convolve(picture, kernel).output.shape == (28, 28)
    padded = convolve(picture, kernel, padding=2)
    assert (len(padded.rows), padded.output.shape) == (36, (32, 32))


def test_a_convolution_is_a_matrix_with_k_of_n_entries_a_row_that_are_the_same_k_in_every_row() -> None:
    n, kernel = 12, [[2.0, 3.0, 5.0]]  # N20; its 36 million inputs are counted in test_dense
    columns = [
        convolve(unit[None], kernel, padding="same", padding_mode="circular").output for unit in np.eye(n)
    ]
    matrix = np.concatenate(columns).T
    assert (matrix.size, np.count_nonzero(matrix)) == (n * n, 3 * n)
    assert np.unique(matrix).tolist() == [0, 2, 3, 5]


def test_convolution_is_commutative() -> None:
    picture, kernel = drawn(7, 6), drawn(3, 4, seed=1)  # N38
    np.testing.assert_allclose(whole(picture, kernel), whole(kernel, picture), atol=1e-13)


def test_convolution_is_associative_so_two_kernels_become_one() -> None:
    picture, f, g = drawn(9, 8), drawn(3, 2, seed=1), drawn(2, 5, seed=2)
    both = whole(whole(picture, f), g)
    np.testing.assert_allclose(both, whole(picture, whole(f, g)), atol=1e-12)


def test_convolution_is_distributive_and_linear() -> None:
    picture, f, g = drawn(9, 8), drawn(3, 3, seed=1), drawn(3, 3, seed=2)
    np.testing.assert_allclose(whole(picture, f + g), whole(picture, f) + whole(picture, g), atol=1e-13)
    np.testing.assert_allclose(whole(2.5 * picture, f), 2.5 * whole(picture, f), atol=1e-13)


def test_cross_correlation_is_neither_commutative_nor_associative() -> None:
    picture, f, g = drawn(5, 5), drawn(3, 3, seed=1), drawn(3, 3, seed=2)
    swapped = convolve(f, picture, padding="full").output
    straight = convolve(picture, f, padding="full").output
    np.testing.assert_allclose(straight, swapped[::-1, ::-1], atol=1e-13)
    twice = convolve(convolve(picture, f).output, g).output
    assert not np.allclose(twice, convolve(picture, convolve(f, g, padding="full").output).output)
    np.testing.assert_allclose(twice, convolve(picture, whole(f, g)).output, atol=1e-13)


def test_the_sum_of_x_k_w_l_plus_k_is_the_cross_correlation_in_reverse_order() -> None:
    x, w = drawn(1, 6), drawn(1, 3, seed=1)
    shifts = range(-5, 3)
    by_hand = [sum(x[0, k] * w[0, s + k] for k in range(6) if 0 <= s + k < 3) for s in shifts]
    torch_order = convolve(x, w, padding="full").output[0]
    np.testing.assert_allclose(by_hand, torch_order[::-1], atol=1e-14)


def test_reflecting_the_picture_instead_of_the_kernel_lists_the_convolution_backwards() -> None:
    x, w = drawn(1, 6), drawn(1, 3, seed=1)
    backwards = convolve(x[:, ::-1], w, padding="full").output
    np.testing.assert_allclose(whole(x, w), backwards[:, ::-1], atol=1e-14)


def test_an_impulse_shows_the_kernel_as_it_is_or_by_cross_correlation_turned() -> None:
    impulse, kernel = GRIDS["impulse"].values, drawn(3, 3)
    np.testing.assert_array_equal(convolve(impulse, kernel, flip=True).output[2:5, 2:5], kernel)
    np.testing.assert_array_equal(convolve(impulse, kernel).output[2:5, 2:5], kernel[::-1, ::-1])


def test_the_response_carries_the_kernel_as_it_was_applied() -> None:
    kernel = drawn(2, 3)
    np.testing.assert_array_equal(convolve(drawn(5, 5), kernel).kernel, kernel)
    turned = convolve(drawn(5, 5), kernel, flip=True)
    np.testing.assert_array_equal(turned.kernel, kernel[::-1, ::-1])
    np.testing.assert_array_equal(turned.output, convolve(drawn(5, 5), turned.kernel).output)


@pytest.mark.parametrize("mode", SCIPY_MODES)
def test_odd_kernels_with_padding_same_are_correlate_and_convolve_of_scipy(mode: str) -> None:
    picture, kernel = drawn(9, 11), drawn(3, 5, seed=1)
    for flip, theirs in ((False, ndimage.correlate), (True, ndimage.convolve)):
        ours = convolve(picture, kernel, padding="same", padding_mode=mode, flip=flip).output
        np.testing.assert_allclose(ours, theirs(picture, kernel, mode=SCIPY_MODES[mode]), atol=1e-13)


def test_even_kernels_with_padding_full_or_valid_are_convolve2d_of_scipy() -> None:
    picture, kernel = drawn(9, 11), drawn(4, 2, seed=1)
    for padding in ("full", "valid"):
        ours = convolve(picture, kernel, padding=padding, flip=True).output
        np.testing.assert_allclose(ours, signal.convolve2d(picture, kernel, padding), atol=1e-13)


@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), list(itertools.product((1, 2, 3), (0, 1, 2), (1, 2)))
)
def test_every_setting_gives_what_torch_gives(stride: int, padding: int, dilation: int) -> None:
    picture, kernel = drawn(11, 8), drawn(3, 2, seed=1)
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    pair = torch.tensor(picture)[None, None], torch.tensor(kernel)[None, None]
    ours = convolve(picture, kernel, **settings).output  # type: ignore[arg-type]
    np.testing.assert_allclose(ours, F.conv2d(*pair, **settings)[0, 0].numpy(), atol=1e-13)  # type: ignore[arg-type]
    back = transposed(picture, kernel, **settings).output
    np.testing.assert_allclose(back, F.conv_transpose2d(*pair, **settings)[0, 0].numpy(), atol=1e-13)  # type: ignore[arg-type]


def test_a_transposed_convolution_with_stride_1_is_the_full_convolution() -> None:
    picture, kernel = drawn(6, 5), drawn(3, 2, seed=1)
    np.testing.assert_allclose(transposed(picture, kernel).output, whole(picture, kernel), atol=1e-13)
    turned = transposed(picture, kernel, flip=True).output
    np.testing.assert_allclose(turned, convolve(picture, kernel, padding="full").output, atol=1e-13)


def test_output_padding_tells_apart_the_sizes_that_stride_2_makes_equal() -> None:
    shrunk = [convolve(drawn(side, side), np.ones((3, 3)), stride=2, padding=1).output for side in (7, 8)]
    assert shrunk[0].shape == shrunk[1].shape == (4, 4)
    sides = [
        transposed(shrunk[0], np.ones((3, 3)), stride=2, padding=1, output_padding=extra).output.shape
        for extra in (0, 1)
    ]
    assert sides == [(7, 7), (8, 8)]


def test_a_stride_that_does_not_divide_the_kernel_stamps_a_checkerboard() -> None:
    stamps = transposed(np.ones((4, 4)), np.ones((3, 3)), stride=2).output[2:-2, 2:-2]
    assert np.unique(stamps).tolist() == [1, 2, 4]
    even = transposed(np.ones((4, 4)), np.ones((4, 4)), stride=2).output[2:-2, 2:-2]
    assert np.unique(even).tolist() == [4]


def test_the_output_moves_along_with_the_picture_when_there_is_no_border() -> None:
    picture, kernel = drawn(8, 8), drawn(3, 3, seed=1)
    settings: dict[str, Any] = {"padding": "same", "padding_mode": "circular"}
    moved = convolve(np.roll(picture, (2, 3), (0, 1)), kernel, **settings).output
    straight = convolve(picture, kernel, **settings).output
    np.testing.assert_array_equal(moved, np.roll(straight, (2, 3), (0, 1)))


def test_with_stride_2_the_output_moves_along_only_with_even_shifts() -> None:
    picture, kernel = drawn(8, 8), drawn(3, 3, seed=1)
    settings: dict[str, Any] = {"padding": 1, "padding_mode": "circular", "stride": 2}
    straight = convolve(picture, kernel, **settings).output
    two = convolve(np.roll(picture, 2, 1), kernel, **settings).output
    np.testing.assert_array_equal(two, np.roll(straight, 1, 1))
    one = convolve(np.roll(picture, 1, 1), kernel, **settings).output
    assert not any(np.allclose(one, np.roll(straight, shift, 1)) for shift in range(4))


@pytest.mark.parametrize("mode", SCIPY_MODES)
def test_every_output_cell_is_the_sum_of_what_rows_and_cols_say_it_reads(mode: str) -> None:
    picture, kernel = drawn(7, 6), drawn(2, 3, seed=1)
    found = convolve(picture, kernel, stride=2, padding=2, padding_mode=mode, dilation=2)
    reads = np.pad(picture, ((0, 1), (0, 1)))  # where -1 points to: a zero
    for i, j in np.ndindex(*found.output.shape):
        window = reads[np.ix_(found.rows[2 * i :: 2][:2], found.cols[2 * j :: 2][:3])]
        assert found.output[i, j] == pytest.approx((window * kernel).sum())


def test_cells_are_unread_where_the_gradient_of_torch_is_zero() -> None:
    for stride, size in itertools.product((1, 2, 3, 4), (7, 8)):
        cells = torch.ones(1, 1, size, 9, dtype=torch.float64, requires_grad=True)
        F.conv2d(cells, torch.ones(1, 1, 3, 2, dtype=torch.float64), stride=stride).sum().backward()
        assert cells.grad is not None
        unread = convolve(np.ones((size, 9)), np.ones((3, 2)), stride=stride).unread
        np.testing.assert_array_equal(unread, cells.grad[0, 0] == 0)


def test_the_corner_is_unread_when_all_that_it_stamps_is_cut_off() -> None:
    found = transposed(np.ones((3, 4)), [[1]], padding=1)
    assert found.output.shape == (1, 2)
    assert (~found.unread).nonzero()[0].tolist() == [1, 1]
    assert found.padding == ((1, 1), (1, 1))


def test_the_formula_has_a_line_for_the_height_and_one_for_the_width() -> None:
    found = convolve(np.ones((8, 5)), np.ones((3, 1)), stride=2)
    assert r"H' &= \left\lfloor \frac{8 + 0 + 0 - 1 \cdot (3 - 1) - 1}{2} \right\rfloor + 1" in found.formula
    assert r"W' &= \left\lfloor \frac{5 + 0 + 0 - 1 \cdot (1 - 1) - 1}{2} \right\rfloor + 1" in found.formula
    assert r"H' &= (8 - 1) \cdot 2 - 2 \cdot 0" in transposed(np.ones((8, 5)), [[1]], stride=2).formula


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"padding": 4, "padding_mode": "reflect"}, "a side of 4 px can be padded by 3 px at most, not 4"),
        ({"padding": 5, "padding_mode": "circular"}, "a side of 4 px can be padded by 4 px at most, not 5"),
        ({"dilation": 3}, "spans 7 px, more than the 4 px of the padded picture"),
        ({"padding": "same", "stride": 2}, "needs stride 1, not 2"),
        ({"padding": "half"}, "valid, same, full"),
        ({"padding_mode": "mirror"}, "zeros, reflect, replicate, circular"),
        ({"stride": 0}, "stride must be a whole number from 1 to 32, not 0"),
    ],
)
def test_impossible_settings_are_explained(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        convolve(np.ones((4, 6)), np.ones((3, 3)), **settings)


def test_pictures_and_kernels_that_are_no_grids_or_too_large_are_refused() -> None:
    with pytest.raises(InputError, match=r"picture must have rows and columns .* \(4, 4, 3\)"):
        convolve(np.ones((4, 4, 3)), np.ones((3, 3)))
    with pytest.raises(InputError, match=r"kernel must have rows and columns .* \(3,\)"):
        transposed(np.ones((4, 4)), np.ones(3))
    with pytest.raises(InputError, match=r"side of the picture must be .* 2048, not 2049"):
        convolve(np.ones((1, 2049)), np.ones((1, 1)))
    with pytest.raises(InputError, match=r"side of the kernel must be .* 31, not 32"):
        convolve(np.ones((40, 40)), np.ones((1, 32)))


def test_what_the_caller_passed_is_left_as_it_was() -> None:
    picture, kernel = drawn(5, 5), drawn(3, 3)
    kept = picture.copy(), kernel.copy()
    found = convolve(picture, kernel, padding=1)
    found.kernel[:] = found.output[:] = 0
    np.testing.assert_array_equal(picture, kept[0])
    np.testing.assert_array_equal(kernel, kept[1])


def test_grids_are_finite_small_and_cannot_be_changed_by_accident() -> None:
    for grid in GRIDS.values():
        assert grid.values.dtype == np.float64
        assert max(grid.values.shape) <= 10
        assert grid.title
        assert grid.says.endswith(".")
        with pytest.raises(ValueError, match="read-only"):
            grid.values[0, 0] = 1


def test_grey_is_what_pillow_calls_l() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    by_pillow = np.asarray(PIL.Image.fromarray(pixels).convert("L"), np.float64)
    ours = convolution.grey((pixels / 255).astype(np.float32))
    np.testing.assert_allclose(255 * ours, by_pillow, atol=1)
    np.testing.assert_allclose(convolution.grey(np.ones((2, 2, 3), np.float32)), 1, rtol=1e-15)


def test_the_card_shows_eight_kernels_on_one_picture() -> None:
    maps, limits = convolution.card()
    assert maps.shape == (8, 150, 200)
    assert limits.shape == (8, 2)
    assert (limits[:, 0] < limits[:, 1]).all()
