r"""From logits by softmax to cross entropy, step by step, and in arithmetic that overflows.

$p_c = e^{z_c / T} / \sum_k e^{z_k / T}$ and $l = -\log p_y$. Taking the largest logit away first changes
nothing on paper, and keeps every exponential at 1 or below on a computer: the stable way, as in PyTorch.
Sources: Goodfellow, Bengio & Courville 2016, section 4.1; for the temperature Hinton, Vinyals & Dean 2015,
arXiv:1503.02531.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.latex import number
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
LECTURE = (14.45, 3.576, 44.43, 22.43, 440.2)  # the logits of the lectures' example
MAX_CLASSES = 100
LOW, HIGH = 0.05, 100.0  # temperatures
_WRITTEN = 4  # products in a sum; of more, some in the middle are left out

DTYPES: Mapping[str, torch.dtype] = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
}


@dataclass(frozen=True, eq=False)
class Steps:
    """Everything between C logits and their cross entropy."""

    logits: Floats  # (C,) z
    scaled: Floats  # (C,) z / T
    shifted: Floats  # (C,) the same less the largest, so at most 0
    powers: Floats  # (C,) e to that, in [0, 1]
    total: float  # their sum, 1 to C
    probabilities: Floats  # (C,) with the sum 1
    logarithms: Floats  # (C,) of the probabilities, exact where these round to 0
    target: Floats  # (C,) one-hot
    loss: float  # nats, from the class index
    one_hot_loss: float  # nats, from the one-hot vector: the same
    gradient: Floats  # (C,) of the loss along z, by autograd: (p - y) / T
    entropy: float  # of the probabilities in nats: 0 when certain, log C when they are all alike


@dataclass(frozen=True, eq=False)
class Computed:
    """A softmax and its cross entropy as a kind of floating-point number has them; inf and nan included."""

    dtype: str  # key of DTYPES
    stable: bool  # whether the largest logit was taken away first
    target: int  # class
    logits: Floats  # (C,) as they round
    exponents: Floats  # (C,) z / T, the stable way less the largest
    powers: Floats  # (C,) e to that
    total: float
    probabilities: Floats  # (C,)
    logarithms: Floats  # (C,) of these; the stable way without a detour over the probabilities
    loss: float  # nats, from the class index
    one_hot_loss: float  # nats, from the one-hot vector: nan where it multiplies 0 by infinity
    gradient: Floats  # (C,) of the loss along z, by autograd

    @property
    def overflows(self) -> bool:
        """Whether a number was too large to be written down."""
        return not np.isfinite([*self.powers, self.total]).all()

    @property
    def vanished(self) -> int:
        """Classes whose probability became 0, which it never is."""
        return int((self.probabilities == 0).sum())


def steps(logits: ArrayLike, target: int, *, temperature: float = 1.0) -> Steps:
    """Softmax and cross entropy in float64, the stable way.

    Args:
        logits: (C,).
        target: index of the right class; its one-hot vector gives the same loss.
        temperature: above 1 makes the classes more alike, below 1 less.

    Raises:
        InputError: a number is out of range, or the target is no class.
    """
    values = _logits(logits)
    one_hot = np.eye(len(values))[_target(target, len(values))]
    _check_temperature(temperature)
    scaled = values / temperature
    shifted = scaled - scaled.max()
    powers = np.exp(shifted)
    with torch.enable_grad():
        z = torch.tensor(values, requires_grad=True)
        logarithms = F.log_softmax(z / temperature, dim=0)
        loss = 0 - logarithms[target]  # never minus zero
        (gradient,) = torch.autograd.grad(loss, z)
    spread = F.cross_entropy(z.detach() / temperature, torch.tensor(one_hot)) + 0
    found = logarithms.detach()
    entropy = torch.special.entr(found.exp()).sum()
    return Steps(
        values,
        scaled,
        shifted,
        powers,
        float(powers.sum()),
        found.exp().numpy(),
        found.numpy(),
        one_hot,
        loss.item(),
        spread.item(),
        gradient.numpy(),
        entropy.item(),
    )


def written(found: Computed, at: int) -> str:
    """The softmax of one class in LaTeX, with the numbers in it.

    Args:
        found: the steps, in any arithmetic.
        at: index of the class.

    Raises:
        InputError: there is no such class.
    """
    at = _target(at, len(found.logits))
    power = f"e^{{{number(found.exponents[at])}}}"
    return rf"p_{{{at}}} = \frac{{{power}}}{{{number(found.total)}}} = {number(found.probabilities[at])}"


def targets_written(found: Computed) -> tuple[str, str]:
    """The cross entropy in LaTeX with its numbers: from the class index, and from the one-hot vector."""
    costs = [number(0.0 - each) for each in found.logarithms]
    terms = [rf"{int(at == found.target)} \cdot {cost}" for at, cost in enumerate(costs)]
    if len(terms) > _WRITTEN:
        terms[_WRITTEN - 2 : -1] = [r"\dots"]
    total = rf"{' + '.join(terms)} = {number(found.one_hot_loss)}"
    one_hot = rf"\begin{{aligned}} l &= \textstyle\sum_c y_c\,(-\log p_c) \\ &= {total} \end{{aligned}}"
    return rf"l = -\log p_{{{found.target}}} = {number(found.loss)}", one_hot


def computed(
    logits: ArrayLike, target: int, *, dtype: str, stable: bool, temperature: float = 1.0
) -> Computed:
    """Softmax and cross entropy as a computer has them, every step rounded.

    Args:
        logits: (C,).
        target: index of the right class.
        dtype: key of DTYPES.
        stable: take the largest logit away first, and the logarithm without its detour over the probability.
        temperature: as in `steps`.

    Raises:
        InputError: a number is out of range, the target is no class, or there is no such type.
    """
    values = _logits(logits)
    one_hot = torch.eye(len(values))[_target(target, len(values))]
    _check_temperature(temperature)
    with torch.enable_grad():
        z = torch.tensor(values).to(pick(DTYPES, dtype, "type of number")).requires_grad_()
        scaled = z / temperature
        exponents = scaled - scaled.max().detach() if stable else scaled
        powers = exponents.exp()
        total = powers.sum()
        probabilities = powers / total
        logarithms = exponents - total.log() if stable else probabilities.log()
        loss = 0 - logarithms[target]  # never minus zero
        (gradient,) = torch.autograd.grad(loss, z)
    spread = 0 - (one_hot.to(z.dtype) * logarithms).sum()
    return Computed(
        dtype,
        stable,
        target,
        _floats(z),
        _floats(exponents),
        _floats(powers),
        total.item(),
        _floats(probabilities),
        _floats(logarithms),
        loss.item(),
        spread.item(),
        _floats(gradient),
    )


def compared(logits: ArrayLike, target: int, *, temperature: float = 1.0) -> tuple[Computed, ...]:
    """`computed` for every type, the naive way and then the stable one."""
    return tuple(
        computed(logits, target, dtype=dtype, stable=stable, temperature=temperature)
        for dtype in DTYPES
        for stable in (False, True)
    )


def tempered(logits: ArrayLike, temperatures: Sequence[float]) -> Floats:
    """(T, C) probabilities at each temperature: near 0 the largest logit wins all, far above all are alike.

    Raises:
        InputError: as in `steps`.
    """
    return np.stack([steps(logits, 0, temperature=each).probabilities for each in temperatures])


def _logits(values: ArrayLike) -> Floats:
    logits = numbers(values, MAX_CLASSES)
    if logits.ndim != 1 or len(logits) < 2:
        raise InputError(f"A softmax is of 2 to {MAX_CLASSES} logits in one row, not {logits.shape}.")
    return logits


def _target(index: int, classes: int) -> int:
    if index not in range(classes):
        raise InputError(f"There is no class {str(index)[:20]}: they are 0 to {classes - 1}.")
    return int(index)


def _check_temperature(temperature: float) -> None:
    if not LOW <= temperature <= HIGH:
        raise InputError(f"The temperature goes from {LOW:g} to {HIGH:g}, not {temperature}.")


def _floats(values: torch.Tensor) -> Floats:
    """The same numbers in float64, which has all of them."""
    return values.detach().double().numpy()
