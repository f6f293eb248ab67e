"""How weights are moved down the gradient: optimisers, how their rate changes with time, how weights start.

PyTorch's own optimisers do the work; equal settings give its results bit for bit.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Generator, Tensor, nn

from vizcore.toolkit.errors import pick

M = TypeVar("M", bound=nn.Module)

MOMENTUM = 0.9


@dataclass(frozen=True)
class Optimiser:
    """A rule that turns gradients g into steps of the weights w."""

    title: str
    formula: str  # LaTeX, of one step with the rate η
    build: Callable[..., torch.optim.Optimizer]  # of parameters, lr and weight_decay by name
    rate: float  # a learning rate to start with
    says: str  # one sentence
    source: str


def _sgd(momentum: float, nesterov: bool) -> Callable[..., torch.optim.Optimizer]:
    return lambda weights, *, lr, weight_decay: torch.optim.SGD(
        weights,
        lr,
        momentum=momentum,
        nesterov=nesterov,
        weight_decay=weight_decay,
        fused=_fusible(weights),
    )


def _adaptive(kind: Callable[..., torch.optim.Optimizer]) -> Callable[..., torch.optim.Optimizer]:
    return lambda weights, *, lr, weight_decay: kind(
        weights, lr=lr, weight_decay=weight_decay, fused=_fusible(weights)
    )


def _rmsprop(weights: list[Tensor], *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(weights, lr, weight_decay=weight_decay, foreach=True)  # there is none fused


def _fusible(weights: Iterable[Tensor]) -> bool:
    """Whether one kernel can move all weights: where it can, a step of a small network is a third faster."""
    return all(weight.device.type in ("cpu", "cuda") for weight in weights)


OPTIMISERS: Mapping[str, Optimiser] = {
    "sgd": Optimiser(
        "SGD",
        r"w \leftarrow w - \eta\, g",
        _sgd(0, nesterov=False),
        0.05,
        "Follows the gradient of the batch, and nothing else.",
        "Robbins & Monro 1951, A stochastic approximation method",
    ),
    "momentum": Optimiser(
        "Momentum",
        r"v \leftarrow 0.9\, v + g, \quad w \leftarrow w - \eta\, v",
        _sgd(MOMENTUM, nesterov=False),
        0.01,
        "Gathers speed where gradients agree, and evens out where they do not.",
        "Polyak 1964; Sutskever et al. 2013",
    ),
    "nesterov": Optimiser(
        "Nesterov",
        r"v \leftarrow 0.9\, v + g, \quad w \leftarrow w - \eta\, (g + 0.9\, v)",
        _sgd(MOMENTUM, nesterov=True),
        0.01,
        "Momentum that looks one step ahead.",
        "Nesterov 1983; Sutskever et al. 2013",
    ),
    "rmsprop": Optimiser(
        "RMSProp",
        r"s \leftarrow 0.99\, s + 0.01\, g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + 10^{-8}}",
        _rmsprop,
        0.001,
        "Divides each gradient by its own recent size, so that all weights move at a like pace.",
        "Tieleman & Hinton 2012, lecture 6.5",
    ),
    "adagrad": Optimiser(
        "Adagrad",
        r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + 10^{-10}}",
        _adaptive(torch.optim.Adagrad),
        0.02,
        "Divides by all gradients so far, so that steps only ever get smaller.",
        "Duchi, Hazan & Singer 2011",
    ),
    "adam": Optimiser(
        "Adam",
        r"w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat s} + 10^{-8}}, \quad "
        r"m \leftarrow 0.9\, m + 0.1\, g, \quad s \leftarrow 0.999\, s + 0.001\, g^2",
        _adaptive(torch.optim.Adam),
        0.001,
        "Momentum over RMSProp, both corrected for their start at 0: m̂ = m / (1 − 0.9ᵗ).",
        "Kingma & Ba 2014, arXiv:1412.6980",
    ),
    "adamw": Optimiser(
        "AdamW",
        r"w \leftarrow (1 - \eta\, \lambda)\, w - \eta\, \frac{\hat m}{\sqrt{\hat s} + 10^{-8}}",
        _adaptive(torch.optim.AdamW),
        0.001,
        "Adam whose weight decay λ shrinks the weights themselves instead of passing through the division.",
        "Loshchilov & Hutter 2017, arXiv:1711.05101",
    ),
}


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes during a run."""

    title: str
    factor: Callable[
        [float], float
    ]  # share of the run that is over, 0 to 1 -> what the rate is multiplied by
    says: str


def _one_cycle(share: float) -> float:
    """Up from a twenty-fifth within the first three tenths, then down along a cosine."""
    if share < 0.3:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * share / 0.3)) / 2
    return (1 + math.cos(math.pi * (share - 0.3) / 0.7)) / 2


SCHEDULES: Mapping[str, Schedule] = {
    "constant": Schedule("Constant", lambda share: 1.0, "The same all the time."),
    "steps": Schedule(
        "Three steps", lambda share: 0.1 ** min(int(3 * share), 2), "A tenth after each third of the run."
    ),
    "cosine": Schedule(
        "Cosine", lambda share: (1 + math.cos(math.pi * share)) / 2, "Falls to 0, slowly at both ends."
    ),
    "linear": Schedule("Linear", lambda share: 1 - share, "Falls to 0 evenly."),
    "one_cycle": Schedule(
        "One cycle", _one_cycle, "Rises in the first three tenths, then falls to 0 (arXiv:1708.07120)."
    ),
}


@dataclass(frozen=True)
class Start:
    """How the weights of a layer begin; biases begin at 0."""

    title: str
    formula: str  # LaTeX, the distribution of a weight of a layer with d inputs
    fill: Callable[[Tensor, Generator], object]  # in place


def _lecture(weight: Tensor, owner: Generator) -> None:
    end = 1 / weight[0].numel()
    nn.init.uniform_(weight, -end, end, generator=owner)


STARTS: Mapping[str, Start] = {
    "kaiming": Start(
        "Kaiming",
        r"N(0,\; 2 / d)",
        lambda weight, owner: nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=owner),
    ),
    "xavier": Start(
        "Xavier",
        r"U(\pm \sqrt{6 / (d + d')})",
        lambda weight, owner: nn.init.xavier_uniform_(weight, generator=owner),
    ),
    "lecun": Start(
        "LeCun",
        r"N(0,\; 1 / d)",
        lambda weight, owner: nn.init.kaiming_normal_(weight, nonlinearity="linear", generator=owner),
    ),
    "lecture": Start("Lectures", r"U(\pm 1 / d)", _lecture),
    "small": Start(
        "Small normal",
        r"N(0,\; 0.01^2)",
        lambda weight, owner: nn.init.normal_(weight, 0, 0.01, generator=owner),
    ),
    "large": Start(
        "Too large", r"N(0,\; 1)", lambda weight, owner: nn.init.normal_(weight, 0, 1, generator=owner)
    ),
    "zeros": Start("Zeros", "0", lambda weight, owner: nn.init.zeros_(weight)),
}


def started(module: M, start: str, seed: int) -> M:
    """`module` with its weights as a run begins; those of its norms are 1 and all biases 0.

    Args:
        module: changed in place.
        start: key of STARTS.
        seed: of the weights.

    Raises:
        InputError: there is no such start.
    """
    entry, owner = pick(STARTS, start, "initialisation"), Generator().manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            entry.fill(layer.weight, owner)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return module
