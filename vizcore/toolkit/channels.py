"""Convolution over several channels: which kernel meets which channel, what is added, and what it costs.

Sources: the lecture of Kainz (N9, N40); Lin, Chen & Yan 2013, Network in network, arXiv:1312.4400 (1 x 1);
Howard et al. 2017, MobileNets, arXiv:1704.04861 (depthwise).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import convolutions
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.kernels import kernel

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Filtered:
    """One filter's answer to a picture, and what each channel adds to it."""

    parts: Values  # (C, H, W) each channel under its own kernel
    output: Values  # (H, W) their sum, plus the bias


def filtered(image: Values, kernels: Values, bias: float = 0.0) -> Filtered:
    """One filter over a picture of several channels, zero-padded to the same size.

    Args:
        image: (C, H, W).
        kernels: (C, h, w), one for each channel.
        bias: added once, whatever the number of channels.
    """
    parts = convolutions.correlate(image, kernels[:, None], padding="same", groups=len(image))
    return Filtered(parts, convolutions.correlate(image, kernels[None], bias=[bias], padding="same")[0])


def mixed(image: Values, weights: ArrayLike, bias: ArrayLike, *, relu: bool = False) -> Values:
    """A 1 x 1 convolution: the same matrix applied to the colour of every pixel, (O, H, W).

    Args:
        image: (C, H, W).
        weights: (O, C).
        bias: (O,).
        relu: let no value fall below 0.
    """
    output = convolutions.correlate(image, np.asarray(weights, np.float64)[:, :, None, None], bias=bias)
    return np.maximum(output, 0) if relu else output


def bank(size: int = 5) -> dict[str, Values]:
    """Six filters for colour pictures, (3, size, size) each; the magnitudes of one sum to 1.

    Args:
        size: 3 to 11 px, odd.
    """
    blur = kernel("gaussian", size, size)
    found = {
        "vertical edges": _stacked(kernel("sobel_x", size, size), (1, 1, 1)),
        "horizontal edges": _stacked(kernel("sobel_y", size, size), (1, 1, 1)),
        "stripes": _stacked(kernel("gabor", size, size, angle=45), (1, 1, 1)),
        "spots": _stacked(kernel("log", size, size), (1, 1, 1)),
        "red, not green": _stacked(blur, (1, -1, 0)),
        "blue, not yellow": _stacked(blur, (-0.5, -0.5, 1)),
    }
    return {name: weights / np.abs(weights).sum() for name, weights in found.items()}


def _stacked(weights: Values, factors: tuple[float, float, float]) -> Values:
    return np.multiply.outer(factors, weights)


def drawn(outputs: int, inputs: int, size: int, *, seed: int = 0) -> Values:
    """(outputs, inputs, size, size) weights as before training: normal, variance 1 / (inputs size²)."""
    weights = np.random.default_rng(seed).standard_normal((outputs, inputs, size, size))
    return weights / np.sqrt(inputs * size * size)


def reads(inputs: int, outputs: int, groups: int) -> NDArray[np.bool_]:
    """(outputs, inputs) which output channel reads which input channel.

    Raises:
        InputError: the channels cannot be shared out among so many groups.
    """
    for count, what in ((inputs, "input"), (outputs, "output")):
        if not 1 <= groups <= count or count % groups:
            raise InputError(
                f"{groups} groups cannot share {count} {what} channels: {count} is no multiple of {groups}. "
                f"Choose one of: {', '.join(map(str, shares(inputs, outputs)))}."
            )
    group_in, group_out = np.arange(inputs) * groups // inputs, np.arange(outputs) * groups // outputs
    return group_out[:, None] == group_in


def shares(inputs: int, outputs: int) -> list[int]:
    """Numbers of groups that are possible: the common divisors."""
    return [
        groups for groups in range(1, min(inputs, outputs) + 1) if not (inputs % groups or outputs % groups)
    ]


@dataclass(frozen=True)
class Matrix:
    """What a 1 x 1 convolution may do with colours."""

    title: str
    weights: tuple[tuple[float, float, float], ...]  # a row for red, green and blue of the result
    bias: tuple[float, float, float]
    says: str


_GREY = (0.299, 0.587, 0.114)
MATRICES: Mapping[str, Matrix] = {
    "grey": Matrix(
        "Grey",
        (_GREY, _GREY, _GREY),
        (0, 0, 0),
        "Three times the same row: brightness as the eye weighs it (ITU-R BT.601).",
    ),
    "sepia": Matrix(
        "Sepia",
        ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131)),
        (0, 0, 0),
        "Rows that are nearly alike, more for red than for blue: brown shades of grey.",
    ),
    "swap": Matrix(
        "Red for blue",
        ((0, 0, 1), (0, 1, 0), (1, 0, 0)),
        (0, 0, 0),
        "A permutation: each result copies one channel.",
    ),
    "negative": Matrix(
        "Negative",
        ((-1, 0, 0), (0, -1, 0), (0, 0, -1)),
        (1, 1, 1),
        "Each channel times −1, and a bias of 1: what was light is dark.",
    ),
    "opponent": Matrix(
        "Opponent colours",
        ((0.33, 0.34, 0.33), (0.5, -0.5, 0), (-0.25, -0.25, 0.5)),
        (0, 0.5, 0.5),
        "Brightness, red against green, and blue against yellow: what the retina sends on.",
    ),
    "identity": Matrix(
        "Identity", ((1, 0, 0), (0, 1, 0), (0, 0, 1)), (0, 0, 0), "Each channel is passed on as it is."
    ),
}
