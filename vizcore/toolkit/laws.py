"""The laws of convolution, measured: both sides computed for a picture, and how far they lie apart.

f * g is the convolution of mathematics, which turns its right side by 180 degrees; f ⋆ g is correlation,
which does not, and which networks (torch.nn.functional.conv2d) compute under the name of convolution.
Sources: the lecture of Kainz (N38); Goodfellow, Bengio & Courville 2016, Deep Learning, section 9.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import convolutions
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number

Plane = NDArray[np.float64]  # (H, W)

FACTOR = -1.5  # of the scalar law
ROUNDING = 1e-12  # relative to the largest value: what float64 may lose on the way


@dataclass(frozen=True, eq=False)
class Law:
    """Two ways to compute something, which the law says are one."""

    name: str
    formula: str  # LaTeX
    sides: tuple[str, str]  # the same two sides in letters
    given: Plane  # what the left side starts from: x, or S x
    left: Plane
    right: Plane  # of the same shape
    kernels: Mapping[str, Plane]  # what is applied, by its letters
    says: str  # what the law is good for, or why it fails here

    @property
    def difference(self) -> float:
        """The largest difference between the sides."""
        return float(np.abs(self.left - self.right).max())

    @property
    def holds(self) -> bool:
        """Whether the sides are equal up to rounding."""
        return self.difference <= ROUNDING * max(1.0, float(np.abs(self.left).max()))

    @property
    def numbers(self) -> str:
        """The difference in LaTeX."""
        return rf"\max \left| \text{{left}} - \text{{right}} \right| = {number(self.difference)}"


def convolved(image: Plane, kernel: Plane, *, flip: bool = True, padding_mode: str = "") -> Plane:
    """image * kernel, or image ⋆ kernel.

    Args:
        image: (H, W).
        kernel: (h, w).
        flip: convolution, which turns the kernel; False: correlation.
        padding_mode: pad by what ("zeros", "circular" ...) and keep the size; "": every overlap counts,
            which makes (H + h - 1, W + w - 1).
    """
    weights = np.ascontiguousarray(kernel[::-1, ::-1] if flip else kernel)
    return convolutions.correlate(
        image[None],
        weights[None, None],
        padding="same" if padding_mode else "full",
        padding_mode=padding_mode or "zeros",
    )[0]


def exchanged(image: Plane, kernel: Plane, *, flip: bool = True) -> Plane:
    """kernel * image, or kernel ⋆ image: the picture is the kernel and slides over the small one.

    Computed by stamping the picture once for each weight, so it shares no step with `convolved`.

    Returns:
        (H + h - 1, W + w - 1).
    """
    stamp = image if flip else image[::-1, ::-1]
    height, width = image.shape
    output = np.zeros((height + kernel.shape[0] - 1, width + kernel.shape[1] - 1))
    for row, col in np.ndindex(*kernel.shape):
        output[row : row + height, col : col + width] += kernel[row, col] * stamp
    return output


def shifted(image: Plane, down: int, right: int) -> Plane:
    """The picture moved (both at least 0 px); black comes in, and what leaves is lost."""
    moved = np.zeros_like(image)
    moved[down:, right:] = image[: image.shape[0] - down, : image.shape[1] - right]
    return moved


def laws(
    image: Plane, f: Plane, g: Plane, *, flip: bool = True, shift: tuple[int, int] = (1, 2)
) -> tuple[Law, ...]:
    """Both sides of every law.

    Args:
        image: (H, W).
        f: (h, w) the first kernel.
        g: its own (h, w), the second.
        flip: convolution; False: correlation, which is neither commutative nor associative.
        shift: px down and to the right, for the two laws on shifts.

    Raises:
        InputError: the shift moves the whole picture out of itself.
    """
    if not all(0 <= amount < side for amount, side in zip(shift, image.shape, strict=True)):
        raise InputError(
            f"A shift of {shift[0]} and {shift[1]} px leaves nothing of a picture of "
            f"{image.shape[0]} × {image.shape[1]} px. Shift by less."
        )
    return (
        commutative(image, f, flip=flip),
        associative(image, f, g, flip=flip),
        distributive(image, f, g, flip=flip),
        scalar(image, f, flip=flip),
        equivariant(image, f, flip=flip, shift=shift),
        at_the_border(image, f, flip=flip, shift=shift),
    )


def commutative(image: Plane, f: Plane, *, flip: bool) -> Law:
    """x * f = f * x."""
    left, right = convolved(image, f, flip=flip), exchanged(image, f, flip=flip)
    turned = float(np.abs(left - right[::-1, ::-1]).max())
    says = (
        "Picture and kernel may change places: the picture stamped once for each weight of the kernel "
        "gives the same as the kernel slid over the picture."
        if flip
        else "Correlation is not commutative: with the places changed the result is turned by 180 degrees "
        f"(turned back, it differs by {turned:.2g})."
    )
    return _law("commutative", "x {o} f = f {o} x", image, left, right, {"f": f}, says, flip)


def associative(image: Plane, f: Plane, g: Plane, *, flip: bool) -> Law:
    """(x * f) * g = x * (f * g): two kernels become one."""
    both = convolved(f, g, flip=flip)
    left = convolved(convolved(image, f, flip=flip), g, flip=flip)
    right = convolved(image, both, flip=flip)
    (h, w), (h2, w2), (tall, wide) = f.shape, g.shape, both.shape
    sizes = f"{h} × {w} and {h2} × {w2}, become one of {tall} × {wide}"
    mended = float(np.abs(left - convolved(image, convolved(f, g), flip=flip)).max())
    half_turn = np.allclose(g, g[::-1, ::-1])
    says = (
        f"Two kernels, {sizes}: apply them one after the other, or the one kernel once. "
        "So two convolutions without an activation between them are no more than one."
        if flip
        else "Correlation is not associative"
        + (", but this g is the same after a half turn, which hides it. " if half_turn else ". ")
        + f"The one kernel that does the work of both is the convolution f ∗ g (it differs by {mended:.2g})."
    )
    kernels = {"f": f, "g": g, f"f {_sign(flip)} g": both}
    return _law("associative", "(x {o} f) {o} g = x {o} (f {o} g)", image, left, right, kernels, says, flip)


def distributive(image: Plane, f: Plane, g: Plane, *, flip: bool) -> Law:
    """x * (f + g) = x * f + x * g."""
    size = (max(f.shape[0], g.shape[0]), max(f.shape[1], g.shape[1]))
    f, g = _centred(f, size), _centred(g, size)
    left = convolved(image, f + g, flip=flip)
    right = convolved(image, f, flip=flip) + convolved(image, g, flip=flip)
    says = "Two branches that are added are one convolution with the sum of the kernels."
    kernels = {"f": f, "g": g, "f + g": f + g}
    return _law("distributive", "x {o} (f + g) = x {o} f + x {o} g", image, left, right, kernels, says, flip)


def scalar(image: Plane, f: Plane, *, flip: bool) -> Law:
    """(a x) * f = a (x * f)."""
    left, right = convolved(FACTOR * image, f, flip=flip), FACTOR * convolved(image, f, flip=flip)
    says = (
        f"Here a = {FACTOR}. A picture of more contrast gives edges of more contrast, and a factor may move "
        "into the kernel. Together with the distributive law this is what linear means."
    )
    return _law("scalar", "(a x) {o} f = a (x {o} f)", image, left, right, {"f": f}, says, flip)


def equivariant(image: Plane, f: Plane, *, flip: bool, shift: tuple[int, int]) -> Law:
    """(S x) * f = S (x * f) where the picture goes round: nothing is lost, nothing comes in."""
    moved = np.roll(image, shift, (0, 1))
    left = convolved(moved, f, flip=flip, padding_mode="circular")
    right = np.roll(convolved(image, f, flip=flip, padding_mode="circular"), shift, (0, 1))
    says = (
        f"Shift the picture by {shift[0]} px down and {shift[1]} px to the right, and the result moves with "
        "it. With circular padding there is no border, and the law is exact."
    )
    return _law("equivariant", "(S x) {o} f = S (x {o} f)", moved, left, right, {"f": f}, says, flip)


def at_the_border(image: Plane, f: Plane, *, flip: bool, shift: tuple[int, int]) -> Law:
    """The same with zero padding, as networks do it: the border breaks it."""
    moved = shifted(image, *shift)
    left = convolved(moved, f, flip=flip, padding_mode="zeros")
    right = shifted(convolved(image, f, flip=flip, padding_mode="zeros"), *shift)
    apart, rows, cols = np.abs(left - right), f.shape[0] - 1, f.shape[1] - 1
    inside = apart[shift[0] + rows : apart.shape[0] - rows, shift[1] + cols : apart.shape[1] - cols]
    share = (apart > ROUNDING).mean()
    says = (
        f"With zero padding the sides differ by up to {apart.max():.3g}, in {share:.1%} of all values: along "
        "the border, and where the picture's edge has moved to. Further inside the difference is "
        f"{inside.max(initial=0.0):.2g}."
        if share
        else "Here the law holds even with zero padding: nothing is read from beyond the border."
    )
    return _law("border", "(S x) {o} f = S (x {o} f)", moved, left, right, {"f": f}, says, flip)


def _law(
    name: str,
    line: str,
    given: Plane,
    left: Plane,
    right: Plane,
    kernels: Mapping[str, Plane],
    says: str,
    flip: bool,
) -> Law:
    first, second = line.format(o=_sign(flip)).split(" = ")
    formula = line.format(o="*" if flip else r"\star")
    return Law(name, formula, (first, second), given, left, right, kernels, says)


def _sign(flip: bool) -> str:
    return "∗" if flip else "⋆"


def _centred(kernel: Plane, size: tuple[int, int]) -> Plane:
    """The kernel with zeros around it."""
    rows, cols = ((wanted - side) for wanted, side in zip(size, kernel.shape, strict=True))
    return np.pad(kernel, ((rows // 2, rows - rows // 2), (cols // 2, cols - cols // 2)))
