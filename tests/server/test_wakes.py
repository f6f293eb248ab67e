"""An event loop that is woken once for many calls hears of every one of them."""

import asyncio
import socket
import threading
import time

from pages.server import wakes

CALLS = 3000  # of each thread


async def heard(threads: int) -> int:
    """How many calls of so many threads an event loop takes that has nothing else to do."""
    loop, over, count = asyncio.get_running_loop(), asyncio.Event(), 0

    def hear() -> None:
        nonlocal count
        count += 1
        if count == threads * CALLS:
            over.set()

    def call() -> None:
        for at in range(CALLS):
            loop.call_soon_threadsafe(hear)
            if at % 7 == 0:
                time.sleep(0)

    for _ in range(threads):
        threading.Thread(target=call).start()
    await asyncio.wait_for(over.wait(), 60)
    return count


async def waiting(calls: int) -> int:
    """Bytes that so many calls have written to wake a loop up, which is busy meanwhile."""
    loop = asyncio.get_running_loop()
    for _ in range(calls):
        loop.call_soon_threadsafe(lambda: None)
    return len(loop._ssock.recv(4096, socket.MSG_PEEK))  # type: ignore[attr-defined]


def test_no_call_from_another_thread_is_lost() -> None:
    wakes.install()
    assert asyncio.run(heard(4)) == 4 * CALLS


def test_many_calls_wake_the_loop_once() -> None:
    wakes.install()
    assert asyncio.run(waiting(100)) == 1


def test_a_loop_that_sleeps_is_woken_again_and_again() -> None:
    async def asked() -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            for _ in range(100):
                answer = asyncio.Event()
                threading.Timer(0.001, loop.call_soon_threadsafe, [answer.set]).start()
                await answer.wait()

    wakes.install()
    wakes.install()
    asyncio.run(asked())
