"""The tree of a formula in LaTeX, with its names or with numbers in their place."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from vizcore.toolkit.latex import number

_CONSTANTS = {"pi": r"\pi", "e": "e"}
_SUM, _PRODUCT, _POWER, _WHOLE = range(4)  # how tightly the outermost sign of a text binds
# function -> what stands before and behind its argument, and how tightly that binds
_WRAPPED = {
    "sqrt": (r"\sqrt{", "}", _WHOLE),
    "abs": (r"\left|", r"\right|", _WHOLE),
    "exp": ("e^{", "}", _POWER),
}


@dataclass(frozen=True)
class _Text:
    """A part of a formula."""

    text: str
    binds: int

    def at_least(self, binds: int) -> str:
        """The text, in parentheses where it binds less tightly."""
        return self.text if self.binds >= binds else rf"\left({self.text}\right)"


def latex(tree: ast.expr, symbols: Mapping[str, str]) -> str:
    """A formula, such as `x^{2} + 10\\, y^{2}`.

    Args:
        tree: as `formula.parsed` gives it.
        symbols: LaTeX of names that are not their own.
    """
    names = {name: _Text(text, _WHOLE) for name, text in {**_CONSTANTS, **symbols}.items()}
    return _written(tree, names, r"\, ").text


def with_numbers(tree: ast.expr, values: Mapping[str, float]) -> str:
    """The same with a number for each name, to three digits.

    Args:
        tree: as `formula.parsed` gives it.
        values: of all names in it, other than constants.
    """
    names = {name: _Text(text, _WHOLE) for name, text in _CONSTANTS.items()}
    return _written(tree, names | {name: _number(value) for name, value in values.items()}, r" \cdot ").text


def _number(value: float) -> _Text:
    """A number binds like a sum where it has a sign, and like a product where it has a power of ten."""
    text = str(value) if isinstance(value, int) else number(value)
    return _Text(text, _SUM if text.startswith("-") else _PRODUCT if "cdot" in text else _WHOLE)


def _typed(value: float) -> _Text:
    """A number as it stands in the formula."""
    mantissa, _, exponent = f"{value:.15g}".partition("e")
    if not exponent:
        return _Text(mantissa, _WHOLE)
    power = f"10^{{{int(exponent)}}}"
    return _Text(power, _POWER) if mantissa == "1" else _Text(rf"{mantissa} \cdot {power}", _PRODUCT)


def _written(tree: ast.expr, names: Mapping[str, _Text], times: str) -> _Text:
    """A part of the formula; `times` stands between factors, unless a digit follows it."""
    match tree:
        case ast.Constant(int() | float() as value):
            return _typed(value)
        case ast.Name(name):
            return names.get(name, _Text(name, _WHOLE))
        case ast.UnaryOp(sign, inner):
            text = _written(inner, names, times)
            return _Text(f"-{text.at_least(_PRODUCT)}", _SUM) if isinstance(sign, ast.USub) else text
        case ast.Call(ast.Name(name), [inner]):
            before, after, binds = _WRAPPED.get(name, (rf"\{name}\left(", r"\right)", _POWER))
            return _Text(before + _written(inner, names, times).text + after, binds)
        case ast.Call(ast.Name(name), [left, right]):
            both = ", ".join(_written(each, names, times).text for each in (left, right))
            return _Text(rf"\{name}\left({both}\right)", _POWER)
        case ast.BinOp(ast.UnaryOp(ast.USub(), left), ast.Mult() | ast.Div() as sign, right):
            return _written(ast.UnaryOp(ast.USub(), ast.BinOp(left, sign, right)), names, times)
        case ast.BinOp(left, sign, right):
            return _joined(sign, _written(left, names, times), _written(right, names, times), times)
    raise TypeError(f"unchecked: {ast.dump(tree)}")


def _joined(sign: ast.operator, left: _Text, right: _Text, times: str) -> _Text:
    """Two parts with a sign between them."""
    match sign:
        case ast.Add():
            return _Text(f"{left.text} + {right.at_least(_PRODUCT)}", _SUM)
        case ast.Sub():
            return _Text(f"{left.text} - {right.at_least(_PRODUCT)}", _SUM)
        case ast.Mult():
            last = right.at_least(_PRODUCT)
            between = r" \cdot " if last[0].isdigit() else times
            return _Text(left.at_least(_PRODUCT) + between + last, _PRODUCT)
        case ast.Div():
            return _Text(rf"\frac{{{left.text}}}{{{right.text}}}", _POWER)
        case _:
            return _Text(f"{left.at_least(_WHOLE)}^{{{right.text}}}", _POWER)
