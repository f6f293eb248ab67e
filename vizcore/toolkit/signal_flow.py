r"""How a signal and its gradient fare on their way through many layers, before any training.

A layer is $h_l = f(W_l h_{l-1})$ without bias, $d = 128$ units wide. The input is drawn from N(0, 1), and so
is the gradient that is sent back from the top, which stands for that of any loss. With weights of variance
$v$ the gradient is multiplied in each layer by about $\sqrt{d\,v\,E[f'^2]}$: below 1 it vanishes, above 1 it
explodes (Glorot & Bengio 2010; He et al. 2015, arXiv:1502.01852; Poole et al. 2016, arXiv:1606.05340).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit.activations import applied
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import check_seed

Floats = NDArray[np.float64]
WIDTH = 128  # units of each layer, d
EXAMPLES = 32
DEPTHS = (2, 100)  # fewest and most layers
MOST = 20  # functions of one call, and initialisations
LOST = (
    1e-3  # a gradient that falls below this share of itself has vanished; above its inverse it has exploded
)


@dataclass(frozen=True)
class Initialisation:
    """How the weights of a layer start."""

    title: str
    formula: str  # LaTeX, the distribution of a weight; d inputs and d outputs
    variance: float  # of a weight
    draw: Callable[[torch.Generator], Tensor]  # makes one layer's weights (d, d), float64
    source: str
    says: str  # one sentence: what it is meant for


def _zeros(generator: torch.Generator) -> Tensor:
    return torch.zeros(WIDTH, WIDTH, dtype=torch.float64)


def _normal(std: float) -> Callable[[torch.Generator], Tensor]:
    return lambda owner: std * torch.randn(WIDTH, WIDTH, dtype=torch.float64, generator=owner)


def _uniform(end: float) -> Callable[[torch.Generator], Tensor]:
    return lambda owner: end * (2 * torch.rand(WIDTH, WIDTH, dtype=torch.float64, generator=owner) - 1)


INITIALISATIONS: Mapping[str, Initialisation] = {
    "zeros": Initialisation(
        "Zeros",
        "W = 0",
        0.0,
        _zeros,
        "Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.4",
        "All units of a layer are alike and no gradient passes, so nothing can be learnt.",
    ),
    "small": Initialisation(
        "Small normal",
        r"W \sim N(0,\; 0.01^2)",
        0.01**2,
        _normal(0.01),
        "Krizhevsky, Sutskever & Hinton 2012 (AlexNet)",
        "Good for a few layers, whatever their width; in a deep network both signals fade away.",
    ),
    "lecture": Initialisation(
        "Lectures",
        r"W \sim U\!\left(-\tfrac{1}{d},\; \tfrac{1}{d}\right)",
        1 / (3 * WIDTH**2),
        _uniform(1 / WIDTH),
        "the lectures on training: zero bias, weights in [−1/d, 1/d]",
        "Its standard deviation falls with d, not with √d as it should: the wider the layer, the fainter.",
    ),
    "xavier": Initialisation(
        "Xavier",
        r"W \sim U\!\left(-\sqrt{\tfrac{6}{d + d}},\; \sqrt{\tfrac{6}{d + d}}\right)",
        2 / (WIDTH + WIDTH),
        _uniform((6 / (WIDTH + WIDTH)) ** 0.5),
        "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
        "Variance 2 over inputs plus outputs: keeps both signals through linear units, nearly through tanh.",
    ),
    "kaiming": Initialisation(
        "Kaiming",
        r"W \sim N\!\left(0,\; \tfrac{2}{d}\right)",
        2 / WIDTH,
        _normal((2 / WIDTH) ** 0.5),
        "He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852",
        "Twice the variance, because a ReLU sets half of its inputs to 0.",
    ),
    "lecun": Initialisation(
        "LeCun",
        r"W \sim N\!\left(0,\; \tfrac{1}{d}\right)",
        1 / WIDTH,
        _normal((1 / WIDTH) ** 0.5),
        "LeCun et al. 1998, Efficient BackProp",
        "Variance 1 over the number of inputs, as SELU needs it; as Xavier where layers are equally wide.",
    ),
}


@dataclass(frozen=True, eq=False)
class Flow:
    """Root mean squares through layers, for I initialisations and F functions; layer 0 is the input."""

    functions: tuple[str, ...]  # F keys of ACTIVATIONS
    initialisations: tuple[str, ...]  # I keys of INITIALISATIONS
    activations: Floats  # (I, F, depth + 1)
    gradients: Floats  # (I, F, depth + 1), by what the layer gives; 1 on average at the top

    @property
    def factors(self) -> Floats:
        """(I, F) by what the gradient is multiplied in each layer on its way back (geometric mean)."""
        depth = self.gradients.shape[2] - 1
        return (self.gradients[..., 0] / self.gradients[..., -1]) ** (1 / depth)

    @property
    def verdicts(self) -> tuple[tuple[str, ...], ...]:
        """For each initialisation and function: "vanishes", "explodes" or "arrives"."""
        shares = self.gradients[..., 0] / self.gradients[..., -1]
        return tuple(tuple(map(_verdict, row)) for row in shares.tolist())


def signal_flow(
    functions: Sequence[str], initialisations: Sequence[str], *, depth: int = 20, seed: int = 0
) -> Flow:
    """Send a signal up and a gradient down, through every function and initialisation at once.

    Args:
        functions: keys of ACTIVATIONS, each with its parameters at their start.
        initialisations: keys of INITIALISATIONS; all functions get the same weights.
        depth: number of layers, 2 to 100.
        seed: of input, weights and gradient.

    Raises:
        InputError: there is no such function or initialisation, or a number is out of range.
    """
    check_depth(depth)
    check_seed(seed)
    for names in (functions, initialisations):
        if not 1 <= len(names) <= MOST:
            raise InputError(f"Choose 1 to {MOST} functions and initialisations, not {len(names)}.")
    draws = [pick(INITIALISATIONS, name, "initialisation").draw for name in initialisations]
    steps = [applied(name) for name in functions]
    measured = np.stack([_levels(steps, draw, depth, seed) for draw in draws], axis=1)
    return Flow(tuple(functions), tuple(initialisations), measured[0], measured[1])


def check_depth(depth: int) -> None:
    """Let a number of layers pass.

    Raises:
        InputError: it is no whole number from 2 to 100.
    """
    if not (isinstance(depth, int) and DEPTHS[0] <= depth <= DEPTHS[1]):
        raise InputError(f"A network has {DEPTHS[0]} to {DEPTHS[1]} layers here, not {str(depth)[:40]}.")


def _levels(
    functions: Sequence[Callable[[Tensor], Tensor]],
    draw: Callable[[torch.Generator], Tensor],
    depth: int,
    seed: int,
) -> Floats:
    """(2, F, depth + 1): activations, then gradients; the networks lie side by side along the batch."""
    owner = torch.Generator().manual_seed(seed)
    signal, back = torch.randn(2, EXAMPLES, WIDTH, dtype=torch.float64, generator=owner)
    count = len(functions)
    with torch.enable_grad():
        states = [signal.repeat(count, 1).requires_grad_()]
        for _ in range(depth):
            sums = (states[-1] @ draw(owner).T).chunk(count)
            states.append(torch.cat([f(part) for f, part in zip(functions, sums, strict=True)]))
        gradients = torch.autograd.grad(states[-1], states, back.repeat(count, 1))
    return np.stack(
        [np.stack([_size(level, count) for level in levels], -1) for levels in (states, gradients)]
    )


def _size(values: Tensor, count: int) -> Floats:
    """(count,) root mean square of each network's values, without underflow of the squares."""
    rows = values.detach().reshape(count, -1)
    largest = rows.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(rows.dtype).tiny)
    return (largest[:, 0] * (rows / largest).square().mean(dim=1).sqrt()).numpy()


def _verdict(share: float) -> str:
    return "vanishes" if share < LOST else "explodes" if share > 1 / LOST else "arrives"
