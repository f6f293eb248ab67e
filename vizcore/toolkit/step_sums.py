"""The equations of one step of an optimiser, with the numbers of that step."""

from functools import lru_cache

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.formula_latex import latex, with_numbers
from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.surface_table import AXES
from vizcore.toolkit.surfaces import field
from vizcore.toolkit.trajectories import Path
from vizcore.toolkit.update_rules import RULES, SYMBOLS, Rule
from vizcore.toolkit.update_sums import Sum


@lru_cache(maxsize=64)
def equations(optimizer: str, axis: str = "w") -> tuple[tuple[str, str], ...]:
    """The equations of a step in LaTeX: left side and right side of each, in order.

    Args:
        optimizer: key of RULES.
        axis: what the weight is called.

    Raises:
        InputError: there is no such optimiser.
    """
    rule = pick(RULES, optimizer, "optimiser")
    symbols = {**SYMBOLS, "w": f"{axis}_t", "w_old": f"{axis}_{{t-1}}"}
    return tuple((symbols[name], latex(rule.tree(name), symbols)) for name in rule.equations)


def sums(path: Path, step: int, axis: str = "x") -> tuple[Sum, ...]:
    """From the gradient at a point to the next one, along one axis.

    Args:
        path: of `trajectory`.
        step: 1 leaves the start.
        axis: "x" or "y".

    Returns:
        Sums that follow from one another: the gradient, then each equation; the last one is the next point.

    Raises:
        InputError: the path has no such step, or there is no such axis.
    """
    if not 1 <= step < len(path.points):
        raise InputError(f"The path has the steps 1 to {len(path.points) - 1}, not {step}.")
    own = pick({name: place for place, name in enumerate(AXES)}, axis, "axis")
    rule = RULES[path.optimizer]
    values = _values(path, rule, step, own)
    made = [*(path.states[name][step, own] for name in rule.kept), path.points[step, own]]
    lines = zip(equations(path.optimizer, axis), rule.equations, made, strict=True)
    return (
        _gradient(path, step, own),
        *(
            Sum(left, right, with_numbers(rule.tree(name), values), float(value))
            for (left, right), name, value in lines
        ),
    )


def _values(path: Path, rule: Rule, step: int, own: int) -> dict[str, float]:
    """A number for each name in the equations of a step."""
    before, other = step - 1, 1 - own
    values: dict[str, float] = {**path.settings, "lr": path.lr, "t": step}
    values |= {"w_old": path.points[before, own], "g": path.gradients[before, own]}
    values |= {f"{name}_old": path.states[name][before, own] for name in rule.kept}
    values |= {name: path.states[name][step, own] for name in rule.kept}
    if rule.curved:
        xx, xy, yy = field(path.surface, path.shape)[0].curvatures(*path.points[before])
        names = ("g_other", "f_own", "f_mixed", "f_other")
        entries = (path.gradients[before, other], (xx, yy)[own], xy, (yy, xx)[own])
        values |= dict(zip(names, entries, strict=True))
    return values


def _gradient(path: Path, step: int, own: int) -> Sum:
    """The slope of the surface along an axis, and the noise that came with it."""
    at, seen = path.points[step - 1], float(path.gradients[step - 1, own])
    slope = rf"\frac{{\partial f}}{{\partial {AXES[own]}}}"
    formula, numbers = slope + "(x_{t-1}, y_{t-1})", f"{slope}({number(at[0])}, {number(at[1])})"
    if path.shape.get("noise"):
        true = float(field(path.surface, path.shape)[0].slopes(*at)[1 + own])
        formula, numbers = rf"{formula} + \xi_t", f"{number(true)} + {signed(seen - true)}"
    return Sum("g_t", formula, numbers, seen)
