"""The table of optimisers is complete; that its equations are right is tested on their paths."""

import pytest

from vizcore.toolkit.formula import CONSTANTS, FUNCTIONS
from vizcore.toolkit.update_rules import GIVEN, RULES, SYMBOLS


@pytest.mark.parametrize("name", RULES)
def test_each_rule_ends_with_the_weight_and_uses_each_of_its_parameters(name: str) -> None:
    rule = RULES[name]
    assert list(rule.equations)[-1] == "w"
    text = " ".join(rule.equations.values())
    assert all(parameter.name in text for parameter in rule.parameters)
    assert not SYMBOLS.keys() & {*CONSTANTS, *FUNCTIONS}


def test_a_step_of_momentum_by_hand() -> None:
    rule = RULES["momentum"]
    given = dict.fromkeys(GIVEN, 0.0) | {"lr": 0.1, "w_old": 2.0, "g": 4.0, "v_old": 10.0}
    assert rule.program({"momentum": 0.5})(*(given[name] for name in rule.names)) == [9, 1.1]


def test_only_newton_asks_for_the_hessian() -> None:
    assert [name for name in RULES if RULES[name].curved] == ["newton"]
