"""Many visitors at once on a server of their own: how long they wait, what it costs, and what goes wrong."""

import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from websockets.exceptions import WebSocketException

from tests.bench.load.protocol import PATIENCE, Failed, Visitor
from tests.bench.load.visits import Crossed, Visit, own
from tests.browser.servers import free_port, process, wait_until_healthy

TICKS = os.sysconf("SC_CLK_TCK")  # a second, of the processor times in /proc
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024
MISSED = (Failed, OSError, TimeoutError, WebSocketException)
_PAUSE = 0.06  # s between moves of one who never thinks: a server may refuse more than 20 messages a second


@dataclass(frozen=True)
class Server:
    """A server of this machine, in a process of its own."""

    address: str
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time that its process has taken; runs have processes of their own."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """MB that its process holds (resident set)."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE_KB / 1024


Heavy = Callable[[Server], AsyncIterator[object]]  # one item for each thing that was done


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Server]:
    """The app on a free port of this machine, with its runs and its log in `folder`, as long as the block.

    Args:
        folder: an empty one.
        settings: of the server, by the names behind CONVOSCOPE_.
    """
    log, address = folder / "server.log", f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    given = {"RUNS": folder / "runs", **settings}
    environment = [f"CONVOSCOPE_{name}={value}" for name, value in given.items()]
    with process(["env", *environment, *command, *options], log) as child:
        wait_until_healthy(address, PATIENCE, log)
        yield Server(address, child.pid)


@dataclass
class Measured:
    """What a crowd met."""

    visitors: int
    opened: list[float] = field(default_factory=list)  # s until each page stood there
    waits: list[float] = field(default_factory=list)  # s, one for each interaction
    errors: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)  # what one got that was not one's own
    cpu: float = 0.0  # s of the server during the interactions
    grown: float = 0.0  # MB, with what the visits themselves take where several came
    beside: int = 0  # how much was done by the one who does heavy work

    def wait(self, percent: float) -> float:
        """Seconds that so many percent of the interactions took at most; infinite where there was none."""
        return float(np.percentile(self.waits, percent)) if self.waits else float("inf")

    def opening(self, percent: float) -> float:
        """The same of the opening of pages."""
        return float(np.percentile(self.opened, percent)) if self.opened else float("inf")

    @property
    def cost(self) -> float:
        """Milliseconds of the server's processor for one interaction."""
        return 1000 * self.cpu / max(1, len(self.waits))

    def __str__(self) -> str:
        load = "/".join(f"{value:.0f}" for value in os.getloadavg()[:2])
        return (
            f"{self.visitors} visitors, {len(self.waits)} interactions: p50 {1000 * self.wait(50):.0f} ms, "
            f"p95 {1000 * self.wait(95):.0f} ms, p99 {1000 * self.wait(99):.0f} ms; "
            f"opening p95 {self.opening(95):.1f} s; {len(self.errors)} errors, "
            f"{len(self.crossed)} crossed; {self.cost:.1f} ms CPU each, {self.grown:+.0f} MB "
            f"(load {load} on {os.cpu_count()} cores)"
        )


def crowd(
    server: Server,
    visits: Sequence[Visit],
    *,
    visitors: int,
    seconds: float,
    think: float = 4.0,
    beside: Heavy | None = None,
) -> Measured:
    """Let visitors open pages, all at once and each the next of `visits`, and use them for a time.

    Args:
        server: that they ask.
        visits: what they do.
        visitors: how many there are.
        seconds: how long they go on once all pages are open.
        think: s from an answer to the next move, on average.
        beside: what one more does meanwhile, again and again.
    """
    theirs = [visits[who % len(visits)] for who in range(visitors)]
    return asyncio.run(_crowd(server, theirs, seconds, think, beside))


def class_of(visitors: int, server: Server, visits: Sequence[Visit], **how: Any) -> Measured:
    """A `crowd` that comes once all is imported and computed that is so only once.

    Raises:
        AssertionError: somebody did not get what they asked for.
    """
    for visit in visits:
        alone(server, visit, 2 * len(visit.moves))
    found = crowd(server, visits, visitors=visitors, **how)
    print(found)
    assert (found.errors, found.crossed) == ([], [])
    return found


