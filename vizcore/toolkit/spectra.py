"""What a small kernel is as a filter: which waves it lets through, and how far it is a column times a row.

`banks` says the same of all filters of a layer at once.
"""

import math

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError

Kernels = NDArray[np.floating]
Floats = NDArray[np.float64]
_SAMPLES = 33  # per axis of a spectrum that is measured; odd, so that every wave has its opposite


def spectrum(weights: Kernels, size: int = 64) -> Floats:
    """How much a kernel passes of waves of every frequency: the absolute value of its Fourier transform.

    Args:
        weights: (..., h, w), h and w at most `size`.
        size: samples per axis.

    Returns:
        (..., size, size); frequency 0 stands at (size // 2, size // 2), one step is 1 / size cycles/px.

    Raises:
        InputError: the kernel is larger than its spectrum.
    """
    rows, cols = weights.shape[-2:]
    if max(rows, cols) > size:
        raise InputError(f"A spectrum of {size} samples is too small for a kernel of {rows} × {cols}.")
    return np.fft.fftshift(np.abs(np.fft.fft2(weights, (size, size))), axes=(-2, -1))


def orientation(weights: Kernels) -> float:
    """Direction of the edges that a kernel answers to.

    It is at right angles to the mean direction of the waves that pass. Angles are doubled for the mean, so
    that a wave and its opposite agree (Granlund 1978, In search of a general picture processing operator).

    Args:
        weights: (h, w), up to 33 x 33.

    Returns:
        Degrees anticlockwise from the horizontal, 0 <= degrees < 180; nan where no direction stands out.
    """
    power, waves = _power(weights), _waves()
    power[waves == 0] = 0
    mean = (power * np.exp(2j * np.angle(waves))).sum()
    if abs(mean) <= 1e-6 * power.sum():
        return math.nan
    return round(float(90 - np.degrees(np.angle(mean)) / 2), 9) % 180  # nearly 180 is 0


def frequency(weights: Kernels) -> float:
    """Centroid of a kernel's power spectrum in cycles/px: low for blurs, high for fine stripes.

    Args:
        weights: (h, w), up to 33 x 33.

    Returns:
        0 to 0.71; nan where every weight is 0.
    """
    power = _power(weights)
    total = power.sum()
    return float((power * np.abs(_waves())).sum() / total) if total else math.nan


def _power(weights: Kernels) -> Floats:
    """(33, 33) squared spectrum of a kernel (h, w)."""
    return spectrum(weights.astype(np.float64), _SAMPLES) ** 2


def _waves() -> NDArray[np.complex128]:
    """(33, 33) frequency of every sample in cycles/px: to the right + i times downwards."""
    along = np.fft.fftshift(np.fft.fftfreq(_SAMPLES))
    return along + 1j * along[:, None]


def singular_values(weights: Kernels) -> Floats:
    """(min(h, w),) singular values of a kernel (h, w), the largest first."""
    return np.linalg.svd(weights.astype(np.float64), compute_uv=False)


def rank(weights: Kernels, tolerance: float = 1e-9) -> int:
    """How many kernels of the form column times row a kernel is the sum of.

    Args:
        weights: (h, w).
        tolerance: share of the largest singular value up to which another one counts as 0.
    """
    values = singular_values(weights)
    return int((values > tolerance * values[0]).sum())


def separable(weights: Kernels) -> float:
    """Share of a kernel's energy, 0 to 1, that the best column times row holds; 1 for a kernel of zeros.

    The largest singular value is what the best one keeps (Eckart & Young 1936).

    Args:
        weights: (h, w).
    """
    energy = singular_values(weights) ** 2
    return float(energy[0] / energy.sum()) if energy[0] else 1.0


def separable_factors(weights: Kernels) -> tuple[Floats, Floats]:
    """The column and the row whose products come closest to a kernel in the squared error.

    Args:
        weights: (h, w).

    Returns:
        Column (h,) and row (w,) of the same length as vectors; the column's largest weight is positive.
    """
    columns, values, rows = np.linalg.svd(weights.astype(np.float64), full_matrices=False)
    column, row = columns[:, 0], rows[0]
    scale = np.copysign(np.sqrt(values[0]), column[np.abs(column).argmax()])
    return scale * column, scale * row
