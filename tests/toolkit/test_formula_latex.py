"""Formulas in LaTeX, with parentheses where they mean something."""

import pytest

from vizcore.toolkit.formula import parsed
from vizcore.toolkit.formula_latex import latex, with_numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x^2 + 10y", r"x^{2} + 10\, y"),
        ("x*2", r"x \cdot 2"),
        ("x - (y - 1)", r"x - \left(y - 1\right)"),
        ("x - y - 1", "x - y - 1"),
        ("(x + 1)*y", r"\left(x + 1\right)\, y"),
        ("(x + 1)/(y - 2)", r"\frac{x + 1}{y - 2}"),
        ("-x^2", "-x^{2}"),
        ("(-x)^2", r"\left(-x\right)^{2}"),
        ("-x/2", r"-\frac{x}{2}"),
        ("x*-y", r"x\, \left(-y\right)"),
        ("(x^y)^2", r"\left(x^{y}\right)^{2}"),
        ("sin(2pi*x)", r"\sin\left(2\, \pi\, x\right)"),
        ("exp(-x)", "e^{-x}"),
        ("exp(x)^2", r"\left(e^{x}\right)^{2}"),
        ("sqrt(abs(x))", r"\sqrt{\left|x\right|}"),
        ("1e-8 + 2.5e20x", r"10^{-8} + 2.5 \cdot 10^{20}\, x"),
        ("1e-8^2", r"\left(10^{-8}\right)^{2}"),
        ("+x", "x"),
        ("max(x, -1)", r"\max\left(x, -1\right)"),
    ],
)
def test_a_formula_in_latex(text: str, shown: str) -> None:
    assert latex(parsed(text, ("x", "y")), {}) == shown


def test_names_may_have_symbols() -> None:
    assert latex(parsed("rate*x", ("rate", "x")), {"rate": r"\eta"}) == r"\eta\, x"


@pytest.mark.parametrize(
    ("text", "x", "shown"),
    [
        ("2x", 3.0, r"2 \cdot 3"),
        ("2x", -3.0, r"2 \cdot \left(-3\right)"),
        ("x^2", -3.0, r"\left(-3\right)^{2}"),
        ("x + x", -3.0, r"-3 + \left(-3\right)"),
        ("x*x", 1.2345e-7, r"1.23 \cdot 10^{-7} \cdot 1.23 \cdot 10^{-7}"),
        ("x^2", 1e-7, r"\left(1 \cdot 10^{-7}\right)^{2}"),
        ("1 - 0.9^x", 1234, "1 - 0.9^{1234}"),
        ("pi*x", 2.0, r"\pi \cdot 2"),
    ],
)
def test_numbers_take_the_place_of_names(text: str, x: float, shown: str) -> None:
    assert with_numbers(parsed(text, ("x",)), {"x": x}) == shown
