"""L1 and L2 on two weights: against scikit-learn, SciPy, and hand arithmetic."""

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from sklearn.linear_model import Lasso, Ridge

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.regularisers import PENALTIES, Bowl, Penalty, landscape, path

BOWLS = (Bowl(), Bowl((-1, 3), (0.1, 5), -70), Bowl((2, -0.5), (3, 3), 10))
STRENGTHS = (0, 0.1, 0.5, 1, 3, 10)


def as_regression(bowl: Bowl) -> tuple[np.ndarray, np.ndarray]:
    """Two examples whose mean squared error over 2 is the bowl."""
    inputs = np.sqrt(2) * scipy.linalg.sqrtm(bowl.hessian).real
    return inputs, inputs @ np.array(bowl.centre)


@pytest.mark.parametrize("bowl", BOWLS)
def test_l2_is_the_ridge_of_scikit_learn(bowl: Bowl) -> None:
    found = path(bowl, "l2", STRENGTHS)
    for strength, weights in zip(STRENGTHS, found.weights, strict=True):
        theirs = Ridge(alpha=2 * strength, fit_intercept=False).fit(*as_regression(bowl)).coef_
        np.testing.assert_allclose(weights, theirs, atol=1e-12)


@pytest.mark.parametrize("bowl", BOWLS)
def test_l1_is_the_lasso_of_scikit_learn(bowl: Bowl) -> None:
    found = path(bowl, "l1", STRENGTHS[1:])
    for strength, weights in zip(STRENGTHS[1:], found.weights, strict=True):
        lasso = Lasso(alpha=strength, fit_intercept=False, tol=1e-12, max_iter=100_000)
        np.testing.assert_allclose(weights, lasso.fit(*as_regression(bowl)).coef_, atol=1e-7)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_no_other_weights_are_better(penalty: str) -> None:
    found, value = path(BOWLS[1], penalty, STRENGTHS), PENALTIES[penalty].value
    nearby = np.random.default_rng(0).normal(scale=0.1, size=(200, 2))
    for k, strength in enumerate(STRENGTHS):
        others = found.weights[k] + nearby
        best = found.losses[k] + strength * found.penalties[k]
        assert (BOWLS[1].loss(others) + strength * value(others) >= best).all()


def test_along_the_axes_both_have_simple_forms() -> None:
    bowl = Bowl((2, 1), (1, 4), 0)
    assert path(bowl, "l2", [1]).weights[0].tolist() == pytest.approx([2 / 2, 4 / 5])
    assert path(bowl, "l1", [1]).weights[0].tolist() == pytest.approx([1, 0.75])


def test_l1_makes_zeros_and_l2_does_not() -> None:
    assert path(Bowl(), "l1", (0, 2, 100)).zeros.tolist() == [0, 1, 2]
    assert not path(Bowl(), "l2", (0, 2, 100)).zeros.any()


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_stronger_penalty_costs_loss_and_saves_weight(penalty: str) -> None:
    found = path(Bowl(), penalty, np.linspace(0, 10, 50))
    np.testing.assert_allclose(found.weights[0], Bowl().centre)
    assert (np.diff(found.losses) >= -1e-12).all()
    assert (np.diff(found.penalties) <= 1e-12).all()


def test_the_extremes_of_a_bowl_are_still_solved() -> None:
    bowl = Bowl((10, -10), (0.01, 100), 45)
    (weights,) = path(bowl, "l1", [1e-3]).weights
    gradient = bowl.hessian @ (weights - bowl.centre)
    np.testing.assert_allclose(gradient, -1e-3 * np.sign(weights), atol=1e-9)


def test_the_landscape_has_rows_for_the_second_weight() -> None:
    found = landscape(Bowl((2, 1), (1, 4), 0), "l1", reach=2, side=5)
    assert found.axis.tolist() == [-2, -1, 0, 1, 2]
    assert found.loss[2, 3] == pytest.approx(0.5 * (1**2 + 4 * 1**2))  # weights (1, 0)
    assert found.penalty[0, 3] == 3


