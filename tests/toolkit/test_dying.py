"""Units that die in training: what counts as dead, that dead stays dead, and what kills."""

import itertools
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from vizcore.toolkit import dying
from vizcore.toolkit.activations import ACTIVATIONS, applied
from vizcore.toolkit.data import digits
from vizcore.toolkit.dying import LAYERS, WIDTH, Report, Spec, train
from vizcore.toolkit.errors import InputError


def reports(**settings: object) -> list[Report]:
    return list(train(Spec(**settings)))


def test_a_unit_is_dead_where_no_picture_gives_it_a_slope() -> None:
    sums = torch.tensor([[-1.0, -1, 2, 0], [-3, 1, 5, -2]])
    assert dying._dead(sums, applied("relu")).tolist() == [True, False, False, True]
    assert not dying._dead(sums, applied("leaky_relu")).any()
    assert dying._dead(sums, applied("step")).all()


def test_the_first_report_is_of_the_network_before_training() -> None:
    first = reports(epochs=1, seed=3)[0]
    layers = dying._start(torch.Generator().manual_seed(3))
    images = torch.tensor(digits().train_images).flatten(1) - 0.3
    hidden = images @ layers[0][0].T
    assert first.epoch == 0
    np.testing.assert_array_equal(first.since[0] == 0, (hidden <= 0).all(dim=0).numpy())


def test_the_last_report_holds_the_whole_course() -> None:
    found = reports(lr=2.0, epochs=6)
    assert found[-1].losses.tolist() == [report.loss for report in found]
    assert found[-1].accuracies.tolist() == [report.accuracy for report in found]
    np.testing.assert_array_equal(found[-1].dead.mean(axis=2), [report.shares for report in found])


def test_a_relu_is_dead_where_its_largest_weighted_input_is_not_above_0() -> None:
    found = reports(lr=2.0, epochs=6)[-1]
    assert found.highest.shape == found.dead.shape == (7, LAYERS, WIDTH)
    np.testing.assert_array_equal(found.dead, found.highest <= 0)


def test_an_epoch_is_one_of_pytorchs_own_descent() -> None:
    owner = torch.Generator().manual_seed(4)
    net = nn.Sequential(
        nn.Linear(64, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10)
    )
    for layer, (weight, bias) in zip(net[::2], dying._start(owner), strict=True):
        layer.load_state_dict({"weight": weight, "bias": bias})
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    images, labels = torch.tensor(digits().train_images).flatten(1) - 0.3, torch.tensor(digits().train_labels)
    for batch in torch.randperm(len(images), generator=owner).split(32):
        optimiser.zero_grad()
        F.cross_entropy(net(images[batch]), labels[batch]).backward()
        optimiser.step()
    report = reports(epochs=1, lr=0.1, seed=4)[-1]
    assert report.loss == pytest.approx(F.cross_entropy(net(images), labels).item(), abs=1e-3)
    held_out = torch.tensor(digits().test_images).flatten(1) - 0.3
    right = (net(held_out).argmax(dim=1).numpy() == digits().test_labels).mean()
    assert report.accuracy == pytest.approx(right, abs=0.01)


def test_relus_of_the_first_layer_that_die_stay_dead() -> None:
    found = [report.since[0] for report in reports(lr=2.0, epochs=10)]
    for before, after in itertools.pairwise(found):
        np.testing.assert_array_equal(after[before >= 0], before[before >= 0])
    assert (found[-1] > 0).any()


def test_a_unit_that_comes_back_and_dies_again_counts_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    course = iter([True, True, False, True, True] * LAYERS)
    states = [[next(course)] * LAYERS for _ in range(5)]
    dead = iter(np.full(WIDTH, value) for row in states for value in row)
    monkeypatch.setattr(dying, "_dead", lambda sums, function: next(dead))
    assert [report.since[0, 0] for report in reports(epochs=4)] == [0, 0, -1, 3, 3]


def test_a_learning_rate_that_is_too_high_kills_most_relus() -> None:
    calm, wild = (reports(lr=lr, epochs=10)[-1] for lr in (0.05, 3.0))
    assert calm.shares[0] < 0.1
    assert calm.accuracy > 0.85
    assert wild.shares.min() > 0.5


def test_leaky_units_do_not_die_where_relus_do() -> None:
    assert reports(function="leaky_relu", lr=3.0, epochs=5)[-1].shares.tolist() == [0, 0]
    assert reports(function="relu", lr=3.0, epochs=5)[-1].shares.min() > 0


def test_an_elu_dies_only_where_its_slope_is_rounded_to_0() -> None:
    assert dying._dead(torch.tensor([[-80.0, -200]]), applied("elu")).tolist() == [False, True]
    assert reports(function="elu", lr=0.1, epochs=5)[-1].shares.tolist() == [0, 0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_function_can_be_trained(name: str) -> None:
    found = reports(function=name, lr=0.05, epochs=2)
    assert [report.epoch for report in found] == [0, 1, 2]
    assert found[-1].loss < found[0].loss
    assert found[-1].since.shape == (LAYERS, WIDTH)


def test_a_run_that_diverges_ends_with_a_report() -> None:
    *_, report = reports(function="linear", lr=10.0)
    assert report.epoch < 20
    assert not np.isfinite(report.loss)


def test_equal_specs_give_equal_runs_and_leave_the_global_generator_alone() -> None:
    state = torch.get_rng_state()
    first, second = (reports(epochs=1)[-1].loss for _ in range(2))
    assert first == second != reports(epochs=1, seed=1)[-1].loss
    assert torch.equal(torch.get_rng_state(), state)


def test_a_run_can_be_pulled_where_gradients_are_switched_off() -> None:
    with torch.no_grad():
        first, last = reports(epochs=1, lr=0.1)
    assert last.loss < first.loss


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"function": "swoosh"}, "no activation function called 'swoosh'"),
        ({"lr": 0}, "above 0 and not above 10, not 0"),
        ({"lr": float("nan")}, "not nan"),
        ({"epochs": 101}, "1 to 100 epochs, not 101"),
        ({"epochs": 1.5}, "not 1.5"),
        ({"seed": -1}, "not -1"),
    ],
)
def test_settings_that_cannot_be_are_answered_with_a_sentence(settings: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        Spec(**settings)
