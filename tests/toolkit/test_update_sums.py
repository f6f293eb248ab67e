"""The sums of the optimisers by hand, against what PyTorch does to the same weight."""

from dataclasses import replace
from itertools import islice

import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec
from vizcore.toolkit.update_sums import RULES, update_sums
from vizcore.toolkit.walkthrough import Followed, walked

SPEC = Spec(count=300, net="mlp", batch=16, lr=0.01, device="cpu")
PLAIN = Followed("a.weight", 0, (0,), 1.0, 0.5, 0.5, {}, 1, 0.95)


@pytest.mark.parametrize("steps", [0, 4])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_last_sum_is_the_weight_after_the_step(optimiser: str, decay: float, steps: int) -> None:
    run = Training(replace(SPEC, optimiser=optimiser, weight_decay=decay, l1=1e-3, clip=1.0))
    list(islice(run, steps + 1))
    weight = walked(run).followed
    found = update_sums(weight, optimiser, 0.01, decay)
    assert found[-1].value == pytest.approx(weight.after, rel=1e-6, abs=1e-9)
    assert found[-1].value - weight.before == pytest.approx(weight.after - weight.before, rel=1e-3, abs=1e-7)


def test_what_is_kept_after_the_step_is_among_the_sums() -> None:
    run = Training(replace(SPEC, optimiser="adam"))
    list(islice(run, 4))
    weight = walked(run).followed
    named = {entry.name: entry.value for entry in update_sums(weight, "adam", 0.01, 0)}
    assert weight.time == 4
    assert named["m"] == pytest.approx(weight.memory["exp_avg"][1], rel=1e-4)
    assert named["s"] == pytest.approx(weight.memory["exp_avg_sq"][1], rel=1e-4)


def test_sgd_is_one_product_and_one_sum() -> None:
    move, weight = update_sums(PLAIN, "sgd", 0.1, 0)
    assert (move.formula, move.numbers, move.value) == (r"-\eta\, g", r"-0.1 \cdot 0.5", -0.05)
    assert (weight.numbers, weight.value) == ("1 + (-0.05)", 0.95)


def test_decay_goes_through_the_gradient_but_not_with_adamw() -> None:
    assert update_sums(PLAIN, "sgd", 0.1, 0.2)[0].value == 0.7
    kept = replace(PLAIN, memory={"exp_avg": (0.0, 0.05), "exp_avg_sq": (0.0, 0.00025)})
    *_, move, weight = update_sums(kept, "adamw", 0.1, 0.2)
    assert move.value == pytest.approx(-0.1 - 0.1 * 0.2)
    assert weight.value == pytest.approx(0.88)


def test_there_are_sums_for_every_optimiser_and_no_other() -> None:
    assert RULES.keys() == OPTIMISERS.keys()
    with pytest.raises(InputError, match="optimiser"):
        update_sums(PLAIN, "lion", 0.1, 0)
