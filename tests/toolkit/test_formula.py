"""What a formula may be, and what is refused with a reason."""

import ast

import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.formula import MAX_LENGTH, MAX_NODES, parsed

NAMES = ("x", "y")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("x^2", "x ** 2"),
        ("2x", "2 * x"),
        ("2(x + 1)", "2 * (x + 1)"),
        ("1.5e3x", "1500.0 * x"),
        ("2e", "2 * e"),
        ("3 exp(x)", "3 * exp(x)"),
        ("-x^2", "-x ** 2"),
        (" .5pi*y ", "0.5 * pi * y"),
        ("x^-1e-8", "x ** (-1e-08)"),
        ("2x² − 3y³", "2 * x ** 2 - 3 * y ** 3"),
        ("|x + 1| + 2|y|", "abs(x + 1) + 2 * abs(y)"),
        ("cos(2πx·y)", "cos(2 * pi * x * y)"),
        ("max(x, 0) × min(y, 1)", "max(x, 0) * min(y, 1)"),
    ],
)
def test_a_formula_is_written_as_on_paper(text: str, meant: str) -> None:
    assert ast.unparse(parsed(text, NAMES)) == meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no complete formula"),
        ("x +", "no complete formula"),
        ("((x)", "no complete formula"),
        ("x y", "no complete formula"),
        ("007", "no complete formula"),
        ("lambda", "no complete formula"),
        ("x if y else 2", "'x if y else 2'"),
        ("z + 1", "'z'"),
        ("sin", "'sin'"),
        ("sin(x, y)", r"'sin\(x, y\)'"),
        ("open(x)", r"'open\(x\)'"),
        ("x(y)", r"'x\(y\)'"),
        ("(x)(y)", r"'x\(y\)'"),
        ("sin(x)(y)", r"'sin\(x\)\(y\)'"),
        ("x.real", "'x.real'"),
        ("().__class__", r"'\(\).__class__'"),
        ("x, y", r"'\(x, y\)'"),
        ("x or y", "'x or y'"),
        ("not x", "'not x'"),
        ("True", "'True'"),
        ("None", "'None'"),
        ("x // y", "'x // y'"),
        ("sin(*x)", r"'\*x'"),
        ("sin(x, **y)", r"'sin\(x, \*\*y\)'"),
        ("1j", "'j'"),
        ("0x1F", "'x1F'"),
        ("1_000", "'_000'"),
        ("1e999", "too large"),
        ("9" * 30, "too large"),
        ("(y:=1)", "':', which is character 3"),
        ("x[0]", r"'\['"),
        ("'x'", '"\'"'),
        ("x\n+1", r"'\\n'"),
        ("x\0", r"'\\x00'"),
        ("х", "'х'"),  # Cyrillic
        ("x⁴", "'⁴'"),
        ("x|y", r"'x \| y'"),
        ("x" * (MAX_LENGTH + 1), "characters"),
        ("+".join("x" * (MAX_NODES // 2 + 1)), "at most 60"),
        ("-" * 100 + "x", "at most 60"),
        ("(" * 100 + "x" + ")" * 99, "no complete formula"),
    ],
)
def test_anything_else_is_refused_with_what_it_is(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parsed(text, NAMES)


def test_parentheses_cost_nothing() -> None:
    assert ast.unparse(parsed("(" * 90 + "x" + ")" * 90, NAMES)) == "x"
