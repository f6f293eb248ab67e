"""Lines fitted with three losses: against scikit-learn, SciPy, hand arithmetic, and laws."""

import numpy as np
import pytest
import scipy.optimize
from sklearn.linear_model import LinearRegression, QuantileRegressor

from vizcore.toolkit import losses, regression
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.regression import FITS, compared, fitted, sample

POINTS = sample()


@pytest.mark.parametrize("loss", FITS)
def test_points_on_a_line_give_that_line(loss: str) -> None:
    found = fitted([[0, 1], [1, 3], [4, 9]], loss=loss)
    assert (found.slope, found.intercept) == (pytest.approx(2), pytest.approx(1))
    assert found.mean == pytest.approx(0, abs=1e-20 if loss != "l1" else 1e-12)


def test_least_squares_is_that_of_scikit_learn() -> None:
    theirs, found = LinearRegression().fit(POINTS[:, :1], POINTS[:, 1]), fitted(POINTS, loss="mse")
    assert (found.slope, found.intercept) == (
        pytest.approx(theirs.coef_[0]),
        pytest.approx(theirs.intercept_),
    )


@pytest.mark.parametrize("seed", range(4))
def test_least_absolute_deviation_is_the_median_regression_of_scikit_learn(seed: int) -> None:
    points = sample(count=15, outliers=4, noise=1, seed=seed)
    theirs = QuantileRegressor(quantile=0.5, alpha=0).fit(points[:, :1], points[:, 1])
    mean = np.abs(theirs.predict(points[:, :1]) - points[:, 1]).mean()
    assert fitted(points, loss="l1").mean == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize("delta", [0.1, 0.7, 3])
def test_the_huber_line_is_that_of_a_general_optimiser(delta: float) -> None:
    def mean(line: np.ndarray) -> float:
        return losses.curve(
            "huber", line[0] * POINTS[:, 0] + line[1] - POINTS[:, 1], delta=delta
        ).value.mean()

    theirs = scipy.optimize.minimize(
        mean, [0, 0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-15}
    )
    found = fitted(POINTS, loss="huber", delta=delta)
    np.testing.assert_allclose([found.slope, found.intercept], theirs.x, atol=1e-6)


@pytest.mark.parametrize("loss", ["mse", "huber"])
def test_at_the_best_line_all_pulls_cancel(loss: str) -> None:
    found = fitted(POINTS, loss=loss)
    assert found.pulls.sum() == pytest.approx(0, abs=1e-9)
    assert found.pulls @ POINTS[:, 0] == pytest.approx(0, abs=1e-8)


def test_outliers_bend_least_squares_most() -> None:
    slope = {loss: line.slope for loss, line in compared(POINTS).items()}
    assert slope["mse"] < 0.1
    assert slope["l1"] == pytest.approx(0.5, abs=0.1)
    assert slope["mse"] < slope["huber"] < slope["l1"]


def test_an_outlier_that_moves_further_away_pulls_no_harder_at_l1() -> None:
    near, far = POINTS.copy(), POINTS.copy()
    near[-1, 1], far[-1, 1] = -20, -200
    assert fitted(far, loss="l1").slope == fitted(near, loss="l1").slope
    assert fitted(far, loss="mse").slope < fitted(near, loss="mse").slope - 1


def test_l1_goes_through_two_points() -> None:
    found = fitted(POINTS, loss="l1")
    assert (found.residuals == 0).sum() == 2
    assert (found.pulls[found.residuals == 0] == 0).all()  # as PyTorch has it at the kink


def test_huber_with_no_residual_beyond_its_bend_is_least_squares() -> None:
    points = sample(outliers=0)
    huber, squares = fitted(points, loss="huber", delta=3), fitted(points, loss="mse")
    assert huber.slope == pytest.approx(squares.slope)
    assert huber.mean == pytest.approx(squares.mean / 2)


@pytest.mark.parametrize("loss", FITS)
def test_points_far_from_zero_do_not_spoil_the_fit(loss: str) -> None:
    moved = fitted(POINTS + np.array([900, 0]), loss=loss)
    assert moved.slope == pytest.approx(fitted(POINTS, loss=loss).slope, rel=1e-6)


def test_points_that_nearly_share_their_x_are_no_line_to_try() -> None:
    assert fitted([[0, 0], [1e-300, 1], [1, 1]], loss="l1").slope == pytest.approx(1)


def test_a_sample_belongs_to_its_seed() -> None:
    np.testing.assert_array_equal(sample(seed=3), sample(seed=3))
    assert not np.array_equal(sample(seed=3), sample(seed=4))


def test_the_written_line_has_its_numbers() -> None:
    assert fitted([[0, -1], [1, 1]], loss="mse").written == r"\hat y = 2\, x + (-1)"


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ([[1, 2]], "2 to 100 points"),
        (np.zeros((101, 2)), "1 to 200 numbers"),
        ([[1, 2], [1, 3]], "the same x"),
        ([[0, 2], [1, np.nan]], "must lie between"),
        ([[0, 2], [1, 1e5]], "within 1,000 of 0"),
        ("<b>", "Give 1 to"),
        ([[0, 0], [1e-300, 1], [2e-300, 5]], "the same x"),
    ],
)
def test_points_that_no_line_fits_are_explained(points: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        fitted(points, loss="mse")  # type: ignore[arg-type]


def test_settings_out_of_range_are_explained() -> None:
    with pytest.raises(InputError, match="no loss to fit a line with called"):
        fitted(POINTS, loss="focal")
    with pytest.raises(InputError, match="Bend δ goes from"):
        fitted(POINTS, loss="huber", delta=0)
    for settings in ({"count": 101}, {"outliers": 21}, {"noise": float("nan")}):
        with pytest.raises(InputError, match="cannot be drawn"):
            regression.sample(**settings)
