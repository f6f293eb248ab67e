"""Every kernel against hand arithmetic, scipy.ndimage, skimage or a law, and the texts that name kernels."""

import re

import numpy as np
import pytest
from scipy import ndimage
from skimage import filters

from vizcore.toolkit import kernels
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.kernels import KERNELS, Weights, checked, kernel, normalised, read, written

NOISE = np.random.default_rng(7).random((23, 31))
FREE = [name for name, entry in KERNELS.items() if entry.sizes is None]
ANY_SIZE = [name for name in FREE if name not in ("identity", "unsharp", "x_detector", "cross")]


def impulse(rows: int, cols: int) -> Weights:
    picture = np.zeros((rows, cols))
    picture[rows // 2, cols // 2] = 1
    return picture


def correlated(picture: Weights, weights: Weights) -> Weights:
    return ndimage.correlate(picture, weights, mode="mirror")


# The table


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_stands_with_a_source_and_one_sentence(name: str) -> None:
    entry = KERNELS[name]
    assert entry.source
    assert re.fullmatch(r"[A-Z][^.]*(\.\d[^.]*)?\.", entry.says)


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_has_the_size_it_starts_with(name: str) -> None:
    entry = KERNELS[name]
    assert kernel(name, *entry.start).shape == entry.start
    assert entry.sizes in (None, entry.start)


@pytest.mark.parametrize("size", [(2, 3), (4, 4), (1, 11), (11, 2), (5, 7)])
@pytest.mark.parametrize("name", ANY_SIZE)
def test_most_kernels_exist_in_odd_even_and_oblong_sizes(name: str, size: tuple[int, int]) -> None:
    rows, cols = size[::-1] if name.endswith("_y") else size
    weights = kernel(name, rows, cols)
    assert weights.shape == (rows, cols)
    assert np.isfinite(weights).all()
    assert weights.any()


@pytest.mark.parametrize("name", FREE)
def test_every_free_kernel_stays_in_range_at_the_ends_of_its_parameters(name: str) -> None:
    for end in ("low", "high"):
        values = {parameter.name: getattr(parameter, end) for parameter in KERNELS[name].parameters}
        assert np.abs(checked(kernel(name, 11, 11, **values))).max() < 1e5


@pytest.mark.parametrize("name", KERNELS)
def test_no_weight_is_minus_zero(name: str) -> None:
    weights = kernel(name, *KERNELS[name].start)
    assert not np.signbit(weights[weights == 0]).any()


# Blurs and sharpening


@pytest.mark.parametrize("name", ["identity", "box", "gaussian", "sharpen", "unsharp", "emboss", "motion"])
def test_kernels_that_keep_the_brightness_sum_to_one(name: str) -> None:
    assert kernel(name, *KERNELS[name].start).sum() == pytest.approx(1, abs=1e-12)


def test_the_identity_leaves_a_picture_as_it_is() -> None:
    assert (correlated(NOISE, kernel("identity", 3, 5)) == NOISE).all()


def test_a_box_is_the_plain_mean() -> None:
    found = correlated(NOISE, kernel("box", 3, 5))
    np.testing.assert_allclose(found, ndimage.uniform_filter(NOISE, (3, 5), mode="mirror"), atol=1e-14)


@pytest.mark.parametrize("sigma", [0.3, 1, 2.5, 5])
def test_a_gaussian_is_what_scipy_makes_of_an_impulse(sigma: float) -> None:
    expected = ndimage.gaussian_filter(impulse(11, 11), sigma, mode="constant", radius=5)
    np.testing.assert_allclose(kernel("gaussian", 11, 11, sigma=sigma), expected, atol=1e-15)


def test_the_centre_of_an_even_gaussian_lies_between_its_cells() -> None:
    weights = kernel("gaussian", 2, 4, sigma=1)
    outer, inner = np.exp(-9 / 8), np.exp(-1 / 8)
    expected = np.array([outer, inner, inner, outer]) / (4 * (outer + inner))
    np.testing.assert_allclose(weights, [expected, expected])


def test_sharpening_is_the_identity_minus_the_laplacian() -> None:
    assert (kernel("sharpen") == kernel("identity") - kernel("laplacian")).all()


@pytest.mark.parametrize("amount", [0, 0.7, 2])
def test_an_unsharp_mask_is_what_skimage_makes(amount: float) -> None:
    expected = filters.unsharp_mask(NOISE, radius=1, amount=amount, preserve_range=True)
    found = correlated(NOISE, kernel("unsharp", 9, 9, amount=amount, sigma=1))
    np.testing.assert_allclose(found[4:-4, 4:-4], expected[4:-4, 4:-4], atol=1e-13)


@pytest.mark.parametrize("name", ["identity", "unsharp"])
def test_a_kernel_with_a_weight_in_its_middle_has_no_even_size(name: str) -> None:
    with pytest.raises(InputError, match="3 × 4 has none"):
        kernel(name, 3, 4)


def test_embossing_adds_to_a_slope_towards_the_lower_right() -> None:
    slope = np.add.outer([1, 2, 3], [1, 2, 3])
    added = kernel("emboss") * slope
    assert added.sum() == slope[1, 1] + 2 * 4 + 4 * 1  # two steps of 2 with weight 2, four of 1 with weight 1


# Motion blur


def test_motion_blur_along_the_axes_is_one_row_or_one_column() -> None:
    fifth = np.full(5, 0.2)
    np.testing.assert_allclose(kernel("motion", 5, 5, angle=0)[2], fifth)
    np.testing.assert_allclose(kernel("motion", 5, 5, angle=90)[:, 2], fifth)


def test_motion_blur_at_45_degrees_rises_to_the_right() -> None:
    np.testing.assert_allclose(kernel("motion", 4, 4, angle=45), np.eye(4)[::-1] / 4)


def test_motion_blur_between_two_rows_is_shared_by_both() -> None:
    np.testing.assert_allclose(kernel("motion", 2, 3, angle=0), np.full((2, 3), 1 / 6))


def test_motion_blur_of_slope_one_half_by_hand() -> None:
    angle = np.degrees(np.arctan(1 / 2))
    expected = np.array([[0, 0, 0.5], [0.5, 1, 0.5], [0.5, 0, 0]]) / 3
    np.testing.assert_allclose(kernel("motion", 3, 3, angle=angle), expected, atol=1e-12)


@pytest.mark.parametrize("angle", [0, 17, 45, 80, 90])
def test_motion_blur_turned_by_a_right_angle_is_the_same_line_turned(angle: float) -> None:
    turned = np.rot90(kernel("motion", 6, 6, angle=angle))
    np.testing.assert_allclose(kernel("motion", 6, 6, angle=angle + 90), turned, atol=1e-9)


# Slopes


def test_sobel_and_scipy_agree() -> None:
    for name, axis in (("sobel_x", 1), ("sobel_y", 0)):
        np.testing.assert_allclose(
            correlated(NOISE, kernel(name)), ndimage.sobel(NOISE, axis, mode="mirror"), atol=1e-13
        )


def test_prewitt_and_scipy_agree() -> None:
    for name, axis in (("prewitt_x", 1), ("prewitt_y", 0)):
        np.testing.assert_allclose(
            correlated(NOISE, kernel(name)), ndimage.prewitt(NOISE, axis, mode="mirror"), atol=1e-13
        )


@pytest.mark.parametrize(("name", "total"), [("sobel", 4), ("prewitt", 3), ("scharr", 16)])
def test_slopes_are_those_of_skimage_times_the_sum_of_their_positive_weights(name: str, total: int) -> None:
    for axis, letter in ((1, "x"), (0, "y")):
        expected = getattr(filters, name)(NOISE, axis=axis, mode="mirror") * total
        np.testing.assert_allclose(correlated(NOISE, kernel(f"{name}_{letter}")), expected, atol=1e-13)


def test_a_sobel_of_5_by_5_is_that_of_danielsson_and_seger() -> None:
    expected = np.outer([1, 4, 6, 4, 1], [-1, -2, 0, 2, 1])
    assert (kernel("sobel_x", 5, 5) == expected).all()


def test_small_slopes_by_hand() -> None:
    assert written(kernel("sobel_x", 1, 2)) == "-1,1"
    assert written(kernel("sobel_y", 2, 3)) == "-1,-2,-1;1,2,1"
    assert written(kernel("prewitt_x", 1, 5)) == "-2,-1,0,1,2"
    assert written(kernel("prewitt_y", 4, 1)) == "-3;-1;1;3"


@pytest.mark.parametrize("name", ["sobel", "prewitt", "scharr"])
def test_a_slope_downwards_is_the_one_to_the_right_with_axes_exchanged(name: str) -> None:
    size = KERNELS[f"{name}_x"].sizes or (4, 7)
    assert (kernel(f"{name}_y", *size[::-1]) == kernel(f"{name}_x", *size).T).all()


@pytest.mark.parametrize("name", ["sobel_x", "sobel_y", "prewitt_x", "prewitt_y", "scharr_x", "laplacian"])
def test_derivatives_do_not_answer_to_flat_ground(name: str) -> None:
    assert kernel(name).sum() == 0


@pytest.mark.parametrize(("name", "size"), [("sobel_x", (3, 1)), ("prewitt_y", (1, 3)), ("log", (1, 1))])
def test_a_change_over_a_single_cell_is_refused(name: str, size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="at least 2 cells"):
        kernel(name, *size)


# Curvature


def test_the_laplacian_and_scipy_agree() -> None:
    expected = ndimage.laplace(NOISE, mode="mirror")
    np.testing.assert_allclose(correlated(NOISE, kernel("laplacian")), expected, atol=1e-13)


def test_a_laplacian_of_gaussian_is_that_of_scipy_times_sigma_squared() -> None:
    expected = 0.9**2 * ndimage.gaussian_laplace(impulse(11, 11), 0.9, mode="constant", truncate=5.5)
    np.testing.assert_allclose(kernel("log", 11, 11, sigma=0.9), expected, atol=1e-5)


@pytest.mark.parametrize("sigma", [0.3, 1, 5])
@pytest.mark.parametrize("size", [(1, 2), (3, 3), (4, 9), (11, 11)])
def test_a_laplacian_of_gaussian_sums_to_zero_however_few_cells_it_has(
    size: tuple[int, int], sigma: float
) -> None:
    assert kernel("log", *size, sigma=sigma).sum() == pytest.approx(0, abs=1e-12)


# Gabor


@pytest.mark.parametrize(("frequency", "angle", "sigma"), [(0.2, 0, 1), (0.31, 30, 0.9), (0.1, 135, 1)])
def test_a_gabor_is_the_real_part_of_that_of_skimage(frequency: float, angle: float, sigma: float) -> None:
    found = kernel("gabor", 11, 11, frequency=frequency, angle=angle, sigma=sigma)
    expected = filters.gabor_kernel(
        frequency, np.radians(90 - angle), sigma_x=sigma, sigma_y=sigma, n_stds=9
    ).real
    top, left = (np.array(expected.shape) - 11) // 2
    np.testing.assert_allclose(found, expected[top : top + 11, left : left + 11], atol=1e-6)


@pytest.mark.parametrize("angle", [0, 25, 90])
def test_a_gabor_turned_by_a_right_angle_has_its_weights_turned(angle: float) -> None:
    turned = np.rot90(kernel("gabor", 8, 8, angle=angle))
    np.testing.assert_allclose(kernel("gabor", 8, 8, angle=angle + 90), turned, atol=1e-12)


def test_a_horizontal_gabor_has_equal_stripes_along_its_rows() -> None:
    weights = kernel("gabor", 5, 5, frequency=0.5, angle=0, sigma=5)
    assert (np.sign(weights) == np.array([[1], [-1], [1], [-1], [1]])).all()


# The lectures


def test_the_x_detector_gives_the_table_of_the_lecture_n2() -> None:
    cross = np.zeros((9, 9), bool)
    cross[1:8, 1:8] = kernel("cross", 7, 7) == 1
    ninths = ndimage.correlate(np.where(cross, 1, -1), kernel("x_detector"), np.float64)[1:-1, 1:-1]
    assert written(ninths) == (
        "7,-1,1,3,5,-1,3;-1,9,-1,3,-1,1,-1;1,-1,9,-3,1,-1,5;3,3,-3,5,-3,3,3;"
        "5,-1,1,-3,9,-1,1;-1,1,-1,3,-1,9,-1;3,-1,5,3,1,-1,7"
    )


def test_the_cross_of_n3_counts_four_then_three() -> None:
    picture = read("1,1,1,0,0;0,1,1,1,0;0,0,1,1,1;0,0,1,1,0;0,1,1,0,0")
    counts = ndimage.correlate(picture, kernel("cross"))[1:-1, 1:-1]
    assert written(counts) == "4,3,4;2,4,3;2,3,4"


def test_the_kernels_of_n2_and_n3_are_those_of_the_lectures() -> None:
    assert written(kernel("x_detector")) == "1,-1,-1;-1,1,-1;-1,-1,1"
    assert written(kernel("cross")) == "1,0,1;0,1,0;1,0,1"


@pytest.mark.parametrize("name", ["x_detector", "cross"])
def test_diagonals_need_a_square(name: str) -> None:
    assert kernel(name, 4, 4)[0, 0] == 1
    with pytest.raises(InputError, match="not 3 × 5"):
        kernel(name, 3, 5)


# Random weights


def test_a_seed_names_the_same_weights_every_time() -> None:
    np.random.seed(1)
    before = kernel("random", seed=4)
    np.random.seed(2)
    assert (kernel("random", seed=4) == before).all()
    assert (kernel("random", seed=5) != before).all()


def test_random_weights_keep_the_variance_of_white_noise() -> None:
    energies = [(kernel("random", 7, 5, seed=seed) ** 2).sum() for seed in range(200)]
    assert np.mean(energies) == pytest.approx(1, abs=0.05)


# What people may ask for


@pytest.mark.parametrize(
    ("arguments", "parameters", "says"),
    [
        (("blur", 3, 3), {}, "no kernel called 'blur'"),
        (("box", 0, 3), {}, "not 0"),
        (("box", 3, 12), {}, "not 12"),
        (("box", 3, 2.5), {}, "not 2.5"),
        (("emboss", 5, 5), {}, "Emboss is defined for 3 × 3"),
        (("box", 3, 3), {"sigma": 1}, "no parameter of Box blur called 'sigma'"),
        (("gaussian", 3, 3), {"sigma": 0}, "goes from 0.3 to 5 px, not 0"),
        (("gaussian", 3, 3), {"sigma": float("nan")}, "not nan"),
        (("gabor", 3, 3), {"angle": "90"}, "0 to 180 degrees, not 90"),
        (("unsharp", 3, 3), {"amount": 1e9}, "Amount goes from 0 to 5, not 1000000000.0"),
    ],
)
def test_what_no_kernel_has_is_answered_with_a_sentence(
    arguments: tuple[str, int, int], parameters: dict[str, float], says: str
) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        kernel(*arguments, **parameters)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([[1, 2], [3]], "same number of cells"),
        ([], "1 × 1 to 11 × 11"),
        ([1, 2], "1 × 1 to 11 × 11"),
        ([[1] * 12], "1 × 1 to 11 × 11"),
        ([[[1]]], "1 × 1 to 11 × 11"),
        ([["1"]], "numbers only"),
        ([[True]], "numbers only"),
        ([[None]], "numbers only"),
        ([[10**400]], "numbers only"),
        ([[float("nan")]], "between −1,000,000 and 1,000,000"),
        ([[-(2**63)]], "between −1,000,000 and 1,000,000"),
        (np.full((2, 2), np.inf, np.float16), "between −1,000,000 and 1,000,000"),
        ([[-1_000_001]], "between −1,000,000 and 1,000,000"),
    ],
)
def test_what_is_no_kernel_is_answered_with_a_sentence(values: list[object], says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        checked(values)


def test_checking_copies() -> None:
    weights = np.ones((2, 2))
    checked(weights)[0, 0] = 5
    assert (weights == 1).all()


def test_normalised_weights_sum_to_one_and_keep_their_ratios() -> None:
    assert normalised([[1, 2], [3, 4]]).tolist() == [[0.1, 0.2], [0.3, 0.4]]
    assert normalised([[-1, -3]]).tolist() == [[0.25, 0.75]]


@pytest.mark.parametrize("values", [[[0, 0]], [[1, -1]], [[0.1, 0.2, -0.3]], [[1e6, 0.5 - 1e6]]])
def test_weights_that_cancel_cannot_be_normalised(values: list[list[float]]) -> None:
    with pytest.raises(InputError, match="sum to 0"):
        normalised(values)


# Kernels in links


@pytest.mark.parametrize("name", KERNELS)
def test_written_and_read_is_a_round_trip_to_the_last_bit(name: str) -> None:
    weights = kernel(name, *KERNELS[name].start)
    assert (read(written(weights)) == weights).all()


def test_the_longest_kernel_can_be_read_back() -> None:
    weights = np.full((11, 11), -1.2345678901234567e-100)
    assert (read(written(weights)) == weights).all()


def test_kernels_are_written_as_short_as_can_be() -> None:
    assert written(np.array([[1.0, -0.0, 0.5], [1e-7, -1e6, 1 / 3]])) == (
        "1,0,0.5;1e-07,-1000000,0.3333333333333333"
    )


def test_people_may_write_with_spaces_and_without_noughts() -> None:
    assert read(" 1, -.5 ;2., 1e-1\n").tolist() == [[1, -0.5], [2, 0.1]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "1,",
        "1;2,3",
        "1,2;;3,4",
        "1 2",
        "--1",
        "1+1",
        "0x1",
        "1_0",
        "１",
        "<b>",
        "\x00",
        "nan",
        "inf",
    ],
)
def test_texts_that_are_no_kernel_are_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"is no number|same number of cells"):
        read(text)


@pytest.mark.parametrize(
    "text", ["1e9", "1e999", "1" * 3000, "1" * 5000, ",".join("1" * 12), ";".join("1" * 12), ";" * 4001]
)
def test_texts_that_are_too_much_are_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"must lie between|at most 4,000 characters|11 × 11 cells"):
        read(text)


def test_the_answer_to_a_hostile_text_is_short() -> None:
    with pytest.raises(InputError) as caught:
        read("z" * 3000)
    assert len(str(caught.value)) < 100


def test_the_limits_hold_what_they_promise() -> None:
    assert kernels.MOST_CELLS**2 * 25 < kernels.LONGEST
