"""Convolution over several channels, against torch and against counts made by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from vizcore.toolkit import convolutions
from vizcore.toolkit.channels import MATRICES, bank, drawn, filtered, mixed, reads, shares
from vizcore.toolkit.costs import Conv
from vizcore.toolkit.errors import InputError


def some(*shape: int, seed: int = 8) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def test_the_parts_of_a_filter_add_up_to_its_output() -> None:
    found = filtered(some(3, 7, 5), some(3, 3, 3, seed=1), 0.25)
    np.testing.assert_allclose(found.parts.sum(axis=0) + 0.25, found.output, atol=1e-14)


def test_each_part_is_one_channel_under_one_kernel() -> None:
    image, kernels = some(3, 7, 5), some(3, 3, 5, seed=1)
    alone = convolutions.correlate(image[1:2], kernels[1:2, None], padding="same")[0]
    np.testing.assert_allclose(filtered(image, kernels).parts[1], alone, atol=1e-14)


def test_a_one_by_one_convolution_is_a_matrix_for_every_pixel() -> None:
    image, weights, bias = some(3, 4, 6), some(2, 3, seed=1), some(2, seed=2)
    expected = np.einsum("oc,chw->ohw", weights, image) + bias[:, None, None]
    np.testing.assert_allclose(mixed(image, weights, bias), expected, atol=1e-14)
    np.testing.assert_allclose(mixed(image, weights, bias, relu=True), expected.clip(0), atol=1e-14)


def test_a_one_by_one_convolution_is_a_linear_layer_over_the_pixels() -> None:
    image, weights, bias = some(3, 4, 6), some(5, 3, seed=1), some(5, seed=2)
    layer = F.linear(
        torch.from_numpy(image).permute(1, 2, 0), torch.from_numpy(weights), torch.from_numpy(bias)
    )
    np.testing.assert_allclose(mixed(image, weights, bias), layer.permute(2, 0, 1), atol=1e-14)


@pytest.mark.parametrize("name", MATRICES)
def test_white_stays_in_range_under_every_matrix_but_sepia(name: str) -> None:
    entry = MATRICES[name]
    output = mixed(np.ones((3, 1, 1)), entry.weights, entry.bias)
    assert output.min() >= 0
    assert output.max() <= (1.352 if name == "sepia" else 1.001)


def test_the_shapes_and_weights_of_the_lecture() -> None:
    """N9 (Kainz): 32 x 32 x 3 under six filters of 5 x 5, and their maps under ten of 3 x 3."""
    image, six = some(3, 32, 32), np.stack(list(bank(5).values()))
    assert image.size == 3072
    assert convolutions.correlate(image, six[:1]).shape == (1, 28, 28)
    maps = convolutions.correlate(image, six, padding=2)
    assert maps.shape == (6, 32, 32)
    assert convolutions.correlate(maps, drawn(10, 6, 3), padding=1).shape == (10, 32, 32)
    six_filters, ten_filters = Conv(3, 6, (5, 5)), Conv(6, 10, (3, 3))
    assert (six_filters.weights, ten_filters.weights) == (450, 540)
    assert (six_filters.weights + 6, ten_filters.weights + 10) == (456, 550)  # with a bias for each filter


@pytest.mark.parametrize(("inputs", "outputs", "groups"), [(6, 4, 2), (8, 8, 8), (3, 9, 3), (5, 7, 1)])
def test_who_reads_whom_is_what_torch_does(inputs: int, outputs: int, groups: int) -> None:
    layer = torch.nn.Conv2d(inputs, outputs, 1, groups=groups, bias=False)
    torch.nn.init.ones_(layer.weight)
    answers = layer(torch.eye(inputs)[:, :, None, None])[:, :, 0, 0].T  # of every output to every input alone
    np.testing.assert_array_equal(reads(inputs, outputs, groups), answers.detach().numpy() == 1)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_a_weight_stands_at_every_connection(groups: int) -> None:
    """N40: k_h k_w (c_i / b)(c_o / b) b."""
    connections = reads(8, 12, groups).sum()
    assert connections * 3 * 5 == Conv(8, 12, (3, 5), groups).weights == 8 * 12 * 3 * 5 // groups


def test_groups_that_do_not_divide_the_channels_are_explained() -> None:
    with pytest.raises(InputError, match=r"3 groups cannot share 8 input channels.*1, 2, 4"):
        reads(8, 12, 3)
    assert shares(8, 12) == [1, 2, 4]


def test_the_filters_of_the_bank_are_of_one_strength_and_differ() -> None:
    filters = list(bank(5).values())
    assert all(np.abs(weights).sum() == pytest.approx(1) for weights in filters)
    assert np.linalg.matrix_rank(np.stack(filters).reshape(6, -1)) == 6
