r"""Planes through the space of weights: along random, principal or most curved directions.

A plane is $\theta(a, b) = \theta_0 + a\,d_1 + b\,d_2$, where $\theta_0$ are the weights of a network, one
behind the other. What a picture of it shows depends on the two directions, and on how long they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from vizcore.toolkit import hessian
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import check_seed
from vizcore.toolkit.subjects import Subject

Floats = NDArray[np.float32]
STRAIGHT = 1e-9  # share of the variance below which a second direction is rounding
BLOCK = 1 << 16  # weights whose float64 copies are in memory at a time


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through the space of P weights; a and b count lengths of its two directions."""

    origin: Floats  # (P,) the weights at a = b = 0
    first: Floats  # (P,) what a = 1 adds
    second: Floats  # (P,) what b = 1 adds; not always at a right angle to `first`
    title: str
    explained: tuple[float, float] | None = None  # share of a path's variance along each direction, 0 to 1
    eigenvalues: tuple[float, float] | None = None  # of the Hessian, for each direction


@dataclass(frozen=True)
class Normalisation:
    """How long the parts of a random direction are."""

    title: str
    says: str  # one sentence: what has the length of what
    rows: Callable[[tuple[int, ...]], int] | None  # in how many parts a layer is scaled; None: all as one


NORMALISATIONS: Mapping[str, Normalisation] = {
    "filter": Normalisation(
        "per filter",
        "Each filter of the direction is as long as the network's filter in its place.",
        lambda shape: shape[0],
    ),
    "layer": Normalisation(
        "per layer",
        "Each layer of the direction is as long as the network's layer in its place.",
        lambda shape: 1,
    ),
    "none": Normalisation(
        "none",
        "The direction as it was drawn: one factor makes all of it as long as all weights together.",
        None,
    ),
}


def random_plane(subject: Subject, *, normalisation: str = "filter", seed: int = 0) -> Plane:
    """A plane along two directions with normally distributed entries, as long as the weights themselves.

    Biases and what belongs to batch norm stay as they are: their entries are 0. Source: Li et al. 2018,
    Visualizing the loss landscape of neural nets, arXiv:1712.09913, and its code.

    Args:
        subject: its weights are the origin.
        normalisation: key of NORMALISATIONS.
        seed: of both directions.

    Raises:
        InputError: the normalisation or the seed is none, or all weights are 0.
    """
    kind = pick(NORMALISATIONS, normalisation, "normalisation")
    check_seed(seed)
    if not any(subject.origin[part.where].any() for part in subject.parts if part.kind == "weight"):
        raise InputError(
            "All weights of this network are 0, so a random direction as long as they are has no length. "
            "Choose weights that have learnt something."
        )
    owner = Generator().manual_seed(seed)
    first, second = (_drawn(subject, kind, owner) for _ in range(2))
    return Plane(subject.origin, first, second, f"random directions, normalisation: {kind.title}")


def _drawn(subject: Subject, kind: Normalisation, owner: Generator) -> Floats:
    """(P,) a random direction."""
    drawn, weights = torch.zeros(2, len(subject.origin))
    for part in subject.parts:
        if part.kind == "weight":
            drawn[part.where] = torch.randn(part.end - part.begin, generator=owner)
            weights[part.where] = torch.from_numpy(subject.origin[part.where])
            if kind.rows:
                rows = kind.rows(part.shape)
                _scale(drawn[part.where].view(rows, -1), weights[part.where].view(rows, -1))
    if not kind.rows:
        _scale(drawn[None], weights[None])
    return drawn.numpy()


def _scale(drawn: Tensor, weights: Tensor) -> None:
    """Make every row as long as that of the weights, in place."""
    drawn *= weights.norm(dim=1, keepdim=True) / (drawn.norm(dim=1, keepdim=True) + 1e-10)


def pca_plane(path: Floats) -> Plane:
    """The plane through the end of a path that follows its two principal components.

    They are at right angles and equally long: 1 is as far as the path gets along either of them from its end,
    so all of it lies between -1 and 1. The path starts at the left and below. Source: Li et al. 2018,
    arXiv:1712.09913: principal components of the differences to the last checkpoint. They are centred first,
    as the PCA in its code does: these are the components of the checkpoints less their mean, and the variance
    is that about the mean.

    Args:
        path: (T, P) weights at T checkpoints, the last one is the origin.

    Raises:
        InputError: there are fewer than three checkpoints, they are not finite, or lie on a line.
    """
    if len(path) < 3:
        raise InputError(
            f"A plane needs a path of at least 3 checkpoints, not {len(path)}. Train for longer."
        )
    if not np.isfinite(path).all():
        raise InputError("Weights of the path are not finite: its training has diverged.")
    away = path - path[-1]
    centred = away - away.mean(axis=0, dtype=np.float64).astype(np.float32)
    blocks = (centred[:, at : at + BLOCK].astype(np.float64) for at in range(0, path.shape[1], BLOCK))
    variances, vectors = np.linalg.eigh(sum(block @ block.T for block in blocks))
    if variances[-2] <= STRAIGHT * variances[-1]:
        raise InputError(
            "The checkpoints of this path lie on one line or are all the same, so they span no plane. Choose "
            "random directions."
        )
    shares = variances[:-3:-1] / variances.sum()
    lengths, vectors = np.sqrt(variances[:-3:-1]), vectors[:, :-3:-1]
    along = vectors * lengths - vectors[-1] * lengths  # (T, 2) from the end of the path
    units = np.where(along[0] > 0, -1, 1) * np.abs(along).max()
    first, second = (vectors / lengths * units).T.astype(np.float32) @ centred
    title = "principal components of the path"
    return Plane(path[-1], first, second, title, explained=(float(shares[0]), float(shares[1])))


def hessian_plane(subject: Subject, found: hessian.Leading) -> Plane:
    """The plane along the two directions in which the loss is most curved; 1 is a Euclidean distance of 1.

    Near the origin, where the gradient is about 0, the loss is L(0, 0) + (l1 a^2 + l2 b^2) / 2 with the
    eigenvalues l1 and l2 of the Hessian.

    Args:
        subject: its weights are the origin.
        found: the last of `hessian.leading(subject)`.
    """
    first, second = found.vectors[:2]
    values = float(found.values[0]), float(found.values[1])
    return Plane(subject.origin, first, second, "leading eigenvectors of the Hessian", eigenvalues=values)
