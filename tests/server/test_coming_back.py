"""Whoever comes back to a run, or comes to it by its link, sees it at once, and it is the same run."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.bench.load.protocol import Visitor
from tests.runs.rehearsing import until, until_step
from tests.server.every_view import prepared
from vizcore import runs

LONG = "/live-training?view=pictures&t_epochs=200"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prepared("", tmp_path_factory.mktemp("again") / "log.txt") as address:
        yield address


async def seen(server: str, link: str) -> tuple[str, int, float]:
    """The run that a visitor sees under a link, at which step, and after how many s; the tab is closed."""
    begin = time.monotonic()
    async with Visitor(server, link) as visitor:
        address = visitor.message("training.run").header["url"]
        answer = await visitor.ask(address, {"since": 0})
        return visitor.settings["run"], answer.header["status"]["step"], time.monotonic() - begin


def test_after_a_refresh_and_in_other_tabs_the_run_is_there_and_has_one_process(server: str) -> None:
    run, _, _ = asyncio.run(seen(server, LONG))
    until_step(run, 5)
    for _ in range(5):
        again, step, took = asyncio.run(seen(server, f"{LONG}&run={run}"))
        assert again == run
        assert step >= 5
        assert took <= 2
    status = runs.status(run)
    assert (status.state, status.lives) == ("running", 1)
    numbers = [line["report"] for line in runs.history(run)[0]]
    assert numbers == sorted(set(numbers))
    runs.stop(run)
    until(lambda: runs.status(run).over)
