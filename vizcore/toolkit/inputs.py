"""From a picture of any size to what a network receives."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.nets import Net

GREY = (0.299, 0.587, 0.114)  # shares of red, green and blue in luma, ITU-R BT.601


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture on its way into a network."""

    cropped: NDArray[np.float32]  # (H, W, 3) in [0, 1], what is left of it, as a person sees it
    normalised: NDArray[np.float32]  # (C, H, W), exactly what the network receives
    box: tuple[int, int, int, int]  # top, left, bottom, right in px of the original; the last two excluded


def prepare(image: NDArray[np.floating], net: Net) -> Prepared:
    """Crop a picture to its central square, bring it to the network's size and normalise it.

    Args:
        image: (H, W, 3) RGB in [0, 1], of any size from 1x1.
        net: says the size, the number of channels, the mean and the standard deviation.

    Raises:
        InputError: the array is not a picture.
    """
    if image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise InputError(f"A picture is (height, width, 3), not {image.shape}.")
    box = central_square(*image.shape[:2])
    top, left, bottom, right = box
    square = np.array(image[top:bottom, left:right].transpose(2, 0, 1), np.float32, order="C")
    pixels = resized(torch.from_numpy(square)[None], net)
    cropped = pixels[0].expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()
    return Prepared(cropped, normalised(pixels, net)[0].numpy(), box)


def central_square(height: int, width: int) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of the largest square in the middle; an odd pixel is lost at the end."""
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return top, left, top + side, left + side


def resized(squares: Tensor, net: Net) -> Tensor:
    """Square pictures at the network's size and in its colours, still in [0, 1].

    (N, 3 or 1, S, S) -> (N, C, H, W). Bilinear; when a picture shrinks, the kernel grows with it
    (antialiasing), so no pixel is skipped.
    """
    channels, *size = net.input_shape
    if channels == 1 and squares.shape[1] == 3:
        squares = (squares * squares.new_tensor(GREY).view(3, 1, 1)).sum(dim=1, keepdim=True)
    return F.interpolate(squares, size, mode="bilinear", align_corners=False, antialias=True).clamp(0, 1)


def normalised(pixels: Tensor, net: Net) -> Tensor:
    """(x - mean) / std, channel by channel, of pictures (N, C, H, W) in [0, 1]."""
    mean, std = (pixels.new_tensor(values).view(-1, 1, 1) for values in (net.mean, net.std))
    return (pixels - mean) / std
