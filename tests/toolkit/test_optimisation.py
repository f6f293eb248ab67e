"""Optimisers, schedules and starts."""

import pytest
import torch
from torch import nn

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.optimisation import OPTIMISERS, SCHEDULES, STARTS, started


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimiser_goes_down_a_bowl(name: str) -> None:
    weight = torch.tensor([3.0, -2.0], requires_grad=True)
    optimiser = OPTIMISERS[name].build([weight], lr=0.05, weight_decay=0.0)
    for _ in range(60):
        optimiser.zero_grad()
        with torch.enable_grad():
            weight.square().sum().backward()
        optimiser.step()
    assert weight.square().sum() < 9


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_a_share_of_the_rate_all_the_way(name: str) -> None:
    factors = [SCHEDULES[name].factor(place / 100) for place in range(101)]
    assert min(factors) >= 0
    assert max(factors) == pytest.approx(1)


@pytest.mark.parametrize("name", ["cosine", "linear", "one_cycle"])
def test_some_schedules_end_at_zero(name: str) -> None:
    assert SCHEDULES[name].factor(1) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("kaiming", (2 / 400) ** 0.5),
        ("lecun", (1 / 400) ** 0.5),
        ("xavier", (2 / 700) ** 0.5),
        ("lecture", 1 / 400 / 3**0.5),
        ("small", 0.01),
        ("large", 1),
        ("zeros", 0),
    ],
)
def test_a_start_draws_weights_with_the_deviation_of_its_formula(name: str, deviation: float) -> None:
    layer = started(nn.Linear(400, 300), name, seed=1)
    assert layer.weight.std().item() == pytest.approx(deviation, rel=0.02)  # type: ignore[operator, union-attr]
    assert (layer.bias == 0).all()  # type: ignore[union-attr, operator]


def test_every_start_is_tested_above() -> None:
    assert set(STARTS) == {"kaiming", "lecun", "xavier", "lecture", "small", "large", "zeros"}


def test_an_unknown_start_is_explained() -> None:
    with pytest.raises(InputError, match="initialisation"):
        started(nn.Linear(2, 2), "magic", seed=0)
