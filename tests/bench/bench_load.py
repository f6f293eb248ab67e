"""How many people one server serves: what a class waits for on each page, and what that costs."""

from collections.abc import Callable

import pytest

from tests.bench.load.heavy import HEAVY
from tests.bench.load.measure import Server, class_of
from tests.bench.load.visits import VISITS

Figure = Callable[[str, float, str], None]
EVERY = list(VISITS.values())


@pytest.mark.parametrize("page", VISITS)
def bench_a_class_on_one_page(server: Server, figure: Figure, page: str) -> None:
    found = class_of(30, server, [VISITS[page]], seconds=30)
    figure(f"30 on {page}: p95 in s", found.wait(95), "at most 0.5")
    figure(f"30 on {page}: CPU for an interaction in ms", found.cost, "at most 30")


def bench_two_classes_on_all_pages(server: Server, figure: Figure) -> None:
    found = class_of(100, server, EVERY, seconds=60)
    figure("100 on all pages: p95 in s", found.wait(95), "at most 1")
    figure("100 on all pages: CPU for an interaction in ms", found.cost, "at most 30")
    figure("100 on all pages: memory in MB", found.grown, "at most 300")


@pytest.mark.parametrize("work", ["nothing", *HEAVY])
def bench_a_class_beside_heavy_work(server: Server, figure: Figure, work: str) -> None:
    found = class_of(30, server, EVERY, seconds=30, beside=HEAVY.get(work))
    assert found.beside > 0 or work == "nothing"
    figure(f"30 on all pages, beside {work}: p95 in s", found.wait(95), "at most 0.5")
