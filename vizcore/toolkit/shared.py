"""Values that all sessions share: made once, however many ask at a time, and bounded in bytes together."""

import sys
import threading
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Kept:
    value: Any
    size: int  # bytes


class Room:
    """What several caches may keep together: the values used last, whichever cache they are in.

    A value that has to go is forgotten, not destroyed: whoever works with it goes on doing so.

    Args:
        most: bytes.
    """

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._kept: LRUCache[Hashable, _Kept] = self._empty(most)
        self._running: dict[Hashable, Future[Any]] = {}

    @staticmethod
    def _empty(most: int) -> LRUCache[Hashable, _Kept]:
        return LRUCache(most, getsizeof=lambda kept: kept.size)

    @property
    def taken(self) -> int:
        """Bytes of all values."""
        return int(self._kept.currsize)

    def resize(self, most: int) -> None:
        """Keep at most so many bytes from now on; nothing of what was kept."""
        with self._lock:
            self._kept = self._empty(most)

    def known(self, key: Hashable) -> Any:
        """The value under a key that says in which cache it is; None where there is none."""
        with self._lock:
            kept = self._kept.get(key)
        return kept and kept.value

    def keep(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of so many bytes, unless it is larger than the room."""
        with self._lock:
            if size <= self._kept.maxsize:
                self._kept[key] = _Kept(value, size)

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """As `Shared.get`, for such a key."""
        with self._lock:
            if kept := self._kept.get(key):
                found: T = kept.value
                return found
            work: Future[T] | None = self._running.get(key)
            if work is None:
                mine = self._running[key] = Future()
        if work is not None:
            return work.result()
        try:
            value = make()
            self.keep(key, value, size(value))
            mine.set_result(value)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._running[key]
        return value


ROOM = Room(1_000_000_000)  # of this process; a server sets its size (CONVOSCOPE_CACHE_MB)


def nbytes(value: object) -> int:
    """Memory of a value: arrays, tensors, texts, and dataclasses, lists and dicts of them."""
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    held: list[object] = []
    if is_dataclass(value):
        held = [getattr(value, entry.name) for entry in fields(value)]
    elif isinstance(value, Mapping):
        held = [*value.keys(), *value.values()]
    elif isinstance(value, (tuple, list)):
        held = [*value]
    return sys.getsizeof(value) + sum(map(nbytes, held))


class Shared(Generic[T]):
    """A cache of one kind of values, in a room with others; nobody may change one.

    Args:
        size: bytes of a value; what is larger than the whole room is made anew each time.
        room: that it shares.
    """

    def __init__(self, size: Callable[[T], int] = nbytes, room: Room = ROOM) -> None:
        self._size = size
        self._room = room

    def known(self, key: Hashable) -> T | None:
        """The value under `key`; None where there is none."""
        found: T | None = self._room.known((self, key))
        return found

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value that was made elsewhere."""
        self._room.keep((self, key), value, self._size(value))

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value under `key`; made by `make`, while others who want it wait, where there is none yet.

        Raises:
            What `make` raises, to all who wait; nothing is kept then.
        """
        return self._room.get((self, key), make, self._size)
