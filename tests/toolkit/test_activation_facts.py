"""Facts on activation functions: known numbers of the lectures and of the papers."""

import math

import numpy as np
import pytest

from vizcore.toolkit.activation_facts import RELATIONS, apart, facts, other_side
from vizcore.toolkit.activations import ACTIVATIONS

X = np.linspace(-12, 12, 2401)
BY_LEFT = {relation.functions[0]: relation for relation in RELATIONS}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_function_has_facts(name: str) -> None:
    found = facts(name)
    assert math.isfinite(found.noise.mean)
    assert found.noise.variance >= 0
    assert found.lipschitz >= 0


def test_a_sigmoid_saturates_where_its_slope_is_a_twentieth() -> None:
    below, above = facts("sigmoid").ends
    assert above == pytest.approx(-below)
    share = 1 / (1 + math.exp(-above))
    assert share * (1 - share) == pytest.approx(0.05, abs=2e-4)


def test_a_relu_ends_flat_on_one_side_and_a_sine_on_none() -> None:
    assert facts("relu").ends == (0, math.inf)
    assert facts("sine", omega=0.5).ends == (-math.inf, math.inf)


def test_what_is_flat_everywhere_saturates_below_every_number() -> None:
    below, above = facts("linear", factor=0).ends
    assert below > above


def test_gelu_is_lowest_where_the_lecture_has_it() -> None:
    assert facts("gelu").dip == pytest.approx((-0.7518, -0.16997), abs=5e-6)


def test_dips_agree_with_the_bounds_of_the_table() -> None:
    dips = {name: found for name in ACTIVATIONS if (found := facts(name).dip)}
    assert set(dips) == {"gelu", "gelu_tanh", "silu", "mish", "hardswish"}
    for name, (_, value) in dips.items():
        assert value == pytest.approx(ACTIVATIONS[name].bounds()[0], abs=1e-8)


def test_selu_keeps_mean_0_and_variance_1() -> None:
    found = facts("selu").noise
    assert (found.mean, found.variance) == pytest.approx((0, 1), abs=1e-6)


@pytest.mark.parametrize("name", ["tanh", "silu", "relu6"])
def test_relations_without_parameters_hold_up_to_rounding(name: str) -> None:
    assert apart(BY_LEFT[name], X, {}) < 1e-14


@pytest.mark.parametrize(
    ("name", "parameter", "right", "wrong"), [("celu", "alpha", 1, 2), ("prelu", "weight", 0.25, 0.5)]
)
def test_relations_hold_for_one_value_of_the_parameter(
    name: str, parameter: str, right: float, wrong: float
) -> None:
    assert apart(BY_LEFT[name], X, {parameter: right}) < 1e-14
    assert apart(BY_LEFT[name], X, {parameter: wrong}) > 0.1


def test_logsigmoid_is_a_softplus_turned_half_round() -> None:
    np.testing.assert_allclose(other_side(BY_LEFT["logsigmoid"], X, {}), -np.log1p(np.exp(-X)), atol=1e-8)


def test_gelu_by_a_tanh_is_near_but_not_the_same() -> None:
    assert 1e-4 < apart(BY_LEFT["gelu_tanh"], X, {}) < 5e-4


def test_every_relation_names_functions_of_the_table() -> None:
    for relation in RELATIONS:
        assert set(relation.functions) <= set(ACTIVATIONS)
