"""Formulas that people write, such as `x^2 + 10*y^2`: read by Python's own grammar, never run by it."""

import ast
import math
import re
from collections.abc import Collection

from vizcore.toolkit.errors import InputError

MAX_LENGTH = 200  # characters
MAX_NODES = 60  # numbers, names, signs and functions
MAX_WHOLE = 10**15  # of a whole number; larger ones need an exponent
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS = ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt", "abs")
PAIRS = ("max", "min")  # functions of two arguments
_SIGNS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_STRANGE = re.compile(r"[^0-9A-Za-z_+\-*/^()., |²³π·×−]")
_PAPER = {"^": "**", "²": "**2", "³": "**3", "π": "pi", "·": "*", "×": "*", "−": "-"}  # as on paper -> Python
_BARS = re.compile(r"\|([^|]*)\|")
# a number or π with a name or a parenthesis right behind it, as in 2x: a product
_GLUED_PI = re.compile(r"π *(?=[A-Za-z_(π])")
_GLUED = re.compile(r"(?<![\w.])((?>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)) *(?=[A-Za-z_(])")


def parsed(text: str, names: Collection[str]) -> ast.expr:
    """The tree of a formula, of numbers, names, + - * / **, FUNCTIONS of one argument and PAIRS of two alone.

    Args:
        text: from anyone; `x^2` and `x²` are powers, `2x` is a product, `|x|` a size.
        names: that it may use besides CONSTANTS.

    Raises:
        InputError: it is too long, or something in it is none of these.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"A formula has at most {MAX_LENGTH} characters, not {len(text)}.")
    if strange := _STRANGE.search(text):
        raise InputError(
            f"A formula cannot contain {strange.group()!r}, which is character {strange.start() + 1} of it."
        )
    source = _GLUED_PI.sub("π*", _BARS.sub(r"abs(\1)", text))
    for sign, meant in _PAPER.items():
        source = source.replace(sign, meant)
    source = _GLUED.sub(r"\1*", source.strip())
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise InputError(f"{text!r} is no complete formula. Write one such as x^2 + 10*y^2.") from None
    if sum(isinstance(node, ast.expr) for node in ast.walk(tree)) > MAX_NODES:
        raise InputError(f"A formula has at most {MAX_NODES} numbers, names and signs. Write a shorter one.")
    _check(tree, names)
    return tree


def _check(node: ast.expr, names: Collection[str]) -> None:
    """Raise an InputError unless all of the tree is known."""
    match node:
        case ast.BinOp(left, sign, right) if isinstance(sign, _SIGNS):
            _check(left, names)
            _check(right, names)
        case ast.UnaryOp(ast.USub() | ast.UAdd(), inner):
            _check(inner, names)
        case ast.Call(ast.Name(name), [inner], []) if name in FUNCTIONS:
            _check(inner, names)
        case ast.Call(ast.Name(name), [left, right], []) if name in PAIRS:
            _check(left, names)
            _check(right, names)
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            if (isinstance(value, int) and value > MAX_WHOLE) or not math.isfinite(value):
                raise InputError(f"A number of the formula is too large: {ast.unparse(node)[:40]}.")
        case ast.Name(name) if name in names or name in CONSTANTS:
            pass
        case _:
            known = ", ".join([*names, *CONSTANTS, *(f"{name}(…)" for name in (*FUNCTIONS, *PAIRS))])
            raise InputError(
                f"A formula cannot use {ast.unparse(node)[:40]!r}. It has numbers, + - * / ^ and {known}."
            )
