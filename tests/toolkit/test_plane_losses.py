"""Rows of points on a plane: however they are shared out, the numbers are the same."""

from functools import lru_cache

import numpy as np
import pytest
import torch

from vizcore.toolkit import plane_losses, subjects
from vizcore.toolkit.directions import Plane, random_plane
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plane_losses import PlaneLosses, Row, landscape, loss_of, losses_at
from vizcore.toolkit.subjects import Subject


@lru_cache(maxsize=1)
def lenet() -> tuple[Subject, Plane]:
    subject = subjects.of_network("lenet5", count=40)
    return subject, random_plane(subject)


@pytest.mark.parametrize(
    ("name", "value"),
    [("free_threads", lambda: 2), ("MOST_WEIGHTS", 200_000), ("KEPT", 0), ("CHUNKS", (16, 16))],
)
def test_threads_memory_and_chunks_change_no_number(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = landscape(*lenet(), points=5)
    monkeypatch.setattr(plane_losses, name, value)
    other = landscape(*lenet(), points=5)
    np.testing.assert_allclose(other.loss, usual.loss, rtol=1e-5)
    np.testing.assert_array_equal(other.accuracy, usual.accuracy)


def test_nothing_is_computed_far_ahead_of_who_pulls() -> None:
    asked: list[int] = []
    found = PlaneLosses(*lenet()).rows(asked.append(number) or Row(0.0, (0.0,)) for number in range(50))  # type: ignore[func-returns-value]
    next(found)
    assert len(asked) <= plane_losses.THREADS + 1


def test_threads_of_pytorch_are_as_many_as_before() -> None:
    torch.set_num_threads(3)
    rows = PlaneLosses(*lenet()).rows([Row(0.0, (0.0,))] * 50)
    next(rows)
    rows.close()  # type: ignore[attr-defined]  # what is left is not computed
    assert torch.get_num_threads() == 3


def test_single_points_are_those_of_the_surface() -> None:
    surface = landscape(*lenet(), points=5)
    loss, accuracy = losses_at(*lenet(), [-1.0, 0.5], [0.5, 1.0])
    np.testing.assert_allclose(loss, surface.loss[[3, 4], [0, 3]], rtol=1e-6)
    np.testing.assert_array_equal(accuracy, surface.accuracy[[3, 4], [0, 3]])


def test_the_loss_of_a_network_is_that_at_the_origin() -> None:
    subject, plane = lenet()
    loss, accuracy = losses_at(subject, plane, [0.0], [0.0])
    assert loss_of(subject) == (pytest.approx(loss[0], rel=1e-5), accuracy[0])


def test_a_plane_that_is_not_finite_is_explained() -> None:
    subject, plane = lenet()
    with pytest.raises(InputError, match="not finite"):
        landscape(subject, Plane(plane.origin, plane.first, plane.second * np.nan, ""), points=2)


def test_batches_of_batch_norm_are_all_about_as_large() -> None:
    subject = subjects.of_network("lenet5", count=600)
    sizes = [len(labels) for _, labels in plane_losses._chunks(subject, "batch")]
    assert sizes == [200, 200, 200]
