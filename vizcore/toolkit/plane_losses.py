"""The loss on a plane through the space of weights: exact at every point, over all pictures, in parallel."""

import math
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vizcore.toolkit import hands
from vizcore.toolkit.directions import Plane
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.stateless import Network, Statistics
from vizcore.toolkit.subjects import Floats, Subject, check, losses

Numbers = NDArray[np.float64]

MOST_POINTS = 201  # along either direction
CHUNK_PIXELS = 1 << 17  # of pictures that pass at a time: what layers give then fits the caches
CHUNKS = (16, 128)  # fewest and most pictures that pass at a time
BATCH = 256  # pictures that batch norm measures together, or a few less
KEPT = 400_000_000  # bytes of what the first layer gives; it is computed every time where it takes more
MOST_WEIGHTS = 16_000_000  # of points that are computed together
THREADS = 2  # at most; each takes a row of points, and one thread of PyTorch's


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on a plane of weights."""

    a: Numbers  # (N,) coordinates along the first direction, 0 in the middle
    b: Numbers  # (N,) coordinates along the second direction
    loss: Numbers  # (N, N) nats, mean over all pictures, infinite where it is no number; row is b, column a
    accuracy: Numbers  # (N, N) share of the pictures that are right, 0 to 1


@dataclass(frozen=True)
class Row:
    """Points of a plane with one b."""

    b: float
    a: tuple[float, ...]


def landscape(
    subject: Subject,
    plane: Plane,
    *,
    span: float = 1.0,
    points: int = 51,
    statistics: Statistics = "running",
) -> Surface:
    """The loss and the accuracy of a network on a square part of a plane; every point is computed.

    Args:
        subject: the network, whose weights are not touched, and the pictures.
        plane: the middle and the two directions.
        span: how far the square reaches along both directions, each way.
        points: along either side, 2 to 201; an odd number has the middle among them.
        statistics: batch norm uses what it has measured while training ("running"), or measures anew at every
            point ("batch"), in batches of about 256 pictures.

    Raises:
        InputError: there are too few or too many points, the span is not above 0, or weights are not finite.
    """
    if not (isinstance(points, int) and 2 <= points <= MOST_POINTS):
        raise InputError(f"A surface has 2 to {MOST_POINTS} points along each side, not {str(points)[:40]}.")
    if not 0 < span < np.inf:  # nan too
        raise InputError(f"The span must be above 0 and finite, not {span}. Take 1, say.")
    places = np.linspace(-span, span, points)
    rows = [Row(float(b), tuple(places.tolist())) for b in places]
    loss, accuracy = zip(*PlaneLosses(subject, plane, statistics).rows(rows), strict=True)
    return Surface(places, places, np.stack(loss), np.stack(accuracy))


def losses_at(
    subject: Subject, plane: Plane, a: ArrayLike, b: ArrayLike, statistics: Statistics = "running"
) -> tuple[Numbers, Numbers]:
    """Loss (n,) in nats and accuracy (n,) at single points (n,) of a plane; for the rest see `landscape`."""
    points = np.stack([a, b], axis=1).tolist()
    found = [*PlaneLosses(subject, plane, statistics).rows([Row(b, (a,)) for a, b in points])]
    return np.array([loss[0] for loss, _ in found]), np.array([accuracy[0] for _, accuracy in found])


@torch.inference_mode()
def loss_of(subject: Subject, statistics: Statistics = "running") -> tuple[float, float]:
    """The loss in nats and the accuracy of a network as it is, over its pictures."""
    network = Network(subject, statistics)
    weights = subject.named(_tensor(subject.origin, subject.images.device))
    found = [
        _sums(network.logits(weights, images), labels) for images, labels in _chunks(subject, statistics)
    ]
    loss, right = np.sum(found, axis=0) / len(subject.labels)
    return float(loss), float(right)


class PlaneLosses:
    """The network of a subject on a plane, with what all points have in common computed once."""

    def __init__(self, subject: Subject, plane: Plane, statistics: Statistics = "running") -> None:
        """Prepare a plane; arguments as of `landscape`.

        Raises:
            InputError: weights or directions are not finite.
        """
        check(subject)
        place = subject.images.device
        self._given = subject, plane, statistics
        self._subject = subject
        self._plane = [_tensor(each, place) for each in (plane.origin, plane.first, plane.second)]
        self._network = Network(subject, statistics)
        self._chunks = _chunks(subject, statistics)
        self._threads = free_threads() if place.type == "cpu" else 1

    def rows(self, rows: Iterable[Row]) -> Iterator[tuple[Numbers, Numbers]]:
        """Loss and accuracy (n,) of each row, in order, and hardly further than the caller pulls."""
        if hands.lent() and self._given[0].images.device.type == "cpu":
            yield from hands.spread(PlaneLosses, self._given, "row", ((row,) for row in rows))
            return
        _ = self._firsts  # before threads ask for it, each for itself
        before, ahead = torch.get_num_threads(), deque[Future[tuple[Numbers, Numbers]]]()
        try:
            with ThreadPoolExecutor(self._threads, "landscape", torch.set_num_threads, (1,)) as pool:
                for row in rows:
                    ahead.append(pool.submit(self.row, row))
                    if len(ahead) > self._threads:
                        yield ahead.popleft().result()
                while ahead:
                    yield ahead.popleft().result()
        finally:
            torch.set_num_threads(before)  # or every thread that begins from now on had one

    @torch.inference_mode()
    def row(self, row: Row) -> tuple[Numbers, Numbers]:
        """Loss in nats and accuracy, each (n,), at the points of a row."""
        together = max(1, MOST_WEIGHTS // len(self._subject.origin))  # points
        parts = [row.a[begin : begin + together] for begin in range(0, len(row.a), together)]
        totals = np.concatenate([self._part(a, row.b) for a in parts], axis=1)
        loss, accuracy = totals / len(self._subject.labels)
        return np.where(np.isfinite(loss), loss, np.inf), accuracy

    def _part(self, a: tuple[float, ...], b: float) -> Numbers:
        """(2, n) the sum of the losses, and how many pictures are right, at points of a row."""
        origin, first, second = self._plane
        below = torch.add(origin, second, alpha=b)
        points = [self._subject.named(torch.add(below, first, alpha=each)) for each in a]
        totals = np.zeros((2, len(a)))
        for number, (images, labels) in enumerate(self._chunks):
            if self._firsts:
                z0, z1, z2 = self._firsts[number]
                z0 = torch.add(z0, z2, alpha=b)
            for place, weights in enumerate(points):
                if self._firsts:
                    outputs = self._network.after_first(weights, torch.add(z0, z1, alpha=a[place]))
                else:
                    outputs = self._network.logits(weights, images)
                totals[:, place] += _sums(outputs, labels)
        return totals

    @cached_property
    @torch.inference_mode()
    def _firsts(self) -> list[list[Tensor]] | None:
        """What the first layer gives for each chunk: of origin and directions; None: too large, or bent."""
        if not self._network.linear:
            return None
        found: list[list[Tensor]] = []
        for images, _ in self._chunks:
            found.append([self._network.first(self._subject.named(each), images) for each in self._plane])
            if sum(each.nbytes for each in found[0]) * len(self._chunks) > KEPT:
                return None
        return found


def free_threads() -> int:
    """How many threads can work without taking a core from somebody else, 1 to THREADS."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(THREADS, round(cores - busy)))


def _tensor(weights: Floats, place: torch.device) -> Tensor:
    if not np.isfinite(weights).all():
        raise InputError("The plane has weights that are not finite (nan or infinite). Choose another one.")
    return torch.tensor(weights, dtype=torch.float32, device=place)


def _chunks(subject: Subject, statistics: Statistics) -> list[tuple[Tensor, Tensor]]:
    """Pictures that pass together, channels last, and their labels."""
    fewest, most = CHUNKS
    size = max(fewest, min(most, CHUNK_PIXELS // subject.images[0, 0].numel()))
    count = math.ceil(len(subject.labels) / (BATCH if statistics == "batch" else size))
    images = subject.images.contiguous(memory_format=torch.channels_last)
    return [*zip(images.tensor_split(count), subject.labels.tensor_split(count), strict=True)]


def _sums(outputs: Tensor, labels: Tensor) -> tuple[float, float]:
    """The sum of the losses of pictures, and how many are right; nan where labels are no classes."""
    total = float(losses(outputs, labels).sum(dtype=torch.float64))
    return total, math.nan if labels.is_floating_point() else int((outputs.argmax(1) == labels).sum())
