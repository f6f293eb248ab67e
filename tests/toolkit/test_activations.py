"""Every activation function against a formula in NumPy, the layer of PyTorch and finite differences."""

import itertools
import math
import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import integrate, special, stats
from torch import nn

from vizcore.toolkit import activations
from vizcore.toolkit.activation_table import SELU_ALPHA, SELU_SCALE
from vizcore.toolkit.activations import (
    ACTIVATIONS,
    VECTORS,
    bounds,
    curve,
    lipschitz,
    saturations,
    statistics,
    vector,
)
from vizcore.toolkit.errors import InputError

X = np.random.default_rng(5).normal(scale=4, size=(9, 31))  # no corner of any function among them
SHARE = np.geomspace(0.3, 7, 5)
sigmoid = special.expit


def softplus(x: np.ndarray, beta: float = 1) -> np.ndarray:
    return np.logaddexp(0, beta * x) / beta


# name -> the formula by hand, with its parameters in the order of the table
BY_HAND: dict[str, Callable[..., np.ndarray]] = {
    "step": lambda x: np.where(x >= 0, 1.0, 0.0),
    "linear": lambda x, c: c * x,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(0, x),
    "leaky_relu": lambda x, a: np.where(x > 0, x, a * x),
    "prelu": lambda x, a: np.where(x > 0, x, a * x),
    "softplus": softplus,
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x)),
    "celu": lambda x, alpha: np.maximum(0, x) + np.minimum(0, alpha * np.expm1(x / alpha)),
    "selu": lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(x)),
    "gelu": lambda x: x * special.ndtr(x),
    "gelu_tanh": lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "relu6": lambda x: np.clip(x, 0, 6),
    "logsigmoid": lambda x: -softplus(-x),
    "sine": lambda x, omega: np.sin(omega * x),
}
LAYERS: dict[str, nn.Module] = {
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(),
    "prelu": nn.PReLU(),
    "softplus": nn.Softplus(),
    "elu": nn.ELU(),
    "celu": nn.CELU(),
    "selu": nn.SELU(),
    "gelu": nn.GELU(),
    "gelu_tanh": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "mish": nn.Mish(),
    "hardswish": nn.Hardswish(),
    "relu6": nn.ReLU6(),
    "logsigmoid": nn.LogSigmoid(),
}


def settings(name: str) -> list[dict[str, float]]:
    """The parameters at their start, at their lowest and at their highest."""
    parameters = ACTIVATIONS[name].parameters
    ends = ("start", "low", "high") if parameters else ("start",)
    return [{parameter.name: getattr(parameter, end) for parameter in parameters} for end in ends]


ALL = [(name, values) for name in ACTIVATIONS for values in settings(name)]
every_setting = pytest.mark.parametrize(("name", "values"), ALL)


# The table


@pytest.mark.parametrize("entry", [*ACTIVATIONS.values(), *VECTORS.values()], ids=[*ACTIVATIONS, *VECTORS])
def test_every_entry_stands_with_formulas_a_source_and_one_sentence(entry: activations.Activation) -> None:
    assert entry.source
    assert re.fullmatch(r"[A-Z].*[^.]\.", entry.says)
    for latex in (entry.formula, entry.slope, entry.range):
        assert latex
        assert latex.count(r"\left") == latex.count(r"\right")
        assert latex.count(r"\begin{") == latex.count(r"\end{")
        assert latex.replace(r"\{", "").count("{") == latex.replace(r"\}", "").count("}")


@pytest.mark.parametrize("name", [*ACTIVATIONS, *VECTORS])
def test_every_parameter_starts_within_its_bounds_on_a_step(name: str) -> None:
    for parameter in {**ACTIVATIONS, **VECTORS}[name].parameters:
        steps = (parameter.start - parameter.low) / parameter.step
        assert parameter.low <= parameter.start <= parameter.high
        assert steps == pytest.approx(round(steps))


