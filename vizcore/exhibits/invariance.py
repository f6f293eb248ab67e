r"""Move the picture, and see whether the network notices: whether it should, and whether it does.

A **classifier** should say the same wherever the cat sits. A **segmenter**, which says for each pixel whether
it belongs to the cat, should say the same as well, moved along. With $S_v$ the shift by $v$ pixels and $f$
the network, or any layer of it,

$$
\text{invariant:}\quad f(S_v x) = f(x), \qquad \text{equivariant:}\quad f(S_v x) = S_v f(x)
$$

For other transformations $g$, what happens to the output need not be what happens to the picture:
$f(g\,x) = g' f(x)$, with $g' = 1$ for an invariant $f$. How far a layer is from it is measured by the
**equivariance error** $\lVert f(S x) - S f(x) \rVert \,/\, \lVert f(x) \rVert$; 0 is perfect.

**Where it holds.** A convolution with stride 1 does the same at every place, so it is equivariant to shifts,
and so is everything that looks at values one by one: activations, batch norm. On a torus (a picture that goes
on at the opposite side, and padding that does too) that is exact to the last bit, and is 0 here. With other
borders it holds away from them: something comes in at one side that was not there, and zeros in the padding
say where the border is. The mean over a whole map forgets all places: behind it, equivariant is invariant.

**Where it breaks.** A layer with stride $s$ keeps every $s$-th value. Shifts by multiples of $s$ move its
output by whole values, and on a torus the error is exactly 0. Any other shift meets values that were skipped
before. Behind several strides only shifts by multiples of their product are left (Azulay & Weiss 2019): one
in $32^2 = 1024$ where the product is 32, as in a ResNet. Max pooling with a window as wide as its stride is
no way out: it takes the maximum at every place, which does no harm, and then keeps every $s$-th of them,
which does.

**The sampling theorem.** Values that lie $s$ px apart can tell waves of up to $\frac{1}{2s}$ cycles/px from
one another, the Nyquist frequency: one has to sample at more than twice the highest *frequency*. Faster waves
come back as slower ones (aliasing), and which ones depends on where the sampling begins. Without them, the
kept values determine all that were skipped, for any shift. So blur first, then subsample: Zhang (2019) splits
max pooling into a maximum at every place and a blur with stride $s$, and a strided convolution into one with
stride 1, its activation and the blur. His example is the square wave $0\,0\,1\,1\,0\,0\,1\,1$: max pooling
makes $0\,1\,0\,1$ of it and, one pixel on, $1\,1\,1\,1$; with the blur $\frac14\,(1\;2\;1)$ it is
$\frac12\,1\,\frac12\,1$ and then $\frac34\,\frac34\,\frac34\,\frac34$. Closer, but not equal: a blur of three
taps still lets some fast waves pass, and a ReLU behind it makes new ones. **Consistency** is the share of
pairs of shifts for which the network names the same class. The networks here keep their weights when blurs
are put in; networks that are trained with them do better (Zhang 2019).

**Deformations.** Let $D_\tau x(u) = x(u - \tau(u))$ bend the picture by a smooth field $\tau$. One cannot ask
for $f(D_\tau x) = f(x)$ for all $\tau$: a 1 can be bent into a 7. What one can ask is that small bends make
small differences. For the scattering transform, a convolutional network of wavelets and absolute values that
averages over $2^J$ px at its end, Mallat (2012) proves for stretches up to 1/2, but for a logarithm and a
term with the second derivatives of $\tau$,

$$
\lVert f(x) - f(D_\tau x) \rVert \;\le\; C\, \lVert x \rVert
\left( 2^{-J} \sup_u |\tau(u)| + \sup_u \lVert \nabla \tau(u) \rVert \right)
$$

with a $C$ that grows with the number of layers. The first term is a shift, and goes away with more averaging;
the second is the stretch, and stays. For trained networks nothing of the kind is proved; the curve can be
measured.

**Turns.** A convolution is not equivariant to rotations, unless its kernel looks the same when turned. A
**group convolution** (Cohen & Welling 2016) applies a kernel in all four quarter turns. When the picture
turns by 90°, its four maps turn and change places in a circle, $f(Rx) = R' f(x)$ with another $R'$ than $R$:
exactly, at four times the work, and only for quarter turns. Harmonic networks (Worrall et al. 2017) do it
for all angles, with kernels made of circular waves. The practical answer is **data augmentation**: show the
network turned, moved and bent pictures while it learns. It then learns to answer alike, for pictures like
those that it was shown (Azulay & Weiss 2019); nothing makes it do so for others.

**Where lecture texts are imprecise.** Kainz describes equivariance by two lines that are the same, $f_i(x)$
and $f_i(S_v x)$ both being 1 for pixels "in the cat"; what is meant is $f(S_v x) = S_v f(x)$. The bound for
deformations reads $\lVert f(x) - f(D_\tau x) \rVert \approx \lVert \nabla f \rVert$ there; it is the gradient
of the *field*, $\lVert \nabla \tau \rVert$, that bounds the difference, as above. To sample "at least twice
as fast" means more than twice as fast as the highest frequency.

Sources: Zhang 2019, *Making convolutional networks shift-invariant again*, arXiv:1904.11486; Azulay & Weiss
2019, *Why do deep convolutional networks generalize so poorly to small image transformations?*,
arXiv:1805.12177; Mallat 2012, *Group invariant scattering*, arXiv:1101.2286; Cohen & Welling 2016, *Group
equivariant convolutional networks*, arXiv:1602.07576; Worrall et al. 2017, *Harmonic networks*,
arXiv:1612.04642; Shannon 1949, *Communication in the presence of noise*; Goodfellow, Bengio & Courville 2016,
*Deep Learning*, sections 9.2 and 9.3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from vizcore.toolkit import (
    equivariance,
    inputs,
    kernels,
    samples,
    subsampling,
    warps,
    windows,
)
from vizcore.toolkit.agreement import Consistency, agreement
from vizcore.toolkit.equivariance import SEGMENTER, Subject
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image
from vizcore.toolkit.shifts import responses
from vizcore.toolkit.small import square

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]
Progress: TypeAlias = Callable[[float], None]  # told the share that is done, 0 to 1
Stop: TypeAlias = Callable[[], bool]  # asked between two steps whether to end early

MAX_AMOUNTS = 1_000


@dataclass(frozen=True, eq=False)
class ShiftResponse:
    """How far each way of subsampling is from not noticing a shift, and from following it."""

    shifts: Indices  # (K,) px, -max to max; of the rows (down) and columns (to the right) of the grids
    change: dict[str, Floats]  # way -> (K, K) of |f(Sx) - f(x)| / |f(x)|; 0 = invariant
    error: dict[str, Floats]  # way -> (K, K) of |f(Sx) - S f(x)| / |f(x)|; 0 = equivariant


@dataclass(frozen=True, eq=False)
class SquareWave:
    """Zhang's example: a square wave on a circle, in max pooling and in max pooling with a blur."""

    signal: Floats  # (8,)
    dense: Floats  # (8,) the larger of every two neighbours
    pooled: Floats  # (4,) every second of them: max pooling
    blurred: Floats  # (8,) `dense` under the weights 1 2 1
    antialiased: Floats  # (4,) every second of them


