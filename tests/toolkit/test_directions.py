"""Planes of weights, against plain loops, NumPy's singular vectors and an exact paraboloid."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vizcore.toolkit.directions import NORMALISATIONS, Plane, hessian_plane, pca_plane, random_plane
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.hessian import leading
from vizcore.toolkit.plane_losses import losses_at
from vizcore.toolkit.subjects import Subject


def subject(module: nn.Module, images: Tensor, labels: Tensor) -> Subject:
    return Subject("Test", ("a", "b", "c"), module.eval().requires_grad_(False), images, labels)


@pytest.fixture
def small() -> Subject:
    """ReLUs, batch norm and biases."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        first = nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, (2, 3)), nn.BatchNorm2d(4), nn.ReLU()
        module = nn.Sequential(*first, nn.Flatten(), nn.Linear(4 * 3 * 4, 3))
        return subject(module, torch.randn(9, 1, 6, 8), torch.arange(9) % 3)


def path(steps: int, weights: int, seed: int = 0) -> NDArray[np.float32]:
    """A random walk."""
    walk = np.random.default_rng(seed).normal(size=(steps, weights)).cumsum(axis=0)
    return walk.astype(np.float32)


def lengths(values: NDArray[Any], rows: int) -> NDArray[Any]:
    return np.linalg.norm(values.reshape(rows, -1), axis=1)


def test_every_filter_of_a_direction_is_as_long_as_that_of_the_network(small: Subject) -> None:
    plane = random_plane(small, normalisation="filter")
    for part in small.parts:
        if part.kind == "weight":
            expected = lengths(small.origin[part.where], part.shape[0])
            for direction in (plane.first, plane.second):
                np.testing.assert_allclose(lengths(direction[part.where], part.shape[0]), expected, rtol=1e-5)


def test_every_layer_of_a_direction_is_as_long_as_that_of_the_network(small: Subject) -> None:
    plane = random_plane(small, normalisation="layer")
    for part in small.parts:
        if part.kind == "weight":
            expected = lengths(small.origin[part.where], 1)
            np.testing.assert_allclose(lengths(plane.first[part.where], 1), expected, rtol=1e-5)
            assert np.ptp(lengths(plane.first[part.where], part.shape[0])) > 0.01


def test_without_normalisation_all_entries_are_drawn_alike_and_the_whole_is_as_long(small: Subject) -> None:
    first = random_plane(small, normalisation="none").first
    where = [part.where for part in small.parts if part.kind == "weight"]
    whole = np.concatenate([small.origin[each] for each in where])
    assert np.linalg.norm(first) == pytest.approx(np.linalg.norm(whole), rel=1e-5)
    spread = [first[each].std() for each in where]
    assert max(spread) / min(spread) < 1.3


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_biases_and_batch_norm_stay_as_they_are(small: Subject, name: str) -> None:
    plane = random_plane(small, normalisation=name)
    still = [part.where for part in small.parts if part.kind != "weight"]
    assert len(still) == 5
    assert not any(direction[each].any() for each in still for direction in (plane.first, plane.second))


def test_a_layer_ten_times_larger_and_the_next_ten_times_smaller_have_the_same_landscape_per_filter(
    small: Subject,
) -> None:
    scaled = small.at(small.origin)
    first, second = scaled.module[0], scaled.module[2]
    for weights, factor in ((first.weight, 10), (first.bias, 10), (second.weight, 0.1)):
        weights.mul_(factor)
    places = np.linspace(-1, 1, 5)
    for name, same in (("filter", True), ("none", False)):
        pair = [
            losses_at(each, random_plane(each, normalisation=name), places, places)
            for each in (small, scaled)
        ]
        assert np.allclose(pair[0][0], pair[1][0], rtol=1e-4) == same


