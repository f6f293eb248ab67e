"""What the plane looks like to a small network: a map of what it says, and one of every unit."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import small_net, toys
from vizcore.toolkit.playground_spec import Spec
from vizcore.toolkit.small_net import Floats, Pass

SIDE = 100  # cells of the decision map along each axis
EVERY = 2  # every second of them for the map of a unit
ASLEEP = 1e-3  # a unit with a smaller slope at every point that is learnt from hardly learns


class Plane:
    """Room for all cells of the plane, and for the points that are learnt from."""

    def __init__(self, spec: Spec, inputs: Floats) -> None:
        """Make room.

        Args:
            spec: of the run.
            inputs: (F + 1, N) features of the points that are learnt from.
        """
        self._spec, self._inputs = spec, inputs
        self._cells = toys.inputs(toys.grid(SIDE), spec.features)
        self._room = Pass(spec.sizes, spec.activation, SIDE * SIDE, np.float32)
        self._points = Pass(spec.sizes, spec.activation, inputs.shape[1])

    def look(self, flat: Floats) -> dict[str, NDArray[Any]]:
        """All there is to see.

        Args:
            flat: all weights.

        Returns:
            weights (float32, as `small_net.layers` takes them), map (SIDE, SIDE) of what the network says,
            units (U, SIDE / EVERY, SIDE / EVERY) of each hidden unit, both as of `painted`, limits
            (1 + hidden layers, float32) of the map and of each layer's units, and asleep (U,) of each unit, 0
            or 1.
        """
        with np.errstate(all="ignore"):  # whoever diverges overflows
            said, outputs = self.seen(flat)
            limits = [1.0, *map(self._limit, outputs)]
            units = [
                painted(values[:, ::EVERY, ::EVERY], limit)
                for values, limit in zip(outputs, limits[1:], strict=True)
            ]
            asleep = self._asleep(flat)
        return {
            "weights": flat.astype(np.float32),
            "map": painted(said, 1.0),
            "units": np.concatenate([np.zeros((0, SIDE // EVERY, SIDE // EVERY), np.uint8), *units]),
            "limits": np.array(limits, np.float32),
            "asleep": asleep,
        }

    def seen(self, flat: Floats) -> tuple[Floats, list[Floats]]:
        """(SIDE, SIDE) what the network says in every cell, from -1 to 1, and the outputs (units, SIDE, SIDE)
        of each hidden layer; valid until the next call.
        """
        weights = small_net.layers(flat.astype(np.float32), self._spec.sizes)
        sums = self._room.forward(weights, self._cells)
        said = small_net.LOSSES[self._spec.loss].shown(sums).reshape(SIDE, SIDE)
        return said, [outputs.reshape(-1, SIDE, SIDE) for outputs in self._room.outputs]

    def _limit(self, outputs: Floats) -> float:
        """The absolute value that a layer's units are painted up to."""
        bounded = small_net.ACTIVATIONS[self._spec.activation].bounded
        most = 1.0 if bounded else float(np.abs(outputs).max())
        return most if 0 < most < math.inf else 1.0

    def _asleep(self, flat: Floats) -> NDArray[np.uint8]:
        """(U,) which units have hardly any slope at all points that are learnt from."""
        room = self._points
        room.forward(small_net.layers(flat, self._spec.sizes), self._inputs)
        found = [np.zeros(0, np.uint8)]
        for outputs, slopes in zip(room.outputs, room.slopes, strict=True):
            room.activation.slope(outputs, slopes)
            found.append(np.all(slopes < ASLEEP, axis=1).astype(np.uint8))
        return np.concatenate(found)


def painted(values: Floats, limit: float) -> NDArray[np.uint8]:
    """Values from -limit to limit as bytes from 1 to 255; 128 is 0, and what is no number."""
    return np.nan_to_num(128.5 + 127 / limit * values.clip(-limit, limit), nan=128.5).astype(np.uint8)


def outputs_at(spec: Spec, flat: Floats, place: Sequence[float]) -> list[Floats]:
    """What every layer gives at a place: its features, the outputs of hidden units, and the last sum.

    Args:
        spec: of the run.
        flat: all its weights.
        place: x1 and x2.
    """
    inputs = toys.inputs(np.array([place], np.float64), spec.features)
    room = Pass(spec.sizes, spec.activation, 1)
    sums = room.forward(small_net.layers(flat.astype(np.float64), spec.sizes), inputs)
    return [inputs[:-1, 0], *(outputs[:, 0] for outputs in room.outputs), sums]
