"""Steps of a network for many shifts of a picture at once: what their maps have in common is computed once.

`lines` says which rows and columns of the maps are the same. A step is computed for the different rows x the
different columns, in tiles that fit into a CPU's caches. Steps that change pixels one by one, such as batch
norm and activations, take each tile as it comes from the step before.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit.antialias import Blur, Window
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.layers import describe, pair, sliding
from vizcore.toolkit.lines import Indices, Lines, Reading, Runs, joined, read
from vizcore.toolkit.modules import Scale
from vizcore.toolkit.pools import TAPS

TILE = 2**20  # values that are read at once
WORTH = 0.8  # share of different pixels above which sharing them does not pay
# By their names in `layers.KINDS`: what makes each pixel of the same pixel of its inputs, whatever its place.
PIXELWISE = {"Batch norm", "Sum", "Gate", "Concatenation", "Dropout", "Stochastic depth", "Identity"}

Shape: TypeAlias = tuple[int, ...]
Axes: TypeAlias = tuple[Lines, Lines]  # rows, columns


@dataclass(frozen=True, eq=False)
class Maps:
    """The maps of one step for all shifts."""

    pixels: Tensor  # (rows x columns + 1, C), row by row; the last one stands for what is beyond the border
    axes: Axes
    channels_last: bool  # the step itself gives (N, H, W, C)

    def cut(self, rows: Indices, columns: Indices) -> Tensor:
        """Rows (N, h) and columns (N, w), -1 beyond the border, as the step gives N maps of h x w."""
        down, right, width = rows[:, :, None], columns[:, None, :], self.axes[1].count
        index = np.where((down < 0) | (right < 0), len(self.pixels) - 1, down * width + right)
        found = self.pixels.index_select(0, torch.from_numpy(index.ravel()).to(self.pixels.device))
        maps = found.view(*index.shape, -1)
        return maps if self.channels_last else maps.permute(0, 3, 1, 2)

    def of(self, down: Indices, right: Indices) -> Tensor:
        """The whole maps of N pictures: shifted by the `down`-th (N,) of the row shifts, and so on."""
        return self.cut(self.axes[0].places[down], self.axes[1].places[right])


def picture(batch: Tensor, axes: Axes) -> Maps:
    """A picture (1, C, H, W) as maps."""
    return Maps(F.pad(batch[0].permute(1, 2, 0).flatten(0, 1), (0, 0, 0, 1)), axes, channels_last=False)


@dataclass(frozen=True, eq=False)
class Shared:
    """A step that is computed for all shifts at once, and those behind it that change pixels one by one."""

    steps: tuple[Step, ...]  # nothing else reads what comes from one to the next
    rows: Reading
    columns: Reading

    @property
    def name(self) -> str:
        """Of the last step: what others read."""
        return self.steps[-1].name

    @property
    def inputs(self) -> tuple[str, ...]:
        """Of the first step."""
        return self.steps[0].inputs

    @property
    def channels_last(self) -> bool:
        """Whether the last step gives (N, H, W, C)."""
        return self.steps[-1].channels_last

    @property
    def share(self) -> float:
        """How many whole maps of one picture its different pixels would fill."""
        lines = self.rows.lines, self.columns.lines
        return prod(axis.count / axis.places.shape[1] for axis in lines)

    def empty(self, channels: int, like: Tensor) -> Maps:
        """Room for what the last step makes, in the memory that `like` lies in."""
        axes = self.rows.lines, self.columns.lines
        pixels = like.new_empty(axes[0].count * axes[1].count + 1, channels)
        return Maps(pixels, axes, self.channels_last)

    def fill(self, made: Maps, given: Sequence[Maps]) -> Iterator[float]:
        """Compute what the last step makes, from `empty`, of what the first one reads.

        Yields:
            After each tile, its part of `share`.
        """
        first, channels = self.steps[0].module, made.pixels.shape[1]
        if beyond(first):
            given[0].pixels[-1] = -torch.inf if isinstance(bare(first), nn.MaxPool2d) else 0
        pixels = made.pixels[:-1].view(-1, self.columns.lines.count, channels)
        for rows, columns in self._tiles(sum(maps.pixels.shape[1] for maps in given)):
            tile = self._tile(given, rows, columns).view(len(rows), len(columns), rows.length, -1, channels)
            area = pixels[rows.made, columns.made].view(len(rows), rows.length, len(columns), -1, channels)
            area.copy_(tile.transpose(1, 2))
            yield self.share * area.numel() / pixels.numel()

    def _tiles(self, channels: int) -> Iterator[tuple[Runs, Runs]]:
        """Runs of rows and of columns that are read together."""
        for rows in self.rows.runs:
            for columns in self.columns.runs:
                values = channels * rows.sources[0].shape[1] * columns.sources[0].size
                for part in rows.parts(max(1, TILE // values)):
                    yield part, columns

    def _tile(self, given: Sequence[Maps], rows: Runs, columns: Runs) -> Tensor:
        """Each run of rows with each run of columns, (rows x columns, h, w, C)."""
        parts = [
            maps.cut(np.repeat(down, len(columns), axis=0), np.tile(right, (len(rows), 1)))
            for maps, down, right in zip(given, rows.sources, columns.sources, strict=True)
        ]
        module = self.steps[0].module
        if beyond(module):
            tile = _slid(bare(module), parts[0], (self.rows.stride, self.columns.stride))
        else:
            tile = module(*parts)
        for step in self.steps[1:]:
            tile = step.module(tile)
        return tile if self.channels_last else tile.permute(0, 2, 3, 1)


def plan(
    network: Sequence[Step], shapes: Mapping[str, Shape], axes: Axes, shifts: int
) -> tuple[list[Shared], list[Step]]:
    """The steps that are shared, and all others; both in the order in which they run.

    Args:
        network: from `graphs.steps` or `antialias.rewired`.
        shapes: of what each step makes of one picture, and of the picture (INPUT): no batch.
        axes: of the shifted pictures.
        shifts: how many pictures that are, at most one for each pair of a row shift and a column shift.
    """
    readers = Counter(name for step in network for name in step.inputs)
    known, groups, rest = {INPUT: axes}, dict[str, Shared](), list[Step]()
    for step in network:
        before = groups.get(step.inputs[0])
        if before and readers[before.name] == len(step.inputs) == 1 and _pixelwise(step):
            found: Shared | None = replace(groups.pop(before.name), steps=(*before.steps, step))
        else:
            found = _shared(step, known, shapes[step.name])
        if found and found.share < WORTH * shifts:
            groups[step.name] = found
            known[step.name] = found.rows.lines, found.columns.lines
        else:
            rest.append(step)
    return list(groups.values()), rest


def _shared(step: Step, known: Mapping[str, Axes], shape: Shape) -> Shared | None:
    """A step whose output has a shape, alone; None where it cannot be shared."""
    if len(shape) != 3 or not all(name in known for name in step.inputs):
        return None
    sides = shape[:2] if step.channels_last else shape[1:]
    before = [tuple(known[name][axis] for name in step.inputs) for axis in (0, 1)]
    if border := beyond(step.module):
        windows = [sliding(step.module, axis) for axis in (0, 1)]
        rows, columns = (read(before[axis][0], windows[axis], sides[axis], border) for axis in (0, 1))
    elif _pixelwise(step) and all(_spans(lines, side) for lines, side in zip(before, sides, strict=True)):
        rows, columns = (joined(lines) for lines in before)
    else:
        return None
    return Shared((step,), rows, columns)


def _spans(inputs: Sequence[Lines], side: int) -> bool:
    """Whether the maps of all inputs are as long as a side; a gate of 1 x 1 is not."""
    return all(lines.places.shape[1] == side for lines in inputs)


def beyond(module: nn.Module) -> str | None:
    """What a sliding window finds beyond the border of a map; None for all that is no such window.

    Returns:
        "zeros" for padding that adds nothing, or a key of `warps.BORDERS`.
    """
    match module:
        case Window():
            return "circular" if module.circular else "zeros"
        case Blur():
            return module.border
        case nn.Conv2d() if not isinstance(module.padding, str) and module.padding_mode != "replicate":
            return module.padding_mode
        case nn.MaxPool2d() if not module.return_indices:
            return "zeros"
        case nn.AvgPool2d() if not module.ceil_mode and not any(pair(module.padding)):
            return "zeros"
    return None


def bare(module: nn.Module) -> nn.Module:
    """The layer of a window on a torus or of one that moves more slowly; any other module itself."""
    return module.layer if isinstance(module, Window) else module


def _slid(window: nn.Module, maps: Tensor, stride: tuple[int, int]) -> Tensor:
    """What a window makes of (N, C, H, W) with another stride and without padding."""
    match window:
        case nn.Conv2d():
            return F.conv2d(maps, window.weight, window.bias, stride, 0, window.dilation, window.groups)
        case nn.MaxPool2d():
            return F.max_pool2d(maps, window.kernel_size, stride, 0, window.dilation)
        case nn.AvgPool2d():
            return F.avg_pool2d(maps, window.kernel_size, stride, divisor_override=window.divisor_override)
        case Blur():
            taps = maps.new_tensor(TAPS[window.kernel_size])
            weights = (torch.outer(taps, taps) / taps.sum() ** 2).expand(maps.shape[1], 1, -1, -1)
            return F.conv2d(maps, weights, None, stride, groups=maps.shape[1])
    raise TypeError(f"{type(window).__name__} does not slide")


def _pixelwise(step: Step) -> bool:
    """Whether a step makes each pixel of the same pixel of its inputs, in the same way at every place."""
    kind = describe(step.module)
    match step.module:
        case nn.Linear():
            return step.channels_last
        case nn.LayerNorm(normalized_shape=shape):  # torchvision's LayerNorm2d turns the maps itself
            return len(shape) == 1 and (step.channels_last or type(step.module) is not nn.LayerNorm)
        case Scale(factors=factors):
            return factors.shape[-2:] == (1, 1)
        case nn.Module(dims=(0, 2, 3, 1) | (0, 3, 1, 2)) if kind.name == "Reordering":
            return True
    return kind.group == "activation" or kind.name in PIXELWISE
