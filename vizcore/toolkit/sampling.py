r"""Keeping every s-th pixel of a picture: which waves survive, and which come back as others.

Samples that lie $s$ px apart can hold waves of up to $\frac{1}{2s}$ cycles/px, the Nyquist frequency; a
faster wave looks at the samples just as a slower one does (an alias). So it has to be blurred away before.

A zone plate contains every frequency once: at $r$ px from its middle its rings have $\frac{z r}{n}$
cycles/px, so that an alias shows as rings around a middle that is none.

Source: Shannon 1949, *Communication in the presence of noise*; Zhang 2019, arXiv:1904.11486 (the blur).
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import pools, spectra, windows
from vizcore.toolkit.convolutions import tensor
from vizcore.toolkit.errors import InputError

Floats: TypeAlias = NDArray[np.float64]

MAX_SIDE = 1024
ZOOMS = (0.1, 2.0)


@dataclass(frozen=True, eq=False)
class Sampled:
    """Every s-th pixel of a picture, and the waves in both."""

    blurred: Floats  # (H, W) what is sampled
    samples: Floats  # (H', W')
    spectrum: Floats  # (n, n), of each wave in `blurred`, see `spectra.spectrum`; n = max(H, W)
    sampled_spectrum: Floats  # (n', n') of the samples, cycles/sample
    nyquist: float  # cycles/px of the picture: the fastest wave that the samples can hold
    beyond: float  # share of the power of `blurred` at faster waves along either axis, 0 to 1: aliased


def zone_plate(side: int, zoom: float = 1.0) -> Floats:
    """Rings that get finer outwards, (side, side) in [0, 1], 1 in the middle.

    Args:
        side: px.
        zoom: frequency at the middle of each side, in units of what px can hold (1/2 cycle/px); above 1 the
            plate is aliased as it is drawn.

    Raises:
        InputError: a setting is out of its range.
    """
    windows.check("side of the zone plate", side, 8, MAX_SIDE)
    if not ZOOMS[0] <= zoom <= ZOOMS[1]:
        raise InputError(f"The zoom of a zone plate goes from {ZOOMS[0]} to {ZOOMS[1]:g}, not {zoom}.")
    squares = (np.arange(side) - side // 2) ** 2
    return 0.5 + 0.5 * np.cos(np.pi * zoom * (squares[:, None] + squares) / side)


def sampled(picture: ArrayLike, step: int, taps: int = 0, *, border: str = "reflect") -> Sampled:
    """Every `step`-th row and column of a picture, blurred before or not.

    Args:
        picture: (H, W), up to 1024 px a side.
        step: px from one sample to the next.
        taps: of the blur, a key of `pools.TAPS`; 0 for none.
        border: what the blur reads beyond the picture, see `windows.MODES`.

    Raises:
        InputError: a setting is out of its range, or the picture is no grid of finite numbers.
    """
    x = tensor(picture, 2, "picture").numpy()
    windows.check("side of the picture", max(x.shape), 1, MAX_SIDE)
    windows.check("step", step, 1, 16)
    if taps:
        x = pools.blurred(x[None], taps=taps, padding_mode=border)[0]
    samples = x[::step, ::step].copy()
    spectrum = _spectrum(x)
    nyquist = 0.5 / step
    waves = np.abs(np.fft.fftshift(np.fft.fftfreq(len(spectrum))))
    power = spectrum**2
    held = power[np.ix_(waves <= nyquist, waves <= nyquist)].sum()
    total = power.sum()
    return Sampled(
        blurred=x,
        samples=samples,
        spectrum=spectrum,
        sampled_spectrum=_spectrum(samples),
        nyquist=nyquist,
        beyond=float(1 - held / total) if total else 0.0,
    )


def _spectrum(picture: Floats) -> Floats:
    return spectra.spectrum(picture - picture.mean(), max(picture.shape))
