"""All it takes to go on with copies of a run: together, or in groups that somebody else goes on with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vizcore.toolkit.errors import InputError


@dataclass(frozen=True, eq=False)
class State:
    """Where K copies are."""

    copies: tuple[bytes, ...]  # the state of each, empty before it has begun
    recent: NDArray[np.float64]  # (T, 2, K) loss and hits of each at its last steps, as many as an epoch has
    seconds: float  # of all steps so far
    ahead: int = 0  # reports behind this place that have been told: whoever goes on does not repeat them

    def part(self, begin: int, end: int) -> "State":
        """That of some of the copies, which begin to count their seconds."""
        return State(self.copies[begin:end], self.recent[:, :, begin:end], 0.0)

    def packed(self) -> bytes:
        """As a safetensors file."""
        copies = {str(at): np.frombuffer(each, np.uint8) for at, each in enumerate(self.copies)}
        numbers = {"seconds": np.array(self.seconds), "ahead": np.array(self.ahead)}
        return save(copies | numbers | {"recent": np.ascontiguousarray(self.recent)})


def unpacked(packed: bytes | None, count: int) -> State:
    """What was packed, of so many copies; None: they have not begun.

    Raises:
        InputError: it is damaged, or that of other copies.
    """
    if packed is None:
        return State((b"",) * count, np.empty((0, 2, count)), 0.0)
    try:
        found = load(packed)
        copies = tuple(found[str(at)].tobytes() for at in range(count))
        recent = found["recent"].reshape(-1, 2, count)
        return State(copies, recent, float(found["seconds"]), int(found.get("ahead", 0)))
    except (SafetensorError, KeyError, ValueError) as error:
        raise InputError(
            "This checkpoint is damaged or belongs to other runs. Choose another step."
        ) from error


def joined(parts: Sequence[State]) -> State:
    """That of all copies, from those of groups of them."""
    rows = max(len(part.recent) for part in parts)
    recent = [  # of copies that have diverged earlier than the others, no row is looked at
        np.pad(part.recent, ((0, rows - len(part.recent)), (0, 0), (0, 0))) for part in parts
    ]
    copies = tuple(each for part in parts for each in part.copies)
    return State(copies, np.concatenate(recent, axis=2), sum(part.seconds for part in parts))
