"""Random changes of pictures that leave what they show as it is, one by one and in any combination."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn import functional as F

from vizcore.toolkit.errors import pick

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Augmentation:
    """One kind of change."""

    title: str
    change: Callable[[Tensor, Generator], Tensor]  # (N, C, S, S) in [0, 1] -> the same shape
    says: str


def _uniform(images: Tensor, owner: Generator, most: float) -> Tensor:
    """(N,) from -most to most."""
    return (most * (2 * torch.rand(len(images), generator=owner) - 1)).to(images.device)


def _warped(images: Tensor, affine: Tensor) -> Tensor:
    """Pictures sampled at the places (N, 2, 3) of an affine map; what lies outside continues the border."""
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _placed(a: Tensor, b: Tensor, x: Tensor, c: Tensor, d: Tensor, y: Tensor) -> Tensor:
    return torch.stack([a, b, x, c, d, y], dim=1).view(-1, 2, 3)


def _shift(images: Tensor, owner: Generator) -> Tensor:
    x, y = _uniform(images, owner, 0.25), _uniform(images, owner, 0.25)
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    return _warped(images, _placed(one, zero, x, zero, one, y))


def _rotate(images: Tensor, owner: Generator) -> Tensor:
    turn = _uniform(images, owner, math.radians(20))
    zero = torch.zeros_like(turn)
    return _warped(images, _placed(turn.cos(), -turn.sin(), zero, turn.sin(), turn.cos(), zero))


def _scale(images: Tensor, owner: Generator) -> Tensor:
    size = 1 + _uniform(images, owner, 0.2)
    zero = torch.zeros_like(size)
    return _warped(images, _placed(size, zero, zero, zero, size, zero))


def _shear(images: Tensor, owner: Generator) -> Tensor:
    lean = _uniform(images, owner, 0.3)
    one, zero = torch.ones_like(lean), torch.zeros_like(lean)
    return _warped(images, _placed(one, lean, zero, zero, one, zero))


def _flip(images: Tensor, owner: Generator) -> Tensor:
    chosen = _uniform(images, owner, 1) > 0
    return torch.where(chosen.view(-1, 1, 1, 1), images.flip(3), images)


def _contrast(images: Tensor, owner: Generator) -> Tensor:
    factor = (1 + _uniform(images, owner, 0.4)).view(-1, 1, 1, 1)
    middle = images.mean(dim=(1, 2, 3), keepdim=True)
    return ((images - middle) * factor + middle).clamp(0, 1)


def _brightness(images: Tensor, owner: Generator) -> Tensor:
    return (images + _uniform(images, owner, 0.2).view(-1, 1, 1, 1)).clamp(0, 1)


def _noise(images: Tensor, owner: Generator) -> Tensor:
    drawn = torch.randn(images.shape, generator=owner).to(images.device)
    return (images + 0.08 * drawn).clamp(0, 1)


def _cutout(images: Tensor, owner: Generator) -> Tensor:
    """A grey square a third as wide, anywhere (DeVries & Taylor 2017, arXiv:1708.04552)."""
    side = images.shape[-1]
    places = torch.arange(side, device=images.device)
    down, right = (_uniform(images, owner, side / 2) + side / 2 for _ in range(2))
    rows, cols = ((places - each[:, None]).abs() < side / 6 for each in (down, right))
    return torch.where((rows[:, :, None] & cols[:, None, :])[:, None], 0.5, images)


AUGMENTATIONS: Mapping[str, Augmentation] = {
    "shift": Augmentation("Shift", _shift, "Moved by up to an eighth of the side."),
    "rotate": Augmentation("Rotate", _rotate, "Turned by up to 20 degrees."),
    "scale": Augmentation("Scale", _scale, "Up to a fifth larger or smaller."),
    "shear": Augmentation("Shear", _shear, "Slanted by up to 17 degrees."),
    "flip": Augmentation("Flip", _flip, "Mirrored left to right, every second one: not for digits."),
    "contrast": Augmentation("Contrast", _contrast, "Up to 40% more or less."),
    "brightness": Augmentation("Brightness", _brightness, "Up to 0.2 lighter or darker."),
    "noise": Augmentation("Noise", _noise, "White noise of standard deviation 0.08."),
    "cutout": Augmentation("Cutout", _cutout, "A grey square a third as wide lies somewhere on it."),
}


def augmented(images: Tensor, names: Sequence[str], owner: Generator) -> Tensor:
    """New pictures, changed in every way that is named.

    Args:
        images: (N, C, S, S) in [0, 1].
        names: keys of AUGMENTATIONS, in the order in which they follow one another.
        owner: of the random numbers, on the CPU.

    Raises:
        InputError: there is no such augmentation.
    """
    for name in names:
        images = pick(AUGMENTATIONS, name, "augmentation").change(images, owner)
    return images


def preview(images: Pixels, names: Sequence[str], seed: int) -> Pixels:
    """What pictures (N, C, S, S) look like after such changes, as drawn from a seed."""
    changed = augmented(torch.tensor(images) / 255, names, Generator().manual_seed(seed))
    return (255 * changed).round().to(torch.uint8).numpy()
