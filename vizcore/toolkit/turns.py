"""Whether a convolution turns along with the picture: an ordinary one, and one that knows quarter turns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizcore.toolkit import inputs, p4, warps, windows
from vizcore.toolkit.convolutions import Floats, tensor
from vizcore.toolkit.resampling import grid


@dataclass(frozen=True, eq=False)
class RotationResponse:
    """How far convolutions are from turning along with the picture."""

    angles: Floats  # (A,) degrees, anticlockwise
    error: dict[str, Floats]  # "ordinary", "p4", "largest" -> (A,) of |f(Rx) - R f(x)| / |f(x)|


def rotation_response(image: ArrayLike, kernel: ArrayLike, angles: Sequence[float]) -> RotationResponse:
    """Turn a picture, and measure how far an ordinary and a p4 convolution are from turning along.

    "ordinary" is one convolution. "p4" are the four maps of `p4.lift`, which change places by the nearest
    quarter turn. "largest" is the largest of the four at each place, which has no places to change. Only
    what lies in the largest disc is compared: there no corner comes in. Between quarter turns the error holds
    what the interpolation blurs.

    Args:
        image: (H, W), 16 px a side at least; its middle square is turned about its middle.
        kernel: (k, k).
        angles: (A,) degrees, anticlockwise, from -360 to 360.

    Raises:
        InputError: a setting is out of its range, or the kernel is larger than the picture.
    """
    whole = tensor(image, 2, "picture").numpy()
    top, left, bottom, right = inputs.middle(*whole.shape)
    picture = np.ascontiguousarray(whole[top:bottom, left:right])
    windows.check("side of the picture", len(picture), 16, windows.MAX_SIDE)
    maps = p4.lift(picture, kernel)
    side, reach = maps.shape[-1], len(picture) / 2 - 0.71 * (len(picture) - maps.shape[-1]) - 1
    rows, cols = grid((side, side))
    inside = np.hypot(rows - (side - 1) / 2, cols - (side - 1) / 2) <= reach
    error: dict[str, list[float]] = {"ordinary": [], "p4": [], "largest": []}
    straight = np.concatenate([maps, maps.max(0, keepdims=True)])
    for angle in angles:
        seen, along = p4.lift(_turned(picture[None], angle)[0], kernel), _turned(straight, angle)
        quarters = round(angle / 90)
        for name, found, expected, still in (
            ("ordinary", seen[0], along[0], maps[0]),
            ("p4", seen, np.roll(along[:4], quarters, axis=0), maps),
            ("largest", seen.max(0), along[4], straight[4]),
        ):
            apart, unit = (np.square(values[..., inside]).sum() for values in (found - expected, still))
            error[name].append(float(np.sqrt(apart / (unit or 1.0))))
    return RotationResponse(
        np.array(angles, np.float64), {name: np.array(values) for name, values in error.items()}
    )


def _turned(planes: Floats, angle: float) -> Floats:
    """(C, n, n) turned about the middle."""
    return warps.transformed(planes.transpose(1, 2, 0), "rotation", angle).transpose(2, 0, 1)
