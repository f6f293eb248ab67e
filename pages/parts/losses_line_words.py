"""What the view of the fitted lines says in words and formulas, and what can be taken away from it."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from vizcore.exhibits.losses import LOSSES
from vizcore.toolkit import regression
from vizcore.toolkit.latex import number
from vizcore.toolkit.regression import Line

Floats = NDArray[np.float64]
Lines = Mapping[str, Line]

SHORT = {"mse": "MSE", "l1": "L1", "huber": "Huber"}
AFTER = {
    "same": "stay exactly where it is",
    "some": "turn a little",
    "twice": "turn towards it as much again",
}
LONG = 0.5  # leverage above which a point decides about the slope almost alone
SAME = 1e-9  # change of slope and height that counts as none
WAYS = {1: " down", 0: "", -1: " up"}  # where a point pulls the line, by the sign of the slope


def slopes(found: Lines) -> str:
    """The slope of every line, in one sentence."""
    return "Slopes: " + ", ".join(f"{SHORT[name]} {_said(line.slope)}" for name, line in found.items()) + "."


def notes(found: Lines, count: int) -> list[str]:
    """For each point what every loss takes for it, and how hard it pulls."""
    return [
        "; ".join(
            f"{SHORT[name]} costs {line.losses[at]:.3g}, pulls {_pull(line.pulls[at])}"
            for name, line in found.items()
        )
        for at in range(count)
    ]


def _said(value: float) -> str:
    return f"{value:.3g}".replace("-", "−") if abs(value) > SAME else "0"


def _pull(slope: float) -> str:
    return f"{abs(slope):.3g}{WAYS[int(np.sign(slope))]}"


def formulas(points: Floats, found: Lines, loss: str, delta: float, at: int) -> list[str]:
    """What is made least, the same for one point with its numbers, and the three lines, in LaTeX."""
    entry, line, y = LOSSES[loss], found[loss], float(points[at, 1])
    settings = {"delta": delta} if loss == "huber" else {}
    numbers = entry.written(y + float(line.residuals[at]), target=y, **settings)
    rows = [
        rf"\text{{{SHORT[name]}:}} & {each.written} & \text{{mean }} {number(each.mean)}"
        for name, each in found.items()
    ]
    return [
        r"\min_{a, b} \frac{1}{N} \sum_n \ell(\hat y_n, y_n), \quad \hat y_n = a x_n + b",
        rf"\ell(\hat y, y) = {entry.formula}",
        rf"\ell_{{{at + 1}}} = {numbers} = {number(line.losses[at])}, \quad "
        rf"\frac{{\partial \ell_{{{at + 1}}}}}{{\partial \hat y}} = {number(line.pulls[at])}",
        r"\begin{array}{lll} " + r" \\ ".join(rows) + r" \end{array}",
    ]


def noticed(points: Floats, found: Lines, delta: float) -> list[str]:
    """Sentences on the point that is furthest from the L1 line, or has the longest lever."""
    if len(points) == 2:
        return ["Two points have one line through both: every residual is 0, whatever the loss. Add a third."]
    levers = leverages(points)
    far = int(levers.argmax() if levers.max() > LONG else np.abs(found["l1"].residuals).argmax())
    squares, total = found["mse"].losses, float(found["mse"].losses.sum())
    said = []
    if total:
        said.append(
            f"By MSE, point {far + 1} alone makes {squares[far] / total:.0%} of the whole loss and pulls "
            f"with {abs(found['mse'].pulls[far]):.3g}; by L1 no point pulls harder than 1, by Huber none "
            f"harder than {delta:g}."
        )
    said += without(points, found, delta, far)
    if levers[far] > LONG:
        said.append(
            f"The leverage of point {far + 1} is {levers[far]:.2f}, where 1 is the most: it lies so far to "
            "the side that a bounded pull turns the line all the same. L1 and Huber protect from outliers "
            "along y, not along x."
        )
    else:
        said.append(f"The L1 line goes through points {through(found['l1'])}: it is a median, not a mean.")
    return said


def leverages(points: Floats) -> Floats:
    """(N,) how much of its own fitted value each point decides under least squares, from 1 / N to 1."""
    away = points[:, 0] - points[:, 0].mean()
    found: Floats = 1 / len(points) + away**2 / (away**2).sum()
    return found


def without(points: Floats, found: Lines, delta: float, at: int) -> list[str]:
    """What the slopes would be if one point were not there; nothing where that leaves no line."""
    rest = np.delete(points, at, 0)
    if len(rest) < 2 or np.ptp(rest[:, 0]) < 1e-6:
        return []
    left = regression.compared(rest, delta=delta)
    turns = [
        f"{SHORT[name]} from {_said(line.slope)} to {_said(left[name].slope)}" for name, line in found.items()
    ]
    return [f"Take point {at + 1} away, and the slopes change: {', '.join(turns)}."]


def through(line: Line) -> str:
    """The numbers of the points that a line meets."""
    met = np.flatnonzero(line.residuals == 0) + 1
    return " and ".join(str(at) for at in met) if len(met) <= 3 else f"{len(met)} of them"


def predict(points: Floats, line: Line, delta: float) -> None:
    """What the L1 line does when its furthest point moves away as far again."""
    far = int(np.abs(line.residuals).argmax())
    moved = points.copy()
    moved[far, 1] -= line.residuals[far]
    if not line.residuals[far] or abs(moved[far, 1]) > regression.MAX_PLACE:
        return

    def reveal() -> tuple[str, str]:
        before, after = regression.compared(points, delta=delta), regression.compared(moved, delta=delta)
        turn = {name: abs(after[name].slope - each.slope) for name, each in before.items()}
        lifted = abs(after["l1"].intercept - line.intercept)
        truth = "same" if max(turn["l1"], lifted) < SAME else "some" if turn["l1"] < turn["mse"] else "twice"
        return truth, (
            f"Its slope changes by {_said(turn['l1'])}, that of MSE by {_said(turn['mse'])} and that of "
            f"Huber by {_said(turn['huber'])}. L1 asks on which side a point lies, not how far away."
        )

    ask = (
        f"point {far + 1}, the furthest from the L1 line, were not {abs(line.residuals[far]):.3g} but twice "
        "as far above or below it? That line would …"
    )
    frame.question(ask, AFTER, f"line.predict.{points.tolist()}", reveal)


def files(points: Floats, found: Lines, delta: float) -> Sequence[frame.Export]:
    """Everything in the export menu."""
    table = np.column_stack([points, *(line.residuals for line in found.values())])
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(
            "x, y and the residuals of MSE, L1 and Huber (CSV)",
            "line.csv",
            "text/csv",
            partial(frame.csv_of, table),
        ),
        frame.Export(*program, partial(script, points, delta)),
    ]


def script(points: Floats, delta: float) -> bytes:
    """A program that prints the three lines."""
    return f'''"""A line fitted with three losses

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.regression import compared

points = {points.tolist()!r}
for loss, line in compared(points, delta={delta!r}).items():
    print(f"{{loss}}: y = {{line.slope:.6g}} x + {{line.intercept:.6g}}, mean loss {{line.mean:.6g}}")
'''.encode()
