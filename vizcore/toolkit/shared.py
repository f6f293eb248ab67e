"""Values that all sessions share: made once, however many ask at the same time, and bounded in bytes."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")


class Shared(Generic[T]):
    """Keeps the values used last, at most `most` bytes of them; nobody may change one.

    Args:
        most: bytes.
        size: bytes of a value; what is larger than `most` is made anew each time.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._kept: LRUCache[Hashable, T] = LRUCache(most, size)
        self._running: dict[Hashable, Future[T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value under `key`; made by `make`, while others who want it wait, where there is none yet.

        Raises:
            What `make` raises, to all who wait; nothing is kept then.
        """
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            work = self._running.get(key)
            if work is None:
                mine = self._running[key] = Future()
        if work is not None:
            return work.result()
        try:
            value = make()
            mine.set_result(value)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._running[key]
                if not mine.exception() and self._kept.getsizeof(mine.result()) <= self._kept.maxsize:
                    self._kept[key] = mine.result()
        return value
