"""Cores of the cluster that nobody uses just now, lent to a run that works there.

The run goes on working itself, and does what others have not done in time: it never waits for a core that
another run has taken.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

BETWEEN_COUNTS = 1.0  # s
MOST = 8  # cores at once: each has a process that imports PyTorch, and others want cores, too
PATIENCE = 5.0  # s for a part, when there is nothing else to do
KEPT = 2  # pieces of work whose preparation a process keeps

_made: dict[str, Any] = {}  # by piece of work, in a process that does parts of it


@dataclass(eq=False)
class _Part:
    """One part, and how far it is."""

    arguments: tuple[Any, ...]
    asked: Any = None  # Ray's reference, where a neighbour was asked for it
    done: bool = False
    result: Any = None


class Neighbours:
    """Tasks of Ray as `Hands`. One that is lost with its computer is done again, by another or here."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._task = ray.remote(num_cpus=1, max_retries=3)(part_of)
        self._free, self._due, self._busy = 0, 0.0, 0  # cores, s, and tasks that are asked for

    def count(self) -> int:
        """How many parts are done at once, by this process and on free cores."""
        return 1 + self._cores()

    def _cores(self) -> int:
        """Cores that are free or do parts for this run, looked up once a second."""
        if time.monotonic() >= self._due:
            self._free = int(self._ray.available_resources().get("CPU", 0)) + self._busy
            self._due = time.monotonic() + BETWEEN_COUNTS
        return min(MOST, self._free)

    def spread(
        self, make: Callable[..., Any], arguments: tuple[Any, ...], method: str, parts: Iterable[Any]
    ) -> Iterator[Any]:
        """See `vizcore.toolkit.hands`."""
        work, shared = uuid.uuid4().hex, [self._ray.put(arguments)]  # in a list: fetched when needed
        here, coming, window = None, iter(parts), deque[_Part]()
        try:
            while True:
                window.extend(map(_Part, islice(coming, max(0, 2 * self.count() - len(window)))))
                if not window:
                    return
                for part in islice(window, 1, None):
                    if self._busy < self._cores() and not (part.done or part.asked):
                        part.asked = self._task.remote(work, make, shared, method, part.arguments)
                        self._busy += 1
                if mine := self._next(window):
                    here = here or make(*arguments)
                    mine.result, mine.done = getattr(here, method)(*mine.arguments), True
                if window[0].done:
                    yield window.popleft().result
        finally:
            for part in window:  # nobody wants them any more
                if part.asked and not part.done:
                    self._drop(part)

    def _next(self, window: deque[_Part]) -> _Part | None:
        """Take in what neighbours have done. Returns: what is to be done here; None if the first is there."""
        first = window[0]
        self._take_in([part for part in window if part.asked and not part.done], patience=0)
        mine = next((part for part in window if not (part.done or part.asked)), None)
        if mine is None and not first.done:  # neighbours are at all of them
            self._take_in([first], patience=PATIENCE)
            if not first.done:
                self._give_up(first)
                mine = first
        return None if first.done else mine

    def _take_in(self, asked: list[_Part], patience: float) -> None:
        """Note which parts are done by now, or within so many s."""
        references = [part.asked for part in asked if part.asked]
        if not references:
            return
        ready, _ = self._ray.wait(references, num_returns=len(references), timeout=patience)
        for part in asked:
            if part.asked in ready:
                try:
                    part.result, part.done = self._ray.get(part.asked), True
                    self._busy -= 1
                except self._ray.exceptions.RayTaskError as error:
                    raise error.cause from None  # as if it had been raised here
                except self._ray.exceptions.RayError:
                    self._give_up(part)

    def _give_up(self, part: _Part) -> None:
        """Do not wait for a part any longer, and ask nobody for a while."""
        self._drop(part)
        self._free, self._due = 0, time.monotonic() + 10 * PATIENCE

    def _drop(self, part: _Part) -> None:
        self._ray.cancel(part.asked)
        part.asked, self._busy = None, self._busy - 1


def part_of(
    work: str, make: Callable[..., Any], shared: list[Any], method: str, part: tuple[Any, ...]
) -> Any:
    """One part of a piece of work, in the process that does it."""
    import ray

    if work not in _made:
        while len(_made) >= KEPT:
            del _made[next(iter(_made))]
        _made[work] = make(*ray.get(shared[0]))
    return getattr(_made[work], method)(*part)
