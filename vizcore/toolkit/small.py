"""Pictures made small enough to show each pixel, or to write a matrix for."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from vizcore.toolkit.inputs import middle


def small(image: NDArray[np.floating], longest: int) -> NDArray[np.float64]:
    """The picture with a longer side of at most `longest` px, each pixel the mean of what it stands for.

    Args:
        image: (H, W, C); never enlarged.
        longest: px.
    """
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    return _means(image, (max(1, round(height * scale)), max(1, round(width * scale))))


def square(image: NDArray[np.floating], side: int) -> NDArray[np.float64]:
    """The middle of the picture as side x side means.

    Args:
        image: (H, W, C); smaller ones are enlarged.
        side: px.
    """
    top, left, bottom, right = middle(*image.shape[:2])
    return _means(image[top:bottom, left:right], (side, side))


def _means(image: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float64]:
    pixels = torch.from_numpy(np.ascontiguousarray(image, np.float64)).permute(2, 0, 1)
    return F.adaptive_avg_pool2d(pixels, size).permute(1, 2, 0).contiguous().numpy()
