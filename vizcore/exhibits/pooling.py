r"""A window slides over a map, and of all the values in it one number is kept.

Over a window of $K = h \cdot w$ cells $x_k$, the **maximum** keeps the strongest value, the **average** the
mean, the **L2** pooling the length of the values as a vector, and the **distance-weighted** average a mean in
which the middle of the window counts most:

$$
\max_k x_k, \qquad \frac{1}{K} \sum_k x_k, \qquad \sqrt{\textstyle\sum_k x_k^2}, \qquad
\sum_k g_k\, x_k \;\;\text{with}\;\; g_k \propto \exp\Bigl(-\frac{v_k^2}{2\sigma_v^2} -
\frac{u_k^2}{2\sigma_u^2}\Bigr)
$$

where $v_k$ and $u_k$ are a cell's distances from the middle, down and across, and $\sigma_v = h/4$,
$\sigma_u = w/4$. In a window of 2 × 2 all cells are equally far from the middle, so there it is the plain
average. There are no weights to learn, and every channel is pooled by itself. The first three are
**permutation invariant**: shuffle the values inside a window and nothing changes. The last one is not.

**Places and sizes.** The window moves by the stride $s$, which is its own side unless one says otherwise;
with a smaller stride the windows **overlap**. Padding $p$ is at most half the window. It never wins a
maximum, and counts as zeros in an average. Along each side

$$
n' = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1
$$

so cells at the end may never be read. **Ceil mode** rounds up instead: a last window may reach beyond the
padding, and is made of the cells that it has; only a window that would start behind the last cell is left
out again. (The L2 pooling of PyTorch then counts as if the mean of the squares filled the window.) **Global**
pooling has one window as large as the map: one number per channel, however large the picture was.

**What it forgets.** A maximum keeps one of $K$ values and forgets where in the window it was. Who writes
the places down, the **switches**, can go back: *unpooling* puts every maximum where it came from and zeros
elsewhere. That shows how much of a picture the maxima alone hold, and it is how a deconvnet traces an
activation down to the pixels that caused it (Zeiler & Fergus). Backwards, the gradient goes the same way: all
of it to the winner, nothing to the others, while an average gives each cell its share. An average keeps no
places, so the best that can be done is to fill each window evenly. Where windows neither overlap nor reach
over padding, pooling the result again gives the same output; after a maximum, only where it is not negative.

**What it keeps when the picture moves.** As long as the winner stays inside its window, the output does not
change: the network learns *that* a feature is present, and less of *where*. In Goodfellow's example the
detectors .1 1 .2 .1 are pooled by windows of 3 with stride 1 to 1 1 1 .2. One step to the right they are
.3 .1 1 .2, every one of them is another, and the pooled ones .3 1 1 1: half of them stayed as they were.
This is **approximate** invariance to **small** shifts, and no more. At a window's border the winner leaves
and another one takes over, and with a stride the output depends on how the windows happen to lie. A stride is
a coarser sampling: waves shorter than twice the stride come back as longer ones that are not in the picture
(aliasing). Zhang takes the maximum at every place, blurs, and only then leaves places out.

**What it is for.** The maps get smaller, so the layers behind cost less, see further with the same kernels,
and a dense layer behind them has fewer weights; and pictures of different sizes can be brought to one size.
Scherer et al. found a maximum better at recognising objects than an average with a learnt factor and bias,
and overlapping windows no better than windows side by side; Krizhevsky et al. found overlap (3 px, stride 2)
a little better in AlexNet. Springenberg et al. do as well with strided convolutions in place of pooling.

**Where lecture texts are imprecise.** "Max pooling introduces invariance to local translation" (Vandin) holds
for those outputs whose window keeps its winner; the page counts them. "Reduces the number of parameters":
pooling has none to save; what shrinks is a dense layer behind it. "Almost scale invariant": the output is
smaller, but an object twice as wide still spans twice as many cells of it. "Shift invariant because of
pooling or striding" (Kainz): pooling brings it, the stride breaks it. The two figures of the detectors are
lost from Vandin's slides; the numbers here are those of the book that they credit.

Sources: Zhou & Chellappa 1988, *Computation of optical flow using a neural network* (the maximum);
Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.3, figures 9.8 and 9.10; Scherer, Müller &
Behnke 2010, *Evaluation of pooling operations in convolutional architectures for object recognition*; Zeiler
& Fergus 2014, arXiv:1311.2901 (switches); Zhang 2019, arXiv:1904.11486 (strides and shifts); Krizhevsky,
Sutskever & Hinton 2012 (overlap); Springenberg et al. 2015, arXiv:1412.6806 (strides instead); Lin, Chen &
Yan 2014, arXiv:1312.4400 (global average).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import inputs, pool_windows, pools, samples, windows
from vizcore.toolkit.convolutions import Floats
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.grids import Grid, grid, plane
from vizcore.toolkit.pool_windows import Axis, Indices, Pair

SAME = 1e-9  # of the largest value: the same values, added in another order, differ by less


@dataclass(frozen=True, eq=False)
class Pooled:
    """What one pooling makes of one picture."""

    kind: str  # key of `pools.POOLS`
    output: Floats  # (H', W')
    winners: Indices  # (H', W', 2) row, column of a window's first largest cell; -1 unless kind is max
    weights: Floats  # (h, w) of an average or weighted average, their sum is 1; (0, 0) of the other kinds
    axes: tuple[Axis, Axis]  # where the windows lie, along the rows and along the columns
    rows: Indices  # the row of the picture at each row of the padded picture and beyond it, -1 where none is
    cols: Indices  # the same for columns
    unread: NDArray[np.bool_]  # (H, W), True where a cell of the picture lies in no window
    formula: str  # LaTeX, the size of the output with its numbers


@dataclass(frozen=True, eq=False)
class Moved:
    """What pooling makes of a picture before and after it moves."""

    image: Floats  # (H, W) the picture after the move
    before: Pooled
    after: Pooled
    inputs_changed: NDArray[np.bool_]  # (H, W) cells whose value is another one now
    outputs_changed: NDArray[np.bool_]  # (H', W')
    change: float  # relative L2 distance of the outputs, 0 = invariant; inf where the output was all 0

    @property
    def share_of_inputs(self) -> float:
        """Share of the input cells that changed, 0 to 1."""
        return float(self.inputs_changed.mean())

    @property
    def share_of_outputs(self) -> float:
        """Share of the output cells that changed, 0 to 1."""
        return float(self.outputs_changed.mean())


def pool(
    image: ArrayLike,
    *,
    kind: str,
    window: Pair | None,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
) -> Pooled:
    """One number for each window of a picture with one channel.

    Args:
        image: (H, W), up to 2048 px a side.
        kind: "max", "average", "l2" or "weighted".
        window: side in px, or (height, width); None for the whole picture (global pooling).
        stride: px from one window to the next, or (down, across); None for windows side by side.
        padding: px on each side, or (above and below, left and right); at most half the window.
        ceil_mode: keep a last window that only partly fits.

    Raises:
        InputError: there is no such kind, a setting is out of its range, or the window is too large.
    """
    picture = plane(image, "picture")
    places: dict[str, Any] = {"window": window, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    output = pools.pooled(picture[None], kind=kind, **places)[0]
    rows, cols = pool_windows.axes((picture.shape[0], picture.shape[1]), **places)
    formula = pool_windows.CEIL_SIZE if ceil_mode else pool_windows.SIZE
    winners, weights = np.full((*output.shape, 2), -1), np.empty((0, 0))
    if kind == "max":
        winners = pools.switches(picture[None], **places)[0]
    elif kind != "l2":
        weights = pools.weights(kind, (rows.window, cols.window))
    return Pooled(
        kind=kind,
        output=output,
        winners=winners,
        weights=weights,
        axes=(rows, cols),
        rows=rows.sources,
        cols=cols.sources,
        unread=~np.outer(rows.reads.any(0), cols.reads.any(0)),
        formula=windows.sizes(formula, (rows.formula, cols.formula)),
    )


def unpool(pooled: Pooled, shape: tuple[int, int]) -> Floats:
    """A picture (H, W) made of its pooled cells alone.

    A maximum goes back to where it came from, by its switch; the rest is 0. Any other output fills its window
    evenly, with the value of which the window would be pooled to that output; where windows overlap, a cell
    gets the mean of what it is given.

    Source: Zeiler & Fergus 2014, *Visualizing and understanding convolutional networks*, arXiv:1311.2901.

    Args:
        pooled: from `pool`.
        shape: (H, W) of the result in px; several sizes shrink to the same output.

    Raises:
        InputError: the windows do not fit into that shape.
    """
    rows, cols = pooled.axes
    height, width = (int(np.flatnonzero(axis.reads.any(0))[-1]) + 1 for axis in pooled.axes)
    if shape[0] < height or shape[1] < width:
        raise InputError(
            f"The windows lie on {height} × {width} px, which do not fit into {shape[0]} × {shape[1]} px. "
            "Take the shape of the picture that was pooled."
        )
    canvas = np.zeros((max(shape[0], rows.size), max(shape[1], cols.size)))
    if pooled.kind == "max":
        canvas[pooled.winners[..., 0], pooled.winners[..., 1]] = pooled.output
    else:
        even = pooled.output / np.sqrt(rows.window * cols.window) if pooled.kind == "l2" else pooled.output
        times = np.outer(rows.reads.sum(0), cols.reads.sum(0))
        canvas[: rows.size, : cols.size] = rows.reads.T @ even @ cols.reads / np.maximum(times, 1)
    return canvas[: shape[0], : shape[1]]


def moved(
    image: ArrayLike,
    *,
    dx: int,
    dy: int,
    border: str = "circular",
    kind: str,
    window: Pair | None,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
) -> Moved:
    """Pool a picture, move it, and pool it again with the windows where they were.

    Args:
        image: (H, W), up to 2048 px a side.
        dx: px to the right, less than the width either way.
        dy: px down, less than the height either way.
        border: what comes in at the border, one of `windows.MODES`.
        kind, window, stride, padding, ceil_mode: as in `pool`.

    Raises:
        InputError: the picture cannot be moved that far, or `pool` refuses the settings.
    """
    picture = plane(image, "picture")
    rows, cols = (_shifted(size, shift, border) for size, shift in zip(picture.shape, (dy, dx), strict=True))
    after = np.pad(picture, ((0, 1), (0, 1)))[np.ix_(rows, cols)]  # -1 points to a zero
    settings = {"kind": kind, "window": window, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    return _compared(picture, after, settings)


def detectors(
    values: ArrayLike,
    *,
    entering: float = 0.0,
    kind: str = "max",
    window: int,
    stride: int = 1,
    padding: int = 0,
    ceil_mode: bool = False,
) -> Moved:
    """A row of detectors, pooled before and after their values move one place to the right.

    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, figures 9.8 (padding 1) and 9.10 (stride 2).

    Args:
        values: (n,), what each detector answers.
        entering: the value that moves in from the left.
        kind, window, stride, padding, ceil_mode: as in `pool`, along the row.

    Raises:
        InputError: the values are no row, or `pool` refuses the settings.
    """
    row = plane(np.array(values, np.float64)[None], "row of detectors")
    after = np.insert(row[:, :-1], 0, entering, axis=1)
    settings = {"window": (1, window), "stride": (1, stride), "padding": (0, padding), "ceil_mode": ceil_mode}
    return _compared(row, after, {"kind": kind, **settings})


def card() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    face = (samples.sample("cat") @ np.array(inputs.GREY))[50:200, 120:320]
    sides = (2, 5, 10, 25)
    coarse = [pool(face, kind=kind, window=side).output for kind in ("max", "average") for side in sides]
    maps = np.stack([each.repeat(150 // len(each), 0).repeat(150 // len(each), 1) for each in coarse])
    return maps, np.quantile(maps, (0.01, 0.99), axis=(1, 2)).T


def _compared(before: Floats, after: Floats, settings: Mapping[str, Any]) -> Moved:
    first, second = pool(before, **settings), pool(after, **settings)
    size, distance = _length(first.output), _length(second.output - first.output)
    return Moved(
        image=after,
        before=first,
        after=second,
        inputs_changed=_differ(before, after),
        outputs_changed=_differ(first.output, second.output),
        change=distance / size if size else np.inf if distance else 0.0,
    )


def _length(values: Floats) -> float:
    """The L2 norm; that of NumPy wakes all threads for it, which costs more than it saves."""
    return float(np.sqrt(np.square(values).sum()))


def _differ(before: Floats, after: Floats) -> NDArray[np.bool_]:
    return np.abs(after - before) > SAME * max(np.abs(before).max(), np.abs(after).max())


def _shifted(size: int, shift: int, border: str) -> Indices:
    """The cell that stands at each place after a shift, (size,); -1 for a zero."""
    windows.check("shift", shift, 1 - size, size - 1)
    return windows.sources(size, abs(shift), abs(shift), border)[abs(shift) - shift :][:size]


_VANDIN = "Vandin, Machine learning (2021), after Goodfellow et al. 2016, figure"

GRIDS: Mapping[str, Grid] = {
    "korenev": grid(
        "4 × 4 (Korenev)",
        [[1, 0, 2, 3], [4, 6, 6, 8], [3, 1, 1, 0], [1, 2, 2, 4]],
        "Korenev & Gryaznov, lecture 5",
        "Windows of 2 × 2 side by side: the maxima are 6, 8, 3 and 4.",
    ),
    "kainz": grid(
        "4 × 4 (Kainz)",
        [[6, 1, 2, 4], [1, 6, 7, 8], [3, 5, 2, 0], [1, 2, 3, 4]],
        "Kainz, Deep Learning",
        "The same 6 stands twice in the first window; the first one in reading order wins.",
    ),
    "shift": grid(
        "Four detectors",
        [[0.1, 1, 0.2, 0.1]],
        f"{_VANDIN} 9.8",
        "With windows of 3, stride 1 and padding 1, three of the four outputs see the same strong detector.",
    ),
    "stride": grid(
        "Six detectors",
        [[0.1, 1, 0.2, 0.1, 0, 0.1]],
        f"{_VANDIN} 9.10",
        "With windows of 3 and stride 2, ceil mode adds a third window, which holds two detectors only.",
    ),
    "numbered": grid(
        "Numbered cells",
        np.arange(49).reshape(7, 7),
        "",
        "Each cell holds its own number, so the maximum of a window is always its last cell.",
    ),
    "stripes": grid(
        "Stripes of two",
        np.tile([0, 0, 1, 1], (8, 2)),
        "Zhang 2019, arXiv:1904.11486",
        "Side by side, windows of 2 × 2 keep the stripes; moved by one px, every window holds a 1.",
    ),
}