def test_a_seed_names_both_directions_and_leaves_the_global_generator_alone(small: Subject) -> None:
    state = torch.get_rng_state()
    one, same, other = (random_plane(small, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal([one.first, one.second], [same.first, same.second])
    assert np.abs(one.first - other.first).max() > 0.1
    assert torch.equal(torch.get_rng_state(), state)


def test_principal_directions_are_the_singular_vectors_of_the_path() -> None:
    walk = path(9, 70_001)  # more than one block
    plane = pca_plane(walk)
    centred = (walk - walk[-1]).astype(np.float64)
    centred -= centred.mean(axis=0)
    _, values, vectors = np.linalg.svd(centred, full_matrices=False)
    found = np.stack([plane.first, plane.second])
    cosines = (found * vectors[:2]).sum(axis=1) / np.linalg.norm(found, axis=1)
    np.testing.assert_allclose(np.abs(cosines), 1, rtol=1e-5)
    np.testing.assert_allclose(plane.explained, values[:2] ** 2 / np.sum(values**2), rtol=1e-5)


def test_a_path_starts_at_the_lower_left_and_reaches_1_at_most() -> None:
    walk = path(12, 50)
    plane = pca_plane(walk)
    axes = np.stack([plane.first, plane.second])
    along = (walk - walk[-1]) @ axes.T / np.square(axes).sum(axis=1)
    assert (along[0] <= 0).all()
    assert np.abs(along).max() == pytest.approx(1, rel=1e-5)
    np.testing.assert_array_equal(plane.origin, walk[-1])
    assert np.linalg.norm(plane.first) == pytest.approx(np.linalg.norm(plane.second), rel=1e-5)
    assert plane.first @ plane.second == pytest.approx(0, abs=1e-3)


def test_a_path_in_a_plane_is_explained_completely() -> None:
    plane = pca_plane(path(5, 2) @ path(2, 30, seed=1))
    assert sum(plane.explained or ()) == pytest.approx(1)


def test_least_squares_are_a_paraboloid_along_their_eigenvectors() -> None:
    owner = torch.Generator().manual_seed(2)
    inputs, targets = torch.randn(30, 6, generator=owner), torch.randn(30, 1, generator=owner)
    module = nn.Sequential(nn.Flatten(), nn.Linear(6, 1, bias=False))
    found = subject(module, inputs[:, :, None, None], targets)
    best, (least, *_), *_ = np.linalg.lstsq(inputs.numpy(), targets.numpy())
    found = found.at(best.ravel())
    *_, curved = leading(found)
    plane = hessian_plane(found, curved)
    a, b = np.array([[0, 0], [1, 0], [0, -2], [1.5, 0.5]]).T
    first, second = np.linalg.eigvalsh(2 * inputs.numpy().T @ inputs.numpy() / 30)[:-3:-1]
    np.testing.assert_allclose(plane.eigenvalues, [first, second], rtol=1e-3)
    expected = least / 30 + (first * a**2 + second * b**2) / 2
    np.testing.assert_allclose(losses_at(found, plane, a, b)[0], expected, rtol=1e-3)


@pytest.mark.parametrize(
    ("walk", "says"),
    [
        (path(2, 5), "at least 3 checkpoints, not 2"),
        (np.full((4, 5), np.nan, np.float32), "not finite"),
        (np.ones((4, 5), np.float32), "on one line or are all the same"),
        (np.outer(np.arange(4), np.ones(5)).astype(np.float32), "on one line"),
    ],
)
def test_a_path_without_a_plane_is_explained(walk: NDArray[np.float32], says: str) -> None:
    with pytest.raises(InputError, match=says):
        pca_plane(walk)


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"normalisation": "l2"}, "no normalisation called 'l2'"), ({"seed": -1}, "not -1")],
)
def test_settings_that_are_none_are_refused(small: Subject, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        random_plane(small, **settings)


def test_weights_that_are_all_0_have_no_directions(small: Subject) -> None:
    with pytest.raises(InputError, match="All weights of this network are 0"):
        random_plane(small.at(np.zeros_like(small.origin)))


def test_a_filter_of_zeros_is_not_moved(small: Subject) -> None:
    weights = small.origin.copy()
    weights[:9] = 0
    plane = random_plane(small.at(weights))
    np.testing.assert_array_equal(plane.first[:9], 0)
    assert isinstance(plane, Plane)
