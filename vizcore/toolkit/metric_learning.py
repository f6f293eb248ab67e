"""Points in the plane, pulled together and pushed apart by losses on pairs and triplets, step by step.

The points are the embedding itself: what a network would move by its weights is moved here directly, by plain
gradient descent. So one sees what a loss asks for, whatever network is to give it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import Parameter, complete

Floats = NDArray[np.float64]
MAX_STEPS = 1_000


@dataclass(frozen=True)
class Embedding:
    """A loss of points with classes."""

    title: str
    formula: str  # LaTeX, of one pair or triplet; d are distances
    costs: Callable[[Tensor, Tensor, float], Tensor]  # points (N, 2), classes (N,), margin -> (P,)
    margin: Parameter
    says: str
    source: str


@dataclass(frozen=True)
class Spec:
    """Everything a run depends on."""

    loss: str = "triplet"  # key of EMBEDDINGS
    margin: float = 0.5
    classes: int = 3
    each: int = 8  # points of a class
    rate: float = 0.1  # share of its mean pull that a point follows in a step
    steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        entry = pick(EMBEDDINGS, self.loss, "loss of embeddings")
        complete((entry.margin,), {"margin": self.margin}, entry.title)
        complete(_SETTINGS, {setting.name: getattr(self, setting.name) for setting in _SETTINGS}, "This run")
        for name in ("classes", "each", "steps", "seed"):
            if not isinstance(getattr(self, name), int):
                raise InputError(f"The setting {name!r} is a whole number, not {getattr(self, name)}.")


@dataclass(frozen=True, eq=False)
class Report:
    """Where the points are after some steps."""

    step: int  # 0 before the first one
    points: Floats  # (N, 2)
    labels: NDArray[np.int64]  # (N,) classes
    moves: Floats  # (N, 2) what the next step adds
    loss: float  # mean over all pairs or triplets
    active: float  # share of them that still cost something
    accuracy: float  # share of points whose nearest neighbour, as this loss sees it, is of their class


def contrastive(points: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Of every pair: half the squared distance if alike, else half the square of what the margin lacks."""
    first, second = _pairs(labels)
    distance = F.pairwise_distance(points[first], points[second])
    apart = F.relu(margin - distance)
    return 0.5 * torch.where(labels[first] == labels[second], distance, apart).square()


def triplet(points: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Of every anchor, another of its class and one of another class."""
    alike = labels[:, None] == labels
    itself = torch.eye(len(labels), dtype=torch.bool)
    anchor, positive, negative = ((alike & ~itself)[:, :, None] & ~alike[:, None, :]).nonzero(as_tuple=True)
    return F.triplet_margin_loss(
        points[anchor], points[positive], points[negative], margin=margin, reduction="none"
    )


def cosine(points: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Of every pair, by the angle at the origin."""
    first, second = _pairs(labels)
    signs = torch.where(labels[first] == labels[second], 1.0, -1.0)
    return F.cosine_embedding_loss(points[first], points[second], signs, margin=margin, reduction="none")


EMBEDDINGS: Mapping[str, Embedding] = {
    "contrastive": Embedding(
        "Contrastive",
        r"\begin{cases} d^2 / 2 & \text{alike} \\ \max(0,\ m - d)^2 / 2 & \text{different} \end{cases}",
        contrastive,
        Parameter("margin", "Margin m", 0.1, 3, 1, 0.1),
        "Draws each class into one point, and pushes different ones apart as far as the margin.",
        "Hadsell, Chopra & LeCun 2006",
    ),
    "triplet": Embedding(
        "Triplet",
        r"\max(0,\ d(a, p) - d(a, n) + m)",
        triplet,
        Parameter("margin", "Margin m", 0.1, 3, 0.5, 0.1),
        "Asks for an order of distances only: a class may stay as wide as it is if others are far enough.",
        "Schroff, Kalenichenko & Philbin 2015, arXiv:1503.03832",
    ),
    "cosine": Embedding(
        "Cosine",
        r"\begin{cases} 1 - \cos \angle & \text{alike} \\ "
        r"\max(0,\ \cos \angle - m) & \text{different} \end{cases}",
        cosine,
        Parameter("margin", "Margin m", -0.5, 0.9, 0, 0.05),
        "Turns points about the origin: each class becomes a direction, and the length means nothing.",
        "torch.nn.CosineEmbeddingLoss",
    ),
}
_SETTINGS = (
    Parameter("classes", "The number of classes", 2, 5, 3, 1),
    Parameter("each", "The number of points of a class", 2, 12, 8, 1),
    Parameter("rate", "The rate", 0.01, 0.5, 0.1, 0.01),
    Parameter("steps", "The number of steps", 0, MAX_STEPS, 200, 1),
    Parameter("seed", "The seed", 0, 1e6, 0, 1),
)


def learned(spec: Spec) -> Iterator[Report]:
    """Move the points as far as the caller pulls.

    A step follows N times the gradient of the mean cost, so that more points are not slower ones.

    Yields:
        The report before the first step, and one after each.
    """
    points = _start(spec)
    labels = torch.arange(spec.classes).repeat_interleave(spec.each)
    entry = EMBEDDINGS[spec.loss]
    for step in range(spec.steps + 1):
        with torch.enable_grad():
            places = points.requires_grad_()
            costs = entry.costs(places, labels, spec.margin)
            (gradient,) = torch.autograd.grad(costs.mean(), places)
        points, moves = places.detach(), -spec.rate * len(labels) * gradient
        yield Report(
            step,
            points.numpy().copy(),
            labels.numpy().copy(),
            moves.numpy(),
            costs.mean().item(),
            (costs > 1e-9).double().mean().item(),
            _accuracy(F.normalize(points) if spec.loss == "cosine" else points, labels),
        )
        points = points + moves


def _start(spec: Spec) -> Tensor:
    """(N, 2) points of N(0, 1), whatever their class."""
    generator = torch.Generator().manual_seed(spec.seed)
    return torch.randn((spec.classes * spec.each, 2), generator=generator, dtype=torch.float64)


def _pairs(labels: Tensor) -> Tensor:
    """(2, P) indices of every pair once."""
    return torch.triu_indices(len(labels), len(labels), 1)


def _accuracy(points: Tensor, labels: Tensor) -> float:
    distances = torch.cdist(points, points).fill_diagonal_(torch.inf)
    return (labels[distances.argmin(1)] == labels).double().mean().item()