@every_setting
def test_every_function_gives_what_its_formula_gives(name: str, values: dict[str, float]) -> None:
    found = curve(name, X, **values)
    assert found.value.shape == found.slope.shape == X.shape
    np.testing.assert_allclose(found.value, BY_HAND[name](X, *values.values()), atol=1e-8)  # softplus: 2e-9


@pytest.mark.parametrize("name", LAYERS)
def test_every_function_starts_as_the_layer_of_pytorch_does(name: str) -> None:
    with torch.no_grad():
        expected = LAYERS[name].double()(torch.from_numpy(X)).numpy()
    np.testing.assert_array_equal(curve(name, X).value, expected)


def test_only_what_pytorch_has_no_layer_for_is_not_held_against_one() -> None:
    assert ACTIVATIONS.keys() - LAYERS.keys() == {"step", "linear", "sine"}


@every_setting
def test_every_slope_is_the_finite_difference(name: str, values: dict[str, float]) -> None:
    h = 1e-6
    after, before = (BY_HAND[name](X + step, *values.values()) for step in (h, -h))
    np.testing.assert_allclose(curve(name, X, **values).slope, (after - before) / (2 * h), atol=1e-6)


@every_setting
def test_every_function_fills_its_range_and_stays_in_it(name: str, values: dict[str, float]) -> None:
    low, high = bounds(name, **values)
    x = np.append(np.linspace(-10, 10, 8_001), [-1e6, 1e6])
    found = curve(name, x, **values).value
    for end, reached in ((low, -found.min()), (-high, found.max())):
        assert reached > 1e3 if np.isinf(end) else reached == pytest.approx(-end, abs=1e-6)


# Identities of the lectures (N24)


def test_the_hyperbolic_tangent_is_a_stretched_sigmoid() -> None:
    np.testing.assert_allclose(curve("tanh", X).value, 2 * curve("sigmoid", 2 * X).value - 1, atol=4e-16)


def test_celu_and_elu_are_one_where_alpha_is_1() -> None:
    np.testing.assert_allclose(curve("celu", X).value, curve("elu", X).value, atol=4e-16)


def test_prelu_with_the_slope_of_a_leaky_relu_is_one() -> None:
    np.testing.assert_array_equal(
        curve("prelu", X, weight=0.1).value, curve("leaky_relu", X, negative_slope=0.1).value
    )


def test_gelu_is_lowest_where_the_lecture_says() -> None:
    x = np.linspace(-1, -0.5, 50_001)
    found = curve("gelu", x).value
    assert found.min() == pytest.approx(-0.16997, abs=5e-6)
    assert x[found.argmin()] == pytest.approx(-0.7518, abs=5e-5)


def test_the_gelu_by_tanh_is_at_most_half_a_thousandth_away() -> None:
    x = np.linspace(-6, 6, 10_001)
    assert np.abs(curve("gelu", x).value - curve("gelu_tanh", x).value).max() == pytest.approx(
        4.7e-4, abs=1e-5
    )


def test_softplus_is_linear_above_its_threshold() -> None:
    found = curve("softplus", [19.9, 20.1], beta=1)
    assert found.value[0] > 19.9
    assert found.value[1] == 20.1


def test_relu_takes_the_subgradient_0_at_0() -> None:
    assert curve("relu", [-1, 0, 1]).slope.tolist() == [0, 0, 1]


def test_the_step_is_1_at_0_and_has_no_slope() -> None:
    found = curve("step", [-1, 0, 1])
    assert found.value.tolist() == [0, 1, 1]
    assert found.slope.tolist() == [0, 0, 0]


# Noise (N23)


def test_the_constants_of_selu_are_those_of_the_paper() -> None:
    assert pytest.approx(1.6732632423543772848170429916717, rel=1e-15) == SELU_ALPHA
    assert pytest.approx(1.0507009873554804934193349852946, rel=1e-15) == SELU_SCALE
    assert curve("selu", 1.0).value == pytest.approx(SELU_SCALE, rel=1e-15)


