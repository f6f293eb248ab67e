"""Numbers and rows as LaTeX."""

import pytest

from vizcore.toolkit.latex import aligned, number, signed, worded


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (1234567, r"1.23 \cdot 10^{6}"), (-2e-7, r"-2 \cdot 10^{-7}"), (float("inf"), r"\infty")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_what_is_below_zero_stands_in_parentheses_behind_a_sign() -> None:
    assert (signed(-0.25), signed(0.25)) == ("(-0.25)", "0.25")


def test_a_sentence_has_a_formula_only_where_digits_do_not_do() -> None:
    assert (worded(0.5), worded(2e-7)) == ("0.5", r"$2 \cdot 10^{-7}$")


def test_rows_stand_below_one_another() -> None:
    assert aligned(["a &= 1", "b &= 2"]) == r"\begin{aligned} a &= 1 \\ b &= 2 \end{aligned}"
