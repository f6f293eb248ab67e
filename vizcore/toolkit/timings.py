"""How long convolutions take on this machine."""

import statistics
import time
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from vizcore.toolkit import device
from vizcore.toolkit.costs import Conv, Design

LEAST, MOST = 3, 25  # rounds
PATIENCE_S = 0.1  # for more rounds than the least


def times(compared: Mapping[str, Design], side: int, *, padded: bool) -> dict[str, float]:
    """Median seconds that each design takes for one picture, on one thread of the CPU, in float32.

    The designs take turns, so that a moment in which the machine is busy hits them all. The first round is
    not counted: it also finds memory for the maps.

    Args:
        compared: by name; all read the same number of channels.
        side: of the input in px.
        padded: see `costs.cost`.
    """
    networks = {name: network(design, padded=padded) for name, design in compared.items()}
    inputs = next(iter(compared.values())).branches[0][0].inputs
    x = torch.rand(1, inputs, side, side, generator=torch.Generator().manual_seed(0))
    warm = sum(_seconds(net, x) for net in networks.values())
    rounds = min(max(int(PATIENCE_S / warm), LEAST), MOST)
    taken = [{name: _seconds(net, x) for name, net in networks.items()} for _ in range(rounds)]
    return {name: statistics.median(one[name] for one in taken) for name in networks}


def against_macs(macs: Mapping[str, int], seconds: Mapping[str, float]) -> dict[str, float]:
    """How many times longer each design takes than its MACs promise, if the first one keeps its promise.

    Args:
        macs: of each design, above 0.
        seconds: that it takes.
    """
    first = next(iter(macs))
    return {name: seconds[name] / seconds[first] / (macs[name] / macs[first]) for name in macs}


def network(design: Design, *, padded: bool) -> nn.Module:
    """A design as PyTorch layers, with weights at random, the same each time."""
    branches = [nn.Sequential(*(_module(conv, padded) for conv in branch)) for branch in design.branches]
    net = branches[0] if len(branches) == 1 else Stacked(branches)
    generator = torch.Generator().manual_seed(0)
    for weights in net.to_empty(device="cpu").parameters():
        nn.init.normal_(weights, generator=generator)
    return net


class Stacked(nn.Module):
    """Branches that read the same maps; theirs are stacked."""

    def __init__(self, branches: list[nn.Sequential]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def _module(conv: Conv, padded: bool) -> nn.Module:
    height, width = (conv.padding(axis, padded)[0] for axis in (0, 1))
    if conv.pooling:
        return nn.MaxPool2d(conv.kernel, 1, (height, width))
    return nn.Conv2d(
        conv.inputs,
        conv.outputs,
        conv.kernel,
        padding=(height, width),
        dilation=conv.dilation,
        groups=conv.groups,
        device="meta",
    )


def _seconds(net: nn.Module, x: Tensor) -> float:
    def compute(_: str) -> float:
        start = time.perf_counter()
        with torch.inference_mode():
            net(x)
        return time.perf_counter() - start

    return device.run(compute, "cpu")[0]
