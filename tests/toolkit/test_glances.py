"""A network that looks again and again says what it says when it looks once."""

import numpy as np
import pytest

from vizcore.exhibits import invariance
from vizcore.toolkit import equivariance, glances
from vizcore.toolkit.equivariance import SEGMENTER, Reference, Subject
from vizcore.toolkit.glances import Glances, expected
from vizcore.toolkit.samples import sample
from vizcore.toolkit.shared import Room, Shared

STAR = sample("shape-star")


@pytest.fixture(scope="module")
def eye() -> Glances:
    return Glances(Subject("tiny_vgg"), STAR)


def test_a_shift_gives_the_logits_and_errors_of_a_single_look(eye: Glances) -> None:
    glance = eye.shifted(0, 3)
    once = invariance.network_response(STAR, "tiny_vgg", "shift_x", [3.0])
    np.testing.assert_allclose(glance.output[:, 0, 0], once.logits[0], atol=1e-5)
    np.testing.assert_allclose(list(glance.errors.values()), once.error[0], atol=1e-6)
    assert tuple(glance.errors) == once.layers


def test_a_transformation_gives_those_of_a_single_look(eye: Glances) -> None:
    glance = eye.transformed("brightness", 0.5)
    once = invariance.network_response(STAR, "tiny_vgg", "brightness", [0.5])
    np.testing.assert_allclose(glance.output[:, 0, 0], once.logits[0], atol=1e-5)
    np.testing.assert_allclose(glance.seen, eye.pixels * 0.5, atol=1e-6)


def test_errors_that_nobody_asked_for_are_not_measured(eye: Glances) -> None:
    quick, full = eye.shifted(2, 1, errors=False), eye.shifted(2, 1)
    assert quick.errors == {}
    np.testing.assert_array_equal(quick.output, full.output)


def test_the_picture_as_it_is_is_a_shift_by_nothing(eye: Glances) -> None:
    np.testing.assert_array_equal(eye.still.output, eye.shifted(0, 0).output)
    assert set(eye.shifted(0, 0).errors.values()) == {0.0}


def test_probabilities_sum_to_one_for_pictures_and_for_pixels(eye: Glances) -> None:
    assert eye.still.probabilities.shape == (10,)
    assert eye.still.probabilities.sum() == pytest.approx(1)
    pixels = Glances(Subject(SEGMENTER), STAR).still.probabilities
    assert pixels.shape == (11, 64, 64)
    np.testing.assert_allclose(pixels.sum(0), 1, atol=1e-9)


def test_what_the_layers_make_of_the_picture_is_kept_for_all_and_can_be_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room, looks, look = Room(10**8), [], equivariance.reference
    monkeypatch.setattr(glances, "_references", Shared[Reference](room=room))
    monkeypatch.setattr(equivariance, "reference", lambda *given: looks.append(1) or look(*given))
    first, second = (Glances(Subject("lenet5"), STAR) for _ in range(2))
    moved = first.shifted(1, 2).errors
    assert second.shifted(1, 2).errors == moved
    assert (len(looks), room.taken > 4 * 6 * 28 * 28) == (1, True)
    room.resize(0)
    assert first.shifted(1, 2).errors == moved  # computed once more
    assert len(looks) == 2


def test_a_larger_square_and_a_larger_network_are_expected_to_take_longer() -> None:
    small, large = (expected(Subject("resnet18", side=side)) for side in (64, 128))
    assert large > 2 * small
    assert expected(Subject("vgg16", side=128)) > 2 * large
    assert expected(Subject("tiny_vgg", side=48)) == 0  # it cannot see it, and says so
