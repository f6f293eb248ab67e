"""How far gradients of batches are from the full one, against the laws of sampling."""

import numpy as np
import pytest
import torch

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.gradient_noise import (
    cloud,
    descent,
    examples,
    hessian,
    law,
    losses,
    minimum,
    single_gradients,
)

GIVEN = examples(count=60, spread=1, seed=1)
AT = (0.3, 0.8)


def test_the_mean_of_all_single_gradients_is_the_gradient_of_the_loss() -> None:
    weights = torch.tensor(AT, dtype=torch.float64, requires_grad=True)
    errors = weights[0] * torch.tensor(GIVEN.inputs) + weights[1] - torch.tensor(GIVEN.targets)
    loss = (errors**2).mean() / 2
    loss.backward()
    assert single_gradients(GIVEN, AT).mean(axis=0) == pytest.approx(weights.grad.numpy(), rel=1e-12)
    assert losses(GIVEN, AT) == pytest.approx(loss.item(), rel=1e-12)


def test_the_loss_is_lowest_where_all_gradients_cancel() -> None:
    assert single_gradients(GIVEN, minimum(GIVEN)).mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert np.linalg.eigvalsh(hessian(GIVEN)).min() > 0


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("k", [1, 5, 20, 50])
def test_the_variance_of_a_batch_gradient_follows_its_law(k: int, again: bool) -> None:
    found = cloud(GIVEN, AT, k, draws=2000, again=again)
    assert found.variance == pytest.approx(found.expected, rel=0.12)


def test_four_times_the_batch_is_a_quarter_of_the_variance() -> None:
    assert law(60, 4, again=True) / law(60, 16, again=True) == 4
    assert law(60, 1, again=False) == law(60, 1, again=True) == 1


def test_a_batch_of_all_examples_has_no_noise() -> None:
    found = cloud(GIVEN, AT, 60)
    assert found.expected == 0
    assert found.variance < 1e-25
    assert found.angles.max() < 1e-4


def test_no_example_comes_twice_in_a_batch_unless_it_may() -> None:
    line = examples(count=3, spread=1, seed=0)
    pairs = {tuple(row) for row in cloud(line, AT, 2, draws=200).gradients.round(9)}
    singles = {tuple(row) for row in single_gradients(line, AT).round(9)}
    assert (len(pairs), len(pairs & singles)) == (3, 0)


def test_the_full_batch_descends_as_gradient_descent_does() -> None:
    path, lowest = descent(GIVEN, AT, 60, 0.1, 30), minimum(GIVEN)
    shrinks = np.linalg.matrix_power(np.eye(2) - 0.1 * hessian(GIVEN), 30)
    assert path.points[-1] - lowest == pytest.approx(shrinks @ (AT - lowest), rel=1e-9)
    assert (np.diff(path.values) < 0).all()


def test_small_batches_stay_farther_from_the_minimum() -> None:
    ends = [descent(GIVEN, AT, k, 0.1, 2000).values[1000:].mean() for k in (1, 8, 60)]
    assert ends[0] > ends[1] > ends[2]


def test_too_large_a_rate_diverges_and_the_path_is_cut() -> None:
    path = descent(GIVEN, AT, 60, 5, 2000)
    assert path.diverged
    assert len(path.points) == len(path.values) < 2001
    assert np.isfinite(path.values).all()


def test_bad_settings_are_explained() -> None:
    with pytest.raises(InputError, match="batch has 1 to 60"):
        cloud(GIVEN, AT, 61)
    with pytest.raises(InputError, match="batches"):
        cloud(GIVEN, AT, 1, draws=10**6)
    with pytest.raises(InputError, match="learning rate"):
        descent(GIVEN, AT, 1, float("nan"), 3)
    with pytest.raises(InputError, match="examples"):
        examples(count=1)
