"""What the view of the margins says in words and formulas, and what can be taken away from it."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from vizcore.toolkit import separators
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import aligned, number, signed
from vizcore.toolkit.margins import MARGIN_LOSSES
from vizcore.toolkit.separators import Separator

Values = NDArray[np.float64]
Lines = Mapping[str, Separator]

SHORT = {name: entry.title for name, entry in MARGIN_LOSSES.items()}
AFTER = {"same": "stay where it is", "more": "turn further", "back": "turn back"}
SAME = 0.05  # degrees that count as no turn
SAFE = 1.01  # margin at which the hinge certainly asks for no more


def mistakes(points: Values, classes: Values, found: Lines) -> str:
    """How many points each line has on the wrong side, and how many the best line has."""
    if not found:
        return ""
    counts = ", ".join(f"{SHORT[name]} {line.mistakes}" for name, line in found.items())
    return (
        f"Mistakes (0-1): {counts}; no line makes fewer than {separators.fewest_mistakes(points, classes)}."
    )


def notes(found: Lines, count: int) -> list[str]:
    """For each point what every loss takes for it."""
    return [
        "".join(
            [
                "costs " if found else "",
                ", ".join(f"{SHORT[name]} {_said(line.losses[at])}" for name, line in found.items()),
            ]
        )
        for at in range(count)
    ]


def _said(value: float) -> str:
    """Three digits; only what costs nothing at all is 0."""
    return "< 0.001" if 0 < value < 0.001 else f"{value:.3g}"


def formulas(points: Values, classes: Values, line: Separator, loss: str, at: int) -> list[str]:
    """What is made least, and the same for one point with its numbers, in LaTeX."""
    (first, second), (x, y), margin = line.weights, points[at], line.margins[at]
    name, rest = rf"\ell_{{{at + 1}}}", rf"{signed(second)} \cdot {signed(y)} + {signed(line.bias)}"
    return [
        r"\min_{w, b} \frac{1}{N} \sum_n \ell(m_n) + \frac{\lambda}{2} \lVert w \rVert^2",
        aligned([r"m_n &= y_n (w \cdot x_n + b)", rf"\ell(m) &= {MARGIN_LOSSES[loss].formula}"]),
        aligned(
            [
                rf"m_{{{at + 1}}} &= {number(classes[at])} \cdot ({number(first)} \cdot {signed(x)}",
                rf"&\quad {{}} + {rest}) = {number(margin)}",
            ]
        ),
        rf"{name} = {number(line.losses[at])}, \quad "
        rf"\frac{{\partial {name}}}{{\partial m}} = {number(line.slopes[at])}",
    ]


def noticed(points: Values, classes: Values, found: Lines, loss: str, penalty: float, at: int) -> list[str]:
    """Sentences on the chosen point and on the mistakes."""
    said = []
    margin, squared = found["squared"].margins[at], found["squared"]
    if margin > 1:
        said.append(
            f"By the squared loss point {at + 1} is on the right side with a margin of {margin:.3g}, and yet "
            f"it is charged {squared.losses[at]:.3g} for what exceeds 1. The other losses never rise."
        )
    elif margin <= 0:
        said.append(
            f"Point {at + 1} is on the wrong side. The hinge pulls with 1 however far away it lies, the "
            f"exponential loss with {-found['exponential'].slopes[at]:.3g}, as much as it costs."
        )
    said += turned(points, classes, found, penalty, at)
    line = found[loss]
    said.append(
        f"No stand-in lies below the 0-1 loss, so its mean bounds the share of mistakes: {SHORT[loss]} "
        f"${number(line.mean)} \\ge {number(line.mistakes / len(points))}$."
    )
    return said


def turned(points: Values, classes: Values, found: Lines, penalty: float, at: int) -> list[str]:
    """By how much each line turns when one point is taken away; nothing where a class would be empty."""
    rest = np.delete(points, at, 0), np.delete(classes, at)
    try:
        left = separators.compared(*rest, penalty=penalty)
    except InputError:
        return []
    turns = [f"{SHORT[name]} {angle(line, left[name]):.1f}°" for name, line in found.items()]
    return [f"Take point {at + 1} away, and the lines turn: {', '.join(turns)}."]


def angle(line: Separator, other: Separator) -> float:
    """Degrees between the directions of two separators, from 0 to 180."""
    (a, b), (c, d) = line.weights, other.weights
    return float(np.degrees(np.abs(np.arctan2(a * d - b * c, a * c + b * d))))


def predict(points: Values, classes: Values, now: Lines, penalty: float, at: int) -> None:
    """What the line of the squared loss does when one point moves further to its own side."""
    line = now["hinge"]
    if line.margins[at] < SAFE:
        at = int(line.margins.argmax())
    alone = (classes == classes[at]).sum() < 2
    if line.margins[at] < SAFE or alone:
        return
    moved = points.copy()
    moved[at] += line.weights * classes[at] * line.margins[at] / (line.weights @ line.weights)
    if np.abs(moved[at]).max() > separators.MAX_PLACE:
        return

    def reveal() -> tuple[str, str]:
        after = separators.compared(moved, classes, penalty=penalty)
        turn = {name: angle(each, now[name]) for name, each in after.items()}
        rest = separators.separator(
            np.delete(points, at, 0), np.delete(classes, at), loss="squared", penalty=penalty
        )
        further = angle(after["squared"], rest) > angle(now["squared"], rest)
        truth = "same" if turn["squared"] < SAME else "more" if further else "back"
        counts = after["squared"].mistakes, now["squared"].mistakes
        return truth, (
            f"It turns by {turn['squared']:.1f}° and makes {counts[0]} mistakes instead of {counts[1]}; that "
            f"of the hinge turns by {turn['hinge']:.1f}°, since it asks for a margin of 1 and no more."
        )

    ask = (
        f"point {at + 1}, on its right side already, were twice as far from the line of the hinge? The line "
        "of the squared loss would …"
    )
    frame.question(ask, AFTER, f"margin.predict.{penalty}.{at}.{points.tolist()}", reveal)


def aims() -> str:
    """What score each loss asks for where class 1 has the probability η, as a table in Markdown."""
    rows = [
        f"| {entry.title} | ${entry.formula}$ | ${entry.aims_at}$ | {entry.source} |"
        for entry in MARGIN_LOSSES.values()
    ]
    head = [
        "| Loss | $\\ell(m)$ | Best score where $P(y = 1 \\mid x) = \\eta$ | Source |",
        "| --- " * 4 + "|",
    ]
    return "\n".join([*head, *rows])


def files(points: Values, classes: Values, found: Lines, penalty: float) -> Sequence[frame.Export]:
    """Everything in the export menu."""
    table = np.column_stack([points, classes, *(line.margins for line in found.values())])
    titles = ", ".join(SHORT[name].lower() for name in found)
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(
            f"x₁, x₂, class and the margins of {titles} (CSV)",
            "margins.csv",
            "text/csv",
            partial(frame.csv_of, table),
        ),
        frame.Export(*program, partial(script, points, classes, penalty)),
    ]


def script(points: Values, classes: Values, penalty: float) -> bytes:
    """A program that prints the lines and their mistakes."""
    return f'''"""The line between two classes that each convex loss finds

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.separators import compared, fewest_mistakes

points = {points.tolist()!r}
classes = {classes.tolist()!r}
for loss, line in compared(points, classes, penalty={penalty!r}).items():
    weights = ", ".join(f"{{weight:.6g}}" for weight in line.weights)
    print(f"{{loss}}: weights {{weights}}, bias {{line.bias:.6g}}, {{line.mistakes}} mistakes")
print("fewest mistakes of any line:", fewest_mistakes(points, classes))
'''.encode()
