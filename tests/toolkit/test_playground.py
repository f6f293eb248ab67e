"""Learning in the plane: against PyTorch's SGD, and whatever a run promises."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from vizcore.toolkit import toys
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.playground import Report, Run, Spec, train
from vizcore.toolkit.playground_look import SIDE, outputs_at, painted


def last(**settings: Any) -> Report:
    *_, report = train(Spec(**settings))
    return report


def pulled(run: Run, epochs: int) -> Run:
    for _ in range(epochs):
        next(run)
    return run


def flat(run: Run) -> np.ndarray:
    return np.concatenate([layer.ravel() for layer in run.weights])


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_an_epoch_takes_the_steps_of_pytorch(l2: float) -> None:
    spec = Spec(noise=0.5, share=0.47, batch=9, lr=0.2, l2=l2, seed=4)  # 235 points: the last batch has one
    run = pulled(train(spec), 1)
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1)).double()
    linear = [each for each in net if isinstance(each, nn.Linear)]
    for each, weights in zip(linear, run.weights, strict=True):
        each.weight.data, each.bias.data = (
            torch.tensor(weights[:, :-1]),
            torch.tensor(weights[:, -1].copy()),
        )
    groups = [
        {"params": [each.weight for each in linear], "weight_decay": l2},
        {"params": [each.bias for each in linear]},
    ]
    optimiser = torch.optim.SGD(groups, spec.lr)
    data = toys.points(spec.data, noise=spec.noise, share=spec.share)
    places, classes = torch.tensor(data.places), torch.tensor((data.classes + 1) / 2)
    order = np.random.default_rng((spec.seed, 0)).permutation(len(classes))
    for begin in range(0, len(order), spec.batch):
        chosen = order[begin : begin + spec.batch]
        optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(net(places[chosen])[:, 0], classes[chosen]).backward()
        optimiser.step()
    next(run)
    for each, weights in zip(linear, run.weights, strict=True):
        np.testing.assert_allclose(weights[:, :-1], each.weight.detach(), rtol=1e-9)
        np.testing.assert_allclose(weights[:, -1], each.bias.detach(), rtol=1e-9, atol=1e-12)


def test_equal_specs_give_equal_runs_and_another_seed_another() -> None:
    one, other, third = (pulled(train(Spec(seed=seed)), 6) for seed in (1, 1, 2))
    np.testing.assert_array_equal(flat(one), flat(other))
    assert not np.array_equal(flat(one), flat(third))


def test_a_run_goes_on_from_its_state_bit_for_bit() -> None:
    whole = pulled(train(Spec(l1=0.001)), 9)
    begun = pulled(train(Spec(l1=0.001)), 4)
    again = train(Spec(l1=0.001), begun.state())
    assert next(again).step == 4
    np.testing.assert_array_equal(flat(pulled(again, 4)), flat(whole))


def test_a_state_that_is_damaged_or_of_another_network_is_refused() -> None:
    state = train(Spec()).state()
    with pytest.raises(InputError, match="damaged"):
        train(Spec(), state[:-9])
    with pytest.raises(InputError, match="another network"):
        train(Spec(layers=(3,)), state)


def test_the_rate_changes_on_the_way_and_the_network_does_not() -> None:
    run = pulled(train(Spec()), 3)
    run.change(lr=1e-6)
    before = flat(run)
    next(run)
    assert 0 < np.abs(flat(run) - before).max() < 1e-4
    for wrong in ({"layers": (3,)}, {"lr": -1.0}, {"lr": float("nan")}):
        with pytest.raises(InputError):
            run.change(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "layers"), [("circle", (4,)), ("xor", (4, 2)), ("gauss", ()), ("moons", (6,))]
)
def test_small_networks_learn_the_toys(data: str, layers: tuple[int, ...]) -> None:
    assert last(data=data, layers=layers, lr=0.1, epochs=300).accuracy > 0.95


def test_the_spiral_takes_more_units_and_epochs() -> None:
    assert last(data="spiral", layers=(8, 8), lr=0.1, share=0.8, epochs=600).accuracy > 0.9


def test_a_straight_line_does_not_part_a_circle_but_squares_do() -> None:
    assert last(layers=(), epochs=100).accuracy < 0.7
    assert last(layers=(), features=["x1x1", "x2x2"], epochs=100).accuracy > 0.97


def test_l1_leaves_weights_at_exactly_zero() -> None:
    run = pulled(train(Spec(features=tuple(toys.FEATURES), layers=(), l1=0.05)), 40)
    weights = run.weights[0][0, :-1]
    assert (weights == 0).sum() >= 2
    assert np.abs(weights).max() > 0.05


def test_a_run_that_diverges_ends_with_a_report_that_says_so() -> None:
    reports = list(train(Spec(activation="linear", layers=(8, 8, 8), lr=100.0, loss="cross_entropy")))
    assert not np.isfinite(reports[-1].loss)
    assert len(reports) < 1000
    assert not np.isnan(train(Spec()).look()["weights"]).any()


def test_a_run_has_a_report_before_the_first_epoch_and_after_each() -> None:
    reports = list(train(Spec(epochs=3)))
    assert [report.step for report in reports] == [0, 1, 2, 3]
    run = train(Spec())
    assert next(run).loss == pytest.approx(np.log(2), abs=0.5)


def test_the_pace_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.monotonic", lambda: sum(slept))
    monkeypatch.setattr("time.sleep", slept.append)
    pulled(train(Spec(pace=20)), 11)
    assert sum(slept) == pytest.approx(9 / 20)  # the first epoch begins at once


def test_the_map_is_what_the_network_says_in_the_middle_of_each_cell() -> None:
    run = pulled(train(Spec(layers=(3, 2), features=("x2", "x1x2"))), 5)
    look, (said, units) = run.look(), run.plane.seen(flat(run))
    place = toys.grid(SIDE)[37 * SIDE + 12]
    outputs = outputs_at(run.spec, flat(run), place.tolist())
    assert said[37, 12] == pytest.approx(np.tanh(outputs[-1][0] / 2), rel=1e-4)
    np.testing.assert_allclose(units[1][:, 37, 12], outputs[2], rtol=1e-4)
    np.testing.assert_array_equal(look["units"][3], painted(units[1][0, ::2, ::2], 1.0))
    assert look["units"].shape == (5, SIDE // 2, SIDE // 2)


def test_zero_is_painted_in_the_middle_and_the_limits_at_the_ends() -> None:
    values = np.array([-9.0, -2.0, 0.0, 2.0, 9.0, np.nan])
    assert painted(values, 2.0).tolist() == [1, 1, 128, 255, 255, 128]


def test_units_that_are_off_everywhere_are_asleep() -> None:
    run = train(Spec(activation="relu", layers=(3,)))
    run.weights[0][1] = [0, 0, -1]
    assert run.look()["asleep"].tolist() == [0, 1, 0]
    assert train(Spec(layers=())).look()["asleep"].tolist() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": "mnist"},
        {"features": []},
        {"features": "x1"},
        {"features": ["x1", "x1"]},
        {"layers": [4] * 7},
        {"layers": [0]},
        {"layers": [9]},
        {"layers": [2.0]},
        {"layers": 3},
        {"activation": "gelu"},
        {"loss": "hinge"},
        {"lr": float("nan")},
        {"noise": 3.0},
        {"share": 1.0},
        {"batch": 0},
        {"epochs": 10**9},
        {"pace": 0.1},
        {"seed": -1},
        {"draw": "1"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Spec(**wrong)
