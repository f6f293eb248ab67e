r"""Where on the picture the units of each layer stand, and which shifts a layer follows exactly.

Unit $j$ of a layer with total stride $s$ stands at $c_j = c_0 + s j$ of the picture, the middle of what it
sees. A window of $k$ cells with stride $t$, padding $p$ and dilation $d$ makes $s' = s t$ and
$c_0' = c_0 + s\,(d (k - 1) / 2 - p)$.

On a torus (a picture that goes on at the opposite side, and paddings that do too) a shift of the picture by
multiples of every stride on the way moves the maps along without any change: the subsampling then meets the
same values again. Layers that cut the border off, without padding, are on no torus.

Source: Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural networks*,
doi:10.23915/distill.00021.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from torch import nn

from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.layers import sliding

Size: TypeAlias = tuple[int, int]  # (H, W)


@dataclass(frozen=True)
class Axis:
    """The units of a layer along one side of the picture; all in px of the picture."""

    start: float  # where the first one stands
    stride: float  # from one to the next
    period: int  # shifts by its multiples move the maps along exactly, on a torus; 0: no such shifts


Places: TypeAlias = tuple[Axis, Axis]  # downwards, to the right


def places(network: Sequence[Step], sizes: Mapping[str, Size]) -> dict[str, Places]:
    """Where the units stand, layer by layer; lists and single values, which stand nowhere, are left out.

    Args:
        network: from `graphs.steps`, or a twin of it from `antialias`.
        sizes: (H, W) of the picture (INPUT) and of the maps of every step.
    """
    found: dict[str, Places] = {INPUT: (Axis(0, 1, 1), Axis(0, 1, 1))}
    for step in network:
        known = [name for name in step.inputs if name in found]
        if known and sizes[step.name] != (1, 1):
            down, right = (
                _axis(
                    step.module,
                    axis,
                    [found[name][axis] for name in known],
                    *(sizes[name][axis] for name in (known[0], step.name, INPUT)),
                )
                for axis in (0, 1)
            )
            found[step.name] = down, right
    return found


def _axis(module: nn.Module, axis: int, sources: Sequence[Axis], before: int, after: int, side: int) -> Axis:
    """The units of a layer that reads `sources`, `before` units long, and is `after` units long itself."""
    start, stride = sources[0].start, sources[0].stride
    if hasattr(module, "kernel_size"):
        kernel, step, padding, dilation = sliding(module, axis)
        start += stride * (dilation * (kernel - 1) / 2 - padding)
        stride *= step
    else:  # value by value, repeated, or means of equal parts
        start += stride * (before / after - 1) / 2
        stride *= before / after
    if after * stride != side or not float(stride).is_integer():
        return Axis(start, stride, 0)
    return Axis(start, stride, math.lcm(*(source.period for source in sources), int(stride)))