def alone(server: Server, visit: Visit, interactions: int) -> Measured:
    """One visitor who never thinks."""
    return asyncio.run(_alone(server, visit, interactions))


def come_and_go(server: Server, visits: Sequence[Visit], times: int, at_once: int = 10) -> list[str]:
    """Visits of one move each, a few at a time, that close their page.

    Returns:
        What went wrong.
    """
    found = Measured(at_once)
    queue = iter(range(times))

    async def one_after_another() -> None:
        for turn in queue:
            visit = visits[turn % len(visits)]
            async with AsyncExitStack() as stack:
                if visitor := await _open(server, visit, stack, found):
                    await _move(visitor, visit, turn, turn, found)

    async def all_of_them() -> None:
        await asyncio.gather(*(one_after_another() for _ in range(at_once)))

    asyncio.run(all_of_them())
    return found.errors + found.crossed


async def _crowd(
    server: Server, visits: Sequence[Visit], seconds: float, think: float, beside: Heavy | None
) -> Measured:
    found = Measured(len(visits))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(len(visits)))
    memory = server.memory()
    async with AsyncExitStack() as stack:
        if beside:
            await stack.enter_async_context(_going(beside(server), found))
        opened = await asyncio.gather(*(_open(server, visit, stack, found) for visit in visits))
        cpu = server.cpu()
        end = time.monotonic() + seconds
        await asyncio.gather(
            *(
                _use(visitor, visit, who, found, end, think)
                for who, (visitor, visit) in enumerate(zip(opened, visits, strict=True))
                if visitor
            )
        )
        found.cpu, found.grown = server.cpu() - cpu, server.memory() - memory
    return found


async def _alone(server: Server, visit: Visit, interactions: int) -> Measured:
    found = Measured(1)
    async with AsyncExitStack() as stack:
        visitor = await _open(server, visit, stack, found)
        cpu, memory = server.cpu(), server.memory()
        for turn in range(interactions if visitor else 0):
            await asyncio.sleep(_PAUSE)
            await _move(visitor, visit, 0, turn, found)
        found.cpu, found.grown = server.cpu() - cpu, server.memory() - memory
    return found


@asynccontextmanager
async def _going(work: AsyncIterator[object], found: Measured) -> AsyncIterator[None]:
    """Let somebody do heavy work as long as the block, once it has begun; that it fails is an error."""
    await anext(work)

    async def go_on() -> None:
        async for _ in work:
            found.beside += 1

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        if task.done():
            found.errors.append(f"the heavy work ended: {task.exception()!r}")
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def _open(server: Server, visit: Visit, stack: AsyncExitStack, found: Measured) -> Visitor | None:
    """A visitor whose page stands there; None where it does not come."""
    begin = time.perf_counter()
    try:
        visitor = await stack.enter_async_context(Visitor(server.address, visit.link))
    except MISSED as error:
        found.errors.append(f"opening {visit.link}: {error!r}")
        return None
    found.opened.append(time.perf_counter() - begin)
    return visitor


async def _use(visitor: Visitor, visit: Visit, who: int, found: Measured, end: float, think: float) -> None:
    """Think and move until the end."""
    chance = random.Random(who)
    for turn in count():
        thought = chance.uniform(0, 2 * think)
        if time.monotonic() + thought > end:
            return
        await asyncio.sleep(thought)
        await _move(visitor, visit, who, turn, found)


async def _move(visitor: Visitor, visit: Visit, who: int, turn: int, found: Measured) -> None:
    """One interaction, and what came of it."""
    move = visit.moves[turn % len(visit.moves)]
    begin = time.perf_counter()
    try:
        await move(visitor, own(who, turn))
    except Crossed as error:
        found.crossed.append(f"{move.__name__}: {error}")
    except MISSED as error:
        found.errors.append(f"{move.__name__}: {error!r}")
    else:
        found.waits.append(time.perf_counter() - begin)
