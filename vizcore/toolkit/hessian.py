r"""How curved a loss is at the weights of a network: the leading eigenvalues of its Hessian, and its trace.

The Hessian $H$ of P weights has P^2 entries, but its product with a vector takes only two or three
gradients' time: $H v$ is the derivative of $v^T \nabla L$ (Pearlmutter 1994, Fast exact multiplication by the
Hessian). All here is made of such products, over all pictures. Batch norm keeps the means and variances that
it has measured, and where a ReLU or a max pooling has a kink, PyTorch's slope there counts.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.func import functional_call

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.parameters import check_seed
from vizcore.toolkit.subjects import Subject, losses

Floats = NDArray[np.float32]
CHUNK = 64  # pictures whose gradient is derived at a time
KEPT = 400_000_000  # bytes, what the products of all chunks may keep
MOST = 60  # products for the leading eigenvectors
CLOSE = 1e-2  # error of an eigenvector, as a share of its eigenvalue, that is small enough
ROUNDING = 1e-6  # share of the largest entry below which there is nothing left


@dataclass(frozen=True, eq=False)
class Leading:
    """The largest eigenvalues of a Hessian, as far as they are known."""

    values: NDArray[np.float64]  # (k,) largest first
    vectors: Floats  # (k, P) of length 1, at right angles
    errors: NDArray[np.float64]  # (k,) length of H v - value v: an eigenvalue is within this of the value
    products: int  # of the Hessian with a vector, so far
    done: bool  # whether all errors are small, or no product can make them smaller


@dataclass(frozen=True)
class Trace:
    """Hutchinson's estimate of the sum of all eigenvalues."""

    value: float
    error: float  # its standard error; infinite after the first sample
    samples: int


class Hessian:
    """The Hessian of the mean loss over all pictures of a subject.

    A product derives the gradient once more. What that takes is kept for as many pictures as there is room
    for, and computed anew for the others: a product takes the time of two gradients, or of three.
    """

    def __init__(self, subject: Subject) -> None:
        """Prepare it; the subject stays as it is."""
        self._subject = subject
        flat = [weight.detach().flatten() for weight in subject.module.parameters()]
        self._weights = torch.cat(flat).requires_grad_()
        parts = [torch.split(each, CHUNK) for each in (subject.images, subject.labels)]
        self._chunks = [*zip(*parts, strict=True)]
        self._kept: list[Tensor] = []  # gradients of the first chunks
        self._held: dict[int, int] = {}  # address -> bytes of what they hold

    def times(self, vector: Tensor) -> Tensor:
        """The product (P,) with a vector (P,).

        Raises:
            InputError: PyTorch has no second derivative of a layer.
        """
        vector, total = vector.to(self._weights), torch.zeros_like(self._weights)
        for number in range(len(self._chunks)):
            slope = self._slope(number)
            kept = number < len(self._kept)
            try:
                total += torch.autograd.grad(slope, self._weights, vector, retain_graph=kept)[0]
            except RuntimeError as error:
                if "is not implemented" not in str(error):
                    raise
                raise InputError(
                    f"PyTorch has no second derivative of a layer of {self._subject.title}, such as a hard "
                    "sigmoid, so the curvature of its loss is not known. Choose another network or plane."
                ) from error
        return total / len(self._subject.labels)

    def _slope(self, number: int) -> Tensor:
        """(P,) the gradient of the summed loss of a chunk of pictures, ready to be derived."""
        if number < len(self._kept):
            return self._kept[number]
        images, labels = self._chunks[number]
        with torch.enable_grad(), saved_tensors_hooks(self._counted, lambda tensor: tensor):
            named = self._subject.named(self._weights)
            loss = losses(functional_call(self._subject.module, named, (images,)), labels).sum()
            (slope,) = torch.autograd.grad(loss, self._weights, create_graph=True)
        if number == len(self._kept) and sum(self._held.values()) <= KEPT:
            self._kept.append(slope)
        return slope

    def _counted(self, tensor: Tensor) -> Tensor:
        memory = tensor.untyped_storage()
        self._held[memory.data_ptr()] = memory.nbytes()
        return tensor


