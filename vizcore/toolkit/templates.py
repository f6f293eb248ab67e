"""Find a patch in a picture: normalised cross-correlation, and the plain one it is better than.

The score of a window f under a patch t is the cosine between both, less their means:

    γ = Σ (f - f̄)(t - t̄) / √(Σ (f - f̄)² Σ (t - t̄)²), from -1 (the negative) to 1 (the same but for
    brightness and contrast).

Numerators come from one product in frequency space, the means and squares of all windows from running sums
(J. P. Lewis, Fast Normalized Cross-Correlation, Vision Interface 1995).
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number

Grey: TypeAlias = NDArray[np.float64]  # (H, W) in [0, 1]

MIN_SIDE = 2  # px of a patch
MOST = 20  # peaks
# Sum of squared deviations below which a window has no contrast. One pixel whose blue alone differs by one
# level of 255 makes 1.5e-7; rounding in the running sums of 1280 x 1280 px makes 2e-10.
_FLAT = 1e-8


@dataclass(frozen=True)
class Box:
    """A rectangle in a picture, in px."""

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class Match:
    """How well a patch fits at every place; row and column are those of the window's first pixel."""

    score: Grey  # (H - h + 1, W - w + 1) in [-1, 1], 0 where the window has no contrast
    plain: Grey  # same shape, Σ f t: the correlation without means and without norms


@dataclass(frozen=True)
class Peak:
    """A place where the patch fits better than around it."""

    row: int  # of the window's first pixel
    col: int
    score: float


@dataclass(frozen=True)
class Score:
    """The arithmetic of one window."""

    value: float  # in [-1, 1]
    formula: str  # LaTeX, with the numbers


def read_box(text: str, size: tuple[int, int]) -> Box:
    """The box in a text such as "40.24.32.48": top, left, height and width in px.

    Args:
        text: may come from a link, so it may be anything.
        size: (H, W) of the picture that it has to lie in.

    Raises:
        InputError: it is no box, or none that lies in such a picture.
    """
    if not re.fullmatch(r"\d{1,5}(\.\d{1,5}){3}", text, re.ASCII):
        raise InputError(
            f"{text[:30]!r} is no box. It is written as top.left.height.width in px, such as 40.24.32.48."
        )
    box = Box(*map(int, text.split(".")))
    if min(box.height, box.width) < MIN_SIDE:
        raise InputError(
            f"A patch of {box.height} × {box.width} px is too small: one pixel alone has no pattern. "
            f"Drag a box of at least {MIN_SIDE} × {MIN_SIDE} px."
        )
    if box.top + box.height > size[0] or box.left + box.width > size[1]:
        raise InputError(
            f"A box of {box.height} × {box.width} px at row {box.top}, column {box.left} reaches beyond "
            f"this picture of {size[0]} × {size[1]} px. Drag another one."
        )
    return box


def lively_box(image: Grey) -> Box:
    """The window with the most contrast, a fifth as high and as wide as the picture."""
    height, width = (min(side, max(MIN_SIDE, round(side / 5))) for side in image.shape)
    contrast = _contrast(torch.tensor(image - image.mean()), (height, width)).numpy()
    row, col = np.unravel_index(contrast.argmax(), contrast.shape)
    return Box(int(row), int(col), height, width)


def cut(image: Grey, box: Box) -> Grey:
    """(h, w) the pixels in the box."""
    return image[box.top : box.top + box.height, box.left : box.left + box.width]


