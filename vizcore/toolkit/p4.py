r"""Convolutions that know quarter turns: the group p4 of all shifts and turns by 90 degrees.

An ordinary convolution turns its answer along only if its kernel looks the same after the turn. A group
convolution applies all four turned copies of the kernel, so that a turned picture meets the same copies in
another order: with $R$ a quarter turn, $w$ a kernel and $\star$ the cross-correlation,

$$
(Lx)_r = x \star R^r w, \qquad (L R x)_r = R\,(Lx)_{r - 1}
$$

The four maps turn and change places in a circle. Between group layers the kernel has a plane for each of the
four, and turns and changes places as they do,

$$
(G y)_r = \sum_s y_s \star R^r w_{(s - r) \bmod 4}
$$

and the largest of the four maps at each place just turns along.

Here the picture is turned back instead of the kernel forth, $x \star R^r w = R^r (R^{-r} x \star w)$: the
same numbers are then summed in the same order, and the law holds to the last bit.

Source: Cohen & Welling 2016, *Group equivariant convolutional networks*, arXiv:1602.07576.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit.convolutions import Floats, correlate, tensor
from vizcore.toolkit.errors import InputError

TURNS = 4


def lift(image: ArrayLike, kernel: ArrayLike) -> Floats:
    """A picture seen by the four turned copies of one kernel, (4, H', W'); stride 1, no padding.

    Args:
        image: (H, W).
        kernel: (k, k); copy r is turned anticlockwise by r quarter turns.

    Raises:
        InputError: the kernel is not square or larger than the picture, or a number is not finite.
    """
    x, w = tensor(image, 2, "picture").numpy(), tensor(kernel, 2, "kernel").numpy()
    if w.shape[0] != w.shape[1]:
        raise InputError(f"A kernel has to be square to be turned, not {w.shape[0]} × {w.shape[1]}.")
    return np.stack([_turned(correlate(_turned(x, -r)[None], w[None, None])[0], r) for r in range(TURNS)])


def convolve(maps: ArrayLike, kernel: ArrayLike) -> Floats:
    """A group convolution, (4, H', W'); stride 1, no padding.

    Args:
        maps: (4, H, W), from `lift` or from here.
        kernel: (4, k, k), one plane for each of the maps.

    Raises:
        InputError: the kernel is larger than the maps, or one of the two is of another form.
    """
    y, w = tensor(maps, 3, "maps").numpy(), tensor(kernel, 3, "kernel").numpy()
    if not len(y) == len(w) == TURNS or w.shape[1] != w.shape[2]:
        raise InputError(f"Four maps and four square planes are needed, not {y.shape} and {w.shape}.")
    return np.stack(
        [_turned(correlate(_turned(np.roll(y, -r, axis=0), -r), w[None])[0], r) for r in range(TURNS)]
    )


def turned(maps: Floats, quarters: int) -> Floats:
    """What a turn of the picture by so many quarters, anticlockwise, makes of maps (4, H, W)."""
    return np.roll(_turned(maps, quarters), quarters, axis=0)


def _turned(values: NDArray[np.float64], quarters: int) -> Floats:
    """(..., H, W) turned anticlockwise."""
    return np.ascontiguousarray(np.rot90(values, quarters, axes=(-2, -1)))
