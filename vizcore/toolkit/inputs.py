"""From a picture of any size to what a network receives."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.nets import Net

LONGEST = 4  # times as long as wide, what is looked at of a picture
GREY = (0.299, 0.587, 0.114)  # shares of red, green and blue in luma, ITU-R BT.601


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture on its way into a network."""

    cropped: NDArray[np.float32]  # (H, W, 3) in [0, 1], what is left of it, as a person sees it
    normalised: NDArray[np.float32]  # (C, H, W), exactly what the network receives
    box: tuple[int, int, int, int]  # top, left, bottom, right in px of the original; the last two excluded


def prepare(image: NDArray[np.floating], net: Net) -> Prepared:
    """Bring a picture to the network's size, cut out its middle and normalise it.

    The picture is scaled until its shorter side has `net.resize` px, and the middle is cut out: what
    torchvision's own preprocessing does. Of very long pictures only the middle is looked at.

    Args:
        image: (H, W, 3) RGB in [0, 1], of any size from 1x1.
        net: says the size, the number of channels, the mean and the standard deviation.

    Raises:
        InputError: the array is not a picture.
    """
    if image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise InputError(f"A picture is (height, width, 3), not {image.shape}.")
    top, left, bottom, right = middle(image.shape[0], image.shape[1], LONGEST)
    part = np.array(image[top:bottom, left:right].transpose(2, 0, 1), np.float32, order="C")
    pixels = resized(torch.from_numpy(part)[None], net)
    cropped = pixels[0].expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()
    height, width, size = bottom - top, right - left, net.input_shape[1]
    (rows, row), (columns, column) = _places(height, width, net)
    side = max(1, round(min(height, width) * size / (net.resize or size)))
    top += round((row + size / 2) * height / rows - side / 2)
    left += round((column + size / 2) * width / columns - side / 2)
    return Prepared(cropped, normalised(pixels, net)[0].numpy(), (top, left, top + side, left + side))


def middle(height: int, width: int, longest: int = 1) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of the middle of a picture, at most `longest` times as long as it is wide.

    With `longest` 1 it is the central square; an odd pixel is lost at the end.
    """
    most = longest * min(height, width)
    top, left = max(0, height - most) // 2, max(0, width - most) // 2
    return top, left, top + min(height, most), left + min(width, most)


def _places(height: int, width: int, net: Net) -> tuple[tuple[int, int], tuple[int, int]]:
    """For rows and columns: px of the scaled picture, and where in it the network's part begins."""
    size, short = net.input_shape[1], min(height, width)
    sides = [(net.resize or size) * side // short for side in (height, width)]
    (rows, row), (columns, column) = ((side, round((side - size) / 2)) for side in sides)
    return (rows, row), (columns, column)


def resized(pictures: Tensor, net: Net) -> Tensor:
    """The middle of pictures at the network's size and in its colours, still in [0, 1].

    (N, 3 or 1, H, W) -> (N, C, S, S). When a picture shrinks, the kernel grows with it (antialiasing), so
    no pixel is skipped.
    """
    size, pictures = net.input_shape[1], coloured(pictures, net)
    (rows, row), (columns, column) = _places(pictures.shape[2], pictures.shape[3], net)
    scaled = F.interpolate(
        pictures, (rows, columns), mode=net.interpolation, align_corners=False, antialias=True
    )
    return scaled[:, :, row : row + size, column : column + size].clamp(0, 1)


def coloured(pictures: Tensor, net: Net) -> Tensor:
    """Pictures (N, 3 or 1, H, W) in the network's colours, (N, C, H, W)."""
    if net.input_shape[0] == 1 and pictures.shape[1] == 3:
        return (pictures * pictures.new_tensor(GREY).view(3, 1, 1)).sum(dim=1, keepdim=True)
    return pictures


def normalised(pixels: Tensor, net: Net) -> Tensor:
    """(x - mean) / std, channel by channel, of pictures (N, C, H, W) in [0, 1]."""
    mean, std = (pixels.new_tensor(values).view(-1, 1, 1) for values in (net.mean, net.std))
    return (pixels - mean) / std
