"""From a picture to what a network receives."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from vizcore.toolkit.data import digits
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inputs import normalised, prepare, resized
from vizcore.toolkit.nets import NETS

LENET, VGG = NETS["lenet5"], NETS["tiny_vgg"]


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).random((height, width, 3), np.float32)


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (5, 5, (0, 0, 5, 5)),
        (7, 5, (1, 0, 6, 5)),
        (5, 8, (0, 1, 5, 6)),  # 3 columns to lose: 1 on the left, 2 on the right
        (1, 1, (0, 0, 1, 1)),
        (1, 9999, (0, 4999, 1, 5000)),
        (20_000, 3, (9998, 0, 10_001, 3)),
    ],
)
def test_the_largest_central_square_survives(height, width, box):
    image = picture(height, width)
    whole, square = prepare(image, VGG), prepare(image[box[0] : box[2], box[1] : box[3]], VGG)
    assert whole.box == box
    np.testing.assert_array_equal(whole.normalised, square.normalised)


def test_a_constant_picture_becomes_the_constant_less_mean_by_std():
    prepared = prepare(np.full((9, 4, 3), (0.5, 0.75, 0.0)), VGG)
    np.testing.assert_allclose(prepared.normalised.mean(axis=(1, 2)), [0, 1, -2], atol=1e-6)
    assert np.ptp(prepared.normalised, axis=(1, 2)).max() < 1e-6


@pytest.mark.parametrize(("colour", "luma"), [((1, 0, 0), 0.299), ((0, 1, 0), 0.587), ((0, 0, 1), 0.114)])
def test_a_grey_network_sees_the_luma_of_itu_601(colour, luma):
    prepared = prepare(np.full((3, 5, 3), colour, np.float32), LENET)
    assert prepared.normalised.shape == (1, 32, 32)
    np.testing.assert_allclose(prepared.cropped, luma, rtol=1e-6)
    np.testing.assert_allclose(prepared.normalised, (luma - 0.5) / 0.5, rtol=1e-5)


def test_a_picture_of_the_right_size_passes_unchanged():
    image = picture(64, 64)
    np.testing.assert_allclose(prepare(image, VGG).cropped, image, atol=1e-6)


def test_a_fine_checkerboard_becomes_even_grey_instead_of_an_alias():
    board = np.indices((128, 128)).sum(axis=0) % 2
    shrunk = prepare(np.repeat(board[..., None], 3, axis=2).astype(float), VGG).cropped
    np.testing.assert_allclose(shrunk[1:-1, 1:-1], 0.5, atol=1e-6)


@pytest.mark.parametrize("side", [8, 50, 97, 300])
def test_resizing_agrees_with_pillow(side):
    image = picture(side, side)
    for channel in range(3):
        expected = Image.fromarray(image[..., channel]).resize((64, 64), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(prepare(image, VGG).cropped[..., channel], expected, atol=1e-5)


def test_a_digit_shown_is_the_digit_trained_on():
    digit = digits().test_images[0]
    shown = prepare(np.repeat(digit[..., None], 3, axis=2), LENET).normalised
    trained_on = normalised(resized(torch.tensor(digit)[None, None], LENET), LENET)[0]
    np.testing.assert_allclose(shown, trained_on, atol=1e-6)


def test_what_comes_back_is_float32_and_the_input_is_left_alone():
    image = picture(1, 1).astype(np.float64)
    image.setflags(write=False)
    prepared = prepare(image, VGG)
    assert prepared.cropped.dtype == prepared.normalised.dtype == np.float32
    assert prepared.cropped.shape == (64, 64, 3)
    assert prepared.normalised.flags.c_contiguous


def test_mean_and_std_belong_to_their_channels():
    net = dataclasses.replace(VGG, mean=(0.0, 0.1, 0.2), std=(1.0, 2.0, 4.0))
    values = prepare(np.ones((2, 3, 3)), net).normalised[:, 0, 0]
    np.testing.assert_allclose(values, [1, 0.45, 0.2], rtol=1e-6)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3), (1, 4, 4, 3)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(InputError, match="height, width, 3"):
        prepare(np.zeros(shape), VGG)
