"""Softmax and its relatives: every output depends on all inputs, so the slope is a matrix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from vizcore.toolkit.curves import Floats
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.latex import number
from vizcore.toolkit.parameters import Parameter, complete, numbers

MOST = 100  # inputs; the Jacobian has their square
_WRITTEN = 4  # powers in a sum; of more, some in the middle are left out


@dataclass(frozen=True)
class VectorActivation:
    """A function that turns K numbers into K numbers."""

    title: str
    function: Callable[..., Tensor]  # takes x (K,) and the parameters by name
    formula: str  # LaTeX, of f_i(x)
    slope: str  # LaTeX, of the derivative of f_i by x_j
    numbers: str  # the same for the numbers {T}, {fi}, {fj} and {d} for delta
    range: str  # LaTeX, of every output
    source: str
    says: str  # one sentence: what it is for
    exponents: Callable[..., Tensor]  # what e is raised to in the formula, from the same arguments
    parameters: tuple[Parameter, ...] = ()
    logarithms: bool = False  # whether the outputs are logarithms of probabilities


@dataclass(frozen=True, eq=False)
class Vector:
    """A vector function at one place."""

    x: Floats  # (K,)
    value: Floats  # (K,)
    exponents: Floats  # (K,) what e is raised to in the formula
    entropy: float  # nats, of the probabilities: 0 when one has all, log K when all are alike
    jacobian: Floats  # (K, K), output by input, by autograd


def _softmax(x: Tensor, temperature: float) -> Tensor:
    return F.softmax(x / temperature, dim=0)


def _softmin(x: Tensor) -> Tensor:
    return F.softmin(x, dim=0)


def _log_softmax(x: Tensor) -> Tensor:
    return F.log_softmax(x, dim=0)


VECTORS: Mapping[str, VectorActivation] = {
    "softmax": VectorActivation(
        "Softmax",
        _softmax,
        r"\frac{e^{x_i / T}}{\sum_k e^{x_k / T}}",
        r"\tfrac{1}{T} f_i\,(\delta_{ij} - f_j)",
        r"\tfrac{{1}}{{{T}}} \cdot {fi} \cdot ({d} - {fj})",
        "(0, 1)",
        "Bridle 1990; with a temperature: Hinton, Vinyals & Dean 2015, arXiv:1503.02531",
        "Makes probabilities of scores: a low temperature picks the largest, a high one makes all alike.",
        lambda x, temperature: x / temperature,
        (Parameter("temperature", "Temperature T", 0.05, 20, 1, 0.05),),
    ),
    "softmin": VectorActivation(
        "Softmin",
        _softmin,
        r"\frac{e^{-x_i}}{\sum_k e^{-x_k}}",
        r"-f_i\,(\delta_{ij} - f_j)",
        "-{fi} \\cdot ({d} - {fj})",
        "(0, 1)",
        "PyTorch, torch.nn.Softmin",
        "The softmax of −x: the smallest number gets the largest share.",
        lambda x: 0 - x,
    ),
    "log_softmax": VectorActivation(
        "LogSoftmax",
        _log_softmax,
        r"x_i - \ln \sum_k e^{x_k}",
        r"\delta_{ij} - e^{f_j}",
        "{d} - e^{{{fj}}}",
        r"(-\infty, 0)",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2",
        "The logarithm of the softmax in one step, which neither overflows nor takes the logarithm of 0.",
        lambda x: x,
        logarithms=True,
    ),
}


def vector(name: str, x: ArrayLike, **parameters: float) -> Vector:
    """A vector function and all its derivatives.

    Args:
        name: key of VECTORS.
        x: (K,) numbers up to a million with or without a minus; K is 1 to 100.
        parameters: as its entry lists them; one that is left out has its start value.

    Raises:
        InputError: there is no such function or parameter, or a number is out of range.
    """
    entry = pick(VECTORS, name, "vector function")
    values = complete(entry.parameters, parameters, entry.title)
    scores = numbers(x, MOST)
    if scores.ndim != 1:
        raise InputError(f"{entry.title} takes one row of numbers, not a grid of shape {scores.shape}.")
    with torch.enable_grad():
        inputs = torch.tensor(scores, requires_grad=True)
        outputs = entry.function(inputs, **values)
        slopes = [torch.autograd.grad(output, inputs, retain_graph=True)[0] for output in outputs]
    found, exponents = outputs.detach(), entry.exponents(inputs.detach(), **values)
    entropy = torch.special.entr(found.exp() if entry.logarithms else found).sum()
    return Vector(scores, found.numpy(), exponents.numpy(), entropy.item(), torch.stack(slopes).numpy())


def written(name: str, found: Vector, output: int) -> str:
    """One output in LaTeX with the numbers in it.

    Args:
        name: key of VECTORS.
        found: what that function makes of a vector.
        output: index.
    """
    powers = [f"e^{{{number(exponent)}}}" for exponent in found.exponents]
    if len(powers) > _WRITTEN:
        powers[_WRITTEN - 2 : -1] = [r"\dots"]
    total, own = " + ".join(powers), number(found.exponents[output])
    logarithm = VECTORS[name].logarithms
    fraction = rf"{own} - \ln({total})" if logarithm else rf"\frac{{e^{{{own}}}}}{{{total}}}"
    return rf"f_{{{output}}} = {fraction} = {number(found.value[output])}"


def slope_written(name: str, found: Vector, output: int, by: int, **parameters: float) -> str:
    """The derivative of one output by one input in LaTeX with the numbers in it.

    Args:
        name: key of VECTORS.
        found: what that function makes of a vector, with the same parameters.
        output, by: indices of the output and of the input.
        parameters: those that are not at their start value.
    """
    values = complete(VECTORS[name].parameters, parameters, VECTORS[name].title)
    given = {"fi": number(found.value[output]), "fj": number(found.value[by]), "d": int(output == by)}
    given |= {"T": number(values.get("temperature", 1))}
    left = rf"\frac{{\partial f_{{{output}}}}}{{\partial x_{{{by}}}}}"
    return f"{left} = {VECTORS[name].numbers.format(**given)} = {number(found.jacobian[output, by])}"