def test_selu_keeps_mean_0_and_variance_1() -> None:
    found = statistics("selu")
    assert found.mean == pytest.approx(0, abs=1e-14)
    assert found.variance == pytest.approx(1, abs=1e-14)


def test_the_moments_of_relu_are_those_of_half_a_normal() -> None:
    found = statistics("relu")
    assert found.mean == pytest.approx(1 / np.sqrt(2 * np.pi), abs=1e-14)
    assert found.variance == pytest.approx(1 / 2 - 1 / (2 * np.pi), abs=1e-14)


@pytest.mark.parametrize("omega", [0.5, 1, 30])
def test_the_variance_of_a_sine_after_noise_has_a_closed_form(omega: float) -> None:
    found = statistics("sine", omega=omega)
    assert found.variance == pytest.approx((1 - np.exp(-2 * omega**2)) / 2, abs=1e-12)


@every_setting
def test_moments_are_those_of_another_quadrature(name: str, values: dict[str, float]) -> None:
    def moment(power: int) -> float:
        def part(x: float) -> float:
            return BY_HAND[name](np.array(x), *values.values()) ** power * stats.norm.pdf(x)

        return sum(integrate.quad(part, a, a + 1, limit=200)[0] for a in range(-10, 10))

    found = statistics(name, **values)
    assert found.mean == pytest.approx(moment(1), abs=1e-8)
    assert found.variance == pytest.approx(moment(2) - moment(1) ** 2, abs=1e-8)


def test_only_odd_functions_and_selu_are_zero_centred() -> None:
    centred = {name for name in ACTIVATIONS if statistics(name).zero_centred}
    assert centred == {"linear", "tanh", "selu", "sine"}


# Slopes and saturation


@pytest.mark.parametrize(
    ("name", "values", "largest"),
    [
        ("step", {}, math.inf),
        ("linear", {"factor": -3}, 3),
        ("sigmoid", {}, 0.25),
        ("tanh", {}, 1),
        ("relu", {}, 1),
        ("softplus", {"beta": 0.1}, 1),
        ("elu", {"alpha": 3}, 3),
        ("elu", {"alpha": 0.5}, 1),
        ("selu", {}, SELU_SCALE * SELU_ALPHA),
        ("gelu", {}, special.ndtr(np.sqrt(2)) + np.exp(-1) / np.sqrt(np.pi)),  # at √2
        ("hardswish", {}, 1.5),
        ("logsigmoid", {}, 1),
        ("sine", {"omega": 30}, 30),
    ],
)
def test_the_largest_slopes_are_the_known_ones(name: str, values: dict[str, float], largest: float) -> None:
    assert lipschitz(name, **values) == pytest.approx(largest, rel=1e-6)


@every_setting
def test_no_two_values_lie_further_apart_than_the_largest_slope_lets_them(
    name: str, values: dict[str, float]
) -> None:
    x = np.sort(X.ravel())
    steps = np.abs(np.diff(curve(name, x, **values).value))
    assert (steps <= lipschitz(name, **values) * np.diff(x) * (1 + 1e-6) + 1e-8).all()


def test_a_sigmoid_saturates_where_its_slope_falls_below_a_twentieth() -> None:
    edge = math.log((1 + math.sqrt(0.8)) / (1 - math.sqrt(0.8)))  # σ(1 − σ) = 0.05
    (left, right) = saturations(curve("sigmoid", np.linspace(-8, 8, 16_001)))
    assert left == (-8, pytest.approx(-edge, abs=1e-3))
    assert right == (pytest.approx(edge, abs=1e-3), 8)


def test_a_relu_saturates_below_0_and_a_line_nowhere() -> None:
    x = np.linspace(-2, 2, 41)
    assert saturations(curve("relu", x)) == ((-2, 0),)
    assert saturations(curve("linear", x)) == ()


