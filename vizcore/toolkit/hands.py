"""Other hands for a piece of work that falls into parts which need nothing from one another.

Usually there are none: the parts are done here, one after another. What runs on a cluster may be lent the
cores there that nobody uses; the results are the same, and come in the same order.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol


class Hands(Protocol):
    """Processes elsewhere that do parts of a piece of work."""

    def count(self) -> int:
        """How many parts they do at once by now, 1 or more."""
        ...

    def spread(
        self, make: Callable[..., Any], arguments: tuple[Any, ...], method: str, parts: Iterable[Any]
    ) -> Iterator[Any]:
        """As `spread` below."""
        ...


_lent: list[Hands] = []  # one, or none


def lend(hands: Hands) -> None:
    """Let what is spread in this process from now on be done by others."""
    _lent[:] = [hands]


def lent() -> bool:
    """Whether there are others."""
    return bool(_lent)


def count() -> int:
    """How many parts are done at once; 1 where they are done here."""
    return _lent[0].count() if _lent else 1


def spread(
    make: Callable[..., Any], arguments: tuple[Any, ...], method: str, parts: Iterable[tuple[Any, ...]]
) -> Iterator[Any]:
    """Results of a method, part by part, in the order of the parts, and hardly further than the caller pulls.

    Args:
        make: makes what has the method; once in each process, so it may prepare what all parts share.
        arguments: of `make`; they travel to the others.
        method: its name.
        parts: its arguments, one tuple for each call.
    """
    if _lent:
        yield from _lent[0].spread(make, arguments, method, parts)
    else:
        call = getattr(make(*arguments), method)
        for part in parts:
            yield call(*part)
