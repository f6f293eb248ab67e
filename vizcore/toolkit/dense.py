"""Convolution as what it is to linear algebra: a matrix, most of it zero, with few different numbers in it.

Row r of the matrix says what output r reads; its transpose is transposed convolution (Dumoulin & Visin
2016, arXiv:1603.07285, section 4.1).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import windows
from vizcore.toolkit.errors import InputError

LARGEST = 1 << 22  # entries of a matrix that is written out; the counts need none
BYTES = 4  # of a weight in float32


def matrix(
    kernel: NDArray[np.float64],
    size: tuple[int, int],
    *,
    stride: int = 1,
    padding: int | str = 0,
    padding_mode: str = "zeros",
    dilation: int = 1,
) -> NDArray[np.float64]:
    """The matrix that does to a flattened picture what correlation with the kernel does to the picture.

    Args:
        kernel: (h, w).
        size: H and W of the picture in px.
        stride: px from one window to the next.
        padding: px on each side, or "valid", "same", "full".
        padding_mode: one of windows.MODES.
        dilation: px between neighbours of the kernel.

    Returns:
        (H' W', H W): a row for each output and a column for each input, both in reading order.

    Raises:
        InputError: no window fits, or the matrix would be too large to write out.
    """
    axes = [
        _reads(side, taps, stride, padding, padding_mode, dilation)
        for side, taps in zip(size, kernel.shape, strict=True)
    ]
    (down, rows), (across, cols) = ((len(axis), axis.shape[1]) for axis in axes)
    count = down * across * size[0] * size[1]
    if count > LARGEST:
        raise InputError(
            f"The matrix of a {size[0]} × {size[1]} picture has {count:,} entries. Choose a smaller picture."
        )
    full = np.zeros((down, across, size[0], size[1]))
    for row, col in np.ndindex(rows, cols):
        top, left = np.broadcast_arrays(axes[0][:, row, None], axes[1][None, :, col])
        i, j = np.nonzero((top >= 0) & (left >= 0))  # not where there is only a zero of the padding
        full[i, j, top[i, j], left[i, j]] += kernel[row, col]  # an edge that is repeated is read twice
    return full.reshape(down * across, -1)


def _reads(
    size: int, taps: int, stride: int, padding: int | str, mode: str, dilation: int
) -> NDArray[np.int64]:
    """(outputs, taps) which cell of one axis each output reads by each row (or column) of the kernel."""
    before, after = windows.amounts(padding, taps, dilation=dilation, stride=stride)
    count = windows.output_size(size, taps, stride=stride, padding=(before, after), dilation=dilation)
    places = stride * np.arange(count)[:, None] + dilation * np.arange(taps)
    return windows.sources(size, before, after, mode)[places]


@dataclass(frozen=True)
class Counts:
    """How many weights a layer with as many outputs as inputs needs, and how many its relatives need."""

    inputs: int  # n
    mlp: int  # n x width: fully connected to a hidden layer
    dense: int  # n x n: every output reads every input
    sparse: int  # k x n: every output reads k inputs, each with a weight of its own
    shared: int  # k: the same k weights everywhere; a convolution


def counts(inputs: int, *, taps: int, width: int) -> Counts:
    """Weights of dense, sparse and shared connections, biases left out.

    Args:
        inputs: n, such as pixels x channels.
        taps: k, what one output reads.
        width: units of the hidden layer of a multilayer perceptron.
    """
    return Counts(inputs, inputs * width, inputs * inputs, inputs * taps, taps)


def memory(weights: int) -> str:
    """What so many weights take in float32, in the largest unit that leaves at least 1."""
    amount = float(weights * BYTES)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.0f} PB" if amount >= 1000 else f"{amount:.3g} PB"
