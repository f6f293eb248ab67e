"""`make soak`: memory stays flat, however long people stay and however many come and go. About an hour."""

import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.bench.load.measure import Measured, Server, alone, come_and_go, serving
from tests.bench.load.visits import VISITS, WALKS, Visit

Figure = Callable[[str, float, str], None]
ROOM = 32  # MB of the caches that have a common bound: they are full before anything is measured
GONE = 135.0  # s after which a session that nobody came back to may be dropped (disconnectedSessionTTL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), CACHE_MB=ROOM) as server:
        yield server


@pytest.mark.parametrize("page", VISITS)
def bench_a_thousand_interactions(server: Server, figure: Figure, page: str) -> None:
    found = a_thousand(server, VISITS, page, warm_up=50)
    figure(f"1,000 interactions on {page}: memory in MB", found.grown, "at most 30")
    assert found.grown <= 30


@pytest.mark.parametrize("page", WALKS)
def bench_a_thousand_settings_of_all_views(server: Server, figure: Figure, page: str) -> None:
    found = a_thousand(server, WALKS, page, warm_up=500)  # each view, what it imports, and what is kept
    figure(f"1,000 settings on {page}: memory in MB", found.grown, "at most 30")
    assert found.grown <= 30


def a_thousand(server: Server, visits: Mapping[str, Visit], page: str, warm_up: int) -> Measured:
    alone(server, visits[page], warm_up)
    found = alone(server, visits[page], 1000)
    print(found)
    assert (found.errors, found.crossed) == ([], [])
    return found


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
