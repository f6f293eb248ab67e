"""Points in the plane, pulled together and pushed apart by losses on pairs and triplets, step by step.

The points are the embedding itself: what a network would move by its weights is moved here directly, by plain
gradient descent. So one sees what a loss asks for, whatever network is to give it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit.embedding_losses import EMBEDDINGS, distances
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import Parameter, complete

Floats = NDArray[np.float64]
MAX_STEPS = 1_000
REACH = 10.0  # of a place without its sign


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


@dataclass(frozen=True)
class Placed:
    """A point that somebody puts elsewhere."""

    step: int  # in front of which it happens; 0 is the first one
    point: int
    x: float
    y: float


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


@dataclass(frozen=True)
class Rivals:
    """The two others that matter most to a point, as its loss sees them."""

    alike: int  # the farthest of its class
    different: int  # the nearest of another
    to_alike: float  # distance
    to_different: float
    radius: float  # those of other classes cost within it; 0 where a circle does not tell


_SETTINGS = (
    Parameter("classes", "The number of classes", 2, 5, 3, 1),
    Parameter("each", "The number of points of a class", 2, 12, 8, 1),
    Parameter("rate", "The rate", 0.01, 0.5, 0.1, 0.01),
    Parameter("steps", "The number of steps", 0, MAX_STEPS, 200, 1),
    Parameter("seed", "The seed", 0, 1e6, 0, 1),
)


def learned(spec: Spec, placed: Sequence[Placed] = ()) -> Iterator[Report]:
    """Move the points as far as the caller pulls.

    A step follows N times the gradient of the mean cost, so that more points are not slower ones.

    Args:
        spec: of the run.
        placed: what somebody does to it, each in front of its step.

    Yields:
        The report before the first step, and one after each.

    Raises:
        InputError: somebody puts a point that there is not, or too far away.
    """
    _check(spec, placed)
    points = _start(spec)
    labels = torch.arange(spec.classes).repeat_interleave(spec.each)
    entry = EMBEDDINGS[spec.loss]
    for step in range(spec.steps + 1):
        for one in placed:
            if one.step == step:
                points[one.point] = torch.tensor((one.x, one.y), dtype=torch.float64)
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
            _accuracy(distances(spec.loss, points), labels),
        )
        points = points + moves


def rivals(spec: Spec, report: Report, point: int) -> Rivals:
    """Who matters most to a point at one step."""
    away = distances(spec.loss, torch.from_numpy(report.points))[point].numpy()
    alike = report.labels == report.labels[point]
    others = np.arange(len(away)) != point
    farthest = int(np.where(alike & others, away, -np.inf).argmax())
    nearest = int(np.where(alike, np.inf, away).argmin())
    far, near = float(away[farthest]), float(away[nearest])
    return Rivals(farthest, nearest, far, near, EMBEDDINGS[spec.loss].radius(far, spec.margin))


def loss_of(spec: Spec, points: Floats) -> float:
    """The mean cost of points (N, 2) that stand in the order of the run's."""
    labels = torch.arange(spec.classes).repeat_interleave(spec.each)
    return EMBEDDINGS[spec.loss].costs(torch.from_numpy(points), labels, spec.margin).mean().item()


def _check(spec: Spec, placed: Sequence[Placed]) -> None:
    for one in placed:
        if not (0 <= one.point < spec.classes * spec.each and 0 <= one.step <= spec.steps):
            raise InputError(f"There is no point {one.point} at step {one.step} of this run.")
        if not (abs(one.x) <= REACH and abs(one.y) <= REACH):  # also refuses nan
            raise InputError(f"A point lies within {REACH:g} of 0, not at {one.x:g}, {one.y:g}.")


def _start(spec: Spec) -> Tensor:
    """(N, 2) points of N(0, 1), whatever their class."""
    generator = torch.Generator().manual_seed(spec.seed)
    return torch.randn((spec.classes * spec.each, 2), generator=generator, dtype=torch.float64)


def _accuracy(away: Tensor, labels: Tensor) -> float:
    nearest = away.clone().fill_diagonal_(torch.inf).argmin(1)
    return (labels[nearest] == labels).double().mean().item()
