"""From a picture to what a network receives."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.models import get_model_weights

from vizcore.toolkit.data import digits
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inputs import middle, normalised, prepare, resized
from vizcore.toolkit.nets import NETS, find
from vizcore.toolkit.samples import sample

LENET, VGG = NETS["lenet5"], NETS["tiny_vgg"]


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).random((height, width, 3), np.float32)


def channels(values):
    return np.array(values)[:, None, None]


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "convnext_tiny", "efficientnet_b0"])
@pytest.mark.parametrize(("height", "width"), [(300, 300), (200, 300), (447, 301), (64, 61), (120, 480)])
def test_what_goes_in_is_what_torchvision_s_own_preprocessing_gives(name, height, width):
    theirs, image = get_model_weights(name).DEFAULT.transforms(), picture(height, width)
    expected = theirs(torch.from_numpy(image).permute(2, 0, 1)).numpy()
    expected = expected * channels(theirs.std) + channels(theirs.mean)  # GoogLeNet's is normalised again
    cropped = prepare(image, find(name)).cropped.transpose(2, 0, 1)
    np.testing.assert_allclose(cropped, expected.clip(0, 1), atol=1e-6)  # bicubic values leave [0, 1]


@pytest.mark.parametrize("name", ["resnet18", "convnext_tiny", "efficientnet_b0"])
@pytest.mark.parametrize("side", [300, 451])
def test_what_goes_in_is_off_by_the_rounding_when_torchvision_gets_a_picture_in_bytes(name, side):
    """Pillow rounds to bytes between rows and columns and once more at the end."""
    theirs, photo = get_model_weights(name).DEFAULT.transforms(), np.round(sample("cat")[:, :side] * 255)
    expected = theirs(Image.fromarray(photo.astype(np.uint8))).numpy()
    found = prepare(photo.astype(np.float32) / 255, find(name)).normalised
    steps = np.abs(found - expected) * channels(theirs.std) * 255  # in units of a byte
    assert steps.mean() < 0.35
    assert steps.max() < 1.1


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (5, 5, (0, 0, 5, 5)),
        (7, 5, (1, 0, 6, 5)),
        (8, 14, (0, 3, 8, 11)),
        (1, 1, (0, 0, 1, 1)),
        (1, 9999, (0, 4999, 1, 5000)),
        (20_000, 3, (9998, 0, 10_001, 3)),
    ],
)
def test_the_largest_central_square_survives(height, width, box):
    assert prepare(picture(height, width), VGG).box == box


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [(256, 256, (16, 16, 240, 240)), (256, 384, (16, 80, 240, 304)), (1024, 512, (288, 32, 736, 480))],
)
def test_networks_trained_on_imagenet_see_the_middle_of_that_square(height, width, box):
    assert prepare(picture(height, width), find("resnet18")).box == box


@pytest.mark.parametrize(("height", "width"), [(90, 140), (512, 300)])
def test_no_pixel_far_outside_the_box_counts_and_all_inside_do(height, width):
    image = picture(height, width)
    top, left, bottom, right = prepare(image, find("resnet18")).box
    inner, outer = np.zeros((height, width, 1), bool), np.ones((height, width, 1), bool)
    inner[top:bottom, left:right] = True
    margin = 4  # the kernel reaches over the edge, and further when a picture shrinks
    outer[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = False
    whole = prepare(image, find("resnet18")).normalised
    np.testing.assert_array_equal(prepare(np.where(outer, 0, image), find("resnet18")).normalised, whole)
    assert (prepare(np.where(inner, 0, image), find("resnet18")).cropped[8:-8, 8:-8] == 0).all()


def test_of_a_very_long_picture_only_the_middle_is_looked_at():
    image = picture(3, 4000)
    short = image[:, 1994:2006]
    np.testing.assert_array_equal(prepare(image, VGG).normalised, prepare(short, VGG).normalised)


@pytest.mark.parametrize(
    ("height", "width", "longest", "kept"),
    [(5, 8, 1, (0, 1, 5, 6)), (9, 2, 1, (3, 0, 5, 2)), (9, 2, 3, (1, 0, 7, 2)), (4, 6, 3, (0, 0, 4, 6))],
)
def test_the_middle_loses_an_odd_pixel_at_the_end(height, width, longest, kept):
    assert middle(height, width, longest) == kept


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
