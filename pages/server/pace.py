"""How fast one websocket may speak: a flood is slowed down, and closed when it does not end."""

import asyncio
import time
from collections.abc import Callable

from starlette.types import Message, Receive, Send

from pages.server import events

PENT_UP = 0.001  # s; a message that is there sooner had been waiting behind the one before
ANSWERED = 2  # messages that were not waited for are forgiven for one that was; a flood arrives in heaps
LONGEST = 10.0  # s of flood before the connection is closed
REASON = "too many messages; reload the page"


class Bucket:
    """Tokens that come back at a steady rate, up to so many. Each message takes one.

    Args:
        rate: tokens a second.
        burst: how many there can be.
        clock: the time in s.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._tokens, self._at = burst, clock()

    def take(self) -> float:
        """Take a token; seconds until it is there."""
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate) - 1
        self._at = now
        return max(0.0, -self._tokens / self.rate)


def paced(receive: Receive, send: Send, bucket: Bucket) -> tuple[Receive, Send]:
    """The two ends of a websocket, with a bound on what comes in.

    Whoever waits for an answer before the next message is only slowed down, however long that lasts; a page
    that draws thirty times a second does so. Whoever does not wait is cut off after LONGEST.
    """
    behind, most, closed = 0, LONGEST * bucket.rate, False

    async def receive_in_time() -> Message:
        nonlocal behind, closed
        asked = time.monotonic()
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        pent_up, wait = time.monotonic() - asked < PENT_UP, bucket.take()
        behind = max(0, behind + (1 if wait and pent_up else -ANSWERED))
        if behind > most:
            closed = True
            events.log("socket closed", reason="flood")
            await send({"type": "websocket.close", "code": 1008, "reason": REASON})
            return {"type": "websocket.disconnect", "code": 1008, "reason": REASON}
        await asyncio.sleep(wait)
        return message

    async def send_unless_closed(message: Message) -> None:
        if not closed:
            await send(message)

    return receive_in_time, send_unless_closed
