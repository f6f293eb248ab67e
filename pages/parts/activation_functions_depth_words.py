"""What is said of signals through many layers: the formula with its numbers, what to notice, a question."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from pages import frame
from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.latex import number
from vizcore.toolkit.mean_field import Forecast
from vizcore.toolkit.signal_flow import DEPTHS, INITIALISATIONS, LOST, WIDTH, Floats, Flow

SMALLEST = 1.4e-45  # of float32, above 0
VERDICTS = {"vanishes": "vanish", "arrives": "arrive", "explodes": "explode"}
FlowOf = Callable[[tuple[str, ...], tuple[str, ...], int, int], Flow]


def explain(function: str, init: str, gradient: Floats, expected: Forecast, layer: int) -> None:
    """The factor of a layer and its power, with the numbers of the selected pair."""
    entry, depth = INITIALISATIONS[init], len(gradient) - 1
    share = gradient[0] / gradient[-1]
    here = gradient[layer - 1] / gradient[layer] if gradient[layer] else 0.0
    st.markdown(f"**{ACTIVATIONS[function].title}, {entry.title}**")
    st.latex(
        r"\frac{\lVert \partial\mathcal{L}/\partial h_0 \rVert}"
        rf"{{\lVert \partial\mathcal{{L}}/\partial h_{{{depth}}} \rVert}} = g^{{{depth}}} = "
        rf"{factor_text(share ** (1 / depth))}^{{{depth}}} = {number(share)}"
    )
    st.latex(
        rf"\begin{{aligned}} g_{{{layer}}} &\approx \sqrt{{d\,v\;E[f'(z_{{{layer}}})^2]}} \\ &= "
        rf"\sqrt{{{WIDTH} \cdot {number(entry.variance)} \cdot {number(expected.slopes[layer - 1])}}} = "
        rf"{number(expected.factors[layer - 1])} \end{{aligned}}"
    )
    st.caption(
        f"Layer {layer}, measured: {here:.3g}. The weights, ${entry.formula}$, have the variance $v$; "
        f"$d = {WIDTH}$ is the width. {entry.says}"
    )


def noticed(flow: Flow, function: str, init: str) -> list[str]:
    """Sentences with the numbers of the selected pair."""
    at = flow.initialisations.index(init), flow.functions.index(function)
    signal, gradient, depth = flow.activations[at], flow.gradients[at], flow.gradients.shape[2] - 1
    verdict, share = flow.verdicts[at[0]][at[1]], gradient[0] / gradient[-1]
    said = [
        f"{depth} layers below the top the gradient is ${number(share)}$ times as large as there: it "
        f"{verdict}, with a factor of {factor_text(flow.factors[at])} for each layer."
    ]
    if 0 < gradient.min() < SMALLEST:
        said.append(f"In float32 it would be exactly 0 from layer {lost(gradient)} down.")
    if verdict == "vanishes" and signal[-1] > LOST:
        said.append(f"The signal does not tell: it still stands at {signal[-1]:.3g} in the last layer.")
    if init == "zeros":
        said.append("All units of a layer are alike, and the weights below the last never hear of the loss.")
    if init == "lecture":
        said.append(
            rf"The lectures start weights in $[-\frac1d, \frac1d]$: that is $1/\sqrt{{3d}}$ of what keeps a "
            f"linear layer's signal, here {1 / np.sqrt(3 * WIDTH):.3g}."
        )
    arrive = sum(row.count("arrives") for row in flow.verdicts)
    said.append(f"Of the {len(flow.functions) * len(flow.initialisations)} pairs, {arrive} arrive.")
    if function == "relu":
        said.append(
            'The lecture has that ReLU "prevents the vanishing gradient function": the vanishing gradient '
            "*problem* is meant. What helps is a slope of exactly 1 above 0: half of the squares pass whole, "
            r"so variance $\frac2d$ keeps them all."
        )
    return said


def factor_text(factor: float) -> str:
    """A factor with as many digits as its high powers need; those of factors near 1 need more."""
    return f"{factor:.4f}" if 0.9 < factor < 1.1 else f"{factor:.3g}"


def lost(gradient: Floats) -> int:
    """The uppermost layer whose gradient float32 would round to 0."""
    return int(np.flatnonzero(gradient < SMALLEST).max())


def predict(flow: Flow, function: str, init: str, flow_of: FlowOf, seed: int) -> None:
    """What becomes of the gradient in a network twice as deep, or half as deep."""
    depth = flow.gradients.shape[2] - 1
    twice = 2 * depth <= DEPTHS[1]
    other = 2 * depth if twice else depth // 2

    def reveal() -> tuple[str, str]:
        found = flow_of((function,), (init,), other, seed)
        share, factor = found.gradients[0, 0, 0] / found.gradients[0, 0, -1], factor_text(found.factors[0, 0])
        why = "squares what is left" if twice else "takes the root of what is left"
        return found.verdicts[0][0], f"{factor} to the power of {other} is ${number(share)}$: it {why}."

    size = "twice as deep" if twice else "half as deep"
    ask = f"the network were {size}, {other} layers? The gradient would …"
    frame.question(ask, VERDICTS, f"depth.predict.{function}.{init}.{depth}.{seed}", reveal)
