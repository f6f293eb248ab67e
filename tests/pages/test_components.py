"""Messages to the browser-side parts: what is packed can be read back."""

import json
import struct

import numpy as np
import pytest

from pages.components import pack
from pages.components.maps import View
from pages.components.maps import pack as pack_maps


def unpacked(message: bytes) -> tuple[dict[str, object], list[np.ndarray]]:
    (length,) = struct.unpack("<I", message[:4])
    header = json.loads(message[4 : 4 + length])
    start = 4 + length
    return header, [
        np.frombuffer(message, kind, count, start + offset) for offset, count, kind in header["blocks"]
    ]


def test_header_and_arrays_come_back_and_lie_at_multiples_of_four() -> None:
    arrays = [np.arange(5, dtype=np.uint8), np.array([[1.5, -2]], np.float32), np.array([7], np.int32)]
    header, read = unpacked(pack({"name": "é"}, *arrays))
    assert header["name"] == "é"
    assert all(offset % 4 == 0 for offset, _, _ in header["blocks"])  # type: ignore[attr-defined]
    for sent, got in zip(arrays, read, strict=True):
        np.testing.assert_array_equal(got, sent.ravel())


@pytest.mark.parametrize(("side", "kind"), [(8, "f4"), (112, "f2")])
def test_small_layers_travel_exactly_and_large_ones_in_half_precision(side: int, kind: str) -> None:
    maps = np.random.default_rng(1).normal(size=(64, side, side)).astype(np.float32)
    view = View("conv1", "id", 0, (), "64 maps")
    message = pack_maps(
        view, maps, np.ones((64, 2), np.float32), np.arange(64), np.zeros((4, 4, 3), np.float32)
    )
    header, blocks = unpacked(message)
    assert header["blocks"][0][2] == kind  # type: ignore[index]
    np.testing.assert_allclose(blocks[0], maps.ravel(), rtol=5e-4, atol=1e-7)


def test_values_beyond_half_precision_are_not_cut() -> None:
    maps = np.full((64, 112, 112), 1e6, np.float32)
    view = View("conv1", "id", 0, (), "64 maps")
    message = pack_maps(
        view, maps, np.ones((64, 2), np.float32), np.arange(64), np.zeros((4, 4, 3), np.float32)
    )
    assert (unpacked(message)[1][0] == 1e6).all()


def test_equal_content_makes_equal_messages() -> None:
    assert pack({"a": 1}, np.arange(3)) == pack({"a": 1}, np.arange(3))
