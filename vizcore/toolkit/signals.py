"""Signals of one dimension: noisy and quantised ones, and what a sliding window makes of them.

Correlation and convolution as in the lectures: (f ⋆ w)_i = Σ_k f_{i+k} w_k, (f * w)_i = Σ_k f_{i-k} w_k.
The binomial weights 1 4 6 4 1 approach a Gaussian; averages of white noise follow Oppenheim & Schafer,
Discrete-Time Signal Processing, section 2.10: a filter multiplies its standard deviation by √Σw².
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, isfinite, sqrt
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from vizcore.toolkit import convolutions, windows
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.latex import number, signed

Signal: TypeAlias = NDArray[np.float64]  # (N,)

MAX_WEIGHTS, MAX_WEIGHT = windows.MAX_KERNEL, 1e6  # of an own kernel
WINDOW, THRESHOLD, POOLED = 3, 2, 4  # of the detector: inputs a sum, the sum that counts, sums an output
MIN_BITS, MAX_BITS = WINDOW + POOLED - 1, 24
_WRITTEN = 4  # products in a formula; of more, those in the middle are left out


@dataclass(frozen=True)
class Shape:
    """A signal without noise."""

    title: str
    values: Callable[[Signal], Signal]  # of times in [0, 1), in [0, 1]


SHAPES: Mapping[str, Shape] = {
    "wave": Shape("A wave", lambda time: 0.5 + 0.4 * np.sin(4 * np.pi * time)),
    "steps": Shape(
        "Steps", lambda time: np.select([time < 0.25, time < 0.5, time < 0.75], [0.2, 0.8, 0.5], 0.1)
    ),
    "impulse": Shape("An impulse", lambda time: (np.arange(len(time)) == len(time) // 2).astype(np.float64)),
}
# Where the window reaches beyond the ends, what stands there.
BORDERS: Mapping[str, str] = {
    "replicate": "the last value",
    "zeros": "zeros",
    "reflect": "the signal mirrored",
    "circular": "the other end",
    "valid": "nothing: only whole windows",
}


@dataclass(frozen=True, eq=False)
class Filtered:
    """A signal behind a sliding window."""

    output: Signal  # (M,)
    kernel: Signal  # (K,) as it slides: mirrored for a convolution
    sources: NDArray[np.int64]  # (before + N + after,) sample at each padded place, -1 for a zero
    before: int  # padded places in front of the first sample


@dataclass(frozen=True, eq=False)
class Detected:
    """What the detector of the lectures makes of its inputs."""

    sums: Signal  # (N - 2,) of three neighbours
    hidden: Signal  # (N - 2,) 1 where a sum is at least 2, else 0
    output: Signal  # (N - 5,) a quarter of the sum of four neighbours


def shape(name: str, length: int) -> Signal:
    """(length,) a signal of SHAPES in [0, 1]."""
    return pick(SHAPES, name, "signal").values(np.arange(length) / length)


def observed(clean: Signal, *, noise: float, levels: int, seed: int) -> Signal:
    """A signal as a cheap sensor would report it: with noise, and on few levels.

    Args:
        clean: (N,) in [0, 1].
        noise: standard deviation of the normal noise.
        levels: evenly spaced values from 0 to 1 that can be told apart, at least 2.
        seed: of the noise.
    """
    generator = torch.Generator().manual_seed(seed)
    random = torch.randn(len(clean), generator=generator, dtype=torch.float64).numpy()
    return np.round(np.clip(clean + noise * random, 0, 1) * (levels - 1)) / (levels - 1)


def average(width: int) -> Signal:
    """(width,) equal weights with the sum 1: the moving average."""
    return np.full(width, 1 / width)


def weighted(width: int) -> Signal:
    """(width,) binomial weights with the sum 1, such as 1 4 6 4 1 over 16: a weighted moving average."""
    return np.array([comb(width - 1, place) for place in range(width)]) / 2.0 ** (width - 1)


def read(text: str) -> Signal:
    """The weights in a text such as "1 2 1" or "1, 0, -1".

    Raises:
        InputError: there are none or too many, or one is no number of a usable size.
    """
    words = text.replace(",", " ").split()
    if not 0 < len(words) <= MAX_WEIGHTS:
        raise InputError(
            f"A kernel has 1 to {MAX_WEIGHTS} weights, not {len(words)}. "
            "Write them with spaces, such as 1 2 1."
        )
    return np.array([_weight(word) for word in words])


def normalised(weights: Signal) -> Signal:
    """The weights over their sum, so that a constant signal stays as it is.

    Raises:
        InputError: the sum is 0.
    """
    total = weights.sum()
    if abs(total) < 1e-12 * np.abs(weights).sum() or total == 0:
        raise InputError(
            "These weights sum to 0, so they cannot be divided by their sum. Switch that off, or change one."
        )
    return weights / total


def filtered(signal: Signal, weights: Signal, *, border: str = "zeros", flip: bool = False) -> Filtered:
    """Slide a kernel over a signal.

    Args:
        signal: (N,) values.
        weights: (K,) of the kernel.
        border: a key of BORDERS.
        flip: False for the correlation, True for the convolution, which mirrors the kernel.

    Raises:
        InputError: there is no such border, or the kernel is too long for the signal.
    """
    pick(BORDERS, border, "border")
    kernel = np.ascontiguousarray(weights[::-1] if flip else weights)
    amount, mode = ("valid", "zeros") if border == "valid" else ("same", border)
    before, after = windows.amounts(amount, len(kernel))
    output = convolutions.correlate(
        signal[None, None],
        kernel[None, None, None],
        padding=((0, 0), (before, after)),
        padding_mode=mode,
    )
    return Filtered(output[0, 0], kernel, windows.sources(len(signal), before, after, mode), before)


def noise_gain(weights: Signal) -> float:
    """What a kernel multiplies the standard deviation of white noise by."""
    return sqrt(float((weights**2).sum()))


def distance(one: Signal, other: Signal) -> float:
    """Root of the mean squared difference."""
    return sqrt(float(((one - other) ** 2).mean()))


def detected(bits: Signal) -> Detected:
    """The threshold detector of the lectures (Kainz): Σ a⁰ ≥ 2 → a¹ = 1, and a² = ¼ Σ a¹.

    The lecture's figure is lost. Three inputs a sum are its "3 parameters", and a quarter of the sum
    is the mean of four; so six inputs make one output, and longer signals a row of them.

    Args:
        bits: (N,) zeros and ones, N at least 6.
    """
    sums = filtered(bits, np.ones(WINDOW), border="valid").output
    hidden = (sums >= THRESHOLD).astype(np.float64)
    return Detected(sums, hidden, filtered(hidden, average(POOLED), border="valid").output)


def read_bits(text: str) -> Signal:
    """The inputs of the detector in a text such as "001100".

    Raises:
        InputError: it holds something other than 0 and 1, or too few or too many of them.
    """
    if set(text) <= set("01") and MIN_BITS <= len(text) <= MAX_BITS:
        return np.array([float(digit) for digit in text])
    raise InputError(
        f"The detector reads {MIN_BITS} to {MAX_BITS} zeros and ones such as 001100, not {text[:40]!r}."
    )


def formula(found: Filtered, *, flip: bool) -> str:
    """LaTeX of the sum behind every output, with the reach of the window."""
    behind = len(found.kernel) - 1 - found.before
    first, last, sign = (-behind, found.before, "-") if flip else (-found.before, behind, "+")
    return rf"y_i = \sum_{{k={first}}}^{{{last}}} w_k\, x_{{i {sign} k}}"


def sum_written(found: Filtered, signal: Signal, place: int) -> str:
    """LaTeX of one output: its products with their numbers, and their sum."""
    read = found.sources[place : place + len(found.kernel)]
    values = np.where(read < 0, 0, signal[read])
    terms = [rf"{signed(w)} \cdot {signed(x)}" for w, x in zip(found.kernel, values, strict=True)]
    if len(terms) > _WRITTEN:
        terms = [*terms[:2], r"\dots", *terms[-2:]]
    total = number(found.output[place])
    return rf"\begin{{aligned}} y_{{{place}}} &= {' + '.join(terms)} \\ &= {total} \end{{aligned}}"


def _weight(word: str) -> float:
    try:
        weight = float(word)
    except ValueError:
        weight = float("nan")
    if not isfinite(weight) or abs(weight) > MAX_WEIGHT:
        raise InputError(
            f"{word[:20]!r} is no weight. Write numbers between -{MAX_WEIGHT:,.0f} and {MAX_WEIGHT:,.0f}."
        )
    return weight