def leading(subject: Subject, count: int = 2, *, seed: int = 0) -> Iterator[Leading]:
    """The largest eigenvalues with their eigenvectors, better with every product; the last is the answer.

    By the method of Lanczos 1950, where every vector is made orthogonal to all before it: five to ten
    products are enough for a trained network, whose leading eigenvalues stand alone. Largest means with the
    sign; an eigenvalue that occurs several times counts once.

    Args:
        subject: the network, its weights and pictures.
        count: how many.
        seed: of the vector that it starts from.

    Yields:
        What is known after each product: at most `count` eigenvalues, at first fewer.

    Raises:
        InputError: the seed is none, PyTorch knows no second derivative, or it is not finite.
    """
    check_seed(seed)
    owner, size, curvature = Generator().manual_seed(seed), len(subject.origin), Hessian(subject)
    most = min(MOST, size)
    basis, small = torch.empty(most, size), np.zeros((most + 1, most + 1))  # the Hessian in that basis
    rest = torch.randn(size, generator=owner)
    for step in range(most):
        basis[step] = rest / rest.norm()
        image = curvature.times(basis[step]).to(basis)
        small[step, step] = basis[step] @ image
        rest = _across(image, basis[: step + 1])
        length = float(rest.norm())
        if not math.isfinite(length):
            raise InputError(
                f"The curvature of the loss of {subject.title} is not finite at these weights. Choose an "
                "earlier checkpoint, or other weights."
            )
        if length <= ROUNDING * np.abs(small).max():  # these vectors are a world of their own
            length, rest = 0.0, _across(torch.randn(size, generator=owner), basis[: step + 1])
        small[step, step + 1] = small[step + 1, step] = length
        found = _ritz(basis[: step + 1], small[: step + 1, : step + 1], length, count)
        yield found
        if found.done:
            return


def _across(vector: Tensor, basis: Tensor) -> Tensor:
    """What of a vector is at right angles to a basis; taken twice, since once leaves rounding behind."""
    for _ in range(2):
        vector = vector - basis.T @ (basis @ vector)
    return vector


def _ritz(basis: Tensor, small: NDArray[np.float64], length: float, count: int) -> Leading:
    """The best eigenvalues and eigenvectors that a basis (m, P) holds.

    Args:
        basis: orthonormal.
        small: (m, m) the Hessian in it.
        length: of what the Hessian makes of its last vector, outside of it.
        count: how many eigenvalues.
    """
    values, mixed = np.linalg.eigh(small)
    values, mixed = values[: -count - 1 : -1], mixed[:, : -count - 1 : -1]
    errors = np.abs(length * mixed[-1])
    done = len(basis) == basis.shape[1] or (len(values) == count and (errors <= CLOSE * np.abs(values)).all())
    vectors = torch.from_numpy(mixed.T.astype(np.float32)) @ basis
    return Leading(values, vectors.numpy(), errors, len(basis), bool(done))


def trace(subject: Subject, *, known: Leading | None = None, seed: int = 0) -> Iterator[Trace]:
    """The sum of all eigenvalues, estimated: better with every product, without end.

    The mean of v^T H v over vectors v of random signs (Hutchinson 1990). Where leading eigenvectors are
    known, their share is exact and only the rest is estimated, with a much smaller error (Meyer et al. 2021,
    Hutch++, arXiv:2010.09649).

    Args:
        subject: the network, its weights and pictures.
        known: of the same subject.
        seed: of the random signs.

    Yields:
        The estimate after each sample.

    Raises:
        InputError: the seed is none, or PyTorch knows no second derivative.
    """
    check_seed(seed)
    owner, size, curvature = Generator().manual_seed(seed), len(subject.origin), Hessian(subject)
    vectors = torch.from_numpy(known.vectors) if known else torch.empty(0, size)
    exact = float(known.values.sum()) if known else 0.0
    samples: list[float] = []
    while True:
        signs = torch.randint(2, (size,), generator=owner) * 2.0 - 1
        signs = _across(signs, vectors)
        image = curvature.times(signs).cpu()
        samples.append(float(signs.double() @ image.double()))
        error = np.std(samples, ddof=1) / math.sqrt(len(samples)) if len(samples) > 1 else math.inf
        yield Trace(exact + float(np.mean(samples)), float(error), len(samples))