def test_the_bowl_is_turned_anticlockwise() -> None:
    bowl = Bowl((0, 0), (1, 4), 90)
    assert bowl.loss(np.array([0.0, 1])) == pytest.approx(0.5)
    assert bowl.loss(np.array([1.0, 0])) == pytest.approx(2)


@pytest.mark.parametrize(
    "settings",
    [
        {"centre": (11, 0)},
        {"centre": (float("nan"), 0)},
        {"curvatures": (0, 1)},
        {"curvatures": (1, 101)},
        {"angle": 361},
        {"angle": float("nan")},
    ],
)
def test_a_bowl_that_cannot_be_is_explained(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Bowl(**settings)  # type: ignore[arg-type]


def test_what_is_out_of_range_is_explained() -> None:
    with pytest.raises(InputError, match="no penalty called 'l3'"):
        path(Bowl(), "l3", [1])
    for strengths in ([-1], [1e5], [float("nan")], [], np.zeros(1001)):
        with pytest.raises(InputError):
            path(Bowl(), "l1", strengths)
    for settings in ({"reach": 0}, {"reach": 21}, {"side": 1}, {"side": 10**6}):
        with pytest.raises(InputError, match="A landscape reaches"):
            landscape(Bowl(), "l2", **settings)


@pytest.mark.parametrize("bowl", BOWLS)
def test_the_loss_is_the_same_all_along_a_contour(bowl: Bowl) -> None:
    np.testing.assert_allclose(bowl.loss(bowl.contour(0.7)), 0.7)
    assert np.ptp(bowl.contour(0), axis=0).max() == 0


@pytest.mark.parametrize("entry", PENALTIES.values(), ids=PENALTIES)
def test_the_penalty_is_the_same_all_along_its_ball(entry: Penalty) -> None:
    np.testing.assert_allclose(entry.value(entry.ball(0.7)), 0.7)
    np.testing.assert_allclose(entry.ball(0.7)[0], entry.ball(0.7)[-1], atol=1e-12)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_contour_and_ball_touch_at_the_solution(penalty: str) -> None:
    found, entry = path(BOWLS[1], penalty, [0.5]), PENALTIES[penalty]
    inside = BOWLS[1].contour(0.999 * found.losses[0])
    assert (entry.value(inside) > found.penalties[0]).all()


def test_the_slope_of_the_bowl_is_a_finite_difference() -> None:
    bowl, place = BOWLS[1], np.array([0.3, -0.8])
    rise = [bowl.loss(place + 1e-6 * step) - bowl.loss(place - 1e-6 * step) for step in np.eye(2)]
    np.testing.assert_allclose(bowl.slope(place), np.array(rise) / 2e-6, atol=1e-6)


def test_l2_is_written_as_a_matrix_equation() -> None:
    first, second, third = PENALTIES["l2"].written(Bowl((2, 1), (1, 4), 0), 1)
    assert first == r"w = (H + \lambda I)^{-1} H w^*"
    assert r"\begin{pmatrix} 2 & 0 \\ 0 & 5 \end{pmatrix}^{-1}" in second
    assert third == r"= \begin{pmatrix} 1 \\ 0.8 \end{pmatrix}"


def test_l1_is_written_by_its_slopes_and_along_the_axes_as_a_soft_threshold() -> None:
    lines = PENALTIES["l1"].written(Bowl((-1, 3), (4, 1), 0), 2)
    assert lines[0] == r"w_1 = -0.5: \quad \partial L / \partial w_1 = -\lambda\,\operatorname{sign}(w_1) = 2"
    assert lines[3] == r"w_1 = -\max(0,\ 1 - 2 / 4) = -0.5"
    assert lines[4] == r"w_2 = \max(0,\ 3 - 2 / 1) = 1"


def test_a_weight_of_exactly_0_is_written_with_the_slope_that_is_too_small() -> None:
    lines = PENALTIES["l1"].written(Bowl((2, 1), (1, 4), 30), 2)
    assert len(lines) == 2
    assert [r"= 0: \quad \left|" in line for line in lines].count(True) == 1
