r"""Units that die while a small network learns to read digits.

A unit is dead where its slope is 0 for every picture of the training set: no gradient reaches the weights
that feed it. In the first hidden layer that is for good, since plain gradient descent then never moves them
again (Maas, Hannun & Ng 2013; Lu et al. 2019, arXiv:1903.06733). In a later layer a unit may come back when
what comes from below changes. A learning rate that is too high kills: one large update can push a unit so far
down that no picture brings it above 0. Far enough below 0 even the slope of an ELU is rounded to 0.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit.activations import applied
from vizcore.toolkit.data import digits
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.parameters import check_seed

WIDTH = 48  # units of each hidden layer
LAYERS = 2  # hidden ones
BATCH = 32  # pictures of a step
MAX_EPOCHS = 100

Layers = list[tuple[Tensor, Tensor]]  # weights (out, in) and biases (out,)


@dataclass(frozen=True)
class Spec:
    """Everything a run depends on."""

    function: str = "relu"  # key of ACTIVATIONS, with its parameters at their start
    lr: float = 1.0  # of plain gradient descent
    epochs: int = 20
    seed: int = 0  # of the weights and the order of the pictures

    def __post_init__(self) -> None:
        applied(self.function)  # refuses a name that is none
        if not 0 < self.lr <= 10:  # nan too
            raise InputError(f"The learning rate must lie above 0 and not above 10, not {self.lr}.")
        if not (isinstance(self.epochs, int) and 1 <= self.epochs <= MAX_EPOCHS):
            raise InputError(f"A run takes 1 to {MAX_EPOCHS} epochs, not {str(self.epochs)[:40]}.")
        check_seed(self.seed)


@dataclass(frozen=True, eq=False)
class Report:
    """The units after an epoch, and how it came to that."""

    epoch: int  # passes over the training set so far, E; 0 first
    loss: float  # mean cross entropy over the training set in nats; may be nan or infinite in the last report
    accuracy: float  # share of the 450 held-out digits that are read correctly
    losses: NDArray[np.float64]  # (E + 1,) the loss before the first epoch and after each
    accuracies: NDArray[np.float64]  # (E + 1,)
    dead: NDArray[np.bool_]  # (E + 1, LAYERS, WIDTH) whether a unit was dead then
    highest: NDArray[np.float32]  # of the same shape: its largest weighted input over the training set

    @property
    def since(self) -> NDArray[np.int64]:
        """(LAYERS, WIDTH) epoch since which a unit has been dead, -1 while it is alive."""
        alive = np.concatenate([~self.dead[::-1], np.ones((1, LAYERS, WIDTH), bool)])
        epochs = len(self.dead) - alive.argmax(axis=0)  # behind the last one in which it lived
        return np.where(self.dead[-1], epochs, -1)

    @property
    def shares(self) -> NDArray[np.float64]:
        """(LAYERS,) share of each layer's units that are dead."""
        return self.dead[-1].mean(axis=1)


def train(spec: Spec) -> Iterator[Report]:
    """Train as far as the caller pulls.

    Yields:
        A report before the first epoch and after each; a run whose loss is no longer finite ends.
    """
    data, function = digits(), applied(spec.function)
    images, labels = _images(data.train_images), torch.tensor(data.train_labels)
    held_out = _images(data.test_images)
    owner = torch.Generator().manual_seed(spec.seed)
    layers = _start(owner)
    course = []
    for epoch in itertools.count():
        sums = _sums(layers, images, function)
        loss = F.cross_entropy(sums[-1], labels).item()
        guesses = _sums(layers, held_out, function)[-1].argmax(dim=1).numpy()
        accuracy = float((guesses == data.test_labels).mean())
        dead = np.stack([_dead(values, function) for values in sums[:-1]])
        highest = torch.stack([values.amax(dim=0) for values in sums[:-1]]).numpy()
        course.append((loss, accuracy, dead, highest))
        yield Report(epoch, loss, accuracy, *map(np.array, zip(*course, strict=True)))
        if epoch == spec.epochs or not math.isfinite(loss):
            return
        order = torch.randperm(len(images), generator=owner)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            _descend(layers, images[batch], labels[batch], function, spec.lr)


def _images(images: NDArray[np.float32]) -> Tensor:
    """(N, 64) with a mean of about 0."""
    return torch.tensor(images).reshape(len(images), -1) - 0.3


def _start(owner: torch.Generator) -> Layers:
    """Kaiming's weights, and biases of 0."""
    sizes = itertools.pairwise([64, *[WIDTH] * LAYERS, 10])
    return [
        (math.sqrt(2 / fan_in) * torch.randn(fan_out, fan_in, generator=owner), torch.zeros(fan_out))
        for fan_in, fan_out in sizes
    ]


def _sums(layers: Layers, images: Tensor, function: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """What every layer computes before its activation, (N, out) each; the last are the logits."""
    sums, signal = [], images
    for weight, bias in layers:
        sums.append(torch.addmm(bias, signal, weight.T))
        signal = function(sums[-1])
    return sums


def _dead(sums: Tensor, function: Callable[[Tensor], Tensor]) -> NDArray[np.bool_]:
    """(units,) whether the slope is 0 for every row of the sums (N, units)."""
    with torch.enable_grad():
        places = sums.detach().requires_grad_()
        (slope,) = torch.autograd.grad(function(places).sum(), places)
    return (slope == 0).all(dim=0).numpy()


def _descend(
    layers: Layers, images: Tensor, labels: Tensor, function: Callable[[Tensor], Tensor], lr: float
) -> None:
    """One step of gradient descent, in place."""
    parts = [part.requires_grad_() for layer in layers for part in layer]
    with torch.enable_grad():
        loss = F.cross_entropy(_sums(layers, images, function)[-1], labels)
        slopes = torch.autograd.grad(loss, parts)
    for part, slope in zip(parts, slopes, strict=True):
        part.detach_().sub_(slope, alpha=lr)