def match(image: Grey, patch: Grey) -> Match:
    """Compare a patch with every window of an image.

    Args:
        image: (H, W) values.
        patch: (h, w) values, not all the same.

    Raises:
        InputError: the patch is larger than the image, or has no contrast.
    """
    if patch.shape[0] > image.shape[0] or patch.shape[1] > image.shape[1]:
        raise InputError(
            f"A patch of {patch.shape[0]} × {patch.shape[1]} px does not fit into a picture of "
            f"{image.shape[0]} × {image.shape[1]} px. Cut out a smaller one."
        )
    pixels, template = torch.tensor(image, dtype=torch.float64), torch.tensor(patch, dtype=torch.float64)
    deviation = template - template.mean()
    energy = deviation.square().sum()
    if energy < _FLAT:
        raise InputError(
            f"Every pixel of this patch is {template.mean():.3g}: without contrast there is nothing to "
            "compare, and the formula divides 0 by 0. Drag a box over something that has edges."
        )
    centred = pixels - pixels.mean()  # changes no score, and keeps the sums small and exact
    contrast = _contrast(centred, patch.shape)
    fits = _correlation(centred, deviation) / (contrast.clamp_min(_FLAT) * energy).sqrt()
    score = torch.where(contrast < _FLAT, 0, fits.clamp(-1, 1))
    return Match(score.numpy(), _correlation(pixels, template).numpy())


def peaks(score: Grey, size: tuple[int, int], *, threshold: float, most: int = MOST) -> tuple[Peak, ...]:
    """The best places, best first: each better than the places beside it, and none within half a patch of a
    better one.

    Args:
        score: (A, B) as in Match.
        size: (h, w) of the patch.
        threshold: lowest score of a peak.
        most: how many at most.
    """
    near = np.array(size) // 2
    around = F.max_pool2d(torch.tensor(score)[None], 3, stride=1, padding=1)[0].numpy()
    tops = np.argwhere((score >= around) & (score >= threshold))
    tops = tops[np.argsort(-score[tuple(tops.T)], kind="stable")]
    found: list[Peak] = []
    while len(tops) and len(found) < most:
        row, col = tops[0].tolist()
        found.append(Peak(row, col, float(score[row, col])))
        tops = tops[(np.abs(tops - tops[0]) > near).any(axis=1)]
    return tuple(found)


def score_written(image: Grey, patch: Grey, row: int, col: int) -> Score:
    """The score of one window, straight from the definition.

    Args:
        image: (H, W) values.
        patch: (h, w) values.
        row: of the window's first pixel.
        col: of the same.
    """
    window = cut(image, Box(row, col, *patch.shape))
    one, other = window - window.mean(), patch - patch.mean()
    products, contrast, energy = (float((a * b).sum()) for a, b in ((one, other), (one, one), (other, other)))
    if contrast < _FLAT:
        return Score(0.0, rf"\gamma = 0,\ \sum (f - \bar f)^2 = {number(contrast)}")
    value = products / (contrast * energy) ** 0.5
    below = rf"\sqrt{{{number(contrast)} \cdot {number(energy)}}}"
    return Score(value, rf"\gamma = \frac{{{number(products)}}}{{{below}}} = {number(value)}")


def _contrast(values: Tensor, size: tuple[int, ...]) -> Tensor:
    """(H - h + 1, W - w + 1) sum of squared deviations from its mean, of each window."""
    sums, squares = _window_sums(values, size), _window_sums(values.square(), size)
    return squares - sums.square() / (size[0] * size[1])


def _window_sums(values: Tensor, size: tuple[int, ...]) -> Tensor:
    """(H - h + 1, W - w + 1) sum of each window, from the sums of everything above and to the left of it."""
    total = F.pad(values.cumsum(0).cumsum(1), (1, 0, 1, 0))
    (rows, cols), (height, width) = values.shape, size
    bottom, top = total[height:], total[: rows - height + 1]
    return bottom[:, width:] - bottom[:, : cols - width + 1] - top[:, width:] + top[:, : cols - width + 1]


def _correlation(image: Tensor, patch: Tensor) -> Tensor:
    """(H - h + 1, W - w + 1) Σ f t of each window f, by the fast Fourier transform."""
    size = [_fast(side) for side in image.shape]
    product = torch.fft.rfft2(image, s=size) * torch.fft.rfft2(patch, s=size).conj()
    rows, cols = (whole - part + 1 for whole, part in zip(image.shape, patch.shape, strict=True))
    return torch.fft.irfft2(product, s=size)[:rows, :cols]


def _fast(side: int) -> int:
    """The next length that has no prime factor above 5, which the transform takes quickly."""
    while True:
        rest = side
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return side
        side += 1
