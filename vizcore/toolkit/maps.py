"""What can be said of a stack of feature maps: strength, order, colour range, distribution."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError, pick


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """All feature maps of one layer for one picture, and what can be said of each."""

    maps: NDArray[np.float32]  # (C, H, W)
    strength: NDArray[np.float64]  # (C,) mean of |value|
    variance: NDArray[np.float64]  # (C,) over the pixels of a map; 0 = the same everywhere
    zeros: NDArray[np.float64]  # (C,) share of values that are exactly 0; 1 = an empty map
    notice: str  # empty, or a sentence on where it had to be computed

    @property
    def dead(self) -> tuple[int, ...]:
        """Channels that are 0 everywhere in this picture."""
        return tuple(np.flatnonzero(self.zeros == 1).tolist())


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often each value occurs in a map."""

    edges: NDArray[np.float64]  # (B + 1,) borders of the bins
    counts: NDArray[np.int64]  # (B,) values in each


def measured(maps: NDArray[np.float32], notice: str = "") -> LayerMaps:
    """Attach to maps what can be said of each.

    Args:
        maps: (C, H, W) of one layer.
        notice: of the computation, see `device.run`.
    """
    wide = maps.astype(np.float64)
    return LayerMaps(
        maps=maps,
        strength=strengths(maps),
        variance=wide.var(axis=(1, 2)),
        zeros=(maps == 0).mean(axis=(1, 2)),
        notice=notice,
    )


def strengths(maps: NDArray[np.float32]) -> NDArray[np.float64]:
    """(C,) mean of |value| of each map."""
    return np.abs(maps).mean(axis=(1, 2), dtype=np.float64)


def strongest(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) the map with the largest mean of |value|; of maps of 1 x 1, all of them in rows."""
    if maps[0].size > 1:
        return maps[strengths(maps).argmax()]
    columns = math.ceil(math.sqrt(len(maps)))
    rows = -(-len(maps) // columns)
    return np.pad(maps.ravel(), (0, rows * columns - len(maps))).reshape(rows, columns)


def _by_channel(found: LayerMaps) -> NDArray[np.float64]:
    return np.arange(len(found.maps), dtype=np.float64)


ORDERS: Mapping[str, Callable[[LayerMaps], NDArray[np.float64]]] = {
    "channel": _by_channel,
    "strength": lambda found: -found.strength,
    "variance": lambda found: -found.variance,
    "sparsity": lambda found: -found.zeros,
}


def order(found: LayerMaps, by: str) -> NDArray[np.int64]:
    """Channels sorted: by number, or the strongest, most varied or emptiest first; ties by number.

    Raises:
        InputError: `by` is none of `ORDERS`.
    """
    return np.argsort(pick(ORDERS, by, "order")(found), kind="stable")


RANGES = ("map", "layer", "network")


def limits(found: LayerMaps, by: str, network: tuple[float, float]) -> NDArray[np.float32]:
    """The values that get the two end colours, (C, 2) as (low, high) per channel.

    Values of both signs get a range that is symmetric around 0, so that 0 keeps the middle
    colour; values without a sign start at 0.

    Args:
        found: the maps of one layer.
        by: "map" (each map by itself: shows faint ones), "layer" (all maps of the layer alike) or
            "network" (all layers alike: shows how strong a layer is). A map of one value has no range
            of its own and gets that of the layer.
        network: smallest and largest value in the network.

    Raises:
        InputError: `by` is none of `RANGES`.
    """
    pick(dict.fromkeys(RANGES, True), by, "colour range")
    count = len(found.maps)
    if by == "map" and found.maps[0].size > 1:
        low, high = found.maps.min(axis=(1, 2)), found.maps.max(axis=(1, 2))
    elif by != "network":
        low, high = np.full(count, found.maps.min()), np.full(count, found.maps.max())
    else:
        low, high = np.full(count, network[0]), np.full(count, network[1])
    if found.maps.min() < 0:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    else:
        low = np.zeros(count)
    return np.stack([low, np.where(high > low, high, low + 1)], axis=1).astype(np.float32)


def histogram(values: NDArray[np.float32], *, bins: int = 32) -> Histogram:
    """How often each value occurs in a map.

    Args:
        values: any shape, finite.
        bins: of equal width between the smallest and the largest value.

    Raises:
        InputError: `bins` is not in 1..512.
    """
    if not 1 <= bins <= 512:
        raise InputError(f"A histogram needs 1 to 512 bins, not {bins}.")
    counts, edges = np.histogram(values, bins=bins)
    return Histogram(edges.astype(np.float64), counts.astype(np.int64))
