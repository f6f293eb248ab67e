"""Formulas with numbers in them: by hand, and for every function of the table."""

import re

import pytest

from vizcore.toolkit.activation_formulas import SYMBOLS, written
from vizcore.toolkit.activations import ACTIVATIONS, curve


def filled(name: str, x: float, **parameters: float) -> str:
    value = float(curve(name, [x], **parameters).value[0])
    return written(ACTIVATIONS[name].formula, x, value, parameters)


@pytest.mark.parametrize(
    ("name", "x", "parameters", "line"),
    [
        ("relu", -2, {}, r"f(-2) = \max(0, -2) = 0"),
        ("linear", -2, {"factor": 3}, r"f(-2) = 3 \cdot (-2) = -6"),
        ("linear", 2, {"factor": -0.5}, r"f(2) = (-0.5) \cdot 2 = -1"),
        ("prelu", -2, {"weight": -0.5}, r"f(-2) = \max(0, -2) + (-0.5) \min(0, -2) = 1"),
        ("tanh", 0, {}, r"f(0) = \tanh 0 = 2\,\sigma(2 \cdot 0) - 1 = 0"),
        ("sigmoid", -2, {}, r"f(-2) = \sigma(-2) = \frac{1}{1 + e^{-(-2)}} = 0.119"),
        ("sine", 0.5, {"omega": 2}, r"f(0.5) = \sin(2 \cdot 0.5) = 0.841"),
        ("mish", 1, {}, r"f(1) = 1 \tanh s = 0.865, \quad s = \ln(1 + e^{1})"),
    ],
)
def test_formulas_by_hand(name: str, x: float, parameters: dict[str, float], line: str) -> None:
    assert filled(name, x, **parameters) == line


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("x", [-1.25, 3.5])
def test_no_symbol_is_left_and_the_braces_fit(name: str, x: float) -> None:
    line = filled(name, x, **{each.name: each.start for each in ACTIVATIONS[name].parameters})
    assert not re.search(r"(?<![a-zA-Z\\])x(?![a-zA-Z])", line)
    assert line.count("{") == line.count("}")
    symbols = [SYMBOLS[each.name] for each in ACTIVATIONS[name].parameters]
    assert not any(re.search(rf"(?<![a-zA-Z\\]){re.escape(symbol)}(?![a-zA-Z])", line) for symbol in symbols)


def test_every_parameter_has_its_symbol_in_the_formula() -> None:
    for entry in ACTIVATIONS.values():
        for parameter in entry.parameters:
            assert SYMBOLS[parameter.name] in entry.formula
