"""Ready pairs of trainings: they can be made, and differ in one thing."""

import pytest

from vizcore.toolkit import crossing, training_spec
from vizcore.toolkit.plans import plan
from vizcore.toolkit.solutions import PAIRS


@pytest.mark.parametrize("name", PAIRS)
def test_both_trainings_of_a_pair_have_the_same_pictures_and_are_short(name: str) -> None:
    first, second = (training_spec.Spec(**each) for each in PAIRS[name].trainings().values())
    assert first != second
    assert (first.data, first.count, first.share) == (second.data, second.count, second.share)
    assert max(plan(each).total for each in (first, second)) <= 1000


@pytest.mark.parametrize("name", [name for name, pair in PAIRS.items() if pair.one_net])
def test_a_line_can_lead_from_one_to_the_other_where_that_is_said(name: str) -> None:
    first, second = PAIRS[name].trainings(epochs=1).values()
    assert crossing.Spec(first, second).trainings[0].epochs == 1
    assert len({plan(training_spec.Spec(**each)).parameters for each in (first, second)}) == 1


def test_a_seed_moves_both_trainings_and_keeps_them_apart() -> None:
    first, second = PAIRS["seeds"].trainings(seed=5).values()
    assert (first["seed"], second["seed"]) == (5, 6)
