"""`make soak`: memory stays flat, however long people stay and however many come and go. Half an hour."""

import time
from collections.abc import Callable

import pytest

from tests.bench.load.measure import Server, alone, come_and_go
from tests.bench.load.visits import VISITS

Figure = Callable[[str, float, str], None]
GONE = 135.0  # s after which a session that nobody came back to may be dropped (disconnectedSessionTTL)


@pytest.mark.parametrize("page", VISITS)
def bench_a_thousand_interactions(server: Server, figure: Figure, page: str) -> None:
    alone(server, VISITS[page], 50)
    found = alone(server, VISITS[page], 1000)
    print(found)
    figure(f"1,000 interactions on {page}: memory in MB", found.grown, "at most 30")
    assert (found.errors, found.crossed) == ([], [])
    assert found.grown <= 30


def bench_five_hundred_visits_come_and_go(server: Server, figure: Figure) -> None:
    visits = list(VISITS.values())
    come_and_go(server, visits, 50)
    before = server.memory()
    assert come_and_go(server, visits, 500) == []
    time.sleep(GONE)
    come_and_go(server, visits, 1)  # sessions that are over are dropped when another one is
    grown = server.memory() - before
    figure("500 visits that came and went: memory in MB", grown, "at most 50")
    assert grown <= 50
