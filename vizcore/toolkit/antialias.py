r"""Networks that blur before they subsample, and networks on a torus: twins with the same weights.

A layer with stride $s$ computes a value at every place and keeps every $s$-th of them. What it keeps depends
on where the picture begins, unless the values are blurred first. So, after Zhang 2019, *Making convolutional
networks shift-invariant again*, arXiv:1904.11486:

- max pooling with stride $s$ becomes max pooling with stride 1, then a blur with stride $s$;
- a convolution with stride $s$ and an activation become the convolution with stride 1, the activation, then
  a blur with stride $s$ (batch norm stays between convolution and activation);
- average pooling stays, for it is a blur already.

Every layer behind receives maps of the size that it had before. Only where the network was trained with it
does the blur cost no accuracy: these twins keep the weights that were learned without it.

On a torus all padding is taken from the opposite side, and windows without padding that fit the map exactly
go on there. A twin is a list of steps with modules of its own; the weights are those of the network.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.graphs import Step, twin
from vizcore.toolkit.layers import Sliding, describe, sliding
from vizcore.toolkit.pools import TAPS
from vizcore.toolkit.resampling import folded
from vizcore.toolkit.warps import BORDERS

Windowed: TypeAlias = nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d
_WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
_CHAIN = ("activation", "norm")  # groups of layers that may stand between a convolution and its blur


class Blur(nn.Module):
    """A binomial blur of which every `stride`-th row and column is kept: (N, C, H, W) -> (N, C, H/s, W/s).

    Args:
        taps: side of the blur in px, a key of `pools.TAPS`.
        stride: px downwards and to the right; the first row and column are kept.
        border: key of `warps.BORDERS`.
    """

    def __init__(self, taps: int, stride: tuple[int, int], border: str) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = taps, stride, taps // 2
        self.border = border

    def forward(self, x: Tensor) -> Tensor:
        """Blur downwards, then to the right, always in the order of the taps: equal windows, equal bits."""
        for axis in (2, 3):
            size, stride = x.shape[axis], self.stride[axis - 2]
            around = torch.arange(-self.padding, size + self.padding).numpy()
            padded = x.index_select(axis, torch.from_numpy(folded(around, size, self.border)).to(x.device))
            count = -(-size // stride)
            kept = [slice(k, k + (count - 1) * stride + 1, stride) for k in range(self.kernel_size)]
            parts = (padded[:, :, part] if axis == 2 else padded[..., part] for part in kept)
            x = sum(tap * part for tap, part in zip(TAPS[self.kernel_size], parts, strict=True))  # type: ignore[assignment]
            x = x / sum(TAPS[self.kernel_size])
        return x


class Window(nn.Module):
    """A convolution or a pooling with another border, or at every place instead of every s-th.

    Args:
        layer: never changed; its weights are shared.
        circular: its padding is taken from the opposite side; a window that fits the map goes on there.
        dense: it has stride 1, and every s-th of its values is the one that `layer` has there.
    """

    def __init__(self, layer: Windowed, *, circular: bool, dense: bool) -> None:
        super().__init__()
        self.sliding = sliding(layer, 0), sliding(layer, 1)
        self.circular = circular
        self.ceil_mode = getattr(layer, "ceil_mode", False)
        self.fill = -torch.inf if isinstance(layer, nn.MaxPool2d) else 0.0
        self.layer = _unpadded(layer, dense)
        self.kernel_size, self.stride = layer.kernel_size, 1 if dense else layer.stride
        self.padding, self.dilation = layer.padding, getattr(layer, "dilation", 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H', W')."""
        top, bottom = self._around(self.sliding[0], x.shape[2])
        left, right = self._around(self.sliding[1], x.shape[3])
        if self.circular:
            return self.layer(F.pad(x, (left, right, top, bottom), mode="circular"))
        return self.layer(F.pad(x, (left, right, top, bottom), value=self.fill))

    def _around(self, window: Sliding, size: int) -> tuple[int, int]:
        """Cells before and behind one axis."""
        kernel, stride, padding, dilation = window
        span = dilation * (kernel - 1) + 1
        room = size + 2 * padding - span
        count = room // stride + 1
        if self.ceil_mode and room % stride and count * stride < size + padding:
            count += 1
        if self.circular and count * stride == size:
            return padding, span - 1 - padding
        return padding, max(padding, (count - 1) * stride + span - padding - size)


def _unpadded(layer: Windowed, dense: bool) -> Any:
    """The layer without padding of its own, and without a stride where it shall be dense."""
    bare: Any = twin(layer, {})
    bare.padding, bare.padding_mode, bare.ceil_mode = (0, 0), "zeros", False
    if dense:
        bare.stride = (1, 1)
    return bare


def rewired(network: Sequence[Step], *, border: str, taps: int = 0) -> tuple[Step, ...]:
    """The twin of a network for a border, blurred before it subsamples or not.

    Blurs are steps of their own, called as the step before them with `.blur` behind.

    Args:
        network: from `graphs.steps`; never changed.
        border: "circular" winds the network round a torus, "reflect" leaves its padding as it is and blurs
            over mirrored maps.
        taps: of the blur, a key of `pools.TAPS`; 0 for none.

    Raises:
        InputError: there is no such border or blur.
    """
    pick(BORDERS, border, "border")
    if taps and taps not in TAPS:
        raise InputError(
            f"A blur has {' or '.join(map(str, TAPS))} taps, or 0 for none, not {str(taps)[:40]}."
        )
    circular, found, renamed = border == "circular", list[Step](), dict[str, str]()
    blurs: dict[str, tuple[int, int]] = {}  # step -> stride of the blur that follows it
    for step in network:
        module, dense = step.module, bool(taps) and _subsamples(step.module)
        if dense:
            blurs[_end(network, step)] = (sliding(module, 0).stride, sliding(module, 1).stride)
        if isinstance(module, _WINDOWED) and (dense or (circular and _crosses(module))):
            module = Window(module, circular=circular, dense=dense)
        inputs = tuple(renamed.get(name, name) for name in step.inputs)
        found.append(replace(step, module=module, inputs=inputs))
        if step.name in blurs:
            renamed[step.name] = f"{step.name}.blur"
            blur = Blur(taps, blurs[step.name], border)
            found.append(Step(renamed[step.name], blur, (step.name,), step.channels_last))
    return tuple(found)


def _crosses(module: Windowed) -> bool:
    """Whether a window reaches over the border of its map."""
    return getattr(module, "ceil_mode", False) or any(sliding(module, axis).padding for axis in (0, 1))


def _subsamples(module: nn.Module) -> bool:
    return isinstance(module, (nn.Conv2d, nn.MaxPool2d)) and any(
        sliding(module, axis).stride > 1 for axis in (0, 1)
    )


def _end(network: Sequence[Step], step: Step) -> str:
    """The step behind which the blur goes: the activation of a convolution, or what stands in its place."""
    while isinstance(step.module, nn.Conv2d) or describe(step.module).group == "norm":
        readers = [other for other in network if step.name in other.inputs]
        if len(readers) != 1 or len(readers[0].inputs) > 1 or describe(readers[0].module).group not in _CHAIN:
            break
        step = readers[0]
    return step.name
