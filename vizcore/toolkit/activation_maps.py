"""What an activation function makes of the maps of a layer: shares, histograms, and PReLU channel by channel.

The values before it are what the layer gives, those after it what the next layer reads.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from vizcore.toolkit import graphs, layers, nets
from vizcore.toolkit.activations import FLAT, MAX_VALUES, curve
from vizcore.toolkit.curves import Curve, Floats, traced
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.parameters import numbers

BINS = 64  # of a histogram, about


@dataclass(frozen=True)
class Measures:
    """What can be said of many values."""

    mean: float
    variance: float
    zeros: float  # share of values that are exactly 0


@dataclass(frozen=True, eq=False)
class Histograms:
    """How often each value occurs before and after, in the same bins; 0 is the border of two of them."""

    edges: Floats  # (B + 1,) equally far apart
    before: Floats  # (B,) shares of all values of the layer
    after: Floats  # (B,)
    channel_before: Floats  # (B,) shares of the values of one channel
    channel_after: Floats  # (B,)


def sources(net: str) -> Mapping[str, tuple[int, int, int]]:
    """The layers whose maps an activation reads, with their shape (C, H, W), in the order in which they run.

    Left out is what has one value per channel, such as a fully connected layer.

    Args:
        net: a reference, see `nets`.

    Raises:
        InputError: there is no such network, or no such layer in it.
    """
    return _sources(nets.structure(net))


@lru_cache(maxsize=32)
def _sources(structure: str) -> Mapping[str, tuple[int, int, int]]:
    network, outputs = nets.skeleton(structure), nets.blank(structure)
    read = {
        name for step in network if layers.describe(step.module).group == "activation" for name in step.inputs
    }
    shapes = {
        step.name: graphs.as_maps(outputs[step.name], step.channels_last).shape[1:]
        for step in network
        if step.name in read
    }
    several = {name: (c, h, w) for name, (c, h, w) in shapes.items() if h * w > 1}
    if not several:
        raise InputError(
            f"{nets.find(structure).title} has no activation behind a map. Choose another network."
        )
    return several


def prelu(maps: NDArray[np.floating], slopes: Sequence[float]) -> Curve:
    """PReLU with a slope of its own for each channel (He et al. 2015, arXiv:1502.01852).

    Args:
        maps: (C, H, W).
        slopes: (C,) below 0, from -1 to 1.

    Raises:
        InputError: there is not one slope for each channel, or one is out of range.
    """
    weights = numbers(slopes, MAX_VALUES)
    if weights.shape != maps.shape[:1]:
        raise InputError(f"PReLU needs 1 slope or {len(maps)}, one for each channel, not {weights.size}.")
    if np.abs(weights).max() > 1:
        raise InputError(f"A learnt slope goes from -1 to 1, not {weights[np.abs(weights).argmax()]:g}.")
    learnt = torch.from_numpy(weights)
    return traced(lambda x: F.prelu(x[None], learnt)[0], numbers(maps, MAX_VALUES))


def two_sided(maps: NDArray[np.floating]) -> int:
    """The channel of maps (C, H, W) with most on both sides of 0, so that a function shows what it does."""
    above, below = (np.maximum(0, sign * maps).mean(axis=(1, 2)) for sign in (1, -1))
    return int(np.minimum(above, below).argmax())


def measures(values: NDArray[np.floating]) -> Measures:
    """Mean, variance and share of exact zeros of values of any shape."""
    return Measures(float(values.mean()), float(values.var()), float((values == 0).mean()))


def switches_off(name: str, **parameters: float) -> bool:
    """Whether a function is exactly 0 on a whole stretch below 0, as a ReLU is.

    One that only comes near to 0 does not count, although far out it is rounded to 0: a GELU from -8.3 on.
    Arguments and errors as of `curve`.
    """
    return not curve(name, [-4.0, -3.5], **parameters).value.any()


def saturated(slope: Floats) -> float:
    """The share of places at which a slope is so near to 0 that hardly any gradient comes through."""
    return float((np.abs(slope) < FLAT).mean())


def histograms(found: Curve, channel: int) -> Histograms:
    """How often each value occurs before and after, in the whole layer and in one channel.

    Args:
        found: the maps (C, H, W) of a layer and what became of them.
        channel: of the maps.
    """
    low = min(float(found.x.min()), float(found.value.min()), 0.0)
    high = max(float(found.x.max()), float(found.value.max()), 0.0)
    if low == high:  # nothing but zeros
        high = 1.0
    width = (high - low) / BINS
    first, last = math.floor(low / width), math.ceil(high / width)
    edges = width * np.arange(first, last + 1, dtype=np.float64)

    def shares(values: Floats) -> Floats:
        places = np.floor(values.ravel() / width).astype(np.int64) - first
        counts = np.bincount(np.minimum(places, last - first - 1), minlength=last - first)
        return counts / values.size

    of = (found.x, found.value, found.x[channel], found.value[channel])
    return Histograms(edges, *map(shares, of))


def shrunk(maps: NDArray[np.floating], side: int) -> NDArray[np.float32]:
    """(C, h, w) maps of at most `side` px: the means of square blocks, those at the end may be smaller."""
    values = torch.from_numpy(np.asarray(maps, np.float32))
    step = -(-max(values.shape[1:]) // side)
    return F.avg_pool2d(values, step, ceil_mode=True).numpy()
