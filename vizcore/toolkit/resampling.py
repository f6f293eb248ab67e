"""The values of maps at any places, on pixels and between them, inside and outside.

Places are rows (downwards) and columns (to the right) in px; (0, 0) is the middle of the first pixel. At
places that are whole pixels values are only copied and keep every bit; between them they are interpolated
bilinearly, which blurs a little.
"""

from typing import TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]
Numbers = TypeVar("Numbers", NDArray[np.int64], NDArray[np.float64])
Points: TypeAlias = tuple[Floats, Floats]  # rows (H, 1) and columns (1, W), or both (H, W)
Size: TypeAlias = tuple[int, int]  # (H, W), px

_WHOLE = 1e-9  # px: places as close as that to a pixel are the pixel


def grid(size: Size) -> Points:
    """The places of all pixels: rows (H, 1) and columns (1, W)."""
    return np.arange(size[0], dtype=np.float64)[:, None], np.arange(size[1], dtype=np.float64)[None]


def resampled(maps: Tensor, rows: Floats, cols: Floats, border: str) -> Tensor:
    """The values of maps at any places, between pixels by bilinear interpolation.

    Args:
        maps: (..., H, W).
        rows, cols: of the places in px; (H', 1) and (1, W'), or both (H', W').
        border: key of `warps.BORDERS`.

    Returns:
        (..., H', W') of the same type, on the same device.
    """
    rows, cols = _snapped(rows), _snapped(cols)
    if rows.shape[-1] == 1 == cols.shape[0]:
        return _along(_along(maps, rows[:, 0], -2, border), cols[0], -1, border)
    if (rows % 1 == 0).all() and (cols % 1 == 0).all():
        down, right = (
            torch.from_numpy(folded(at.astype(np.int64), side, border)).to(maps.device)
            for at, side in zip((rows, cols), maps.shape[-2:], strict=True)
        )
        return maps[..., down, right]
    return _between(maps, rows, cols, border)


def folded(places: Numbers, size: int, border: str) -> Numbers:
    """The place inside of an axis of `size` cells that stands for each place, however far outside that is."""
    if border == "circular":
        return places % size
    return (size - 1) - np.abs((size - 1) - places % max(1, 2 * (size - 1)))


def _snapped(at: Floats) -> Floats:
    near = np.rint(at)
    return np.where(np.abs(at - near) < _WHOLE, near, at)


def _along(maps: Tensor, at: Floats, axis: int, border: str) -> Tensor:
    """Values at places (n,) along one axis."""
    cells, size = np.floor(at).astype(np.int64), maps.shape[axis]
    before, behind = (torch.from_numpy(folded(cells + k, size, border)).to(maps.device) for k in (0, 1))
    share = torch.from_numpy(at - cells)
    if not share.any():
        return maps.index_select(axis, before)
    share = share.to(maps)[:, None] if axis == -2 else share.to(maps)
    return torch.lerp(maps.index_select(axis, before), maps.index_select(axis, behind), share)


def _between(maps: Tensor, rows: Floats, cols: Floats, border: str) -> Tensor:
    """Values at places (H', W') anywhere."""
    planes, places = maps.reshape(1, -1, *maps.shape[-2:]), []
    for axis, at in ((3, cols), (2, rows)):
        size = planes.shape[axis]
        inside = folded(at, size, border)
        if border == "circular":  # the first cell once more behind the last one
            planes, size = torch.cat([planes, planes.narrow(axis, 0, 1)], axis), size + 1
        places.append(2 * inside / max(1, size - 1) - 1)
    points = torch.from_numpy(np.stack(places, axis=-1)[None]).to(maps)
    found = F.grid_sample(planes, points, padding_mode="border", align_corners=True)
    return found.reshape(*maps.shape[:-2], *rows.shape)
