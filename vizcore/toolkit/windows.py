r"""Where a sliding window lies along one axis: what convolutions and poolings have in common.

A window of $k$ cells with dilation $d$ spans $d(k - 1) + 1$ cells. It starts at the first padded cell and
moves by the stride $s$ as long as it fits, so the last cells may never be read. All sizes are in cells (px)
along one axis; the axes of a picture are independent of each other.

Source: Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError, pick

MAX_SIDE = 2048  # of a picture
MAX_OUTPUT = 4096  # of what a transposed convolution makes of it
MAX_KERNEL = 31
MAX_STRIDE = 32
MAX_DILATION = 16
MAX_PADDING = 512  # on one side; "full" asks for at most 16 x 30

# mode -> what stands in the padding
FILLINGS: Mapping[str, str] = {
    "zeros": "zeros",
    "reflect": "the picture mirrored at its outermost cells, which are not repeated",
    "replicate": "the outermost cells, repeated",
    "circular": "the opposite side, as if the picture were wound round a cylinder",
}
MODES: tuple[str, ...] = tuple(FILLINGS)

# name -> how much padding that is
PADDINGS: Mapping[str, str] = {
    "valid": "none: the window stays inside the picture",
    "same": "as much as keeps the size, at stride 1",
    "full": "as much as lets every cell meet every weight",
}

SIZE = r"\left\lfloor \frac{n + p_0 + p_1 - d\,(k - 1) - 1}{s} \right\rfloor + 1"
TRANSPOSED_SIZE = r"(n - 1)\,s - 2p + d\,(k - 1) + o + 1"


def output_size(
    size: int, kernel: int, *, stride: int = 1, padding: tuple[int, int] = (0, 0), dilation: int = 1
) -> int:
    """How many places the window stands at, in whole steps as PyTorch counts them.

    Args:
        size: of the input.
        kernel: weights of the window.
        stride: from one place to the next.
        padding: cells before and behind the input.
        dilation: from one weight to the next; 1 leaves no gaps.

    Raises:
        InputError: a setting out of its range, or a window longer than the padded input.
    """
    _check_window(size, kernel, stride, dilation)
    for amount in padding:
        check("padding", amount, 0, MAX_PADDING)
    span, padded = dilation * (kernel - 1) + 1, size + sum(padding)
    if span > padded:
        raise InputError(
            f"A kernel of {kernel} px with dilation {dilation} spans {span} px, more than the {padded} px "
            "of the padded picture. Take a smaller kernel or dilation, or more padding."
        )
    return (padded - span) // stride + 1


def transposed_size(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, output_padding: int = 0, dilation: int = 1
) -> int:
    """Length of the output of a transposed convolution.

    Args:
        size: of the input.
        kernel: weights of the stamp that every input cell leaves.
        stride: from one stamp to the next.
        padding: cells that are cut off at both ends of the output.
        output_padding: cells that are kept or added at the far end, to tell the lengths apart that the same
            convolution would shorten to `size`.
        dilation: from one weight to the next; 1 leaves no gaps.

    Raises:
        InputError: a setting out of its range, or nothing is left of the output.
    """
    _check_window(size, kernel, stride, dilation)
    check("padding", padding, 0, MAX_PADDING)
    check("output padding", output_padding, 0, MAX_STRIDE)
    if output_padding >= max(stride, dilation):
        raise InputError(
            f"An output padding of {output_padding} px must be below the stride ({stride}) or the dilation "
            f"({dilation}), as in PyTorch. Take at most {max(stride, dilation) - 1}."
        )
    uncut = (size - 1) * stride + dilation * (kernel - 1) + 1 + output_padding
    if not 1 <= uncut - 2 * padding <= MAX_OUTPUT:
        raise InputError(
            f"The output would be {uncut} - 2 x {padding} = {uncut - 2 * padding} px long; 1 to {MAX_OUTPUT} "
            "are possible. Change the stride or the padding."
        )
    return uncut - 2 * padding


def amounts(padding: int | str, kernel: int, *, dilation: int = 1, stride: int = 1) -> tuple[int, int]:
    """Cells of padding before and behind the input.

    Where "same" asks for an odd number, the odd one goes behind, as in PyTorch.

    Args:
        padding: px on both sides, or one of PADDINGS.
        kernel: weights of the window.
        dilation: from one weight to the next.
        stride: from one place to the next; "same" allows 1 only.

    Raises:
        InputError: a setting out of its range, a word that is none of PADDINGS, or "same" with a stride.
    """
    _check_window(1, kernel, stride, dilation)
    if not isinstance(padding, str):
        check("padding", padding, 0, MAX_PADDING)
        return padding, padding
    pick(PADDINGS, padding, "padding")
    more = dilation * (kernel - 1)
    if padding == "same" and stride > 1:
        raise InputError(
            f'Padding "same" needs stride 1, not {stride}: with a stride the output is smaller anyway. '
            "Take stride 1, or state the padding in px."
        )
    return {"valid": (0, 0), "same": (more // 2, more - more // 2), "full": (more, more)}[padding]


def sources(size: int, before: int, after: int, mode: str) -> NDArray[np.int64]:
    """The input cell that stands at each place of the padded input, (before + size + after,); -1 for a zero.

    Args:
        size: of the input.
        before: cells of padding before it.
        after: cells of padding behind it.
        mode: one of MODES.

    Raises:
        InputError: there is no such mode, or it cannot fill that much padding.
    """
    pick(FILLINGS, mode, "padding mode")
    check("side of the picture", size, 1, MAX_SIDE)
    most = {"reflect": size - 1, "circular": size}.get(mode, MAX_PADDING)
    if max(before, after) > most:
        raise InputError(
            f"In mode {mode} a side of {size} px can be padded by {most} px at most, "
            f"not {max(before, after)}. Take less padding, or another mode."
        )
    place = np.arange(-before, size + after)
    inner = size - 1
    return {
        "zeros": np.where((place >= 0) & (place <= inner), place, -1),
        "reflect": inner - np.abs(inner - np.abs(place)),
        "replicate": place.clip(0, inner),
        "circular": place % size,
    }[mode]


def reads(
    size: int, kernel: int, *, stride: int, padding: tuple[int, int], dilation: int, mode: str
) -> NDArray[np.int64]:
    """Which input cell each weight meets at each place of the window, (output_size, kernel); -1 for a zero.

    Args and Raises as in `output_size` and `sources`.
    """
    count = output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    places = stride * np.arange(count)[:, None] + dilation * np.arange(kernel)
    return sources(size, *padding, mode)[places]


def never_read(
    size: int, kernel: int, *, stride: int, padding: tuple[int, int], dilation: int, mode: str
) -> NDArray[np.bool_]:
    """Which input cells no window reads, (size,): left over at the end, or skipped by the stride.

    Args and Raises as in `output_size` and `sources`.
    """
    read = reads(size, kernel, stride=stride, padding=padding, dilation=dilation, mode=mode)
    return ~np.isin(np.arange(size), read)


def never_kept(
    size: int, kernel: int, *, stride: int, padding: int, output_padding: int, dilation: int
) -> NDArray[np.bool_]:
    """Which input cells of a transposed convolution leave nothing in the output, (size,): all cut off.

    Args and Raises as in `transposed_size`.
    """
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    length = transposed_size(size, kernel, **settings)
    places = stride * np.arange(size)[:, None] + dilation * np.arange(kernel) - padding
    return np.logical_and.reduce((places < 0) | (places >= length), axis=1)


def size_formula(
    size: int, kernel: int, *, stride: int = 1, padding: tuple[int, int] = (0, 0), dilation: int = 1
) -> str:
    """SIZE with its numbers, as LaTeX. Args and Raises as in `output_size`."""
    result = output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    top = rf"{size} + {padding[0]} + {padding[1]} - {dilation} \cdot ({kernel} - 1) - 1"
    steps = size + sum(padding) - dilation * (kernel - 1) - 1
    return (
        rf"\left\lfloor \frac{{{top}}}{{{stride}}} \right\rfloor + 1"
        rf" = \left\lfloor \frac{{{steps}}}{{{stride}}} \right\rfloor + 1 = {result}"
    )


def transposed_formula(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, output_padding: int = 0, dilation: int = 1
) -> str:
    """TRANSPOSED_SIZE with its numbers, as LaTeX. Args and Raises as in `transposed_size`."""
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    result = transposed_size(size, kernel, **settings)
    return (
        rf"({size} - 1) \cdot {stride} - 2 \cdot {padding} + {dilation} \cdot ({kernel} - 1)"
        rf" + {output_padding} + 1 = {result}"
    )


def sizes(formula: str, numbers: Iterable[str]) -> str:
    """A formula of n', and under it the same with the numbers of the height and of the width, as LaTeX."""
    height, width = numbers
    return rf"\begin{{aligned}} n' &= {formula} \\ H' &= {height} \\ W' &= {width} \end{{aligned}}"


def check(what: str, value: int, low: int, high: int) -> None:
    """Refuse what is not a whole number from low to high; `what` is the setting, in words for the message."""
    if not isinstance(value, int | np.integer) or not low <= value <= high:
        raise InputError(f"The {what} must be a whole number from {low} to {high}, not {str(value)[:40]}.")


def _check_window(size: int, kernel: int, stride: int, dilation: int) -> None:
    check("side of the picture", size, 1, MAX_SIDE)
    check("side of the kernel", kernel, 1, MAX_KERNEL)
    check("stride", stride, 1, MAX_STRIDE)
    check("dilation", dilation, 1, MAX_DILATION)
