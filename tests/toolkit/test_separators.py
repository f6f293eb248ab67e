"""Lines between two classes: against scikit-learn, SciPy, a search by hand, and laws of the losses."""

import numpy as np
import pytest
import scipy.optimize
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import SVC

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.separators import STAND_INS, compared, fewest_mistakes, separator

RNG = np.random.default_rng(4)
CLASSES = np.where(np.arange(23) % 3, 1.0, -1.0)
POINTS = RNG.normal(size=(23, 2)) + CLASSES[:, None] * [0.8, -0.5]
PENALTY = 0.03
CORNERS = [[-1, 2], [-1, -3], [1, 1], [1, -1]], [-1, -1, 1, 1]  # two classes on either side of x = 0


def cost(line: NDArray[np.float64]) -> float:
    """What the hinge and the penalty come to."""
    margins = CLASSES * (POINTS @ line[:2] + line[2])
    return float(np.maximum(0, 1 - margins).mean() + PENALTY / 2 * line[:2] @ line[:2])


def test_the_hinge_is_the_support_vector_machine_of_scikit_learn() -> None:
    theirs = SVC(kernel="linear", C=1 / (PENALTY * len(POINTS)), tol=1e-9).fit(POINTS, CLASSES)
    found = separator(POINTS, CLASSES, loss="hinge", penalty=PENALTY)
    np.testing.assert_allclose(found.weights, theirs.coef_[0], atol=1e-4)
    assert (
        cost(np.append(found.weights, found.bias)) <= cost(np.append(theirs.coef_, theirs.intercept_)) + 1e-6
    )


def test_the_logistic_loss_is_the_logistic_regression_of_scikit_learn() -> None:
    strength = 1 / (PENALTY * len(POINTS) * np.log(2))  # the loss is in bits here, in nats there
    theirs = LogisticRegression(C=strength, tol=1e-12, max_iter=1_000).fit(POINTS, CLASSES)
    found = separator(POINTS, CLASSES, loss="logistic", penalty=PENALTY)
    np.testing.assert_allclose(found.weights, theirs.coef_[0], atol=1e-6)
    assert found.bias == pytest.approx(theirs.intercept_[0], abs=1e-6)


def test_the_squared_loss_is_the_ridge_regression_of_scikit_learn() -> None:
    theirs = Ridge(alpha=PENALTY * len(POINTS) / 2).fit(POINTS, CLASSES)
    found = separator(POINTS, CLASSES, loss="squared", penalty=PENALTY)
    np.testing.assert_allclose(np.append(found.weights, found.bias), [*theirs.coef_, theirs.intercept_])


def test_the_exponential_loss_is_that_of_a_general_optimiser() -> None:
    def total(line: NDArray[np.float64]) -> float:
        margins = CLASSES * (POINTS @ line[:2] + line[2])
        return float(np.exp(-margins).mean() + PENALTY / 2 * line[:2] @ line[:2])

    theirs = scipy.optimize.minimize(total, np.zeros(3), tol=1e-10).x
    found = separator(POINTS, CLASSES, loss="exponential", penalty=PENALTY)
    np.testing.assert_allclose(np.append(found.weights, found.bias), theirs, atol=1e-5)


def test_two_points_are_separated_halfway_with_margins_of_one() -> None:
    found = separator([[-2, 1], [2, 1]], [-1, 1], loss="hinge", penalty=1e-4)
    np.testing.assert_allclose([*found.weights, found.bias], [0.5, 0, 0], atol=1e-4)
    np.testing.assert_allclose(found.margins, 1, atol=1e-4)


@pytest.mark.parametrize("loss", STAND_INS)
def test_swapping_the_classes_turns_the_line_over(loss: str) -> None:
    one, other = (separator(POINTS, sign * CLASSES, loss=loss) for sign in (1, -1))
    np.testing.assert_allclose(other.weights, -one.weights, atol=1e-6)
    assert other.mistakes == one.mistakes


@pytest.mark.parametrize("loss", STAND_INS)
def test_the_mean_loss_bounds_the_share_of_mistakes(loss: str) -> None:
    found = separator(POINTS, CLASSES, loss=loss)
    assert found.mistakes / len(POINTS) <= found.mean


def test_a_point_far_on_its_right_side_turns_the_squared_loss_and_not_the_hinge() -> None:
    points, classes = CORNERS
    near, far = compared(points, classes), compared([*points, [9, -9]], [*classes, 1])
    np.testing.assert_allclose(far["hinge"].weights, near["hinge"].weights, atol=1e-4)
    assert (near["squared"].mistakes, far["squared"].mistakes) == (0, 1)
    assert far["squared"].slopes[-1] > 0  # its margin is above 1, and it is punished for that


def test_the_fewest_mistakes_of_classes_that_can_and_cannot_be_separated() -> None:
    assert fewest_mistakes(*CORNERS) == 0
    assert fewest_mistakes([[0, 0], [1, 1], [0, 1], [1, 0]], [1, 1, -1, -1]) == 1  # exclusive or
    assert fewest_mistakes([[0, 0], [1, 0], [2, 0], [3, 0]], [1, -1, 1, -1]) == 1  # all on one line
    assert fewest_mistakes([[1, 2], [1, 2]], [1, -1]) == 1


def test_no_random_line_makes_fewer_mistakes() -> None:
    angles, offsets = RNG.uniform(0, 2 * np.pi, 20_000), RNG.uniform(-4, 4, 20_000)
    scores = POINTS @ np.stack([np.cos(angles), np.sin(angles)]) + offsets
    wrong = (scores * CLASSES[:, None] <= 0).sum(0)
    assert fewest_mistakes(POINTS, CLASSES) == wrong.min()


@pytest.mark.parametrize(
    ("points", "classes", "sentence"),
    [
        ([[0, 1], [1, 0]], [1, 1], "Both classes"),
        ([[0, 1], [1, 0]], [1, 0], "Both classes"),
        ([[0, 1], [1, 0]], [1, -1, 1], r"not \(2, 2\) and \(3,\)"),
        ([[0, 1], [1, 200]], [1, -1], "within 100 of 0"),
        ([[0, 1], [1, np.nan]], [1, -1], "must lie between"),
        (np.zeros((61, 2)), np.ones(61), "1 to 120 numbers"),
    ],
)
def test_points_that_no_line_can_separate_are_explained(
    points: object, classes: object, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        separator(points, classes, loss="hinge")  # type: ignore[arg-type]


def test_settings_out_of_range_are_explained() -> None:
    with pytest.raises(InputError, match="no loss to separate classes with called 'zero_one'"):
        separator(*CORNERS, loss="zero_one")
    with pytest.raises(InputError, match=r"λ goes from 0\.0001 to 10, not 0"):
        separator(*CORNERS, loss="hinge", penalty=0)
