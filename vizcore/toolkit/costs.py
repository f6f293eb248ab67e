r"""What convolutions cost: weights, multiplications, and how far they see.

A convolution with a window of $k_h \times k_w$ from $c_i$ to $c_o$ channels in $b$ groups has

$$k_h\, k_w\, \frac{c_i}{b}\, \frac{c_o}{b}\, b$$

weights. Each is used once at every one of the $m_h\, m_w$ places of the window, and those products are the
multiply-accumulate operations (MACs). Layers in a row add up, and together see

$$r = 1 + \sum_l d_l\, (k_l - 1)$$

px of the input along one axis, at stride 1 and with dilations $d_l$.
"""

import math
from dataclasses import dataclass

from vizcore.toolkit import windows

Size = tuple[int, int]  # height and width in px

WEIGHTS = r"\text{weights} &= \textstyle\sum_l b\, \frac{c_i}{b}\, \frac{c_o}{b}\, k_h\, k_w"
MACS = r"\text{MACs} &= \textstyle\sum_l \text{weights}_l \cdot m_h\, m_w"
REACH = r"r &= \textstyle 1 + \sum_l d_l\, (k_l - 1)"


@dataclass(frozen=True)
class Conv:
    """One layer with a window, at stride 1."""

    inputs: int  # channels
    outputs: int  # channels
    kernel: Size
    groups: int = 1
    dilation: int = 1
    pooling: bool = False  # the largest value of the window instead of a weighted sum

    @property
    def weights(self) -> int:
        """How many there are, without the biases."""
        return 0 if self.pooling else self.outputs * (self.inputs // self.groups) * math.prod(self.kernel)

    def padding(self, axis: int, padded: bool) -> tuple[int, int]:
        """Zeros before and behind the input along an axis: what keeps the size, or none."""
        return windows.amounts("same" if padded else "valid", self.kernel[axis], dilation=self.dilation)


Branch = tuple[Conv, ...]  # one behind the other


@dataclass(frozen=True)
class Design:
    """A way to make new maps: branches side by side, whose maps are stacked."""

    title: str
    says: str  # one sentence
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Cost:
    """What a design costs for one picture."""

    weights: int
    biases: int  # one for each output channel of each layer
    macs: int  # without the biases
    reach: Size  # of the input that one value sees, in px
    output: Size


def cost(design: Design, side: int, *, padded: bool) -> Cost:
    """What a design costs on maps of `side` x `side` px.

    Args:
        design: its layers have stride 1.
        side: of the input in px.
        padded: whether zeros around the input of each layer keep its size, or it shrinks.

    Raises:
        InputError: the window does not fit into the maps.
    """
    layers = [conv for branch in design.branches for conv in branch]
    outputs = [size for branch in design.branches for size in sizes(branch, side, padded=padded)]
    return Cost(
        weights=sum(conv.weights for conv in layers),
        biases=sum(conv.outputs for conv in layers if not conv.pooling),
        macs=sum(conv.weights * math.prod(size) for conv, size in zip(layers, outputs, strict=True)),
        reach=(_reach(design, 0), _reach(design, 1)),
        output=outputs[-1],
    )


def sizes(branch: Branch, side: int, *, padded: bool) -> list[Size]:
    """Height and width of the maps behind each layer of a branch. Args and Raises as in `cost`."""
    found = [(side, side)]
    for conv in branch:
        height, width = (
            windows.output_size(
                found[-1][axis], conv.kernel[axis], padding=conv.padding(axis, padded), dilation=conv.dilation
            )
            for axis in (0, 1)
        )
        found.append((height, width))
    return found[1:]


def weights_formula(design: Design) -> str:
    """WEIGHTS, and the same with the numbers of a design, as LaTeX; a line for each branch."""
    lines = [" + ".join(_product(conv) for conv in branch if not conv.pooling) for branch in design.branches]
    total = sum(conv.weights for branch in design.branches for conv in branch)
    return _aligned(WEIGHTS, lines, grouped(total))


def macs_formula(design: Design, side: int, *, padded: bool) -> str:
    """MACS, and the same with the numbers of a design, as LaTeX. Args and Raises as in `cost`."""
    lines = []
    for branch in design.branches:
        pairs = zip(branch, sizes(branch, side, padded=padded), strict=True)
        terms = [
            rf"{grouped(conv.weights)} \cdot {h} \cdot {w}" for conv, (h, w) in pairs if not conv.pooling
        ]
        lines.append(" + ".join(terms))
    return _aligned(MACS, lines, grouped(cost(design, side, padded=padded).macs))


def reach_formula(design: Design) -> str:
    """REACH, and the same with the numbers of the branch that sees farthest from top to bottom, as LaTeX."""
    branch = max(design.branches, key=lambda branch: sum(_more(conv, 0) for conv in branch))
    terms = [rf"{conv.dilation} \cdot ({conv.kernel[0]} - 1)" for conv in branch]
    return _aligned(REACH, [" + ".join(["1", *terms])], str(_reach(design, 0)))


def grouped(number: int) -> str:
    """A whole number in groups of three digits, as LaTeX."""
    return f"{number:,}".replace(",", "{,}")


def _product(conv: Conv) -> str:
    """LaTeX of the weights of one layer."""
    height, width = conv.kernel
    if conv.groups == 1:
        return rf"{conv.inputs} \cdot {conv.outputs} \cdot {height} \cdot {width}"
    inside = rf"\tfrac{{{conv.inputs}}}{{{conv.groups}}} \cdot \tfrac{{{conv.outputs}}}{{{conv.groups}}}"
    return rf"{conv.groups} \cdot {inside} \cdot {height} \cdot {width}"


def _aligned(general: str, lines: list[str], total: str) -> str:
    """A formula, the terms that it stands for, and what they add up to."""
    terms = r" \\ &\quad + ".join(lines)
    return rf"\begin{{aligned}} {general} \\ &= {terms} \\ &= {total} \end{{aligned}}"


def _more(conv: Conv, axis: int) -> int:
    """How many px more of its input a layer sees than it has output."""
    return conv.dilation * (conv.kernel[axis] - 1)


def _reach(design: Design, axis: int) -> int:
    return 1 + max(sum(_more(conv, axis) for conv in branch) for branch in design.branches)
