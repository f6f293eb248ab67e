"""What the kernels of a whole layer are as filters: `spectra` for hundreds of thousands of kernels at once.

A sum over all waves of power times some weight is a quadratic form of a kernel's cells, and the same one for
all kernels of a size. So the products of cells, added up over a filter's kernels, say all of its power.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Kernels = NDArray[np.floating]
Floats = NDArray[np.float64]
_SAMPLES = 33  # per axis of a spectrum, as in `spectra`
_AT_ONCE = 4_000_000  # numbers in memory


def shapes(weights: Kernels) -> tuple[Floats, Floats, Floats]:
    """Orientation, frequency and separability of each filter, as `spectra` says it of one.

    The kernels of a filter count by their energy: their powers are added, and so are their best columns times
    rows.

    Args:
        weights: (O, I, h, w), a filter for each of O output channels with a kernel for each of I inputs.

    Returns:
        Three times (O,): degrees anticlockwise from the horizontal, 0 <= degrees < 180, or nan where no
        direction stands out; cycles/px, or nan where every weight is 0; share of the energy, 0 to 1.
    """
    count, inside, rows, columns = weights.shape
    step = max(1, _AT_ONCE // (rows * columns * max(inside, rows * columns)))
    pieces = (weights[start : start + step].astype(np.float64) for start in range(0, count, step))
    orientation, frequency, separable = zip(*map(_shapes, pieces), strict=True)
    return np.concatenate(orientation), np.concatenate(frequency), np.concatenate(separable)


def _shapes(weights: Floats) -> tuple[Floats, Floats, Floats]:
    count, inside, rows, columns = weights.shape
    cells = weights.reshape(count, inside, rows * columns)
    products = (cells.swapaxes(1, 2) @ cells).reshape(count, -1)  # (O, (h·w)²)
    apart = _apart(rows, columns)
    across, along, total, still, length = (products @ power[apart] for power in _powers(rows, columns))
    orientation = np.round(90 - np.degrees(np.arctan2(along, across)) / 2, 9) % 180  # nearly 180 is 0
    lost = np.hypot(across, along) <= 1e-6 * (total - still)
    frequency = np.divide(length, total, out=np.full(count, np.nan), where=total > 0)
    return np.where(lost, np.nan, orientation), frequency, _separable(weights)


@lru_cache(maxsize=64)
def _powers(rows: int, columns: int) -> Floats:
    """(5, 2·h - 1, 2·w - 1) what the product of two cells adds to power, by how far they lie apart.

    To the power across and along, angles doubled so that a wave and its opposite agree; to that of all waves
    and of the mean alone; to power times frequency.
    """
    waves = _waves()
    doubled = np.exp(2j * np.angle(waves)) * (waves != 0)
    shares = np.stack([doubled.real, doubled.imag, np.ones(len(waves)), waves == 0, np.abs(waves)])
    down, right = np.mgrid[1 - rows : rows, 1 - columns : columns].reshape(2, -1)
    phases = np.outer(waves.imag, down) + np.outer(waves.real, right)
    return (shares @ np.cos(2 * np.pi * phases)).reshape(-1, 2 * rows - 1, 2 * columns - 1)


def _apart(rows: int, columns: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Twice ((h·w)²,): how far the two cells of each product lie apart, from 0 on."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    down, right = np.subtract.outer(row, row), np.subtract.outer(column, column)
    return down.ravel() + rows - 1, right.ravel() + columns - 1


def _waves() -> NDArray[np.complex128]:
    """(33·33,) frequency of every wave in cycles/px: to the right + i times downwards."""
    along = np.fft.fftfreq(_SAMPLES)
    return (along + 1j * along[:, None]).ravel()


def _separable(weights: Floats) -> Floats:
    """(O,) share of the energy that one column times row can hold of each kernel."""
    if 1 in weights.shape[2:]:
        return np.ones(len(weights))
    wide = weights if weights.shape[2] < weights.shape[3] else weights.swapaxes(2, 3)
    squares = np.linalg.eigvalsh(wide @ wide.swapaxes(2, 3))  # of the singular values, the largest last
    kept, energy = squares[..., -1].sum(axis=1), squares.sum(axis=(1, 2))
    return np.divide(kept, energy, out=np.ones(len(weights)), where=energy > 0)