@dataclass(frozen=True, eq=False)
class NetworkResponse:
    """What a network says of a picture at each amount of a transformation, and how far each layer follows."""

    amounts: Floats  # (A,) those that were reached before somebody stopped
    classes: tuple[str, ...]  # (N,) name of every output
    first: int  # most probable class of the untouched picture
    top: Indices  # (A,) most probable class
    probability: Floats  # (A,) of the class `first`
    logits: Floats  # (A, N)
    layers: tuple[str, ...]  # (L,)
    error: Floats  # (A, L) of |f(Sx) - S f(x)| / |f(x)|
    periods: Indices  # (L, 2) px: shifts by multiples down and right are followed exactly; 0: by none
    notice: str  # empty, or a sentence on where it had to be computed


@dataclass(frozen=True, eq=False)
class SideBySide:
    """A classifier, which should not notice a shift, and a segmenter, which should follow it."""

    before: Image  # (64, 64, 3) what the segmenter sees
    after: Image
    labels_before: Indices  # (64, 64) class of every pixel, index into `classes`
    labels_after: Indices
    labels_expected: Indices  # `labels_before`, moved along
    disagreeing: float  # share of pixels where the two differ, 0 to 1
    classes: tuple[str, ...]  # of the segmenter
    names: tuple[str, str]  # most probable class of the classifier, before and after
    probabilities: tuple[float, float]  # of the first of them, before and after
    errors: dict[str, dict[str, float]]  # "classifier", "segmenter" -> layer -> |f(Sx) - S f(x)| / |f(x)|


