"""Curvature of losses, against the full Hessian of small networks and of least squares."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from vizcore.toolkit import hessian
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.hessian import Hessian, Leading, leading, trace
from vizcore.toolkit.subjects import Subject, losses


def subject(module: nn.Module, images: Tensor, labels: Tensor) -> Subject:
    return Subject("Test", ("a", "b", "c"), module.eval().requires_grad_(False), images, labels)


@pytest.fixture(scope="module")
def small() -> Subject:
    """95 weights, 131 pictures: more than one chunk."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        layers = nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.GELU(), nn.MaxPool2d(2)
        module = nn.Sequential(*layers, nn.Flatten(), nn.Linear(18, 3)).double()
        module[1].running_var.uniform_(0.5, 2)
        return subject(module, torch.randn(131, 1, 6, 8).double(), torch.randint(3, (131,)))


@pytest.fixture(scope="module")
def whole(small: Subject) -> Tensor:
    """The Hessian, entry by entry."""

    def loss(weights: Tensor) -> Tensor:
        outputs = functional_call(small.module, small.named(weights), (small.images,))
        return losses(outputs, small.labels).mean()

    return torch.autograd.functional.hessian(loss, torch.from_numpy(small.origin).double())


def least_squares(inputs: Tensor) -> Subject:
    """One linear output and no bias: its Hessian is twice the mean of x x^T."""
    module = nn.Sequential(nn.Flatten(), nn.Linear(inputs.shape[1], 1, bias=False))
    return subject(module, inputs[:, :, None, None], torch.ones(len(inputs), 1))


def last(found: Iterator[Leading]) -> Leading:
    *_, answer = found
    return answer


def test_a_product_is_that_of_the_full_hessian(small: Subject, whole: Tensor) -> None:
    vector = torch.linspace(-1, 1, len(whole)).double()
    torch.testing.assert_close(Hessian(small).times(vector), whole @ vector, rtol=1e-6, atol=1e-8)


def test_the_leading_eigenvalues_and_vectors_are_those_of_the_full_hessian(
    small: Subject, whole: Tensor
) -> None:
    values, vectors = np.linalg.eigh(whole.numpy())
    found = last(leading(small, 3))
    np.testing.assert_allclose(found.values, values[:-4:-1], rtol=1e-3)
    np.testing.assert_allclose(np.abs(np.diag(found.vectors @ vectors[:, :-4:-1])), 1, atol=1e-2)
    np.testing.assert_allclose(found.vectors @ found.vectors.T, np.eye(3), atol=1e-5)


def test_every_estimate_lies_within_its_error_of_an_eigenvalue(small: Subject, whole: Tensor) -> None:
    values = torch.linalg.eigvalsh(whole).numpy()
    for count, found in enumerate(leading(small), 1):
        off = np.abs(found.values[:, None] - values).min(axis=1)
        assert (off <= found.errors + 1e-5).all()
        assert found.products == count
    assert found.done


def test_a_vector_and_its_product_differ_by_the_error_alone(small: Subject, whole: Tensor) -> None:
    found = next(islice(leading(small), 4, None))
    rest = found.vectors @ whole.numpy() - found.values[:, None] * found.vectors
    np.testing.assert_allclose(np.linalg.norm(rest, axis=1), found.errors, rtol=1e-3)


def test_least_squares_have_the_eigenvalues_of_their_inputs() -> None:
    inputs = torch.randn(40, 7, generator=torch.Generator().manual_seed(0))
    expected = np.linalg.eigvalsh(2 * inputs.numpy().T @ inputs.numpy() / 40)
    found = last(leading(least_squares(inputs), 7))
    np.testing.assert_allclose(found.values, expected[::-1], rtol=1e-4)


def test_a_hessian_with_one_eigenvalue_only_still_has_two_eigenvectors() -> None:
    found = last(leading(least_squares(torch.eye(5))))
    np.testing.assert_allclose(found.values, [2 / 5, 2 / 5], rtol=1e-5)
    np.testing.assert_allclose(found.vectors @ found.vectors.T, np.eye(2), atol=1e-5)


def test_no_curvature_is_no_error() -> None:
    found = last(leading(least_squares(torch.zeros(4, 3))))
    np.testing.assert_array_equal(found.values, 0)


def test_random_signs_find_the_trace_of_a_diagonal_hessian_at_once() -> None:
    inputs = torch.diag(torch.tensor([1.0, 2.0, 3.0]))
    assert next(trace(least_squares(inputs))).value == pytest.approx(2 * (1 + 4 + 9) / 3)


def test_the_trace_is_estimated_without_bias(small: Subject, whole: Tensor) -> None:
    found = next(islice(trace(small), 79, None))
    assert abs(found.value - float(whole.trace())) < 3 * found.error
    assert found.samples == 80


def test_known_eigenvectors_make_the_trace_more_certain(small: Subject, whole: Tensor) -> None:
    known = last(leading(small, 4))
    plain, better = (next(islice(trace(small, known=each), 19, None)) for each in (None, known))
    assert better.error < plain.error / 2
    assert abs(better.value - float(whole.trace())) < 3 * better.error


def test_one_sample_has_no_error_yet(small: Subject) -> None:
    assert next(trace(small)).error == np.inf


def test_nothing_global_and_nothing_of_the_network_changes(small: Subject) -> None:
    state, weights = torch.get_rng_state(), small.origin.copy()
    first, second = (next(leading(small, seed=3)).vectors for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(weight.requires_grad for weight in small.module.parameters())
    np.testing.assert_array_equal(np.concatenate([w.flatten() for w in small.module.parameters()]), weights)


@pytest.mark.parametrize("room", [0, 30_000, 10**9])
def test_what_is_kept_changes_no_product(
    small: Subject, whole: Tensor, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(hessian, "CHUNK", 20)
    monkeypatch.setattr(hessian, "KEPT", room)
    vector, curvature = torch.ones(len(whole)).double(), Hessian(small)
    for _ in range(3):
        torch.testing.assert_close(curvature.times(vector), whole @ vector, rtol=1e-6, atol=1e-8)


def test_a_layer_without_a_second_derivative_is_explained() -> None:
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.Hardsigmoid())
    with pytest.raises(InputError, match="such as a hard sigmoid"):
        next(leading(subject(module, torch.ones(2, 1, 2, 2), torch.zeros(2, dtype=torch.int64))))


def test_curvature_beyond_all_numbers_is_explained() -> None:
    with pytest.raises(InputError, match="not finite"):
        next(leading(least_squares(torch.full((2, 3), 1e30))))


@pytest.mark.parametrize("function", [leading, trace])
def test_a_seed_that_is_none_is_refused(function: object, small: Subject) -> None:
    with pytest.raises(InputError, match="not -1"):
        next(function(small, seed=-1))  # type: ignore[operator]
