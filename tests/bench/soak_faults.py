"""`make soak`: what links, clients and networks can do to a server, at length."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.bench.load.measure import Server, alone
from tests.bench.load.visits import VISITS
from tests.browser import chromium
from tests.browser.cable import cable
from tests.browser.outage import back_after
from tests.browser.servers import free_port, process, wait_until_healthy
from tests.runs.rehearsing import pid, rehearse, until
from tests.server import rude
from tests.server.every_view import EVERY, prepared
from tests.server.hostile import SPY, Known, mixed, opened, settings_of
from tests.server.rude import BYTES, Rude, cut_off, frame
from vizcore import runs

Figure = Callable[[str, float, str], None]


@pytest.fixture(scope="module")
def spied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Known]]:
    """A server, and the settings that each view asks for."""
    log = tmp_path_factory.mktemp("hostile") / "log.txt"
    with prepared(SPY, log, run_slots=0) as address:
        yield address, settings_of(address, log)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


@pytest.mark.parametrize("link", EVERY)
def bench_every_hostile_value_at_every_setting(spied: tuple[str, Known], figure: Figure, link: str) -> None:
    """Each link has a hostile value at each setting; settings that do not go together may be called so."""
    address, known = spied
    links = list(mixed(link, known[link], step=1))
    wrong = opened(address, links, impossible=True)
    figure(f"{link}: pages that fail, of {len(links)} hostile links", len(wrong), "0")
    assert wrong == {}


def bench_every_malformed_state(server: Server, figure: Figure) -> None:
    async def act() -> int:
        async with Rude(server.address, rude.LINK) as visitor:
            states = rude.malformed(visitor)
            for state in states:
                await visitor.say(state)
                await asyncio.sleep(0.05)
            return visitor.exceptions

    assert asyncio.run(act()) == 0
    waits = alone(server, VISITS["/losses"], 20)
    figure("a click after all malformed states: p95 in s", waits.wait(95), "at most 0.5")
    assert (waits.errors, waits.crossed) == ([], [])


def bench_who_floods_and_never_reads(server: Server, figure: Figure) -> None:
    def sent() -> Iterator[bytes]:
        end = time.monotonic() + 90
        for turn in range(10**9):
            if time.monotonic() > end:
                return
            yield frame(BYTES, rude.rerun(f"/feature-maps?layer=relu{turn % 3 + 1}_1&channel={turn % 16}"))
            time.sleep(0.05)

    alone(server, VISITS["/feature-maps"], 20)
    before, begin = server.memory(), time.monotonic()
    with rude.opened(server.address, room=4096) as connection:
        assert cut_off(connection, sent())
    figure("who never reads is let go after s", time.monotonic() - begin, "at most 40")
    figure("memory for who never reads in MB", server.memory() - before, "at most 100")
    assert time.monotonic() - begin <= 40
    assert server.memory() - before <= 100


@pytest.mark.parametrize("cut", [True, False], ids=["cut", "silent"])
@pytest.mark.parametrize("seconds", [20, 60])
def bench_an_outage(
    browser: Browser, server: Server, figure: Figure, tmp_path: Path, seconds: float, cut: bool
) -> None:
    with cable(urlsplit(server.address).port or 80) as line:
        took = back_after(browser, line, tmp_path, seconds, cut=cut)
    figure(f"back after {seconds} s without a network ({'cut' if cut else 'silent'}) in s", took, "at most 5")
    assert took <= 5


def bench_a_page_that_outlives_its_server(
    browser: Browser, figure: Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVOSCOPE_PORT", str(port := free_port()))
    address, log = f"http://localhost:{port}", tmp_path / "log.txt"
    command, page = [sys.executable, "-m", "pages.server.serve"], browser.new_page()
    with process(command, log):
        wait_until_healthy(address, 60, log)
        page.goto(f"{address}/losses?view=softmax")
        page.wait_for_selector("text=What to notice", timeout=60_000)
    with process(command, log):
        wait_until_healthy(address, 60, log)
        begin = time.monotonic()
        page.wait_for_selector("text=The server was started again", timeout=60_000)
        took = time.monotonic() - begin
        page.wait_for_selector("text=What to notice", timeout=60_000)
        page.close()
    figure("a page says that its server was started again, after s", took, "at most 5")
    assert took <= 5


def bench_a_process_that_hangs(figure: Figure) -> None:
    run = rehearse(steps=100_000)
    os.kill(pid(run), signal.SIGSTOP)
    took = until(lambda: "has not answered for" in runs.status(run).sentence)
    runs.remove(run)
    figure("a run that hangs is called so after s", took, "at most 20")
    assert took <= 20
