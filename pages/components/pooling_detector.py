"""A row of detectors and what is pooled from it, before and after a shift: what pooling_detector.js needs."""

from collections.abc import Sequence
from typing import Any

from vizcore.exhibits.pooling import Moved, Pooled
from vizcore.toolkit.pools import POOLS


def data_for(values: Sequence[float], found: Moved, identity: str) -> dict[str, Any]:
    """The message for pooling_detector.js.

    What is typed comes back as {"values": [...], "entering": number}.

    Args:
        values: (n,) of the detectors before the shift.
        found: from `pooling.detectors`.
        identity: of the settings; another one ends what is pointed at.
    """
    axis = found.before.axes[1]
    return {
        "identity": identity,
        "kind": POOLS[found.before.kind].title,
        "reads": reads(found.before),
        "middles": (axis.places.mean(1) - axis.padding).tolist(),  # of the windows, in detectors
        "before": side(values, found.before),
        "after": side(found.image[0].tolist(), found.after),
        "changed": {"inputs": found.inputs_changed[0].tolist(), "outputs": found.outputs_changed[0].tolist()},
    }


def reads(found: Pooled) -> list[list[int]]:
    """The detectors that each output reads; -1 for a zero of the padding, which only a maximum leaves out."""
    axis = found.axes[1]
    least, beyond = (0 if found.kind == "max" else -1), axis.size + 2 * axis.padding
    windows = [[int(found.cols[place]) for place in places if place < beyond] for places in axis.places]
    return [[cell for cell in window if cell >= least] for window in windows]


def side(values: Sequence[float], found: Pooled) -> dict[str, Any]:
    """Detectors, outputs, and which detector wins each of them, -1 where none does."""
    return {
        "inputs": list(values),
        "outputs": found.output[0].tolist(),
        "winners": found.winners[0, :, 1].tolist(),
    }
