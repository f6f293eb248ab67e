"""`make soak`: classes for as long as reliability.md promises. An hour and a quarter."""

from collections.abc import Callable
from statistics import median

import pytest

from tests.bench.load.measure import Server, class_of
from tests.bench.load.visits import VISITS

Figure = Callable[[str, float, str], None]


@pytest.mark.parametrize("page", VISITS)
def bench_a_class_stays_on_one_page(server: Server, figure: Figure, page: str) -> None:
    found = class_of(30, server, [VISITS[page]], seconds=300)
    figure(f"30 on {page}, 5 min: p95 in s", found.wait(95), "at most 0.5")
    figure(f"30 on {page}, 5 min: opening, p95 in s", found.opening(95), "at most 3")


def bench_two_classes_three_times(server: Server, figure: Figure) -> None:
    runs = [class_of(100, server, list(VISITS.values()), seconds=120) for _ in range(3)]
    figure("100 on all pages: p95 in s, median of 3", median(run.wait(95) for run in runs), "at most 1")
    figure("100 on all pages: p99 in s, median of 3", median(run.wait(99) for run in runs), "at most 2")
    figure("100 on all pages: CPU for an interaction in ms", median(run.cost for run in runs), "at most 30")
    figure("100 on all pages: memory in MB, of all 3", sum(run.grown for run in runs), "at most 300")
    figure("100 on all pages: memory of a visit in MB", runs[0].grown / 100, "at most 5")
