"""How long networks will take on this machine, from what little work takes.

A pass multiplies, and it writes values; which of the two takes longer differs from network to network.
Weights are drawn twice, first as PyTorch's layers do it, then as the network wants it; those that are read
from a file take about as long.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import torch
from torch import Tensor
from torch.nn import functional as F

from vizcore.toolkit import device, nets
from vizcore.toolkit.graphs import Step
from vizcore.toolkit.layers import describe
from vizcore.toolkit.sharing import bare

CHANNELS, SIDE = 64, 96  # of maps that a convolution reads
COUNT = 2**22  # of values, more than a cache of the processor has room for
ROUNDS = 3


@dataclass(frozen=True)
class Rates:
    """Seconds for one of each, on one thread of the CPU."""

    product: float  # in a convolution
    value: float  # that a layer writes
    weight: float  # that is drawn


@lru_cache(maxsize=1)
def rates() -> Rates:
    """Those of this machine, measured once in about 0.2 s."""
    maps, kernel = torch.zeros(1, CHANNELS, SIDE, SIDE), torch.zeros(CHANNELS, CHANNELS, 3, 3)
    values, generator = torch.zeros(COUNT), torch.Generator().manual_seed(0)

    def draw() -> None:
        torch.empty(COUNT).uniform_(generator=generator).normal_(generator=generator)

    return Rates(
        product=_seconds(lambda: F.conv2d(maps, kernel, padding=1)) / (maps.numel() * kernel[0].numel()),
        value=_seconds(lambda: F.relu(values)) / COUNT,
        weight=_seconds(draw) / COUNT,
    )


def _seconds(compute: Callable[[], object]) -> float:
    def once(_: str) -> float:
        start = time.perf_counter()
        compute()
        return time.perf_counter() - start

    return statistics.median(device.run(once, "cpu")[0] for _ in range(ROUNDS))


def loading(reference: str) -> float:
    """Seconds until a network is there that nobody has loaded yet.

    Args:
        reference: see `nets`.

    Raises:
        InputError: there is no such network.
    """
    modules = {id(step.module): step.module for step in nets.skeleton(reference)}
    weights = (weight.numel() for module in modules.values() for weight in module.parameters())
    return sum(weights) * rates().weight


def passing(network: Sequence[Step], outputs: Mapping[str, Tensor]) -> float:
    """Seconds that a forward pass takes on the CPU.

    Args:
        network: from `graphs.steps`, or a twin of it from `antialias`.
        outputs: of each step and INPUT, on any device: only their shapes count.
    """
    products = 0
    for step in network:
        before, after = outputs[step.inputs[0]].shape[1:], outputs[step.name].shape[1:]
        module = bare(step.module)
        products += describe(module).multiplications(module, before, after)
    return products * rates().product + writing(network, outputs)


def writing(network: Sequence[Step], outputs: Mapping[str, Tensor]) -> float:
    """Seconds that it takes to write what all layers give; arguments as of `passing`."""
    return sum(prod(outputs[step.name].shape[1:]) for step in network) * rates().value
