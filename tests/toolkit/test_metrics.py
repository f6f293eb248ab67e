"""Metrics of decisions: against hand arithmetic, counting, and the theory of two normal distributions."""

import math

import numpy as np
import pytest

from vizcore.toolkit import metrics
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metrics import decision, thresholds

SCORES = (0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.4, 0.3)
TARGETS = (1, 1, 0, 1, 0, 0, 1, 0)


def test_eight_examples_by_hand() -> None:
    found = decision(SCORES, TARGETS, 0.58)
    counts = (found.true_positives, found.false_positives, found.false_negatives, found.true_negatives)
    assert counts == (3, 1, 1, 3)
    rates = (found.accuracy, found.precision, found.recall, found.f1, found.false_positive_rate)
    assert rates == (0.75, 0.75, 0.75, 0.75, 0.25)


def test_a_score_at_the_threshold_is_called_positive() -> None:
    assert decision(SCORES, TARGETS, 0.7).false_positives == 1
    assert decision(SCORES, TARGETS, 0.7001).false_positives == 0


@pytest.mark.parametrize("threshold", [0.2, 0.45, 0.65, 0.85])
def test_the_fractions_of_the_metrics_are_their_values(threshold: float) -> None:
    found = decision(SCORES, TARGETS, threshold)
    for name, sides in found.fractions.items():
        above, below = (
            sum(math.prod(map(int, term.split("·"))) for term in side.split("+")) for side in sides
        )
        assert above / below == pytest.approx(getattr(found, name))


def test_along_many_thresholds_the_metrics_are_those_of_each() -> None:
    places = np.linspace(0.25, max(SCORES), 31)
    found = metrics.along(SCORES, TARGETS, places)
    for at, threshold in enumerate(places):
        one = decision(SCORES, TARGETS, threshold)
        wanted = (one.accuracy, one.precision, one.recall, one.f1)
        assert tuple(values[at] for values in found.values()) == pytest.approx(wanted)


def test_along_the_thresholds_the_precision_ends_where_nothing_is_called_positive() -> None:
    found = metrics.along(SCORES, TARGETS, [max(SCORES), max(SCORES) + 1])
    assert np.isnan(found["precision"]).tolist() == [False, True]
    assert [each[1] for name, each in found.items() if name != "precision"] == [
        pytest.approx(1 - np.mean(TARGETS)),
        0,
        0,
    ]


@pytest.mark.parametrize("threshold", [-np.inf, np.inf])
def test_everything_or_nothing_is_called_positive_at_the_ends(threshold: float) -> None:
    found = decision(SCORES, TARGETS, threshold)
    assert found.recall == found.false_positive_rate == float(threshold < 0)
    assert found.precision == (0.5 if threshold < 0 else 0)


def test_the_area_is_how_often_a_positive_is_above_a_negative() -> None:
    scores, targets = np.array([1, 2, 2, 3, 1.5, 2]), np.array([0, 0, 1, 1, 1, 0])
    pairs = scores[targets == 1][:, None] - scores[targets == 0]
    assert thresholds(scores, targets).auc == pytest.approx((pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def test_every_place_on_the_curves_is_a_decision() -> None:
    found = thresholds(SCORES, TARGETS)
    for k, threshold in enumerate(found.roc_thresholds):
        at = decision(SCORES, TARGETS, threshold)
        assert (at.false_positive_rate, at.recall) == (
            found.false_positive_rate[k],
            found.true_positive_rate[k],
        )
    for k, threshold in enumerate(found.pr_thresholds):
        at = decision(SCORES, TARGETS, threshold)
        assert (at.precision, at.recall) == (found.precision[k], found.recall[k])


def test_average_precision_is_the_mean_precision_at_each_positive() -> None:
    ranks = np.array([1 / 1, 2 / 2, 3 / 4, 4 / 7])
    assert thresholds(SCORES, TARGETS).average_precision == pytest.approx(ranks.mean())


def test_two_normal_distributions_have_the_area_of_theory() -> None:
    scores, targets = metrics.sample(count=10_000, distance=1.5)
    theory = (1 + math.erf(1.5 / 2)) / 2  # Φ(1.5 / √2)
    assert thresholds(scores, targets).auc == pytest.approx(theory, abs=0.01)


def test_accuracy_flatters_where_positives_are_rare() -> None:
    scores, targets = metrics.sample(count=1000, share=0.02)
    found = decision(scores, targets, np.inf)
    assert found.accuracy == 0.98
    assert found.recall == found.f1 == 0
    assert thresholds(scores, targets).share == 0.02


def test_a_sample_has_both_classes_and_belongs_to_its_seed() -> None:
    assert metrics.sample(count=2, share=0.001)[1].tolist() == [1, 0]
    np.testing.assert_array_equal(metrics.sample(seed=4)[0], metrics.sample(seed=4)[0])


@pytest.mark.parametrize(
    ("scores", "targets", "threshold", "sentence"),
    [
        ((1, 2), (1,), 0, "2 scores need as many targets, not 1"),
        ((1, 2), (1, 2), 0, "1 for positive or 0 for negative"),
        ((1, np.nan), (1, 0), 0, "must lie between"),
        ((1, 2), (1, 0), np.nan, "not a number"),
        ((), (), 0, "Give 1 to"),
        (np.zeros(10_001), np.zeros(10_001), 0, "Give 1 to"),
    ],
)
def test_what_cannot_be_used_is_explained(
    scores: object, targets: object, threshold: float, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        decision(scores, targets, threshold)  # type: ignore[arg-type]


def test_curves_of_one_class_and_samples_out_of_range_are_explained() -> None:
    with pytest.raises(InputError, match="of one class"):
        thresholds((1, 2), (1, 1))
    for settings in ({"count": 1}, {"share": 0}, {"share": float("nan")}, {"distance": 11}):
        with pytest.raises(InputError, match="cannot be drawn"):
            metrics.sample(**settings)
