"""The message for convolution.js: what is packed can be read back."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.components.convolution import Slider, View, answer, pack
from vizcore.plots import colours

VIEW = View(
    identity="a",
    stride=2,
    dilation=1,
    before=(1, 0),
    transposed=False,
    flipped=True,
    selected=(2, 0),
    turn=3,
    editable=True,
    live="/live/x",
    sliders=(Slider("sigma", "σ", 0.3, 5, 0.1, 1.5, "px"),),
    alts=("a star", "its edges"),
)
KERNEL = np.array([[1 / 3, -2e-7, 1e6]])
SOURCES = np.array([-1, 0, 1, 2])


def some_values(*shape: int) -> NDArray[np.float64]:
    return np.random.default_rng(7).normal(size=shape)


def unpacked(message: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    (length,) = struct.unpack("<I", message[:4])
    header = json.loads(message[4 : 4 + length])
    start = 4 + length
    return header, [
        np.frombuffer(message, kind, count, start + offset) for offset, count, kind in header["blocks"]
    ]


def test_settings_and_sizes_come_back() -> None:
    header, _ = unpacked(pack(VIEW, some_values(3, 5), KERNEL, some_values(2, 4), SOURCES, SOURCES))
    assert [header[name] for name in ("h", "w", "kh", "kw", "oh", "ow")] == [3, 5, 1, 3, 2, 4]
    assert (header["identity"], header["stride"], header["before"], header["flipped"]) == (
        "a",
        2,
        [1, 0],
        True,
    )
    assert (header["selected"], header["turn"], header["live"]) == ([2, 0], 3, "/live/x")
    assert header["sliders"] == [vars(VIEW.sliders[0])]
    assert header["alts"] == ["a star", "its edges"]


def test_weights_come_back_to_the_last_digit() -> None:
    header, _ = unpacked(pack(VIEW, some_values(3, 5), KERNEL, some_values(2, 4), SOURCES, SOURCES))
    assert header["kernel"] == KERNEL.ravel().tolist()
    assert unpacked(answer(KERNEL, some_values(2, 4)))[0]["kernel"] == KERNEL.ravel().tolist()


def test_values_and_places_come_back() -> None:
    image, output, cols = some_values(3, 5), some_values(2, 4) * 1e6, np.arange(5)
    _, blocks = unpacked(pack(VIEW, image, KERNEL, output, SOURCES, cols))
    for sent, got in zip((image, output, SOURCES, cols), blocks, strict=False):
        np.testing.assert_allclose(got, sent.ravel(), rtol=1e-7)
    np.testing.assert_array_equal(blocks[4].reshape(3, 256, 3)[1], colours.LUTS["rdbu"])


def test_an_answer_is_the_output_alone() -> None:
    output = some_values(512, 512)
    message = answer(np.ones((11, 11)), output)
    np.testing.assert_allclose(unpacked(message)[1][0], output.ravel(), rtol=1e-6)
    assert len(message) < output.size * 4 + 2000
