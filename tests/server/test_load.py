"""A class on one server: everybody gets an answer, and everybody's answer is their own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.bench.load.heavy import HEAVY
from tests.bench.load.measure import Server, alone, crowd, serving
from tests.bench.load.protocol import Failed, Visitor
from tests.bench.load.visits import VISITS, Crossed, Visit, equal, own, same, wander
from vizcore.catalog import CATALOG


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("load")) as server:
        yield server


def test_a_class_on_two_pages_gets_answers_and_nobody_gets_anothers(server: Server) -> None:
    visits = [VISITS["/convolution"], VISITS["/losses"]]
    found = crowd(server, visits, visitors=30, seconds=10, think=2)
    assert (found.errors, found.crossed) == ([], [])
    assert len(found.opened) == 30
    assert len(found.waits) >= 30


@pytest.mark.parametrize("work", HEAVY)
def test_the_heavy_work_of_one_does_not_stop_the_others(server: Server, work: str) -> None:
    visits = [VISITS["/convolution"], VISITS["/losses"]]
    found = crowd(server, visits, visitors=8, seconds=6, think=0.5, beside=HEAVY[work])
    assert (found.errors, found.crossed) == ([], [])
    assert found.beside > 0
    assert found.wait(95) < 2  # 0.5 s on a machine that does nothing else (bench_load.py)


def test_heavy_work_that_fails_is_an_error(server: Server) -> None:
    async def give_up(_server: Server) -> AsyncIterator[None]:
        yield
        raise Failed("no more")

    found = crowd(server, [VISITS["/losses"]], visitors=1, seconds=0.2, think=0.1, beside=give_up)
    assert "no more" in found.errors[0]


def test_memory_stays_while_one_visitor_stays(server: Server) -> None:
    alone(server, VISITS["/convolution"], 30)
    assert alone(server, VISITS["/convolution"], 60).grown <= 10


def test_a_walk_through_a_page_sees_its_views(server: Server) -> None:
    seen = set()

    async def wander_and_look(visitor: Visitor, number: float) -> None:
        await wander(visitor, number)
        seen.add(visitor.settings.get("view"))

    found = alone(server, Visit("/pooling", [wander_and_look]), 40)
    assert (found.errors, found.crossed) == ([], [])
    assert {"grid", "shift", "detector"} <= seen


def test_a_visit_that_gets_what_another_asked_for_is_noticed(server: Server) -> None:
    async def ask_for_a_neighbours(visitor: Visitor, number: float) -> None:
        await visitor.pick("softmax.bars", {"logits": [number, 0.0]})
        same(visitor.message("softmax.bars").header["logits"], [number + 1, 0.0])

    wrong = Visit(VISITS["/losses"].link, [ask_for_a_neighbours])
    found = crowd(server, [wrong], visitors=1, seconds=1, think=0.1)
    assert found.crossed
    assert not found.waits


def test_a_page_that_fails_is_an_error_of_the_visit(server: Server) -> None:
    async def ask_for_what_is_not_there(visitor: Visitor, _number: float) -> None:
        await visitor.pick("nothing", {})

    found = crowd(server, [Visit("/losses", [ask_for_what_is_not_there])], visitors=1, seconds=1, think=0.1)
    assert "no 'nothing'" in found.errors[0]


def test_a_page_that_says_what_is_not_possible_is_an_error_of_the_visit(server: Server) -> None:
    too_large = "/convolution?slide_kernel=box&slide_rows=11&slide_cols=11&slide_size=8"
    found = crowd(server, [Visit(too_large, [])], visitors=1, seconds=0)
    assert "Not possible" in found.errors[0]


def test_only_this_machine_is_asked() -> None:
    for address in ("http://school.example:8501", "http://10.0.0.1:8501", "http://[::2]:8501"):
        with pytest.raises(ValueError, match="this machine only"):
            Visitor(address, "/pooling")


def test_what_is_asked_for_is_ones_own() -> None:
    asked = {own(who, turn) for who in range(100) for turn in range(50)}
    assert len(asked) == 5000


def test_another_number_or_another_shape_is_anothers() -> None:
    same([1.0, 2.0], [1.0, 2.0 + 1e-7])
    for found in ([1.0, 2.001], [1.0], [[1.0, 2.0]]):
        with pytest.raises(Crossed):
            same(found, [1.0, 2.0])
    with pytest.raises(Crossed):
        equal("Filter 3 of conv1_1", "Filter 4 of conv1_1")


def test_every_page_has_a_visit() -> None:
    assert set(VISITS) == {f"/{exhibit.path}" for exhibit in CATALOG}


def test_a_server_that_is_gone_is_an_error_not_a_wait(server: Server) -> None:
    found = crowd(Server("http://127.0.0.1:9", server.pid), [VISITS["/losses"]], visitors=2, seconds=1)
    assert len(found.errors) == 2
    assert found.waits == []
