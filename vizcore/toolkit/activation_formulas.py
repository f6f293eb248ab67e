"""The formula of an activation function with numbers in it."""

import re
from collections.abc import Mapping

from vizcore.toolkit.latex import number, signed

# name of a parameter -> how it is written in the formula of its function
SYMBOLS: Mapping[str, str] = {
    "factor": "c",
    "negative_slope": "a",
    "weight": "a",
    "alpha": r"\alpha",
    "beta": r"\beta",
    "omega": r"\omega",
}
# x, no part of a word, with what stands before it: a factor or the sign of a power
PLACE = re.compile(r"(?:(?P<before>[\d)])\s*(?:\\,)?\s*|(?P<power>\^))?(?<![a-zA-Z\\])x(?![a-zA-Z])")
ALONE = re.compile(r"(?:[({&,]|cases\}|^)\s*$")  # behind this a number below 0 needs no parentheses


def written(formula: str, x: float, value: float, parameters: Mapping[str, float]) -> str:
    r"""LaTeX of a formula with its numbers, such as `f(2) = \max(0, 2) = 2`.

    Args:
        formula: of the table of activation functions; what follows its \quad explains a symbol.
        x: place.
        value: f(x).
        parameters: by name.
    """
    for name, given in parameters.items():
        formula = _replaced(formula, SYMBOLS[name], signed(given))
    head, gap, tail = (_with(part, x) for part in formula.partition(r"\quad"))
    line = rf"f({number(x)}) = {head.rstrip(', ')} = {number(value)}"
    return f"{line}, {gap}{tail}" if gap else line


def _replaced(formula: str, symbol: str, text: str) -> str:
    """A formula with a text in the place of a symbol, where that is no part of a longer word."""
    return re.sub(rf"(?<![a-zA-Z\\]){re.escape(symbol)}(?![a-zA-Z])", lambda _: text, formula)


def _with(formula: str, x: float) -> str:
    """A formula with a number for each x: times a dot behind a digit, in parentheses where it needs them."""

    def put(found: re.Match[str]) -> str:
        before, power = found["before"], found["power"]
        text = number(x)
        if power:
            return f"^{{{text}}}"
        if x < 0 and (before or not ALONE.search(formula[: found.start()])):
            text = f"({text})"
        return rf"{before} \cdot {text}" if before else text

    return PLACE.sub(put, formula)
