"""The formulas of losses in LaTeX with numbers in them, as far as the equals sign before the result.

Of a loss that is made of pieces the piece is written that the prediction lies on.
"""

import math

from vizcore.toolkit.latex import aligned
from vizcore.toolkit.latex import number as n
from vizcore.toolkit.latex import signed as s


def mse(x: float, *, target: float) -> str:
    return f"({n(x)} - {s(target)})^2"


def l1(x: float, *, target: float) -> str:
    return rf"\left| {n(x)} - {s(target)} \right|"


def smooth_l1(x: float, *, target: float, beta: float) -> str:
    if abs(x - target) < beta:
        return rf"\frac{{({n(x)} - {s(target)})^2}}{{2 \cdot {n(beta)}}}"
    return rf"{l1(x, target=target)} - \frac{{{n(beta)}}}{{2}}"


def huber(x: float, *, target: float, delta: float) -> str:
    if abs(x - target) < delta:
        return rf"\frac{{({n(x)} - {s(target)})^2}}{{2}}"
    return rf"{n(delta)} \left( {l1(x, target=target)} - \frac{{{n(delta)}}}{{2}} \right)"


def hinge(x: float, *, target: float) -> str:
    return rf"\max(0,\ 1 - {s(target)} \cdot {s(x)})"


def zero_one(x: float, *, target: float) -> str:
    return rf"\left[ {n(target)} \cdot {s(x)} \le 0 \right]"


def bce(x: float, *, target: float) -> str:
    return rf"-\left( {n(target)} \log {n(x)} + {n(1 - target)} \log {n(1 - x)} \right)"


def bce_logits(x: float, *, target: float, weight: float) -> str:
    one = rf"{n(weight)} \cdot {n(target)} \log \sigma({n(x)})"
    return rf"-\left( {one} + {n(1 - target)} \log \sigma({n(-x)}) \right)"


def cross_entropy(
    x: float, *, second: float, third: float, target: float, weight: float, smoothing: float, ignore: float
) -> str:
    if target == ignore:
        return rf"0 \text{{ (class {n(target)} is ignored)}}"
    logits, weights = (x, second, third), (weight, 1.0, 1.0)
    top = max(logits)
    total = top + math.log(sum(math.exp(logit - top) for logit in logits))
    terms = [rf"{n(w)} \cdot {s(logit - total)}" for w, logit in zip(weights, logits, strict=True)]
    if not smoothing:
        return f"-{terms[int(target)]}"
    kept = rf"& -{n(1 - smoothing)} \cdot {terms[int(target)]}"
    spread = rf"& - \tfrac{{{n(smoothing)}}}{{3}} \big( {terms[0]} + {terms[1]}"
    return aligned([kept, spread, rf"& \qquad {{}} + {terms[2]} \big)"])


def nll(x: float, *, weight: float) -> str:
    return rf"-{n(weight)} \cdot {s(x)}"


def kl(x: float, *, target: float) -> str:
    first = rf"{n(target)} \log \frac{{{n(target)}}}{{{n(x)}}}"
    return rf"{first} + {n(1 - target)} \log \frac{{{n(1 - target)}}}{{{n(1 - x)}}}"


def reverse_kl(x: float, *, target: float) -> str:
    return kl(target, target=x)


def margin_ranking(x: float, *, other: float, target: float, margin: float) -> str:
    return rf"\max(0,\ -{s(target)} \cdot ({n(x)} - {s(other)}) + {n(margin)})"


def triplet(x: float, *, positive: float, negative: float, margin: float) -> str:
    return rf"\max(0,\ {l1(x, target=positive)} - {l1(x, target=negative)} + {n(margin)})"


def cosine(x: float, *, target: float, margin: float) -> str:
    angle = rf"\cos({n(x)}^\circ)"
    return f"1 - {angle}" if target > 0 else rf"\max(0,\ {angle} - {s(margin)})"


def focal(x: float, *, target: float, gamma: float, alpha: float) -> str:
    right = x if target else -x
    fade = rf"\left( 1 - \sigma({n(right)}) \right)^{{{n(gamma)}}}"
    return rf"-{n(alpha if target else 1 - alpha)} {fade} \log \sigma({n(right)})"
