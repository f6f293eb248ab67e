"""A network that is watched: what S does on maps, and errors against hand-made ones."""

import numpy as np
import pytest
import torch
from torch import Tensor

from vizcore.toolkit import equivariance, graphs, nets, samples, warps
from vizcore.toolkit.equivariance import SEGMENTER, Subject, reference, relative
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image


def star() -> Image:
    return samples.sample("shape-star")


def maps_of(subject: Subject, pixels: Image) -> dict[str, Tensor]:
    with torch.inference_mode():
        return graphs.maps(subject.network("cpu"), subject.batch([pixels], "cpu"))


def test_a_network_sees_the_middle_square_at_the_side_that_was_asked_for() -> None:
    cat = samples.sample("cat")
    assert Subject("tiny_vgg").seen(cat).shape == (64, 64, 3)
    assert Subject("small_resnet", side=96).seen(cat).shape == (96, 96, 3)
    np.testing.assert_array_equal(Subject("tiny_vgg").seen(star()), star())


def test_what_it_receives_is_normalised_as_for_every_exhibit() -> None:
    batch = Subject("tiny_vgg").batch([star(), 0 * star()], "cpu")
    assert batch.shape == (2, 3, 64, 64)
    np.testing.assert_allclose(batch[0].permute(1, 2, 0), (star() - 0.5) / 0.25, atol=1e-6)


def test_with_a_mirrored_border_and_no_blur_it_is_the_network_itself() -> None:
    batch = Subject("small_resnet", "reflect").batch([star()], "cpu")
    network = Subject("small_resnet", "reflect").network("cpu")
    with torch.inference_mode():
        found = graphs.outputs(network, batch)["fc"]
        assert torch.equal(found, nets.load("small_resnet", "cpu")(batch))


def test_errors_are_those_computed_by_hand() -> None:
    subject = Subject("tiny_vgg")
    network = subject.network("cpu")
    still = reference(network, subject.batch([star()], "cpu"))
    moved = maps_of(subject, warps.moved(star(), 0, 2))
    errors = dict(zip(still.maps, still.errors(moved, warps.shift(0, 2), "circular"), strict=True))
    before = maps_of(subject, star())
    for layer, units in (("relu1_2", 2), ("pool1", 1), ("fc", 0)):
        expected = before[layer].roll(units, 3)
        by_hand = (moved[layer] - expected).norm() / before[layer].norm()
        assert errors[layer] == pytest.approx(float(by_hand), rel=1e-5, abs=1e-12)
    half = (before["pool2"] + before["pool2"].roll(1, 3)) / 2  # 2 px are half a unit there
    by_hand = (moved["pool2"] - half).norm() / before["pool2"].norm()
    assert errors["pool2"] == pytest.approx(float(by_hand), rel=1e-5)


def test_brightness_leaves_maps_where_they_are() -> None:
    subject = Subject("tiny_vgg")
    still = reference(subject.network("cpu"), subject.batch([star()], "cpu"))
    moved = maps_of(subject, 0.5 * star())
    errors = still.errors(moved, None, "circular")
    by_hand = (moved["conv1_1"] - still.maps["conv1_1"]).norm() / still.maps["conv1_1"].norm()
    assert errors[0] == pytest.approx(float(by_hand), rel=1e-5)


def test_a_length_in_lengths_of_nothing() -> None:
    zero, one = torch.zeros(3), torch.ones(3)
    assert relative(zero, zero) == 0
    assert relative(one, zero) == float("inf")
    assert relative(2 * one, one) == pytest.approx(2)


def test_progress_is_told_and_a_stop_keeps_what_is_there() -> None:
    subject, told = Subject("tiny_vgg"), list[float]()
    moves = [(star, None) for _ in range(4)]
    found = equivariance.watched(subject, star(), moves, progress=told.append, stop=lambda: len(told) == 3)
    assert told == [0.25, 0.5, 0.75]
    assert found.moved.shape == (3, 10, 1, 1)
    assert not found.errors.any()


def test_sides_that_a_network_cannot_see_are_refused() -> None:
    with pytest.raises(InputError, match="TinyVGG cannot see squares of 100 px"):
        Subject("tiny_vgg", side=100).seen(star())
    with pytest.raises(InputError, match="cannot see squares of 32 px"):
        Subject("mobilenet_v3_small~0", side=32).seen(star())  # 5 x 5 windows on maps of one value
    with pytest.raises(InputError, match="Small U-Net cannot see squares of 72 px"):
        Subject(SEGMENTER, side=72).seen(star())
    with pytest.raises(InputError, match="16 to 512"):
        Subject("small_resnet", side=1000).seen(star())
    with pytest.raises(InputError, match="circular, reflect"):
        Subject("tiny_vgg", border="zeros").seen(star())
