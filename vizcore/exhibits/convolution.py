r"""A small grid of weights slides over a picture and writes down, at every place, one weighted sum.

The grid is the **kernel** $w$, with $h \times w$ weights. Laid over the picture $x$ with its first weight
at row $i$, column $j$, it gives one cell of the output. This is the **cross-correlation**,

$$
(x \star w)_{i,j} = \sum_{m,n} x_{i+m,\,j+n}\; w_{m,n}
$$

and this, with the signs turned, the **convolution**:

$$
(x * w)_{i,j} = \sum_{m,n} x_{i-m,\,j-n}\; w_{m,n}
$$

In one dimension, $(x \star w)_l = \sum_k x_{l+k}\, w_k$ and $(x * w)_l = \sum_k x_{l-k}\, w_k$; for
functions the sum becomes an integral, $(f * g)(t) = \int f(\tau)\, g(t - \tau)\, d\tau$.

**Reflection.** The two differ by one thing: a convolution is a cross-correlation with the kernel turned by
half a turn, $\tilde w_{m,n} = w_{-m,-n}$. PyTorch and all of deep learning compute the cross-correlation
and call it convolution. For a network this makes no difference, since it learns the turned weights just as
well; for the laws it does. The convolution is commutative and associative, the cross-correlation is
neither: $(x \star v) \star w = x \star (v * w)$, so two kernels become one by a *convolution* even here. A
kernel that looks the same after half a turn, such as a blur, does not tell the two apart; an impulse as the
picture does.

**Padding and size.** A window of $k$ weights fits into $n$ cells $n - k + 1$ times: the output shrinks.
Padding puts $p_0$ cells before and $p_1$ behind. *Valid* is no padding; *same* keeps the size (an even
kernel needs one more cell on one side, and PyTorch puts it behind); *full* adds $k - 1$ on both sides, so
that every cell meets every weight. What stands there is a choice: zeros darken the border of a blurred
picture, mirroring it (*reflect*) or repeating its outermost cells (*replicate*) does not, and *circular*
goes on at the opposite side.

**Stride and dilation.** With stride $s$ the window moves $s$ cells at a time; with dilation $d$ (*à trous*,
with holes) its weights stand $d$ cells apart, and $k$ of them span $d(k - 1) + 1$ cells, which is what
*same* and *full* then go by, at no more cost. Together,

$$
n' = \left\lfloor \frac{n + p_0 + p_1 - d\,(k - 1) - 1}{s} \right\rfloor + 1
$$

Rounding down means that a last step that does not fit is left out, and cells at the end may never be read.
A stride is also a coarser sampling: waves shorter than $2s$ cells come back as longer ones that are not in
the picture (aliasing), unless they are blurred away first.

**Transposed convolution.** Every input cell stamps the kernel into the output, times its own value; the
stamps lie $s$ cells apart and add up where they overlap. Written as a matrix it is the transpose of the
convolution with the same settings, not its inverse: it restores the size, not the picture.

$$
n' = (n - 1)\,s - 2p + d\,(k - 1) + o + 1
$$

A stride above 1 makes several input sizes shrink to the same output; the output padding $o$ says which of
them to return to. Where the stride does not divide the kernel, cells get unequal numbers of stamps: the
checkerboard of generated pictures.

**Channels.** A picture with $C$ channels meets one kernel slice per channel, and the sums are added:

$$
y_{o,i,j} = b_o + \sum_{c,m,n} w_{o,c,m,n}\; x_{c,\,si + dm - p,\; sj + dn - p}
$$

$O$ kernels give $O$ maps. A **1 × 1** kernel looks at one pixel only and mixes its channels: a small dense
network, the same for every pixel. **Grouped** convolutions split the channels into $g$ groups that see
nothing of each other, which divides weights and multiplications by $g$; with as many groups as channels it
is **depthwise**.

**Why it suits pictures.** It is a linear map, so it is a matrix; a dense one from $n$ values to $n$ values
has $n^2$ weights. A kernel makes it sparse ($k$ weights per output, the rest zeros) and **shares** the
weights ($k$ in all, the same in every row). And it is **equivariant** to shifts, $f(S_v x) = S_v f(x)$:
move the picture and the output moves along. That holds exactly for circular padding, elsewhere away from
the borders, and with a stride only for shifts by multiples of it. For turned or scaled pictures it does not
hold.

**Where lecture texts are imprecise.** Kainz writes the cross-correlation as $\sum_k x_k\, w_{l+k}$: that
swaps the roles of the two, and the same numbers come out in reverse order. So a convolution is the
cross-correlation of $f(x)$ and $g(-x)$ *or* of $f(-x)$ and $g(x)$ up to that order only: with either way of
writing it, one of the two comes out backwards. The page on shift equivariance describes $f(x)$ and
$f(S_v x)$ by the same line; what is meant is $f(S_v x) = S_v f(x)$. The table of the X detector (Machine
learning, lecture 15) cuts decimals off: its .77 and .55 are 7/9 = .778 and 5/9 = .556.

Sources: Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285;
Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapter 9; Yu & Koltun 2016, arXiv:1511.07122
(dilation); Lin, Chen & Yan 2014, arXiv:1312.4400 (1 × 1); Chollet 2017, arXiv:1610.02357 (depthwise);
Odena, Dumoulin & Olah 2016, doi:10.23915/distill.00003 (checkerboards); Zhang 2019, arXiv:1904.11486
(strides and shifts); Rohrer 2016, *How do convolutional neural networks work?* (the X).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import convolutions, kernels, samples, windows
from vizcore.toolkit.convolutions import Floats, Padding
from vizcore.toolkit.grids import Grid, grid, plane
from vizcore.toolkit.images import Image

LUMA = (0.299, 0.587, 0.114)  # shares of red, green and blue in grey, ITU-R BT.601


@dataclass(frozen=True, eq=False)
class Response:
    """What one kernel makes of one picture."""

    output: Floats  # (H', W')
    kernel: Floats  # (h, w) as it was laid over the picture: turned by half a turn if asked for
    padding: Padding  # (top, bottom), (left, right) in px; of a transposed convolution, what is cut off
    rows: NDArray[np.int64]  # the row of the picture at each row of the padded picture, -1 for zeros
    cols: NDArray[np.int64]  # the same for columns
    unread: NDArray[np.bool_]  # (H, W), True where a cell of the picture has no part in the output
    formula: str  # LaTeX, the size of the output with its numbers


def convolve(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int | str = 0,
    padding_mode: str = "zeros",
    dilation: int = 1,
    flip: bool = False,
) -> Response:
    """One kernel slid over a picture with one channel.

    Args:
        image: (H, W), up to 2048 px a side.
        kernel: (h, w), up to 31 px a side.
        stride: px from one window to the next.
        padding: px on each side, or "valid", "same" or "full".
        padding_mode: what stands in the padding: "zeros", "reflect", "replicate" or "circular".
        dilation: px from one weight to the next.
        flip: turn the kernel by half a turn: the convolution of mathematics instead of the cross-correlation.

    Raises:
        InputError: a setting out of its range, or settings that do not go together.
    """
    picture, weights = plane(image, "picture"), _applied(kernel, flip)
    rows, cols = (
        windows.amounts(padding, count, dilation=dilation, stride=stride) for count in weights.shape
    )
    output = convolutions.correlate(
        picture[None],
        weights[None, None],
        stride=stride,
        padding=(rows, cols),
        padding_mode=padding_mode,
        dilation=dilation,
    )
    axes = list(zip(picture.shape, weights.shape, (rows, cols), strict=True))
    unread_rows, unread_cols = (
        windows.never_read(size, count, stride=stride, padding=amount, dilation=dilation, mode=padding_mode)
        for size, count, amount in axes
    )
    numbers = (
        windows.size_formula(size, count, stride=stride, padding=amount, dilation=dilation)
        for size, count, amount in axes
    )
    return Response(
        output=output[0],
        kernel=weights,
        padding=(rows, cols),
        rows=windows.sources(picture.shape[0], *rows, padding_mode),
        cols=windows.sources(picture.shape[1], *cols, padding_mode),
        unread=unread_rows[:, None] | unread_cols,
        formula=windows.sizes(windows.SIZE, numbers),
    )


def transposed(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
    flip: bool = False,
) -> Response:
    """Every cell of a picture stamps the kernel into the output, times its value.

    Args:
        image: (H, W), up to 2048 px a side.
        kernel: (h, w), up to 31 px a side.
        stride: px from one stamp to the next.
        padding: px that are cut off on every side.
        output_padding: px that are kept or added at the bottom and on the right.
        dilation: px from one weight to the next.
        flip: turn the kernel by half a turn.

    Raises:
        InputError: a setting out of its range, or settings that do not go together.
    """
    picture, weights = plane(image, "picture"), _applied(kernel, flip)
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    output = convolutions.transpose(picture[None], weights[None, None], **settings)
    axes = list(zip(picture.shape, weights.shape, strict=True))
    lost_rows, lost_cols = (windows.never_kept(size, count, **settings) for size, count in axes)
    numbers = (windows.transposed_formula(size, count, **settings) for size, count in axes)
    return Response(
        output=output[0],
        kernel=weights,
        padding=((padding, padding), (padding, padding)),
        rows=np.arange(picture.shape[0]),
        cols=np.arange(picture.shape[1]),
        unread=lost_rows[:, None] | lost_cols,
        formula=windows.sizes(windows.TRANSPOSED_SIZE, numbers),
    )


def grey(image: Image) -> Floats:
    """The brightness of a picture, (H, W) in [0, 1].

    Source: Rec. ITU-R BT.601, applied to the stored values as Pillow, OpenCV and MATLAB do.

    Args:
        image: (H, W, 3) in [0, 1].
    """
    return image.astype(np.float64) @ np.array(LUMA)


def card() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    face = grey(samples.sample("cat"))[50:200, 120:320]
    names = ("identity", "gaussian", "sharpen", "emboss", "sobel_x", "sobel_y", "laplacian", "gabor")
    weights = (kernels.kernel(name, *kernels.KERNELS[name].start) for name in names)
    maps = np.stack(
        [convolve(face, each, padding="same", padding_mode="replicate").output for each in weights]
    )
    return maps, np.quantile(maps, (0.01, 0.99), axis=(1, 2)).T


def _applied(kernel: ArrayLike, flip: bool) -> Floats:
    weights = plane(kernel, "kernel")
    return np.ascontiguousarray(weights[::-1, ::-1]) if flip else weights


def _hole() -> Floats:
    values = np.zeros((10, 10))
    values[2:7, 3:8] = values[8, 2] = 90
    values[5, 4] = 0
    return values


def _strokes() -> Floats:
    stroke = np.pad(np.eye(7), 1)
    return 2 * np.maximum(stroke, stroke[::-1]) - 1


_ML = "Machine learning, lecture 15 (2022)"

GRIDS: Mapping[str, Grid] = {
    "hole": grid(
        "Square with a hole",
        _hole(),
        _ML,
        "A square with a dark cell, and a bright cell alone: a box blur fills the one and spreads the other.",
    ),
    "x": grid(
        "X",
        _strokes(),
        _ML,
        "An X of 1 on a ground of −1: the X detector agrees with it in all nine cells at four places.",
    ),
    "binary": grid(
        "Ones and zeros",
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]],
        "Korenev & Gryaznov, lecture 5",
        "Small enough for the head: with a kernel of ones and zeros every output cell is a count.",
    ),
    "numbered": grid(
        "Numbered cells",
        np.arange(49).reshape(7, 7),
        "Kainz, Deep Learning",
        "Each cell holds its own number, so that one sees which cells a window reads.",
    ),
    "impulse": grid(
        "Impulse",
        np.pad([[1]], 4),
        "",
        "A single 1: convolution puts the kernel there, cross-correlation the kernel after half a turn.",
    ),
    "edge": grid(
        "Step edge",
        np.arange(100).reshape(10, 10) % 10 >= 5,
        "",
        "Dark left, bright right: a blur widens the step, a derivative answers at the step alone.",
    ),
}