def shift_response(
    image: ArrayLike,
    *,
    window: int = 2,
    max_shift: int = 8,
    kernel: ArrayLike | None = None,
    border: str = "circular",
) -> ShiftResponse:
    """Shift a picture over a grid, and measure how much each way of subsampling notices.

    One convolution and a ReLU make the map that all ways start from, see `subsampling`.

    Args:
        image: (H, W), or (H, W, 3) of which the brightness is taken.
        window: side of the pooling, and stride, px.
        max_shift: px in each direction.
        kernel: (h, w) of the convolution; horizontal changes (Sobel) when left out.
        border: key of `warps.BORDERS`.

    Raises:
        InputError: a setting is out of its range, or a value is not finite.
    """
    world = _world(image, window, max_shift, kernel, border)
    reach = np.arange(-max_shift, max_shift + 1)
    change, error = (
        {way: subsampling.changes(world, way, radius=max_shift, along=along) for way in subsampling.WAYS}
        for along in (False, True)
    )
    return ShiftResponse(reach, change, error)


def _world(
    image: ArrayLike, window: int, max_shift: int, kernel: ArrayLike | None, border: str
) -> subsampling.World:
    picture = np.asarray(image, np.float64)
    if picture.ndim == 3 and picture.shape[2] == 3:
        picture = picture @ np.array(inputs.GREY)
    weights = kernels.kernel("sobel_x", 3, 3) if kernel is None else kernel
    return subsampling.world(picture, weights, window=window, max_shift=max_shift, border=border)


def square_wave(shift: int = 0) -> SquareWave:
    """The signal 0 0 1 1 0 0 1 1 on a circle, moved, then subsampled by 2 in two ways.

    Source: Zhang 2019, arXiv:1904.11486.

    Args:
        shift: values to the left.
    """
    signal = np.roll([0.0, 0, 1, 1, 0, 0, 1, 1], -shift)
    dense = np.maximum(signal, np.roll(signal, -1))
    blurred = (np.roll(dense, 1) + 2 * dense + np.roll(dense, -1)) / 4
    return SquareWave(signal, dense, dense[::2].copy(), blurred, blurred[::2].copy())


