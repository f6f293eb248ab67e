"""Cores that are lent: results come in order, whoever computes them, and nobody is waited for in vain."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from vizcore.runs import neighbours
from vizcore.runs.neighbours import Neighbours


class RayError(Exception):
    pass


class RayTaskError(RayError):
    def __init__(self, cause: Exception) -> None:
        self.cause = cause


class Ray:
    """As much of Ray as is used: tasks are done when they are asked for, never, or are lost."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, cores: int, how: str = "done") -> None:
        self.cores, self.how = cores, how
        self.asked: list[Any] = []
        self.cancelled: list[Any] = []

    def remote(self, **_: Any) -> Any:
        return lambda function: SimpleNamespace(remote=lambda *given: self._ask(function, given))

    def _ask(self, function: Any, given: tuple[Any, ...]) -> Any:
        self.asked.append(SimpleNamespace(function=function, given=given))
        return self.asked[-1]

    def available_resources(self) -> dict[str, float]:
        return {"CPU": float(self.cores)}

    def put(self, value: Any) -> Any:
        return value

    def wait(self, references: list[Any], **_: Any) -> tuple[list[Any], list[Any]]:
        return ([], references) if self.how == "never" else (references, [])

    def get(self, reference: Any) -> Any:
        if self.how == "lost":
            raise RayError
        _, make, shared, method, part = reference.given
        try:
            return getattr(make(*shared[0]), method)(*part)
        except Exception as error:
            raise RayTaskError(error) from error

    def cancel(self, reference: Any) -> None:
        self.cancelled.append(reference)


class Divider:
    """Divides what it was made with."""

    def __init__(self, of: int) -> None:
        self._of = of

    def by(self, divisor: int) -> float:
        return self._of / divisor


def spread(ray: Ray, divisors: Iterator[int] | range) -> list[float]:
    return [*Neighbours(ray).spread(Divider, (12,), "by", ((each,) for each in divisors))]


@pytest.mark.parametrize("how", ["done", "never", "lost"])
@pytest.mark.parametrize("cores", [0, 1, 5, 100])
def test_results_come_in_order_whatever_neighbours_do(how: str, cores: int) -> None:
    ray = Ray(cores, how)
    assert spread(ray, range(1, 30)) == [12 / divisor for divisor in range(1, 30)]
    assert bool(ray.asked) == (cores > 0)
    assert bool(ray.cancelled) == (cores > 0 and how != "done")


def test_without_a_free_core_nobody_is_asked_and_nothing_is_done_ahead() -> None:
    coming = iter(range(1, 9))
    found = Neighbours(Ray(0)).spread(Divider, (12,), "by", ((each,) for each in coming))
    assert next(found) == 12
    assert next(coming) == 3


def test_at_most_so_many_neighbours_are_asked_at_once() -> None:
    lender = Neighbours(ray := Ray(100, "never"))
    next(lender.spread(Divider, (12,), "by", ((each,) for each in range(1, 99))))
    assert len(ray.asked) == neighbours.MOST
    assert lender.count() == 1 + neighbours.MOST


@pytest.mark.parametrize("how", ["done", "never"])
def test_an_error_of_the_work_is_raised_as_if_it_had_been_done_here(how: str) -> None:
    with pytest.raises(ZeroDivisionError):
        spread(Ray(2, how), range(3, -1, -1))
