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
from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
LECTURE = (14.45, 3.576, 44.43, 22.43, 440.2)  # the logits of the lectures' example
MAX_CLASSES = 100
LOW, HIGH = 0.05, 100.0  # temperatures

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
    loss: float  # nats
    gradient: Floats  # (C,) of the loss along z, by autograd: (p - y) / T
    entropy: float  # of the probabilities in nats: 0 when certain, log C when they are all alike


@dataclass(frozen=True, eq=False)
class Computed:
    """A softmax as a kind of floating-point number has it; inf and nan included."""

    dtype: str  # key of DTYPES
    stable: bool  # whether the largest logit was taken away first
    logits: Floats  # (C,) as they round
    powers: Floats  # (C,)
    total: float
    probabilities: Floats  # (C,)
    loss: float  # nats, by the logarithm of the probability, or the stable way by log-softmax

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
    if not LOW <= temperature <= HIGH:
        raise InputError(f"The temperature goes from {LOW:g} to {HIGH:g}, not {temperature}.")
    scaled = values / temperature
    shifted = scaled - scaled.max()
    powers = np.exp(shifted)
    with torch.enable_grad():
        z = torch.tensor(values, requires_grad=True)
        logarithms = F.log_softmax(z / temperature, dim=0)
        loss = -logarithms[target]
        (gradient,) = torch.autograd.grad(loss, z)
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
        gradient.numpy(),
        entropy.item(),
    )


def written(found: Steps, at: int) -> str:
    """The softmax of one class and the cross entropy in LaTeX, with the numbers in them.

    Args:
        found: the steps.
        at: index of the class.

    Raises:
        InputError: there is no such class.
    """
    at, right = _target(at, len(found.logits)), int(found.target.argmax())
    power = f"e^{{{number(found.shifted[at])}}}"
    share = rf"\frac{{{power}}}{{{number(found.total)}}} &= {number(found.probabilities[at])}"
    loss = rf"-\log p_{{{right}}} = -{signed(found.logarithms[right])} &= {number(found.loss)}"
    return rf"\begin{{aligned}} p_{{{at}}} = {share} \\ l = {loss} \end{{aligned}}"


def computed(logits: ArrayLike, target: int, *, dtype: str, stable: bool) -> Computed:
    """Softmax and cross entropy as a computer has them, every step rounded.

    Args:
        logits: (C,).
        target: index of the right class.
        dtype: key of DTYPES.
        stable: take the largest logit away first, and the logarithm without its detour over the probability.

    Raises:
        InputError: a number is out of range, the target is no class, or there is no such type.
    """
    values = _logits(logits)
    index = _target(target, len(values))
    z = torch.tensor(values).to(pick(DTYPES, dtype, "type of number"))
    shifted = z - z.max() if stable else z
    powers = shifted.exp()
    total = powers.sum()
    probabilities = powers / total
    loss = total.log() - shifted[index] if stable else -probabilities[index].log()
    exact = (each.double() for each in (z, powers, probabilities))
    rounded, raised, shares = (each.numpy() for each in exact)
    return Computed(dtype, stable, rounded, raised, total.item(), shares, loss.item())


def compared(logits: ArrayLike, target: int) -> tuple[Computed, ...]:
    """`computed` for every type, the naive way and then the stable one."""
    return tuple(
        computed(logits, target, dtype=dtype, stable=stable) for dtype in DTYPES for stable in (False, True)
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
