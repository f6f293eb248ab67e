"""How many people one server serves: what a class waits for on each page, and what that costs."""

from collections.abc import Callable

import pytest

from tests.bench.load.measure import Server, alone, crowd
from tests.bench.load.visits import VISITS

Figure = Callable[[str, float, str], None]


@pytest.mark.parametrize("page", VISITS)
def bench_a_class_on_one_page(server: Server, figure: Figure, page: str) -> None:
    visit = VISITS[page]
    alone(server, visit, 2 * len(visit.moves))  # what is imported and computed once
    found = crowd(server, [visit], visitors=30, seconds=30)
    print(found)
    assert (found.errors, found.crossed) == ([], [])
    figure(f"30 on {page}: p95 in s", found.wait(95), "at most 0.5")
    figure(f"30 on {page}: CPU for an interaction in ms", found.cost, "at most 30")


def bench_two_classes_on_all_pages(server: Server, figure: Figure) -> None:
    found = crowd(server, list(VISITS.values()), visitors=100, seconds=60)
    print(found)
    assert (found.errors, found.crossed) == ([], [])
    figure("100 on all pages: p95 in s", found.wait(95), "at most 1")
    figure("100 on all pages: CPU for an interaction in ms", found.cost, "at most 30")
    figure("100 on all pages: memory in MB", found.grown, "at most 300")
