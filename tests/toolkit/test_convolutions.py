"""Convolutions of several channels against torch, hand arithmetic and the law of the transpose."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.toolkit import convolutions, windows
from vizcore.toolkit.convolutions import correlate, transpose
from vizcore.toolkit.errors import InputError

# groups, stride, padding, dilation
SETTINGS = list(itertools.product((1, 2, 4), (1, 2, 3), (0, 2), (1, 2)))


def drawn(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def by_torch(image: NDArray[np.float64], kernels: NDArray[np.float64], **settings: Any) -> Any:
    return F.conv2d(torch.tensor(image), torch.tensor(kernels), **settings).numpy()


@pytest.mark.parametrize(("groups", "stride", "padding", "dilation"), SETTINGS)
def test_correlation_is_conv2d(groups: int, stride: int, padding: int, dilation: int) -> None:
    settings = {"groups": groups, "stride": stride, "padding": padding, "dilation": dilation}
    image, kernels = drawn(4, 13, 9), drawn(8, 4 // groups, 3, 2, seed=1)
    ours = correlate(image, kernels, **settings)  # type: ignore[arg-type]
    np.testing.assert_allclose(ours, by_torch(image, kernels, **settings), rtol=0, atol=1e-13)


@pytest.mark.parametrize(("groups", "stride", "padding", "dilation"), SETTINGS)
def test_transposed_convolution_is_conv_transpose2d(
    groups: int, stride: int, padding: int, dilation: int
) -> None:
    image, kernels = drawn(4, 7, 5), drawn(4, 3, 3, 2, seed=1)
    for extra in range(max(stride, dilation)):
        settings = {"groups": groups, "stride": stride, "padding": padding, "dilation": dilation}
        ours = transpose(image, kernels, output_padding=extra, **settings)
        theirs = F.conv_transpose2d(
            torch.tensor(image), torch.tensor(kernels), output_padding=extra, **settings
        )
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-13)


@pytest.mark.parametrize("mode", windows.MODES)
def test_every_padding_mode_is_that_of_torch_on_each_side(mode: str) -> None:
    image, kernels, ((top, bottom), (left, right)) = drawn(3, 6, 7), drawn(2, 3, 3, 4), ((1, 0), (2, 3))
    padded = F.pad(
        torch.tensor(image)[None], (left, right, top, bottom), mode="constant" if mode == "zeros" else mode
    )
    ours = correlate(image, kernels, padding=((top, bottom), (left, right)), padding_mode=mode)
    theirs = by_torch(padded[0].numpy(), kernels)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13)


def test_same_keeps_the_size_of_each_axis_also_for_kernels_that_are_even_and_not_square() -> None:
    image, kernels = drawn(1, 9, 6), drawn(2, 1, 4, 3)
    assert correlate(image, kernels, padding="same", dilation=2).shape == (2, 9, 6)
    padded = np.pad(image, ((0, 0), (1, 2), (1, 1)))
    np.testing.assert_allclose(
        correlate(image, kernels, padding="same"), by_torch(padded, kernels), atol=1e-13
    )


def test_the_bias_is_added_to_every_value_of_its_map() -> None:
    image, kernels, bias = drawn(2, 5, 5), drawn(3, 2, 3, 3), [1.0, -2.0, 0.5]
    theirs = by_torch(image, kernels, bias=torch.tensor(bias, dtype=torch.float64))
    np.testing.assert_allclose(correlate(image, kernels, bias=bias), theirs, atol=1e-13)


@pytest.mark.parametrize(("groups", "stride", "padding", "dilation"), SETTINGS)
def test_the_transposed_convolution_is_the_transpose_of_the_matrix(
    groups: int, stride: int, padding: int, dilation: int
) -> None:
    settings = {"groups": groups, "stride": stride, "padding": padding, "dilation": dilation}
    image, kernels = drawn(4, 13, 13), drawn(8, 4 // groups, 3, 3, seed=1)
    forward = correlate(image, kernels, **settings)  # type: ignore[arg-type]
    other = drawn(*forward.shape, seed=2)
    extra = (13 + 2 * padding - 2 * dilation - 1) % stride  # what rounding down has cut off
    back = transpose(other, kernels, output_padding=extra, **settings)
    assert (forward * other).sum() == pytest.approx((image * back).sum())  # <Ax, y> = <x, A'y>


def test_a_32_by_32_picture_with_three_channels_gives_the_shapes_and_counts_of_the_lecture() -> None:
    image, first, second = drawn(3, 32, 32), drawn(6, 3, 5, 5), drawn(10, 6, 3, 3)  # N9
    assert image.size == 3072
    assert correlate(image, first[:1]).shape == (1, 28, 28)
    maps = correlate(image, first, padding=2)
    assert maps.shape == (6, 32, 32)
    assert correlate(maps, second, padding=1).shape == (10, 32, 32)
    assert (first.size, second.size) == (450, 540)


def test_one_stamp_per_input_cell_by_hand() -> None:
    stamped = transpose([[[1, 2]]], [[[[1, 10, 100]]]], stride=2)
    assert stamped.tolist() == [[[1, 10, 100 + 2, 20, 200]]]
    cut = transpose([[[1, 2]]], [[[[1, 10, 100], [0, 0, 0], [0, 0, 0]]]], stride=2, padding=1)
    assert cut.shape == (1, 1, 3)
    assert cut.tolist() == [[[0, 0, 0]]]


def test_a_one_by_one_convolution_is_the_same_dense_layer_at_every_pixel() -> None:
    image, mixing = drawn(3, 4, 5), drawn(6, 3)
    per_pixel = np.einsum("oc,chw->ohw", mixing, image)
    np.testing.assert_allclose(correlate(image, mixing[:, :, None, None]), per_pixel, atol=1e-14)


def test_a_depthwise_convolution_filters_every_channel_alone() -> None:
    image, kernels = drawn(3, 6, 6), drawn(3, 1, 3, 3)
    together = correlate(image, kernels, groups=3)
    alone = [correlate(image[[c]], kernels[[c]])[0] for c in range(3)]
    np.testing.assert_array_equal(together, np.stack(alone))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.uint8])
def test_arrays_may_be_read_only_mirrored_and_of_any_kind_of_number_and_stay_as_they_were(kind: type) -> None:
    image = np.arange(30, dtype=kind).reshape(1, 5, 6)[:, ::-1]
    image.flags.writeable = False
    ours = correlate(image, [[[[1, 2]]]])
    np.testing.assert_array_equal(ours, image[:, :, :-1] + 2.0 * image[:, :, 1:])
    np.testing.assert_array_equal(image[0, ::-1].ravel(), np.arange(30))
    assert ours.dtype == np.float64


@pytest.mark.parametrize("groups", [0, 2, 5])
def test_groups_that_do_not_divide_the_channels_are_refused(groups: int) -> None:
    with pytest.raises(InputError, match="group"):
        correlate(drawn(3, 5, 5), drawn(4, 1, 3, 3), groups=groups)
    with pytest.raises(InputError, match="group"):
        transpose(drawn(3, 5, 5), drawn(3, 1, 3, 3), groups=groups)


def test_kernels_for_another_number_of_channels_are_refused() -> None:
    with pytest.raises(InputError, match="3 channels"):
        correlate(drawn(3, 5, 5), drawn(4, 2, 3, 3))
    with pytest.raises(InputError, match="3 channels"):
        transpose(drawn(3, 5, 5), drawn(2, 4, 3, 3))


def test_a_bias_for_another_number_of_maps_is_refused() -> None:
    with pytest.raises(InputError, match="2 maps need 2 biases, not 3"):
        correlate(drawn(1, 5, 5), drawn(2, 1, 3, 3), bias=[0, 0, 0])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="finite"):
        correlate(np.full((1, 3, 3), value), drawn(1, 1, 2, 2))
    with pytest.raises(InputError, match="finite"):
        transpose(drawn(1, 3, 3), np.full((1, 1, 2, 2), value))


def test_empty_and_flat_arrays_are_refused() -> None:
    with pytest.raises(InputError, match="picture must have 3 axes"):
        correlate(drawn(5, 5), drawn(1, 1, 2, 2))
    with pytest.raises(InputError, match="kernels must have 4 axes"):
        correlate(drawn(1, 5, 5), drawn(1, 1, 0, 2))


def test_work_that_would_take_too_long_or_too_much_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, words in (("WEIGHTS", "weights"), ("PRODUCTS", "multiplications"), ("VALUES", "values")):
        with monkeypatch.context() as limits:
            limits.setattr(convolutions, f"MAX_{name}", 3)
            for compute in (correlate, transpose):
                with pytest.raises(InputError, match=words):
                    compute(drawn(1, 5, 5), drawn(1, 1, 2, 2))
