"""A small network that learns in the plane: what plane.js needs, as one message and what follows it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from vizcore.plots.colours import LUTS
from vizcore.toolkit import small_net, toys
from vizcore.toolkit.playground_look import painted
from vizcore.toolkit.playground_spec import MAX_LAYERS, MAX_UNITS, Spec

THUMB = 25  # px of a unit's small map
Unit = tuple[int, int]  # hidden layer and place within it, both counted from 0
Drawn = tuple[dict[str, Any], list[NDArray[Any]]]


def pack(
    spec: Spec, newest: Mapping[str, Any], unit: Unit | None, place: tuple[float, float], **texts: Any
) -> bytes:
    """The message for plane.js.

    Args:
        spec: of the run.
        newest: the newest report with its arrays.
        unit: which is shown large; None: what the network says.
        place: selected x1 and x2.
        texts: run (its id), url (where to ask how it goes on), status, over (whether nothing more will come),
            and alt.
    """
    found = toys.points(spec.data, noise=spec.noise, share=spec.share, seed=spec.draw)
    places = np.concatenate([found.places, found.held_places])
    classes = np.concatenate([found.classes, found.held_classes]) > 0
    held = np.arange(len(classes)) >= len(found.classes)
    header, blocks = drawn(spec.sizes, unit, [], newest)
    static = {
        "sizes": spec.sizes,
        "features": [[name, entry.title, entry.most] for name, entry in toys.FEATURES.items()],
        "used": spec.features,
        "most": [MAX_LAYERS, MAX_UNITS],
        "thumb": THUMB,
        "reach": toys.REACH,
        "place": place,
        "epochs": spec.epochs,
        "loss_unit": small_net.LOSSES[spec.loss].unit,
    }
    return components.pack(
        static | texts | header,
        places.astype(np.float32),
        classes.astype(np.uint8),
        held.astype(np.uint8),
        _features(),
        LUTS["rdbu"],
        LUTS["berlin"],
        *blocks,
    )


def drawn(
    sizes: Sequence[int],
    unit: Unit | None,
    lines: Sequence[Mapping[str, Any]],
    newest: Mapping[str, Any] | None,
) -> Drawn:
    """Header and arrays of what follows the run.

    Args:
        sizes: inputs, units of each hidden layer, and 1.
        unit: which is shown large; None: what the network says.
        lines: new lines of its history.
        newest: the newest report if it is new.

    Returns:
        Header with `known` (epoch of the newest report, or None), its loss, test, hits and accuracy, the
        `limits` of its maps, and `unit`. Blocks: epoch, loss and test of each line; and with a newest report
        its weights, its small maps, the large one, and which units are asleep.
    """
    course = [
        np.array([line["step"] for line in lines], np.int32),
        np.array([line["loss"] for line in lines], np.float32),
        np.array([line["test"] for line in lines], np.float32),
    ]
    if newest is None:
        return {"known": None}, course
    units, said = newest["units"], newest["map"]
    small = np.concatenate([_thumbs(units), _thumbs(said[None])])
    large = said if unit is None else units[_index(sizes, unit)]
    header = {
        "known": newest["step"],
        **{name: newest[name] for name in ("loss", "test", "hits", "accuracy")},
        "limits": newest["limits"].tolist(),
        "unit": unit,
    }
    return header, [*course, newest["weights"], small, np.ascontiguousarray(large), newest["asleep"]]


def _thumbs(maps: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(M, THUMB, THUMB) of maps (M, side, side)."""
    every = maps.shape[-1] // THUMB
    return maps[:, every // 2 :: every, every // 2 :: every]


def _index(sizes: Sequence[int], unit: Unit) -> int:
    layer, at = unit
    return int(sum(sizes[1 : layer + 1])) + at


@cache
def _features() -> NDArray[np.uint8]:
    """(F, THUMB, THUMB) the map of every feature."""
    values = toys.inputs(toys.grid(THUMB), tuple(toys.FEATURES))[:-1].reshape(-1, THUMB, THUMB)
    most = [entry.most for entry in toys.FEATURES.values()]
    return np.stack([painted(each, limit) for each, limit in zip(values, most, strict=True)])
