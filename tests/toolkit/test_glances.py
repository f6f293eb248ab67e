"""A network that looks again and again says what it says when it looks once."""

import numpy as np
import pytest

from vizcore.exhibits import invariance
from vizcore.toolkit.equivariance import SEGMENTER, Subject
from vizcore.toolkit.glances import Glances
from vizcore.toolkit.samples import sample

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
