"""Template matching: against scikit-image, the definition and laws."""

import numpy as np
import pytest
from skimage.feature import match_template, peak_local_max

from vizcore.toolkit import templates
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.samples import sample
from vizcore.toolkit.templates import Box, Grey


def some_picture(height: int = 31, width: int = 44) -> Grey:
    return np.random.default_rng(5).random((height, width))


def coins() -> Grey:
    return sample("coins").mean(axis=2, dtype=np.float64)


@pytest.mark.parametrize("size", [(2, 2), (5, 8), (12, 3), (31, 44), (31, 2)])
def test_the_score_is_that_of_scikit_image(size: tuple[int, int]) -> None:
    image = some_picture()
    patch = templates.cut(image, Box(31 - size[0], 44 - size[1], *size))
    np.testing.assert_allclose(templates.match(image, patch).score, match_template(image, patch), atol=1e-6)


def test_the_score_of_a_photograph_is_that_of_scikit_image() -> None:
    image = coins()
    patch = templates.cut(image, Box(104, 130, 47, 48))
    np.testing.assert_allclose(templates.match(image, patch).score, match_template(image, patch), atol=1e-6)


def test_a_patch_of_the_picture_scores_one_where_it_was_cut_out() -> None:
    image = some_picture()
    score = templates.match(image, templates.cut(image, Box(7, 20, 6, 5))).score
    assert score[7, 20] == pytest.approx(1)
    assert score.argmax() == 7 * score.shape[1] + 20


def test_the_negative_of_a_patch_scores_minus_one() -> None:
    image = some_picture()
    score = templates.match(image, 1 - templates.cut(image, Box(3, 4, 6, 5))).score
    assert score[3, 4] == pytest.approx(-1)


def test_brightness_and_contrast_of_the_patch_do_not_matter() -> None:
    image = some_picture()
    patch = templates.cut(image, Box(3, 4, 6, 5))
    one, other = (templates.match(image, values).score for values in (patch, 0.2 * patch + 0.7))
    np.testing.assert_allclose(one, other, atol=1e-12)


def test_plain_correlation_is_the_sum_of_the_products() -> None:
    image = some_picture()
    patch = templates.cut(image, Box(3, 4, 6, 5))
    plain = templates.match(image, patch).plain
    assert plain[9, 11] == pytest.approx((image[9:15, 11:16] * patch).sum())
    assert plain.shape == (26, 40)


def test_a_bright_spot_wins_the_plain_correlation_and_not_the_score() -> None:
    image = 0.2 * some_picture()
    image[20:28, 30:38] = 1
    found = templates.match(image, templates.cut(image, Box(2, 3, 5, 5)))
    assert np.unravel_index(found.score.argmax(), found.score.shape) == (2, 3)
    row, col = np.unravel_index(found.plain.argmax(), found.plain.shape)
    assert image[row : row + 5, col : col + 5].min() == 1


def test_windows_without_contrast_score_zero() -> None:
    image = some_picture(300, 300)
    image[100:] = 0.3712
    score = templates.match(image, image[:20, :30]).score
    assert (score[100:] == 0).all()
    assert (score[:100] != 0).all()


def test_one_pixel_that_is_a_little_bluer_is_contrast() -> None:
    image = np.full((40, 50), 0.5)
    image[20, 20] += 0.114 / 255
    assert templates.match(image, image[18:23, 18:23]).score[18, 18] == pytest.approx(1)


def test_a_patch_without_contrast_is_explained() -> None:
    with pytest.raises(InputError, match=r"0\.25: without contrast"):
        templates.match(some_picture(), np.full((4, 4), 0.25))


def test_a_patch_that_does_not_fit_is_explained() -> None:
    with pytest.raises(InputError, match="32 × 4 px does not fit"):
        templates.match(some_picture(), some_picture(32, 4))


def test_peaks_are_the_maxima_that_no_better_one_is_near() -> None:
    score = np.zeros((20, 20))
    score[3, 3], score[3, 5], score[12, 9], score[19, 19] = 0.9, 0.8, 0.7, 0.4
    found = templates.peaks(score, (6, 6), threshold=0.5)
    assert [(peak.row, peak.col, peak.score) for peak in found] == [(3, 3, 0.9), (12, 9, 0.7)]


def test_the_slope_beside_a_peak_is_none() -> None:
    rows, cols = np.mgrid[:40, :40]
    hill = 1 - np.hypot(rows - 15, cols - 22) / 60
    assert len(templates.peaks(hill, (6, 6), threshold=0.1)) == 1


def test_there_are_at_most_twenty_peaks() -> None:
    assert len(templates.peaks(some_picture(200, 200), (3, 3), threshold=0.2)) == templates.MOST


def test_where_peaks_lie_far_apart_they_are_those_of_scikit_image() -> None:
    image = coins()
    score = templates.match(image, templates.cut(image, Box(104, 130, 47, 48))).score
    ours = {(peak.row, peak.col) for peak in templates.peaks(score, (47, 48), threshold=0.75)}
    theirs = peak_local_max(score, min_distance=23, threshold_abs=0.75, exclude_border=False)
    assert ours == {(int(row), int(col)) for row, col in theirs}


def test_the_written_score_is_the_one_in_the_map() -> None:
    image = some_picture()
    patch = templates.cut(image, Box(7, 20, 6, 5))
    written = templates.score_written(image, patch, 11, 30)
    assert written.value == pytest.approx(templates.match(image, patch).score[11, 30])
    assert f"= {written.value:.3g}" in written.formula


def test_the_written_score_of_a_window_without_contrast_is_zero() -> None:
    image = some_picture()
    patch, image[10:20, 10:20] = image[:5, :5].copy(), 0.5
    assert templates.score_written(image, patch, 12, 12).value == 0


def test_a_box_is_read_as_top_left_height_and_width() -> None:
    assert templates.read_box("40.24.32.48", (100, 90)) == Box(40, 24, 32, 48)


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.4.5", "-1.0.4.4", "1e1.0.4.4", "²·0·4·4", "9" * 50, "a.b.c.d"]
)
def test_what_is_no_box_is_explained(text: str) -> None:
    with pytest.raises(InputError, match="is no box"):
        templates.read_box(text, (100, 90))


@pytest.mark.parametrize(
    ("text", "why"), [("0.0.1.9", "too small"), ("0.0.9.91", "beyond"), ("99999.0.2.2", "beyond")]
)
def test_a_box_that_does_not_fit_is_explained(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        templates.read_box(text, (100, 90))


def test_the_first_box_lies_where_the_contrast_is() -> None:
    image = np.full((50, 100), 0.5)
    image[31, 77] = 1
    box = templates.lively_box(image)
    assert (box.height, box.width) == (10, 20)
    assert templates.cut(image, box).max() == 1


@pytest.mark.parametrize("size", [(8, 8), (2, 300), (1, 7)])
def test_the_first_box_fits_into_any_picture(size: tuple[int, int]) -> None:
    box = templates.lively_box(some_picture(*size))
    assert box.top + box.height <= size[0]
    assert box.left + box.width <= size[1]
