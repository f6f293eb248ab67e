"""Losses of the margin: against hand arithmetic, scikit-learn, and the theory of what they aim at."""

import numpy as np
import pytest
from sklearn.metrics import hinge_loss, log_loss, zero_one_loss

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.margins import MARGIN_LOSSES, best_score, curve, risk

MARGINS = np.linspace(-3, 3, 61)


@pytest.mark.parametrize(
    ("name", "costs"),
    [
        ("zero_one", [1, 1, 0, 0]),
        ("hinge", [2, 1, 0, 0]),
        ("logistic", np.log2([1 + np.e, 2, 1 + np.exp(-1), 1 + np.exp(-2)])),
        ("exponential", np.exp([1, 0, -1, -2])),
        ("squared", [4, 1, 0, 1]),
    ],
)
def test_the_costs_of_four_margins_by_hand(name: str, costs: list[float]) -> None:
    np.testing.assert_allclose(curve(name, [-1, 0, 1, 2]).value, costs)


def test_the_means_over_examples_are_those_of_scikit_learn() -> None:
    scores, classes = np.array([2.0, -0.4, 0.3, -3]), np.array([1, 1, -1, -1])
    mean = {name: curve(name, classes * scores).value.mean() for name in MARGIN_LOSSES}
    assert mean["hinge"] == pytest.approx(hinge_loss(classes, scores))
    assert mean["logistic"] * np.log(2) == pytest.approx(log_loss(classes, 1 / (1 + np.exp(-scores))))
    assert mean["zero_one"] == zero_one_loss(classes, np.sign(scores))


@pytest.mark.parametrize("name", MARGIN_LOSSES)
def test_no_stand_in_lies_below_the_zero_one_loss(name: str) -> None:
    assert (curve(name, MARGINS).value >= curve("zero_one", MARGINS).value).all()


@pytest.mark.parametrize("name", sorted(set(MARGIN_LOSSES) - {"zero_one"}))
def test_every_stand_in_is_convex_and_falls_at_zero(name: str) -> None:
    found = curve(name, MARGINS)
    assert (np.diff(found.slope) >= -1e-12).all()
    assert curve(name, [0]).slope[0] < 0


@pytest.mark.parametrize("name", MARGIN_LOSSES)
def test_the_slope_is_the_finite_difference_away_from_kinks(name: str) -> None:
    places = MARGINS + 0.013
    rise = curve(name, places + 1e-6).value - curve(name, places - 1e-6).value
    np.testing.assert_allclose(curve(name, places).slope, rise / 2e-6, atol=1e-6)


@pytest.mark.parametrize("probability", [0.1, 0.4, 0.85])
@pytest.mark.parametrize("name", MARGIN_LOSSES)
def test_the_best_score_has_the_lowest_risk_and_the_right_sign(name: str, probability: float) -> None:
    best = best_score(name, probability)
    assert risk(name, [best], probability).value[0] <= risk(name, MARGINS, probability).value.min() + 1e-12
    assert np.sign(best) == np.sign(probability - 0.5)


def test_the_risk_of_a_certain_class_is_its_loss() -> None:
    np.testing.assert_allclose(risk("hinge", MARGINS, 1).value, curve("hinge", MARGINS).value)
    np.testing.assert_allclose(risk("hinge", MARGINS, 0).value, curve("hinge", -MARGINS).value)


@pytest.mark.parametrize("entry", MARGIN_LOSSES.values(), ids=MARGIN_LOSSES)
def test_an_entry_says_where_it_is_from(entry: object) -> None:
    assert all((entry.title, entry.formula, entry.aims_at, entry.source))  # type: ignore[attr-defined]


def test_what_cannot_be_used_is_explained() -> None:
    with pytest.raises(InputError, match="no loss of the margin called 'ramp'"):
        curve("ramp", [0])
    with pytest.raises(InputError, match="go from -100 to 100"):
        curve("exponential", [-1000])
    with pytest.raises(InputError, match="from 0 to 1, not 2"):
        risk("hinge", [0], 2)
    for probability in (0, 1, float("nan")):
        with pytest.raises(InputError, match="above 0 and below 1"):
            best_score("logistic", probability)
