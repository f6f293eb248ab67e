"""What a network is like at one moment of its training, as the part of a message that watch.js shows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizcore.plots import colours

Arrays = Mapping[str, NDArray[Any]]
FINEST = 254  # steps from the lower to the upper limit of a map; an even number, as 0 may lie in the middle
NO_NUMBER = 255  # nan or infinite
MOST = 64  # filters, the first ones
# Entries of a look that travel as they are; those that a look does not have are left out.
KEPT = (
    *("filters", "probe", "probed", "scores", "gradients", "updates", "histograms", "spans", "dead"),
    *("confusion", "worst", "worst_images", "cell", "cell_images"),
)


def blocks(
    look: Arrays, names: Mapping[str, Sequence[str]], layer: str | None = None
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays for showLook of watch.js; the arrays are the last ones of their message.

    Args:
        look: what `inspection.inspected` found; also "probed" (2,) number and true class of the probe, and
            "cell_images" (N, C, S, S) uint8 of the "cell" (2,) true class and guess that was clicked.
        names: what `inspection.names` gives, and "classes".
        layer: the one whose maps are shown; the first activation where it has none.
    """
    shown = layer if layer in names["maps"] else _first(names)
    found = {name: look[name] for name in KEPT if name in look}
    found["filters"] = found["filters"][:MOST]
    if shown is not None:
        found["maps"], found["limits"] = _coded(_maps_of(look, names["maps"].index(shown)))
    found["luts"] = np.stack([colours.LUTS[name] for name in ("viridis", "rdbu", "berlin")])
    header = {
        "names": {kind: list(each) for kind, each in names.items()},
        "layer": shown,
        "arrays": [[name, list(array.shape)] for name, array in found.items()],
    }
    return header, list(found.values())


def _first(names: Mapping[str, Sequence[str]]) -> str | None:
    """The layer whose maps a first visit sees."""
    active = [name for name in names["maps"] if name in names["activations"]]
    return next(iter([*active, *names["maps"]]), None)


def _maps_of(look: Arrays, place: int) -> NDArray[np.float32]:
    """(C, H, W) of one layer."""
    shapes = look["map_shapes"]
    ends = np.cumsum(shapes.prod(axis=1))
    values: NDArray[np.float32] = look["maps"][ends[place] - shapes[place].prod() : ends[place]]
    return values.reshape(shapes[place])


def _coded(maps: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Maps in FINEST steps between limits (C, 2) of their own, around 0 or, if none is below it, from 0."""
    finite = np.isfinite(maps)
    known = np.where(finite, maps, 0)
    most = np.abs(known).max(axis=(1, 2), keepdims=True)
    low, high = (-most if known.min() < 0 else 0 * most), most
    steps = FINEST * (known - low) / np.where(high > low, high - low, 1)
    codes = np.where(finite, np.rint(steps), NO_NUMBER).astype(np.uint8)
    return codes, np.concatenate([low, high], axis=2).reshape(-1, 2).astype(np.float32)
