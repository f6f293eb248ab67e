"""Losses on pairs and triplets of points, which pull together what is alike and push apart what is not."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.latex import number, signed
from vizcore.toolkit.parameters import Parameter


@dataclass(frozen=True)
class Embedding:
    """A loss of points with classes."""

    title: str
    formula: str  # LaTeX, of one pair or triplet; d are distances
    costs: Callable[[Tensor, Tensor, float], Tensor]  # points (N, 2), classes (N,), margin -> (P,)
    written: Callable[[float, float, float], str]  # distances to one alike and one different, margin -> LaTeX
    radius: Callable[[float, float], float]  # distance to the farthest alike, margin -> see Rivals
    margin: Parameter
    says: str
    source: str


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


def _contrastive_written(alike: float, different: float, margin: float) -> str:
    left = max(0.0, margin - different)
    return _lines(
        rf"\tfrac{{1}}{{2}} \cdot {number(alike)}^2 = {number(alike**2 / 2)}",
        rf"\tfrac{{1}}{{2}} \max(0,\ {number(margin)} - {number(different)})^2 = {number(left**2 / 2)}",
    )


def _triplet_written(alike: float, different: float, margin: float) -> str:
    cost = max(0.0, alike - different + margin)
    return rf"\max(0,\ {number(alike)} - {number(different)} + {number(margin)}) = {number(cost)}"


def _cosine_written(alike: float, different: float, margin: float) -> str:
    near, far = 1 - alike, 1 - different  # cosines
    left = max(0.0, far - margin)
    return _lines(
        rf"1 - {_fine(near, alike) or signed(near)} = {number(alike)}",
        rf"\max(0,\ {_fine(far, left) or number(far)} - {signed(margin)}) = {number(left)}",
    )


def _fine(value: float, rest: float) -> str:
    """A number with the decimals that a small rest of it needs for three digits; "" where it is not small."""
    if not 0 < rest < 0.1:
        return ""
    return f"{value:.{min(15, 2 - math.floor(math.log10(rest)))}f}".rstrip("0").rstrip(".")


def _lines(alike: str, different: str) -> str:
    return rf"\begin{{gathered}} {alike} \\ {different} \end{{gathered}}"


EMBEDDINGS: Mapping[str, Embedding] = {
    "contrastive": Embedding(
        "Contrastive",
        r"\begin{cases} d^2 / 2 & \text{alike} \\ \max(0,\ m - d)^2 / 2 & \text{different} \end{cases}",
        contrastive,
        _contrastive_written,
        lambda alike, margin: margin,
        Parameter("margin", "Margin m", 0.1, 3, 1, 0.1),
        "Draws each class into one point, and pushes different ones apart as far as the margin.",
        "Hadsell, Chopra & LeCun 2006",
    ),
    "triplet": Embedding(
        "Triplet",
        r"\max(0,\ d(a, p) - d(a, n) + m)",
        triplet,
        _triplet_written,
        lambda alike, margin: alike + margin,
        Parameter("margin", "Margin m", 0.1, 3, 0.5, 0.1),
        "Asks for an order of distances only: a class may stay as wide as it is if others are far enough.",
        "Schroff, Kalenichenko & Philbin 2015, arXiv:1503.03832",
    ),
    "cosine": Embedding(
        "Cosine",
        r"\begin{cases} 1 - \cos \angle & \text{alike} \\ "
        r"\max(0,\ \cos \angle - m) & \text{different} \end{cases}",
        cosine,
        _cosine_written,
        lambda alike, margin: 0.0,
        Parameter("margin", "Margin m", -0.5, 0.9, 0, 0.05),
        "Turns points about the origin: each class becomes a direction, and the length means nothing.",
        "torch.nn.CosineEmbeddingLoss",
    ),
}


def directions(margin: float) -> int:
    """How many directions of the plane there can be, each pair with a cosine of at most the margin."""
    return math.floor(360 / math.degrees(math.acos(margin)) + 1e-9)


def distances(loss: str, points: Tensor) -> Tensor:
    """(N, N) from each point to each as a loss sees it: for the cosine it is 1 minus that, else Euclid's."""
    if loss == "cosine":
        directions = F.normalize(points)
        return (1 - directions @ directions.T).clamp(min=0)
    return torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")


def _pairs(labels: Tensor) -> Tensor:
    """(2, P) indices of every pair once."""
    return torch.triu_indices(len(labels), len(labels), 1)