# Softmax and its relatives


@pytest.mark.parametrize("name", VECTORS)
def test_the_jacobian_of_a_vector_function_is_the_finite_difference(name: str) -> None:
    found, h = vector(name, SHARE), 1e-6
    columns = [
        (vector(name, SHARE + h * unit).value - vector(name, SHARE - h * unit).value) / (2 * h)
        for unit in np.eye(len(SHARE))
    ]
    np.testing.assert_allclose(found.jacobian, np.transpose(columns), atol=1e-8)


def test_softmax_softmin_and_log_softmax_are_those_of_scipy() -> None:
    np.testing.assert_allclose(vector("softmax", SHARE).value, special.softmax(SHARE))
    np.testing.assert_allclose(vector("softmin", SHARE).value, special.softmax(-SHARE))
    np.testing.assert_allclose(vector("log_softmax", SHARE).value, special.log_softmax(SHARE))


@pytest.mark.parametrize("temperature", [0.05, 0.7, 20])
def test_a_temperature_divides_the_scores(temperature: float) -> None:
    found = vector("softmax", SHARE, temperature=temperature).value
    np.testing.assert_allclose(found, special.softmax(SHARE / temperature))


def test_the_logits_of_the_lecture_leave_everything_to_the_last_n22() -> None:
    found = vector("softmax", [14.45, 3.576, 44.43, 22.43, 440.2]).value
    expected = [1.2564e-185, 2.3802e-190, 1.316e-172, 3.6711e-182, 1]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_softmax_does_not_overflow() -> None:
    assert vector("softmax", [1e6, -1e6, 1e6]).value.tolist() == [0.5, 0, 0.5]


# What people may ask for


@pytest.mark.parametrize(
    ("name", "x", "values", "says"),
    [
        ("swoosh", [0], {}, "no activation function called 'swoosh'"),
        (None, [0], {}, "no activation function called 'None'"),
        ("relu", [0], {"alpha": 1}, "ReLU has no parameters, so 'alpha' cannot be set"),
        ("elu", [0], {"beta": 1}, "no parameter of ELU called 'beta'"),
        ("elu", [0], {"alpha": 0}, "Depth α goes from 0.1 to 3, not 0"),
        ("elu", [0], {"alpha": "1"}, "Depth α goes from 0.1 to 3, not 1"),
        ("elu", [0], {"alpha": math.nan}, "not nan"),
        ("relu", [], {}, "not 0 values"),
        ("relu", ["1"], {}, "not 1 values of type <U1"),
        ("relu", [[1, 2], [3]], {}, "same number"),
        ("relu", np.broadcast_to(0.0, 2**22 + 1), {}, "1 to 4,194,304 numbers"),
        ("relu", [math.inf], {}, "between −1,000,000 and 1,000,000"),
        ("relu", [math.nan], {}, "between −1,000,000 and 1,000,000"),
    ],
)
def test_what_no_curve_has_is_answered_with_a_sentence(
    name: str, x: object, values: dict[str, float], says: str
) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        curve(name, x, **values)


@pytest.mark.parametrize(
    ("x", "says"), [([[1, 2]], "one row"), (np.zeros(101), "1 to 100 numbers"), ([math.nan], "between")]
)
def test_what_is_no_row_of_scores_is_answered_with_a_sentence(x: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        vector("softmax", x)


def test_nothing_of_the_callers_is_changed() -> None:
    given = np.array([1.0, 2.0])
    curve("relu", given).x[0] = 9
    vector("softmax", given).x[0] = 9
    assert given.tolist() == [1, 2]


def test_the_ends_of_every_parameter_give_finite_curves_up_to_a_million() -> None:
    for (name, values), x in itertools.product(ALL, (-1e6, 1e6)):
        found = curve(name, x, **values)
        assert np.isfinite([found.value, found.slope]).all(), (name, x)
