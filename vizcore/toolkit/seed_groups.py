"""The same run from many seeds, its copies in groups that hands elsewhere go on with (see `hands`).

All groups take a chunk of steps, each from a state to a state, so nothing is lost with those who do it. While
the next chunk is computed, the reports of the last one are told, at about the pace at which they came about.

How the copies are grouped depends on the Spec alone, and changes no digit where they take turns. In one
computation it changes none as long as groups have multiples of four copies: found by trial, as PyTorch says
nothing about it. A last group with fewer copies agrees to rounding.
"""

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from vizcore.toolkit import device, hands, seed_state
from vizcore.toolkit.plans import plan
from vizcore.toolkit.seed_state import State
from vizcore.toolkit.seeds import CEILING, Report, Seeds, Spec, band, batched, check_size

GROUPS = 8  # at most
TOGETHER = 4  # copies in one computation: a group has so many, or a multiple
CHUNK = 0.25  # s that a chunk takes,
WORTH = 10  # or so many times as long as the quickest: that was a step or two, and all that a chunk costs
CHUNKS = 16  # at least, in a run: nothing is computed behind the last one, so it is told all at once
# What a Report has of copies that have diverged.
GONE = {"losses": CEILING, "hits": 0.0, "recent": CEILING, "validations": CEILING, "accuracies": 0.0}


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some steps of all copies."""

    reports: list[Report]  # none where the runs are over
    after: State
    spent: float  # s


class Group:
    """Some of the copies, for whoever goes on with them."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def chunk(self, begin: int, end: int, state: bytes, count: int) -> tuple[list[Report], bytes]:
        """Up to `count` reports of copies `begin` to `end` from their state on, and the state after them."""
        seed = self._spec.seed + begin
        group = Seeds(replace(self._spec, seed=seed, copies=end - begin, device="cpu"), state)
        return [*islice(group, count)], group.state()


class SeedGroups(Iterator[Report]):
    """What `Seeds` are, computed in groups; their states are those of `Seeds`, too.

    Attributes:
        spec: the settings.
        total: updates of each copy.
        device: where they are computed.
    """

    def __init__(self, spec: Spec, state: bytes | None = None) -> None:
        """Start the copies, or take them up; arguments and errors as of `Seeds`."""
        check_size(spec)
        self.spec = spec
        self.total, self.device = plan(spec.one(0)).total, "cpu"
        size = group_size(spec)
        self._spans = [(begin, min(begin + size, spec.copies)) for begin in range(0, spec.copies, size)]
        self._state = seed_state.unpacked(state, spec.copies)
        self._reports = self._told()

    def __next__(self) -> Report:
        """The next report, as that of `Seeds`."""
        return next(self._reports)

    def state(self) -> bytes:
        """All it takes to go on from here, in groups or not."""
        return self._state.packed()

    def _told(self) -> Iterator[Report]:
        """Chunk after chunk, one of them ahead."""
        before, count, quickest = self._state, 1, math.inf
        if before.ahead:
            before = self._chunk(before, before.ahead).after
        with ThreadPoolExecutor(1, "chunk") as pool:
            ahead = pool.submit(self._chunk, before, count)
            while (chunk := ahead.result()).reports:
                quickest = min(quickest, chunk.spent)
                pace = chunk.spent / len(chunk.reports)
                worth = math.ceil(max(CHUNK, WORTH * quickest) / pace)
                count = min(2 * count, worth, math.ceil(self.total / CHUNKS))
                ahead = pool.submit(self._chunk, chunk.after, count)
                for told, report in enumerate(chunk.reports, 1):
                    last = told == len(chunk.reports)
                    self._state = chunk.after if last else replace(before, ahead=told)
                    yield report
                    wait([ahead], pace)
                before = chunk.after

    def _chunk(self, before: State, count: int) -> Chunk:
        """Up to `count` reports of all copies from a state on."""
        began = time.monotonic()
        parts = [(*span, before.part(*span).packed(), count) for span in self._spans]
        found = [*hands.spread(Group, (self.spec,), "chunk", parts)]
        groups = [reports for reports, _ in found]
        states = [
            seed_state.unpacked(state, end - begin)
            for (begin, end), (_, state) in zip(self._spans, found, strict=True)
        ]
        places = range(max(map(len, groups)))
        reports = [self._merged(groups, place, before.seconds) for place in places]
        after = seed_state.joined(states)
        after = replace(after, seconds=before.seconds + after.seconds)
        return Chunk(reports, after, time.monotonic() - began)

    def _merged(self, groups: Sequence[Sequence[Report]], place: int, seconds: float) -> Report:
        """What all groups report at a place of a chunk; those that end before it have diverged as a whole."""
        newest = [group[place] if place < len(group) else None for group in groups]
        sizes = [end - begin for begin, end in self._spans]
        each = [*zip(newest, sizes, strict=True)]
        arrays: dict[str, Any] = {
            name: np.concatenate([getattr(one, name) if one else np.full(size, gone) for one, size in each])
            for name, gone in GONE.items()
        }
        return replace(
            next(filter(None, newest)),
            diverged=sum(one.diverged if one else size for one, size in each),
            seconds=seconds + sum(group[: place + 1][-1].seconds for group in groups if group),
            loss=band(arrays["recent"]),
            validation=band(arrays["validations"]),
            accuracy=band(arrays["accuracies"]),
            **arrays,
        )


def group_size(spec: Spec) -> int:
    """Copies in each group; the last one may have fewer."""
    least = TOGETHER if batched(spec, "cpu") else 1
    return least * math.ceil(spec.copies / GROUPS / least)


def train(spec: Spec, state: bytes | None = None) -> Seeds | SeedGroups:
    """Train all copies as far as the caller pulls, in groups where others lend a hand.

    Arguments as of `Seeds`. Others have no GPU to lend, and one group is as well done here.
    """
    place = device.best() if spec.device == "auto" else spec.device
    spread = hands.lent() and place == "cpu" and group_size(spec) < spec.copies
    return (SeedGroups if spread else Seeds)(spec, state)
