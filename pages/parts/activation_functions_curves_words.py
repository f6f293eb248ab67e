"""What is said about the chosen activation functions, in sentences and in a table."""

import re
from collections.abc import Mapping

import numpy as np

from pages.parts.activation_functions_curves_settings import Chosen
from vizcore.toolkit import activation_facts
from vizcore.toolkit.activation_facts import RELATIONS, Facts, Relation
from vizcore.toolkit.activations import ACTIVATIONS, FLAT, Curve
from vizcore.toolkit.latex import number

PARTED = re.compile(r"(?:,|(?<=\\end\{cases\}))\s*\\quad\s*")  # what follows explains a symbol
WIDE = 34  # letters of an equation that fit beside each other on a phone
SAME = 1e-12  # a smaller distance is rounding
COLUMNS = ("Function", "Range", "Mean after N(0, 1)", "Variance", "Lipschitz constant", "Saturates", "Source")


def noticed(chosen: Chosen, found: Mapping[str, Curve], facts: Mapping[str, Facts]) -> list[str]:
    """Sentences with the numbers of what is shown."""
    said = [at_cursor(chosen, found), *vanishing(facts)]
    if "step" in found:
        said.append(
            r"The lecture's step neuron compares a $Y$ that it does not define: it is the weighted input, "
            r"$Y = \sum_i w_i x_i + b$. "
            f"Its slope is {text(np.abs(found['step'].slope).max())} on both sides of the jump."
        )
    if "relu" in found:
        above = found["relu"].slope[found["relu"].x > 0]
        said.append(
            f"For every x above 0 the slope of ReLU is exactly {text(above.min())}. That is what helps "
            "against the vanishing gradient *problem*; the lecture calls it a “function”, and gives “almost "
            "linear” as the reason."
        )
    if "softplus" in found:
        beta = chosen.parameters["softplus"]["beta"]
        said.append(
            f"Above x = 20/β = {text(20 / beta)} PyTorch returns x in place of the softplus, "
            f"which is only ${number(np.log1p(np.exp(-20)) / beta)}$ larger there."
        )
    if "selu" in found:
        noise = facts["selu"].noise
        said.append(
            f"N(0, 1) leaves SELU with mean {noise.mean + 0.0:.3f} and variance {noise.variance:.3f}: "
            "it normalises itself."
        )
    return [*said, *dips(facts), *related(chosen)]


def at_cursor(chosen: Chosen, found: Mapping[str, Curve]) -> str:
    """Which functions saturate where the cursor stands."""
    at = int(np.abs(chosen.x - chosen.cursor).argmin())
    slopes = {ACTIVATIONS[name].title: curve.slope[at] for name, curve in found.items()}
    flat = [f"{title} (slope ${number(slope)}$)" for title, slope in slopes.items() if abs(slope) < FLAT]
    where = f"At x = {text(chosen.cursor)}"
    if not flat:
        return f"{where} none of them is flat."
    return f"{where} hardly any gradient comes through {listed(flat)}."


def vanishing(facts: Mapping[str, Facts]) -> list[str]:
    """The function that weakens a gradient most where it is steepest, if any does."""
    steepest = {name: each.lipschitz for name, each in facts.items() if 0 < each.lipschitz < 1}
    if not steepest:
        return []
    name, most = min(steepest.items(), key=lambda entry: entry[1])
    return [
        f"{ACTIVATIONS[name].title} is nowhere steeper than {text(most)}: with weights of 1, ten in a row "
        f"leave at most ${number(most)}^{{10}} = {number(most**10)}$ of a gradient."
    ]


def dips(facts: Mapping[str, Facts]) -> list[str]:
    """Where functions that fall before they rise are lowest."""
    found = [
        f"{ACTIVATIONS[name].title} at ${each.dip[0]:.4f}$ with ${each.dip[1]:.5f}$"
        for name, each in facts.items()
        if each.dip
    ]
    return [f"Falling before they rise, they are lowest: {listed(found)}."] if found else []


def relations(chosen: Chosen) -> list[Relation]:
    """Those between the chosen functions."""
    return [entry for entry in RELATIONS if set(entry.functions) <= set(chosen.parameters)]


def related(chosen: Chosen) -> list[str]:
    """Which functions are others in disguise, and how well that holds with the parameters as they are."""
    said = []
    for relation in relations(chosen):
        apart = activation_facts.apart(relation, chosen.x, chosen.parameters[relation.functions[0]])
        far = "agree to the last bit" if apart == 0 else rf"differ by ${number(apart)}$ at most"
        rounding = ", which is rounding" if 0 < apart < SAME else ""
        said.append(f"${relation.formula}$: as drawn, both sides {far}{rounding}.")
    return said


def table(facts: Mapping[str, Facts]) -> dict[str, list[str]]:
    """A column of cells in Markdown for each title of COLUMNS."""
    rows = []
    for name, each in facts.items():
        entry, noise = ACTIVATIONS[name], each.noise
        mean = "0: zero-centred" if noise.zero_centred else text(noise.mean)
        numbers = [mean, text(noise.variance), text(each.lipschitz), saturates(each.ends)]
        rows.append([entry.title, f"${entry.range}$", *numbers, entry.source])
    return {title: [row[column] for row in rows] for column, title in enumerate(COLUMNS)}


def saturates(ends: tuple[float, float]) -> str:
    """Where a function is flat for good."""
    below, above = ends
    if below > above:
        return "everywhere"
    sides = [(below, "below"), (above, "above")]
    return " and ".join(f"{word} {text(end)}" for end, word in sides if np.isfinite(end)) or "never for good"


def chain(left: str, formula: str, filled: str) -> list[str]:
    """Lines of LaTeX: an equation, the same with numbers, and what it comes to.

    Args:
        left: f or f'.
        formula: of x.
        filled: the same as `activation_formulas.written` has it.
    """
    first, *notes = PARTED.split(formula)
    main, *more = PARTED.split(filled.partition(" = ")[2])
    numbers, _, result = main.rpartition(" = ")
    lines = [f"{left}(x) &= {first}", *(rf"&\quad {note}" for note in notes)]
    if numbers == result:
        return lines if first.split()[0] == result else [*lines, f"&= {result}"]
    lines += [f"&= {numbers}", f"&= {result}"] if wide(main) else [f"&= {main}"]
    return [*lines, *(rf"&\quad {note}" for note in more if note not in notes)]


def wide(equation: str) -> bool:
    """Whether an equation in LaTeX is too long for one line, roughly."""
    letters = re.sub(r"\\[a-zA-Z]+", "..", re.sub(r"[{}\s^&]", "", equation))
    return "cases" not in equation and len(letters) > WIDE


def listed(parts: list[str]) -> str:
    """Several parts of a sentence as one."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def text(value: float) -> str:
    """Three significant digits, with a real minus sign."""
    if np.isinf(value):
        return "∞"
    return f"{0 if abs(value) < SAME else value:.3g}".replace("-", "−")
