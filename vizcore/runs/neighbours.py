"""Cores of the cluster that nobody uses just now, lent to a run that works there."""

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

BETWEEN_COUNTS = 1.0  # s
MOST = 8  # parts at once: each has a process that imports PyTorch, and others want cores, too
KEPT = 2  # pieces of work whose preparation a process keeps

_made: dict[str, Any] = {}  # by piece of work, in a process that does parts of it


class Neighbours:
    """Tasks of Ray as `Hands`. A task whose computer is lost is done again by another one."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._task = ray.remote(num_cpus=1, max_retries=5)(part_of)
        self._ahead = deque[Any]()  # parts that are asked for
        self._count, self._due = 1, 0.0

    def count(self) -> int:
        """How many cores are free or at work for this, looked up once a second; without any, parts wait."""
        if time.monotonic() >= self._due:
            free = int(self._ray.available_resources().get("CPU", 0))
            self._count = max(1, min(MOST, free + len(self._ahead)))
            self._due = time.monotonic() + BETWEEN_COUNTS
        return self._count

    def spread(
        self, make: Callable[..., Any], arguments: tuple[Any, ...], method: str, parts: Iterable[Any]
    ) -> Iterator[Any]:
        """See `vizcore.toolkit.hands`."""
        work, shared = (
            uuid.uuid4().hex,
            [self._ray.put(arguments)],
        )  # in a list it is fetched only when needed
        self._ahead.clear()
        for part in parts:
            self._ahead.append(self._task.remote(work, make, shared, method, part))
            if len(self._ahead) > self.count():
                yield self._next()
        while self._ahead:
            yield self._next()

    def _next(self) -> Any:
        """The result of the next part, once it is there."""
        try:
            return self._ray.get(self._ahead.popleft())
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None  # as if it had been raised here


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
