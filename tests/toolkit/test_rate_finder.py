"""Rates that rise until the loss blows up: what is trained, where it ends, and what is suggested."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from vizcore.runs.functions import function
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.rate_finder import BATCHES, BLOWN, RATES, Report, Spec, suggestion, swept
from vizcore.toolkit.training import Training

SPEC = Spec(count=600, net="mlp", batch=16, device="cpu", optimisers=("sgd", "adam"))


@pytest.fixture(scope="module")
def last() -> Report:
    *_, report = swept(SPEC)
    return report


def test_rates_rise_by_the_same_factor_from_a_millionth_to_ten() -> None:
    assert (len(RATES), RATES[0], RATES[-1]) == (BATCHES, pytest.approx(1e-6), pytest.approx(10))
    np.testing.assert_allclose(RATES[1:] / RATES[:-1], 1e7 ** (1 / 149))


def test_the_losses_are_those_of_a_run_whose_rate_is_changed_by_hand() -> None:
    report = next(islice(swept(SPEC), 9, None))
    run = Training(replace(SPEC, optimiser="adam"))
    next(run)
    for rate, loss in zip(RATES[:10], report.losses[1], strict=False):
        run.change(lr=float(rate))
        assert next(run).loss == loss
    assert report.step == 10
    assert np.isnan(report.losses[:, 10:]).all()


def test_the_first_smoothed_loss_is_the_loss_and_later_ones_are_weighted_means(last: Report) -> None:
    losses = last.losses[0]
    assert last.smoothed[0, 0] == pytest.approx(losses[0])
    weights = 0.9 ** np.arange(20)[::-1]
    assert last.smoothed[0, 19] == pytest.approx((weights * losses[:20]).sum() / weights.sum())


def test_it_ends_where_the_loss_is_four_times_its_least_or_no_number(last: Report) -> None:
    for smoothed, end in zip(last.smoothed, last.ends, strict=True):
        known = smoothed[~np.isnan(smoothed)]
        blown = known > BLOWN * np.minimum.accumulate(known)
        assert not blown[:-1].any()
        assert np.isnan(end) or (blown[-1] and end == RATES[len(known) - 1])
    assert not np.isnan(last.ends).all()


def test_where_the_loss_falls_most_within_ten_batches_is_what_is_suggested() -> None:
    smoothed = np.full(BATCHES, np.nan)
    smoothed[:100] = 2.0 - 0.001 * np.arange(100)
    smoothed[50:] -= 0.1  # a batch with easy pictures
    smoothed[70:] -= 0.05 * np.minimum(np.arange(80), 10)
    assert suggestion(smoothed) == RATES[80]


@pytest.mark.parametrize("level", [0.0, 1e-4])
def test_a_loss_that_does_not_fall_suggests_nothing(level: float) -> None:
    assert np.isnan(suggestion(2.0 - level * np.arange(BATCHES)))
    assert np.isnan(suggestion(np.full(BATCHES, np.nan)))


def hits(spec: Spec) -> float:
    """Share of the last epoch's examples that were right, after two epochs or as far as it came."""
    return float(np.mean([report.hits for report in islice(Training(spec), 85)][-42:]))


def test_what_is_suggested_for_lenet_learns_and_a_thousand_times_that_does_not() -> None:
    spec = Spec(device="cpu", optimisers=("momentum",))
    *_, report = swept(spec)
    rate = float(report.suggestions[0])
    assert 1e-3 < rate < 3e-2
    assert hits(replace(spec, lr=rate)) > 0.85
    assert hits(replace(spec, lr=1000 * rate)) < 0.3


def test_it_can_be_run_by_its_name() -> None:
    entry = function("live_training.rates")
    spec = entry.spec({"net": "mlp", "optimisers": ["adam", "adam", "sgd"]})
    assert (spec.optimisers, spec.total) == (("adam", "sgd"), BATCHES)
    assert entry.load() is swept


@pytest.mark.parametrize("optimisers", [(), ("lion",), "adam", None])
def test_what_is_no_list_of_optimisers_is_refused(optimisers: object) -> None:
    with pytest.raises(InputError):
        Spec(optimisers=optimisers)  # type: ignore[arg-type]
