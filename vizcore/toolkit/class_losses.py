r"""NLL and cross entropy over a batch: which example counts how much in the mean.

With class weights $w$ the mean is $\sum_n l_n / \sum_n w_{y_n}$, where $l_n$ holds its weight already and
examples of the ignored class are left out of both sums. Where all of a batch is ignored the mean is 0 / 0,
which is nan in PyTorch and here. The lectures' formula for this mean is garbled.
Source: torch.nn.CrossEntropyLoss.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number
from vizcore.toolkit.parameters import numbers

Floats = NDArray[np.float64]
MAX_EXAMPLES, MAX_CLASSES = 10_000, 1_000
MAX_WEIGHT = 1e6
_WRITTEN, _IN_A_LINE = 8, 3  # terms of a sum
NOBODY = -100  # PyTorch's index of no class, which is what it ignores unless told otherwise


@dataclass(frozen=True, eq=False)
class Batch:
    """What a batch costs, example by example."""

    logarithms: Floats  # (N, C) of the probabilities that softmax makes of the logits
    losses: Floats  # (N,) nats, times the weights of the classes; 0 of the ignored
    weights: Floats  # (N,) of each example's class; 0 of the ignored
    mean: float  # sum of the losses over the sum of the weights; nan where that is 0
    gradient: Floats  # (N, C) of the mean along every logit

    @property
    def per_example(self) -> float:
        """The sum of the losses over the number of examples instead."""
        return float(self.losses.mean())

    @property
    def written(self) -> list[str]:
        """Both sums and the mean in LaTeX: lines to be aligned."""
        losses, weights = number(self.losses.sum()), number(self.weights.sum())
        ratio = r"\frac{\sum_n l_n}{\sum_n w_{y_n}}"
        return [
            *_sum(r"\sum_n l_n", self.losses),
            *_sum(r"\sum_n w_{y_n}", self.weights),
            rf"{ratio} &= \frac{{{losses}}}{{{weights}}} = {number(self.mean)}",
        ]


def batch(
    logits: ArrayLike,
    targets: Sequence[int],
    *,
    weights: Sequence[float] | None = None,
    smoothing: float = 0,
    ignore: int = NOBODY,
) -> Batch:
    """Cross entropy over a batch.

    Args:
        logits: (N, C); log-probabilities make it NLL.
        targets: N classes, or `ignore`.
        weights: C of the classes, at least 0; when left out, all are 1.
        smoothing: share of the target that is spread over all classes, 0 to 1.
        ignore: the class that does not count.

    Raises:
        InputError: something is out of range, or the numbers do not fit one another.
    """
    z = torch.tensor(_logits(logits), requires_grad=True)
    count, classes = z.shape
    y = torch.tensor(_targets(targets, count, classes, ignore))
    w = torch.tensor(_weights(weights, classes))
    if not 0 <= smoothing <= 1:
        raise InputError(f"Label smoothing goes from 0 to 1, not {smoothing}.")
    each = F.cross_entropy(z, y, w, ignore_index=ignore, label_smoothing=smoothing, reduction="none")
    counted = torch.where(y == ignore, 0, w[y.clamp(0, classes - 1)])
    mean = each.sum() / counted.sum()
    (gradient,) = torch.autograd.grad(mean, z)
    logarithms = F.log_softmax(z.detach(), 1)
    return Batch(logarithms.numpy(), each.detach().numpy(), counted.numpy(), mean.item(), gradient.numpy())


def balanced(targets: Sequence[int], classes: int) -> Floats:
    """(classes,) weights that make all classes count alike: N / (C n_c), and 0 for one without examples.

    Source: King & Zeng 2001, Logistic Regression in Rare Events Data.

    Args:
        targets: N classes, from 0 to `classes` - 1.
        classes: C.

    Raises:
        InputError: as in `batch`.
    """
    counts = np.bincount(_targets(targets, len(targets), classes, NOBODY), minlength=classes)
    return np.divide(len(targets), classes * counts, out=np.zeros(classes), where=counts > 0)


def _sum(name: str, values: Floats) -> list[str]:
    """A sum with its terms, some to a line; of many the sum alone."""
    total = number(values.sum())
    if len(values) > _WRITTEN:
        return [f"{name} &= {total}"]
    terms = [number(value) for value in values]
    lines = [" + ".join(terms[at : at + _IN_A_LINE]) for at in range(0, len(terms), _IN_A_LINE)]
    lines[-1] += f" = {total}"
    return [f"{name} &= {lines[0]}", *(rf"&\quad {{}} + {line}" for line in lines[1:])]


def _logits(values: ArrayLike) -> Floats:
    logits = numbers(values, MAX_EXAMPLES * MAX_CLASSES)
    if logits.ndim != 2 or not (1 <= len(logits) <= MAX_EXAMPLES and 1 <= logits.shape[1] <= MAX_CLASSES):
        raise InputError(
            f"A batch has 1 to {MAX_EXAMPLES:,} examples of 1 to {MAX_CLASSES:,} classes, not {logits.shape}."
        )
    return logits


def _targets(values: Sequence[int], count: int, classes: int, ignore: int) -> NDArray[np.int64]:
    allowed = {*range(classes), ignore}
    wrong = [value for value in values if value not in allowed]
    if wrong:
        raise InputError(f"There is no class {str(wrong[0])[:20]}: they are 0 to {classes - 1}.")
    if len(values) != count:
        raise InputError(f"{count} examples need as many targets, not {len(values)}.")
    return np.array(values, np.int64)


def _weights(values: Sequence[float] | None, classes: int) -> Floats:
    if values is None:
        return np.ones(classes)
    if len(values) != classes or not all(0 <= value <= MAX_WEIGHT for value in values):
        raise InputError(f"{classes} classes need as many weights from 0 to {MAX_WEIGHT:g}.")
    return np.array(values, np.float64)
