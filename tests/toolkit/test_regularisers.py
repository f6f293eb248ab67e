"""L1 and L2 on two weights: against scikit-learn, SciPy, and hand arithmetic."""

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from sklearn.linear_model import Lasso, Ridge

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.regularisers import PENALTIES, Bowl, landscape, path

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
