"""The message for unit.js: what is packed can be read back."""

import json
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pages.components.unit import View, pack
from vizcore.plots import colours

VIEW = View(
    identity="a",
    mode="sum",
    title="conv2, map 1, row 2, column 3",
    source="relu1",
    value=1.5,
    bias=None,
    result="conv2[1, 2, 3]",
    names=("red", "grün"),
    corner=(-1, 4),
    step=2,
    box=(-3, 5, 8, 16),
    alt="a square at the left",
)
INSIDE = np.array([[False, True, True], [True, True, True]])
PICTURE = np.linspace(0, 1, 4 * 5 * 3, dtype=np.float32).reshape(4, 5, 3)


def some_values(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(7).normal(size=shape).astype(np.float32)


def unpacked(message: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    (length,) = struct.unpack("<I", message[:4])
    header = json.loads(message[4 : 4 + length])
    start = 4 + length
    return header, [
        np.frombuffer(message, kind, count, start + offset) for offset, count, kind in header["blocks"]
    ]


def test_texts_places_and_sizes_come_back() -> None:
    header, _ = unpacked(
        pack(VIEW, some_values(2, 2, 3), some_values(2, 2, 3), INSIDE, PICTURE, some_values(4, 5))
    )
    assert (header["k"], header["h"], header["w"]) == (2, 2, 3)
    assert header["picture"] == {"h": 4, "w": 5}
    assert header["names"] == ["red", "grün"]
    assert (header["corner"], header["step"], header["box"]) == ([-1, 4], 2, [-3, 5, 8, 16])
    assert (header["value"], header["bias"]) == (1.5, None)


def test_numbers_come_back_exactly() -> None:
    patch, weights, gradient = some_values(2, 2, 3), some_values(2, 2, 3) / 7, np.abs(some_values(4, 5))
    _, blocks = unpacked(pack(VIEW, patch, weights, INSIDE, PICTURE, gradient))
    for sent, got in zip((patch, weights, INSIDE), blocks, strict=False):
        np.testing.assert_array_equal(got, sent.ravel())
    np.testing.assert_array_equal(blocks[3], np.round(PICTURE * 255).ravel())
    np.testing.assert_array_equal(blocks[4], gradient.ravel())
    np.testing.assert_array_equal(blocks[5].reshape(3, 256, 3)[1], colours.LUTS["rdbu"])


def test_what_there_is_not_has_length_zero() -> None:
    _, blocks = unpacked(pack(VIEW, some_values(2, 2, 3), None, INSIDE, PICTURE, None))
    assert (blocks[1].size, blocks[4].size) == (0, 0)


@pytest.mark.parametrize(
    ("channels", "scale", "kind"), [(25_088, 1, "f4"), (200_001, 1, "f2"), (200_001, 1e6, "f4")]
)
def test_many_values_travel_in_half_precision_unless_they_are_too_large_for_it(
    channels: int, scale: float, kind: str
) -> None:
    patch = some_values(channels, 1, 1) * np.float32(scale)
    header, blocks = unpacked(pack(VIEW, patch, None, np.ones((1, 1), np.bool_), PICTURE, None))
    assert header["blocks"][0][2] == kind
    np.testing.assert_allclose(blocks[0], patch.ravel(), rtol=5e-4, atol=1e-7)


def test_the_padding_of_a_maximum_may_be_minus_infinity() -> None:
    patch = np.array([[[-np.inf, 2]]], np.float32)
    _, blocks = unpacked(pack(VIEW, patch, None, np.array([[False, True]]), PICTURE, None))
    np.testing.assert_array_equal(blocks[0], [-np.inf, 2])
