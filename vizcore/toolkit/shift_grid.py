"""The answers of a network and of its blurred twin to all shifts of a square, as work that reports.

Here each of the two meets all shifts together, so that what these have in common is computed once (see
`shifts`). Where other hands are lent, they take a row of the square each. What rows have in common is then
computed for every one of them: for networks that take long, 5 to 80 % more work in all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vizcore.toolkit import device, hands, nets, shifts, windows
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.images import Image
from vizcore.toolkit.lines import Indices
from vizcore.toolkit.pools import TAPS
from vizcore.toolkit.training_spec import check_count
from vizcore.toolkit.warps import BORDERS

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Spec:
    """What answers, and to which shifts."""

    net: str = "tiny_vgg"  # a reference, see `nets`
    border: str = "circular"  # key of `warps.BORDERS`
    side: int | None = None  # px of the square that it sees; None: as many as it was made for
    taps: int = 3  # of the twin's blur
    radius: int = 8  # px, the longest shift downwards and to the right

    def __post_init__(self) -> None:
        nets.find(self.net)
        pick(BORDERS, self.border, "border")
        if self.side is not None:
            windows.check("side of the square", self.side, 16, 512)
        if self.taps not in TAPS:
            raise InputError(f"A blur has {' or '.join(map(str, TAPS))} taps, not {str(self.taps)[:40]}.")
        check_count("radius", self.radius, 1, 16)

    @property
    def subjects(self) -> tuple[Subject, Subject]:
        """The network, and its twin that blurs before it subsamples."""
        bare = Subject(self.net, self.border, self.side)
        return bare, Subject(self.net, self.border, self.side, self.taps)


@dataclass(frozen=True)
class Report:
    """How far it has come."""

    step: int  # shifts that are answered, by the network and by its twin
    share: float  # of the work, 0 to 1: before the first answer there is what all shifts have in common


class Grid(Iterator[Report]):
    """The answers of both, pulled piece by piece; those of the network come first.

    Attributes:
        total: shifts, for both.
        device: where they are computed.
    """

    def __init__(self, image: Image, spec: Spec, state: bytes | None = None) -> None:
        """Begin, or take it up; arguments and errors as of `grid`."""
        self._subjects, self.device = spec.subjects, device.best()
        self._pixels = self._subjects[0].seen(image)
        self._shifts = shifts.grid(spec.radius)
        self.total = len(self._subjects) * len(self._shifts)
        if state:
            self._logits, self._known = _taken(state)
        else:
            shape = len(self._shifts), len(self._subjects[0].entry.classes)
            self._logits = np.full((len(self._subjects), *shape), np.nan, np.float32)
            self._known = np.zeros(len(self._subjects), np.int64)  # the first so many shifts are answered
        self._reports = self._spread() if hands.lent() and self.device == "cpu" else self._alone()

    def __next__(self) -> Report:
        """Go on to the next report. StopIteration: all is known."""
        return next(self._reports)

    def state(self) -> bytes:
        """All it takes to go on from here, as a safetensors file."""
        return save({"logits": self._logits, "known": self._known})

    def look(self) -> dict[str, Logits]:
        """`logits` (2, S, N), nan where they are not known yet."""
        return {"logits": self._logits}

    def _alone(self) -> Iterator[Report]:
        """Compute the answers that are not known yet here."""
        for number, subject in enumerate(self._subjects):
            first = int(self._known[number])
            if first == len(self._shifts):
                continue
            network, batch = subject.network(self.device), subject.batch([self._pixels], self.device)
            for piece in shifts.pieces(network, batch, self._shifts[first:], subject.border):
                known = piece.logits[: piece.known].cpu().numpy()
                before = first / len(self._shifts)
                yield self._report(number, first, known, before + (1 - before) * piece.share)

    def _spread(self) -> Iterator[Report]:
        """Have them computed by others, row by row."""
        row = math.isqrt(len(self._shifts))
        places = [
            (number, first)
            for number, known in enumerate(self._known)
            for first in range(int(known), len(self._shifts), row)
        ]
        parts = ((number, self._shifts[first : first + row]) for number, first in places)
        found = hands.spread(Rows, (self._subjects, self._pixels), "row", parts)
        for (number, first), known in zip(places, found, strict=True):
            yield self._report(number, first, known, (first + len(known)) / len(self._shifts))

    def _report(self, number: int, first: int, known: Logits, share: float) -> Report:
        """Take answers from a shift on, and say how far that is; `share` is that of one of the two."""
        self._known[number] = first + len(known)
        self._logits[number, first : first + len(known)] = known
        return Report(int(self._known.sum()), (number + share) / len(self._subjects))


class Rows:
    """Answers to some shifts, computed in any process."""

    def __init__(self, subjects: Sequence[Subject], pixels: Image) -> None:
        self._subjects, self._pixels = subjects, pixels

    def row(self, number: int, places: Indices) -> Logits:
        """What one of the subjects answers at these shifts, (n, N)."""
        subject = self._subjects[number]
        batch = subject.batch([self._pixels], "cpu")
        return shifts.logits(subject.network("cpu"), batch, places, subject.border).numpy()


def grid(image: Image, spec: Spec, state: bytes | None = None) -> Grid:
    """Answer all shifts of a square, as far as the caller pulls.

    Args:
        image: (H, W, 3) in [0, 1]; its middle square is seen.
        spec: the settings.
        state: of an earlier one with these settings, to go on from there.

    Raises:
        InputError: the network cannot see squares of that side, or the state is damaged.
    """
    return Grid(image, spec, state)


def _taken(state: bytes) -> tuple[Logits, Indices]:
    """The answers that a state holds, and how many of them are known."""
    try:
        held = load(state)
        return held["logits"].copy(), held["known"].copy()
    except (SafetensorError, KeyError) as error:
        raise InputError("This checkpoint is damaged. Start the run anew.") from error
