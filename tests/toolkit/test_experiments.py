"""Ready comparisons: their runs can be made, and differ in what their names say."""

import pytest

from vizcore.toolkit import seeds
from vizcore.toolkit.experiments import BLOCKS, EXPERIMENTS, deep, narrow
from vizcore.toolkit.plans import plan
from vizcore.toolkit.specs import from_token


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_compares_two_or_three_runs_that_fit_together(name: str) -> None:
    specs = [seeds.Spec(**settings) for settings in EXPERIMENTS[name].settings().values()]
    assert len(set(specs)) == len(specs) in (2, 3)
    for spec in specs:
        seeds.check_size(spec)
        assert plan(spec.one(0)).total <= 400  # steps: half a minute for 16 copies


def test_the_deep_network_has_21_convolutions_with_and_without_norm_and_skips() -> None:
    for norm in (False, True):
        kinds = [layer.kind for layer in from_token(deep(norm=norm, skips=norm)).layers]
        assert kinds.count("conv") == 2 * BLOCKS + 1 == 21
        assert kinds.count("batch_norm") == (2 * BLOCKS if norm else 0)
        assert kinds.count("add") == (BLOCKS if norm else 0)


def test_the_narrow_network_has_as_many_hidden_units_as_it_is_told() -> None:
    hidden = from_token(narrow(3)).layers[1]
    assert dict(hidden.settings)["out"] == 3


def test_two_hidden_units_learn_less_than_eight() -> None:
    cases = EXPERIMENTS["underfit"].settings()
    few, more = (seeds.Spec(**cases[name], copies=4) for name in ("2 units", "8 units"))
    assert [*seeds.train(few)][-1].loss[2] > 1.3 * [*seeds.train(more)][-1].loss[2]
