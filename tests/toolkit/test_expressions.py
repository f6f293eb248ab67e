"""Derivatives of formulas against autograd."""

import numpy as np
import pytest
import torch

from vizcore.toolkit.expressions import Node, Program, built, slope, variable
from vizcore.toolkit.formula import FUNCTIONS, parsed

X, Y = variable("x"), variable("y")


def expression(text: str) -> Node:
    return built(parsed(text, ("x", "y")), {"x": X, "y": Y})


def derivative(text: str, x: float, y: float = 1.0) -> float:
    return Program((X, Y), [slope(expression(text), X, {})])(np.float64(x), np.float64(y))[0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_the_derivative_of_torch(name: str) -> None:
    at = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    getattr(torch, name)(at**2).backward()
    assert derivative(f"{name}(x^2)", 0.7) == pytest.approx(at.grad.item(), rel=1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_second_derivative_is_the_slope_of_the_first(name: str) -> None:
    second = slope(slope(expression(f"{name}(x)"), X, {}), X, {})
    (found,) = Program((X,), [second])(np.float64(0.7))
    around = derivative(f"{name}(x)", 0.7 + 1e-5), derivative(f"{name}(x)", 0.7 - 1e-5)
    assert found == pytest.approx((around[0] - around[1]) / 2e-5, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("7", 0),
        ("y", 0),
        ("x*y - 3x", -1),
        ("x/y + y/x", 1 / 2 - 2 / 9),
        ("x^4", 108),
        ("x^-1", -1 / 9),
        ("2^x", 8 * np.log(2)),
        ("x^x", 27 * (np.log(3) + 1)),
        ("-(x - 1)^2", -4),
        ("0*log(x)", 0),
        ("max(x, y)", 1),
        ("max(x, 3)", 1 / 2),
        ("min(x^2, y)", 0),
    ],
)
def test_derivatives_that_one_can_write_down(text: str, known: float) -> None:
    assert derivative(text, 3, 2) == pytest.approx(known)


def test_a_square_at_zero_and_below_it_has_a_slope() -> None:
    assert [derivative("x^2", at) for at in (0, -3)] == [0, -6]


@pytest.mark.parametrize("power", [2, 3, 4, 5, 0.5])
def test_powers_of_arrays_are_powers(power: float) -> None:
    base = np.linspace(0.1, 3, 7)
    assert Program((X,), [expression(f"x^{power}")])(base)[0] == pytest.approx(base**power, rel=1e-15)


def test_what_two_outputs_share_is_computed_once() -> None:
    value = expression("exp(sin(x))")
    assert len(Program((X,), [value, slope(value, X, {})]).steps) == 4  # sin, exp, cos, product


def test_a_tower_of_powers_takes_no_time() -> None:
    with np.errstate(all="ignore"):
        assert Program((X,), [expression("9^9^9^9^9^9 + 0x")])(np.float64(1)) == [np.inf]
