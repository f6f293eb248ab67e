"""Parts of a piece of work, done here or by others."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from vizcore.toolkit import hands


class Adder:
    """Adds what it was made with."""

    def __init__(self, first: int) -> None:
        self._first = first

    def plus(self, second: int) -> int:
        return self._first + second


class Others:
    """Hands that note what they are asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def count(self) -> int:
        return 7

    def spread(
        self, make: Callable[..., Any], arguments: tuple[Any, ...], method: str, parts: Iterable[Any]
    ) -> Iterator[Any]:
        for part in parts:
            self.asked.append((make, arguments, method, part))
            yield getattr(make(*arguments), method)(*part)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Others:
    monkeypatch.setattr(hands, "_lent", [])
    found = Others()
    hands.lend(found)
    return found


def test_without_others_parts_are_done_here_one_by_one() -> None:
    asked = iter([(1,), (2,), (3,)])
    found = hands.spread(Adder, (10,), "plus", asked)
    assert (next(found), next(asked)) == (11, (2,))
    assert [*found] == [13]
    assert (hands.lent(), hands.count()) == (False, 1)


def test_others_are_asked_once_they_are_lent(others: Others) -> None:
    assert [*hands.spread(Adder, (10,), "plus", [(1,), (2,)])] == [11, 12]
    assert others.asked == [(Adder, (10,), "plus", (1,)), (Adder, (10,), "plus", (2,))]
    assert (hands.lent(), hands.count()) == (True, 7)
