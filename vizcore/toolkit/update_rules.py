"""Optimisers as equations: what runs, what is shown, and what is shown with its numbers, are one text.

The equations of a step follow one another and hold for each coordinate i by itself; Newton's alone look at
the other one, j. A name with `_old` is what it was before the step: 0 before the first one, but for w.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from vizcore.toolkit.expressions import Program, built, constant, variable
from vizcore.toolkit.formula import parsed
from vizcore.toolkit.parameters import Parameter

# what every rule is given: rate, number of the step, weight, gradient; for Newton the other one, the Hessian
GIVEN = ("lr", "t", "w_old", "g", "g_other", "f_own", "f_mixed", "f_other")
# LaTeX of all names in the equations
SYMBOLS: Mapping[str, str] = {
    "lr": r"\eta",
    "t": "t",
    "w_old": "w_{t-1}",
    "w": "w_t",
    "g": "g_t",
    "g_other": "g_j",
    "f_own": "f_{ii}",
    "f_mixed": "f_{ij}",
    "f_other": "f_{jj}",
    "v_old": "v_{t-1}",
    "v": "v_t",
    "m_old": "m_{t-1}",
    "m": "m_t",
    "s_old": "s_{t-1}",
    "s": "s_t",
    "m_hat": r"\hat m_t",
    "s_hat": r"\hat s_t",
    "d": "d_t",
    "momentum": r"\mu",
    "alpha": r"\alpha",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "decay": r"\lambda",
}


@dataclass(frozen=True)
class Rule:
    """An optimiser."""

    title: str
    equations: Mapping[str, str]  # name -> formula, in order; the last one is the weight's
    rate: float  # a learning rate to start with
    says: str  # one or two sentences
    source: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        """What the equations make besides the weight."""
        return tuple(name for name in self.equations if name != "w")

    @property
    def names(self) -> tuple[str, ...]:
        """What the program of a step takes: GIVEN, then each of `kept` as it was."""
        return (*GIVEN, *(f"{name}_old" for name in self.kept))

    @property
    def curved(self) -> bool:
        """Whether it asks for the Hessian."""
        return any("f_own" in text for text in self.equations.values())

    def tree(self, name: str) -> ast.expr:
        """The equation of one of its left sides."""
        return _tree(self.equations[name])

    def program(self, settings: Mapping[str, float]) -> Program:
        """One step of one coordinate: takes `names`, gives each left side in the order of the equations.

        Args:
            settings: the value of every parameter.
        """
        inputs = {name: variable(name) for name in self.names}
        known = inputs | {name: constant(value) for name, value in settings.items()}
        for name in self.equations:
            known[name] = built(self.tree(name), known)
        return Program(list(inputs.values()), [known[name] for name in self.equations])


@lru_cache(maxsize=64)
def _tree(equation: str) -> ast.expr:
    """A race asks for each equation many times."""
    return parsed(equation, SYMBOLS)


_MOMENTUM = Parameter("momentum", "Momentum μ", 0, 0.999, 0.9, 0.01)
_BETAS = (
    Parameter("beta1", "Decay of the mean β₁", 0, 0.999, 0.9, 0.01),
    Parameter("beta2", "Decay of the square β₂", 0, 0.9999, 0.999, 0.001),
)
_MEAN = {"m": "beta1*m_old + (1 - beta1)*g"}
_SQUARE = {"s": "beta2*s_old + (1 - beta2)*g**2"}
_HATS = {"m_hat": "m/(1 - beta1**t)", "s_hat": "s/(1 - beta2**t)"}

RULES: Mapping[str, Rule] = {
    "gd": Rule(
        "Gradient descent",
        {"w": "w_old - lr*g"},
        0.05,
        "Follows the gradient, and nothing else.",
        "Cauchy 1847",
    ),
    "momentum": Rule(
        "Momentum",
        {"v": "momentum*v_old + g", "w": "w_old - lr*v"},
        0.01,
        "Gathers speed where gradients agree, and evens out where they do not.",
        "Polyak 1964, as in PyTorch",
        (_MOMENTUM,),
    ),
    "nesterov": Rule(
        "Nesterov",
        {"v": "momentum*v_old + g", "w": "w_old - lr*(g + momentum*v)"},
        0.01,
        "Momentum that looks one step ahead.",
        "Nesterov 1983; Sutskever et al. 2013",
        (_MOMENTUM,),
    ),
    "adagrad": Rule(
        "Adagrad",
        {"s": "s_old + g**2", "w": "w_old - lr*g/(sqrt(s) + 1e-10)"},
        0.5,
        "Divides by all gradients so far, so that steps only ever get smaller.",
        "Duchi, Hazan & Singer 2011",
    ),
    "rmsprop": Rule(
        "RMSProp",
        {"s": "alpha*s_old + (1 - alpha)*g**2", "w": "w_old - lr*g/(sqrt(s) + 1e-8)"},
        0.05,
        "Divides each gradient by its own recent size, so that all coordinates move at a like pace.",
        "Tieleman & Hinton 2012, lecture 6.5",
        (Parameter("alpha", "Decay of the square α", 0, 0.9999, 0.99, 0.01),),
    ),
    "adam": Rule(
        "Adam",
        {**_MEAN, **_SQUARE, **_HATS, "w": "w_old - lr*m_hat/(sqrt(s_hat) + 1e-8)"},
        0.1,
        "Momentum over RMSProp, both corrected for their start at 0.",
        "Kingma & Ba 2014, arXiv:1412.6980",
        _BETAS,
    ),
    "adamw": Rule(
        "AdamW",
        {**_MEAN, **_SQUARE, **_HATS, "w": "w_old - lr*decay*w_old - lr*m_hat/(sqrt(s_hat) + 1e-8)"},
        0.1,
        "Adam with a pull towards 0 that does not pass through the division, so it stops short of minima "
        "that lie elsewhere.",
        "Loshchilov & Hutter 2017, arXiv:1711.05101",
        (*_BETAS, Parameter("decay", "Weight decay λ", 0, 1, 0.01, 0.01)),
    ),
    "newton": Rule(
        "Newton",
        {"d": "(f_other*g - f_mixed*g_other)/(f_own*f_other - f_mixed**2)", "w": "w_old - lr*d"},
        1.0,
        "Divides by the curvature: with rate 1 it goes to where the bowl that fits here has no slope, which "
        "may be a saddle. $f_{ii}$, $f_{jj}$ and $f_{ij}$ are the second derivatives along this axis, along "
        "the other one and along both; $g_j$ is the slope along the other one.",
        "Newton 1685; Boyd & Vandenberghe 2004, section 9.5",
    ),
    "adam_lecture": Rule(
        "Adam as a lecture prints it",
        {
            **_MEAN,
            "s": "beta2*m_old + (1 - beta2)*g**2",
            **_HATS,
            "w": "w_old - lr*m_hat/(s_hat + 1e-8)",
        },
        0.1,
        "Two slips: the second moment keeps m in place of s, and the root below the step is missing.",
        "Misprint of a lecture",
        _BETAS,
    ),
    "adam_no_root": Rule(
        "Adam without the root",
        {**_MEAN, **_SQUARE, **_HATS, "w": "w_old - lr*m_hat/(s_hat + 1e-8)"},
        0.1,
        "Divides by the square of the gradient's size: small gradients give large steps.",
        "The second slip of the lecture by itself",
        _BETAS,
    ),
}
