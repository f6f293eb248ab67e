r"""Convolution and transposed convolution of pictures with several channels, in double precision.

Both are written as what they are: one shifted copy of the input per weight, multiplied and added,

$$y_o = b_o + \sum_{c,m,n} w_{o,c,m,n}\; x_c[\,si + md,\; sj + nd\,]$$

in the reading order of the weights. On a CPU this is several times faster than `F.conv2d` in double
precision, which copies every window out first, and it needs no memory for that. The tests hold it against
`F.conv2d` and `F.conv_transpose2d`.
"""

import math
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vizcore.toolkit import windows
from vizcore.toolkit.errors import InputError

Floats: TypeAlias = NDArray[np.float64]
Padding: TypeAlias = tuple[tuple[int, int], tuple[int, int]]  # (top, bottom), (left, right) in px

# of one call, so that it ends after a few seconds
MAX_PRODUCTS = 10**10
MAX_WEIGHTS = 100_000
MAX_VALUES = 2**25  # of the output or the padded picture; 268 MB


def correlate(
    image: ArrayLike,
    kernels: ArrayLike,
    *,
    bias: ArrayLike | None = None,
    stride: int = 1,
    padding: Padding | int | str = 0,
    padding_mode: str = "zeros",
    dilation: int = 1,
    groups: int = 1,
) -> Floats:
    """The convolution of deep learning: (O, H', W').

    Args:
        image: (C, H, W).
        kernels: (O, C / groups, h, w); not flipped.
        bias: (O,), added to every value of a map.
        stride: px from one window to the next.
        padding: px on each side, or "valid", "same" or "full".
        padding_mode: one of `windows.MODES`.
        dilation: px from one weight to the next.
        groups: channels and kernels are split into this many groups that see nothing of each other.

    Raises:
        InputError: settings that do not go together, or are out of range.
    """
    x, w = tensor(image, 3, "picture"), tensor(kernels, 4, "kernels")
    maps, channels, *sides = w.shape
    _check_groups(x.shape[0], maps, groups, channels * groups == x.shape[0])
    if not isinstance(padding, tuple):
        top, left = (windows.amounts(padding, k, dilation=dilation, stride=stride) for k in sides)
        padding = (top, left)
    height, width = (
        windows.output_size(size, k, stride=stride, padding=amount, dilation=dilation)
        for size, k, amount in zip(x.shape[1:], sides, padding, strict=True)
    )
    around = math.prod(size + sum(amount) for size, amount in zip(x.shape[1:], padding, strict=True))
    _check_work(w.numel(), max(maps * height * width, len(x) * around), w.numel() * height * width)
    padded = _padded(x, padding, padding_mode)
    output = torch.zeros(maps, height, width, dtype=torch.float64)
    for o, c, m, n in np.ndindex(*w.shape):
        group = o // (maps // groups)
        rows, cols = _places(m * dilation, height, stride), _places(n * dilation, width, stride)
        output[o].add_(padded[group * channels + c, rows, cols], alpha=w[o, c, m, n].item())
    if bias is not None:
        output += _offsets(bias, maps)
    return output.numpy()


def transpose(
    image: ArrayLike,
    kernels: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Floats:
    """The transposed convolution, (O, H', W'): every input cell stamps the kernel, times its value.

    As a matrix it is the transpose of `correlate` with the same settings.

    Args:
        image: (C, H, W).
        kernels: (C, O / groups, h, w).
        stride: px from one stamp to the next.
        padding: px that are cut off on every side.
        output_padding: px that are kept or added at the bottom and on the right.
        dilation: px from one weight to the next.
        groups: channels are split into this many groups that add to different maps.

    Raises:
        InputError: settings that do not go together, or are out of range.
    """
    x, w = tensor(image, 3, "picture"), tensor(kernels, 4, "kernels")
    channels, maps, *sides = w.shape
    _check_groups(x.shape[0], maps * groups, groups, channels == x.shape[0])
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    height, width = (
        windows.transposed_size(size, k, **settings) for size, k in zip(x.shape[1:], sides, strict=True)
    )
    uncut = (maps * groups, height + 2 * padding, width + 2 * padding)
    _check_work(w.numel(), math.prod(uncut), w.numel() * x[0].numel())
    output = torch.zeros(uncut, dtype=torch.float64)
    for c, o, m, n in np.ndindex(*w.shape):
        group = c // (channels // groups)
        rows, cols = _places(m * dilation, x.shape[1], stride), _places(n * dilation, x.shape[2], stride)
        output[group * maps + o, rows, cols].add_(x[c], alpha=w[c, o, m, n].item())
    return output[:, padding : padding + height, padding : padding + width].contiguous().numpy()


def tensor(values: ArrayLike, dimensions: int, what: str) -> Tensor:
    """A float64 tensor of its own memory; `what` names the values in a message.

    Raises:
        InputError: another number of axes, no values at all, or one that is not finite.
    """
    array = np.array(values, np.float64, order="C")
    if array.ndim != dimensions or not array.size:
        raise InputError(f"The {what} must have {dimensions} axes and no empty one, not {array.shape}.")
    if not np.isfinite(array).all():
        raise InputError(f"The {what} must hold finite numbers only. Remove what is infinite or missing.")
    return torch.from_numpy(array)


def _places(start: int, count: int, stride: int) -> slice:
    """`count` places from `start`, `stride` apart."""
    return slice(start, start + (count - 1) * stride + 1, stride)


def _padded(image: Tensor, padding: Padding, mode: str) -> Tensor:
    rows, cols = (
        torch.from_numpy(windows.sources(size, *amount, mode))
        for size, amount in zip(image.shape[1:], padding, strict=True)
    )
    padded = image[:, rows][:, :, cols]
    padded[:, rows < 0] = 0
    padded[:, :, cols < 0] = 0
    return padded


def _offsets(bias: ArrayLike, maps: int) -> Tensor:
    """(O, 1, 1), to be added to maps."""
    offsets = tensor(bias, 1, "bias")
    if len(offsets) != maps:
        raise InputError(f"{maps} maps need {maps} biases, not {len(offsets)}. Give one for each.")
    return offsets[:, None, None]


def _check_groups(channels: int, maps: int, groups: int, fits: bool) -> None:
    """`fits` says that the kernels have as many channels as they meet."""
    windows.check("number of groups", groups, 1, channels)
    if channels % groups or maps % groups or not fits:
        raise InputError(
            f"Kernels for {maps} maps in {groups} groups do not fit a picture with {channels} channels. "
            "The number of groups must divide both, and a kernel needs as many channels as its group has."
        )


def _check_work(weights: int, values: int, products: int) -> None:
    for what, count, most in (
        ("weights", weights, MAX_WEIGHTS),
        ("multiplications", products, MAX_PRODUCTS),
        ("values", values, MAX_VALUES),
    ):
        if count > most:
            raise InputError(
                f"That needs {count:.2g} {what}; {most:.2g} are possible here. "
                "Take a smaller picture, smaller or fewer kernels, or a larger stride."
            )
