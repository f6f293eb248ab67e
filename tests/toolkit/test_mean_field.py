"""Forecasts for wide layers, against variances by hand and against what is measured."""

import numpy as np
import pytest

from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.mean_field import forecast
from vizcore.toolkit.signal_flow import signal_flow


def test_half_of_the_relus_let_the_gradient_pass_whole_which_kaiming_makes_up_for() -> None:
    found = forecast("relu", "kaiming", depth=7)
    np.testing.assert_allclose(found.slopes, 1 / 2)
    np.testing.assert_allclose(found.variances, 2)  # each layer: 128 · 2/128 · half of the last
    assert found.factor == pytest.approx(1)


def test_a_linear_function_leaves_all_to_the_weights() -> None:
    found = forecast("linear", "kaiming", depth=5)  # f(x) = x, and variance 2 over the inputs
    np.testing.assert_allclose(found.slopes, 1)
    np.testing.assert_allclose(found.variances, 2.0 ** np.arange(1, 6))
    assert found.factor == pytest.approx(np.sqrt(2))


def test_selu_with_lecun_stays_at_variance_1() -> None:
    np.testing.assert_allclose(forecast("selu", "lecun", depth=100).variances, 1)


def test_the_weights_of_the_lectures_scale_by_one_over_the_root_of_three_d() -> None:
    factors = forecast("linear", "lecture").factors
    np.testing.assert_allclose(factors, 1 / np.sqrt(3 * 128))


@pytest.mark.parametrize("function", ["zeros", "step"])
def test_nothing_comes_back_through_zeros_or_a_step(function: str) -> None:
    found = forecast("relu", "zeros") if function == "zeros" else forecast("step", "xavier")
    assert found.factor == 0
    assert not found.factors.any()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_forecast_is_what_is_measured(name: str) -> None:
    kinds = ["small", "lecture", "xavier", "kaiming", "lecun"]
    measured = signal_flow([name], kinds, depth=20, seed=1).factors[:, 0]
    expected = [forecast(name, kind, depth=20).factor for kind in kinds]
    np.testing.assert_allclose(measured, expected, rtol=0.12)  # 128 units are not without end


@pytest.mark.parametrize("settings", [("swoosh", "zeros", 5), ("relu", "ones", 5), ("relu", "zeros", 1)])
def test_what_there_is_not_is_answered_with_a_sentence(settings: tuple[str, str, int]) -> None:
    function, initialisation, depth = settings
    with pytest.raises(InputError):
        forecast(function, initialisation, depth=depth)