def network_response(
    image: Image,
    net: str,
    name: str,
    amounts: Sequence[float],
    *,
    border: str = "circular",
    seed: int = 0,
    side: int | None = None,
    taps: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> NetworkResponse:
    """Transform a picture more and more, and write down what the network and each of its layers make of it.

    Args:
        image: (H, W, 3) in [0, 1]; its middle square is seen.
        net: a reference, see `nets`.
        name: key of `warps.TRANSFORMATIONS`.
        amounts: (A,) of the transformation.
        border: key of `warps.BORDERS`; "circular" winds the network round a torus too.
        seed: of a warp.
        side: px of the square that the network sees; as it was made for when left out.
        taps: of a blur before every subsampling, a key of `pools.TAPS`; 0: the network as it is.
        progress: told after every amount.
        stop: asked after every amount.

    Raises:
        InputError: there is no such network, transformation or border, or a setting is out of its range.
    """
    subject = Subject(net, border, side, taps)
    subject.check_classifier()
    windows.check("number of amounts", len(amounts), 1, MAX_AMOUNTS)
    pixels = subject.seen(image)
    size = pixels.shape[0], pixels.shape[1]
    moves = [
        (
            partial(warps.transformed, pixels, name, amount, border=border, seed=seed),
            warps.backward(name, amount, size, seed),
        )
        for amount in amounts
    ]
    found = equivariance.watched(subject, pixels, moves, progress=progress, stop=stop)
    logits, first = found.moved[:, :, 0, 0], int(found.still.argmax())
    return NetworkResponse(
        amounts=np.array(amounts[: len(logits)], np.float64),
        classes=subject.entry.classes,
        first=first,
        top=logits.argmax(1),
        probability=softmax(logits)[:, first],
        logits=logits,
        layers=found.layers,
        error=found.errors,
        periods=found.periods,
        notice=found.notice,
    )


def equivariance_error(
    image: Image,
    net: str,
    layer: str,
    *,
    dy: float,
    dx: float,
    border: str = "circular",
    side: int | None = None,
    taps: int = 0,
) -> float:
    r"""How far a layer is from moving along with the picture: $\|f(Sx) - S f(x)\| / \|f(x)\|$.

    On a torus it is 0 to the last bit for shifts by multiples of all strides up to the layer.

    Args:
        image: (H, W, 3) in [0, 1]; its middle square is seen.
        net: a reference, see `nets`, or "segmenter".
        layer: name of a step of the network, or of a blur in its anti-aliased twin.
        dy: px down.
        dx: px to the right.
        border, side, taps: as in `network_response`.

    Raises:
        InputError: there is no such network, layer or border, or a setting is out of its range.
    """
    subject = Subject(net, border, side, taps)
    return float(_shifted(subject, subject.seen(image), dy, dx, layer).errors[0, -1])


def consistency(
    image: Image,
    net: str,
    shifts: ArrayLike,
    *,
    border: str = "circular",
    side: int | None = None,
    taps: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Consistency:
    """How often a network says the same of one picture at different shifts.

    Source: Zhang 2019, arXiv:1904.11486, whose consistency is the share of pairs with the same class.

    Args:
        image: (H, W, 3) in [0, 1]; its middle square is seen.
        net: a reference, see `nets`.
        shifts: (S, 2) whole px down and to the right, two at least.
        border, side, taps: as in `network_response`.
        progress: told now and then.
        stop: asked as often; what was computed until then counts.

    Raises:
        InputError: there is no such network or border, or a setting is out of its range.
    """
    subject = Subject(net, border, side, taps)
    subject.check_classifier()
    places = np.array(shifts, np.int64)
    if places.ndim != 2 or places.shape[1] != 2 or len(places) < 2:
        raise InputError(f"Shifts are two or more pairs of px, down and to the right, not {places.shape}.")
    logits = responses(
        net, image, places, border=border, side=side, taps=taps, progress=progress, stop=stop
    ).astype(np.float64)
    reached = np.isfinite(logits).all(axis=1)
    return agreement(places[reached], logits[reached], subject.entry.classes)


def side_by_side(
    image: Image, net: str, *, dy: int, dx: int, border: str = "circular", taps: int = 0
) -> SideBySide:
    """The same shift for a classifier and for a segmenter.

    Args:
        image: (H, W, 3) in [0, 1]; its middle square is seen.
        net: the classifier, a reference, see `nets`.
        dy: px of the segmenter's picture down; the classifier's moves by as much of its side.
        dx: px to the right.
        border, taps: as in `network_response`.

    Raises:
        InputError: there is no such network or border.
    """
    classifier, finder = Subject(net, border, taps=taps), Subject(SEGMENTER, border, taps=taps)
    classifier.check_classifier()
    before = finder.seen(image)
    scale = classifier.entry.input_shape[1] / len(before)
    named = _shifted(classifier, classifier.seen(image), dy * scale, dx * scale)
    found = _shifted(finder, before, dy, dx)
    labels, labels_after = found.still.argmax(0), found.moved[0].argmax(0)
    expected = warps.moved(labels, dy, dx, border=border)
    logits = np.stack([named.still, named.moved[0]])[:, :, 0, 0]
    first, second = logits.argmax(1)
    one, two = softmax(logits)[:, first]
    return SideBySide(
        before=before,
        after=warps.moved(before, dy, dx, border=border),
        labels_before=labels,
        labels_after=labels_after,
        labels_expected=expected,
        disagreeing=float((labels_after != expected).mean()),
        classes=finder.entry.classes,
        names=(classifier.entry.classes[first], classifier.entry.classes[second]),
        probabilities=(float(one), float(two)),
        errors={
            "classifier": dict(zip(named.layers, named.errors[0].tolist(), strict=True)),
            "segmenter": dict(zip(found.layers, found.errors[0].tolist(), strict=True)),
        },
    )


def _shifted(subject: Subject, pixels: Image, dy: float, dx: float, last: str = "") -> equivariance.Watched:
    move = partial(warps.moved, pixels, dy, dx, border=subject.border), warps.shift(dy, dx)
    return equivariance.watched(subject, pixels, [move], last=last)


def softmax(logits: Floats) -> Floats:
    """Probabilities of logits (A, N)."""
    return torch.from_numpy(logits).softmax(1).numpy()


def card() -> tuple[Floats, Floats]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    picture = square(samples.sample("cat"), 64) @ np.array(inputs.GREY)
    changes = shift_response(picture, window=4).error
    grids = np.stack([changes[way] for way in ("strided", "max", "blur3", "blur5")])
    return grids, np.tile([0.0, grids.max()], (len(grids), 1))
