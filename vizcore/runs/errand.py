"""A run that works on a cluster, from where the server is: its folder follows, its orders are passed on.

It holds the lock of the run's process, as a worker on this computer would, so nobody has to know where a run
works. Where its computer is lost, another one goes on from the last checkpoint.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Protocol

from vizcore.runs import ends, orders, presence, processes, record, slots, states
from vizcore.runs.mirror import Copy, News
from vizcore.runs.orders import Order, Orders
from vizcore.toolkit.errors import InputError

BETWEEN_ORDERS = 0.05  # s
BETWEEN_LOOKS = 20  # so many times that, after servers that are still there
PATIENCE = 3.0  # s after which a run that waits for room on the cluster says so
LOSSES = 3  # computers that a run may lose without getting any further
REMOVED = (FileNotFoundError, InputError)  # what comes of reading a run that is gone

log = logging.getLogger("convoscope.runs")


class LostError(Exception):
    """The process on the cluster is gone."""


class Hand(Protocol):
    """A `Runner` on some computer of the cluster."""

    def news(self) -> Iterator[News]:
        """What changes in its folder, until its work is over. LostError: its process is gone."""
        ...

    def late(self) -> bool:
        """Once it is over: whether it was told to go on when it was too late to be heard."""
        ...

    def take(self, order: Order) -> None:
        """Pass an order on, if it is still there."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


# The id of a run, the files that it begins with, and its first orders -> who does the work.
Hire = Callable[[str, dict[str, bytes], Sequence[Order]], Hand]


class Errand:
    """One run on the cluster."""

    def __init__(self, folder: Path, hire: Hire) -> None:
        self._folder = folder
        self._hire = hire
        self._copy = Copy(folder)
        self._orders = Orders(folder)
        self._lock = threading.Lock()  # of all below, and of the record
        self._hand: Hand | None = None
        self._silent_until = float("inf")  # s, when it has waited for room too long to say nothing
        self._notice = ""  # about a computer that was lost
        self._over = threading.Event()

    def run(self) -> None:
        """See the run through to its end; nothing where it has a process."""
        process = processes.enter(self._folder, processes.ELSEWHERE)
        if process is None:
            return
        attendant = threading.Thread(target=self._attend, daemon=True)
        attendant.start()
        late = False
        try:
            late = self._work()
        except LostError as error:  # the lock goes, and with it the run counts as lost
            if not processes.condemned(self._folder):
                log.warning("a run is lost: %s", error)
        except REMOVED:
            pass
        finally:
            self._over.set()
            attendant.join()
            self._leave(process, late=late)

    def _work(self) -> bool:
        """Let the work be done; by another process where one is lost, unless that happens again and again.

        Returns:
            Whether it was told to go on when it was too late to be heard.

        Raises:
            LostError: nobody does it any more.
        """
        losses, reached = 0, -1
        while True:
            try:
                return self._follow(self._begin([orders.GO] if losses else []))
            except LostError as error:
                if processes.condemned(self._folder):
                    raise
                found, step = record.read(self._folder), max(states.steps(self._folder), default=0)
                losses, reached = losses + 1 if step == reached else 1, step
                if found.state == "paused" or losses > LOSSES:
                    raise
                log.warning("a computer is lost: %s", error)
                self._regret(found.step, step)

    def _begin(self, first: Sequence[Order]) -> Hand:
        """Somebody who does the work from its last checkpoint, with these orders and those that are there."""
        with self._lock:
            first = [*first, *self._orders.new()]
            self._silent_until = time.monotonic() + PATIENCE
            self._hand = self._hire(self._folder.name, self._copy.files(), first)
            return self._hand

    def _follow(self, hand: Hand) -> bool:
        """Write down what happens, to the end of the work; what `_work` returns."""
        for news in hand.news():
            with self._lock:
                self._silent_until = float("inf")
                if not processes.condemned(self._folder):
                    self._copy.take(news, self._notice)
        with self._lock:
            self._hand = None  # orders from now on are for `_leave`
        return hand.late()

    def _regret(self, lost: int, kept: int) -> None:
        """Say that a computer was lost at a step, and that another one goes on from the one that is kept."""
        was = f"A computer of the cluster was lost at step {lost:,}"
        self._notice = f"{was}; the run went on from step {kept:,}."
        with self._lock:
            self._hand = None
            record.amend(self._folder, state="starting", notice=self._notice)

    def _attend(self) -> None:
        """Pass orders on, as long as the work goes on."""
        company = presence.Company(self._folder.parents[1])
        for turn in count():
            if self._over.wait(BETWEEN_ORDERS):
                return
            with suppress(*REMOVED), self._lock:
                if self._hand is None:
                    continue
                if processes.condemned(self._folder):
                    self._hand.kill()
                    continue
                for order in self._orders.new():
                    self._hand.take(order)
                if turn % BETWEEN_LOOKS == 0 and company.missed():
                    self._hand.take(orders.SLEEP)
                if time.monotonic() > self._silent_until:
                    self._silent_until = float("inf")
                    notice = f"{self._notice} {ends.CROWDED}".strip()
                    record.amend(self._folder, state="starting", notice=notice)

    def _leave(self, process: int, *, late: bool) -> None:
        """Let go of the run. Whoever told it to go on too late to be heard gets another process."""
        with suppress(*REMOVED):
            try:
                with slots.alone():
                    late |= any(order["do"] in orders.ONWARDS for order in self._orders.new())
            finally:
                os.close(process)
            finished = record.read(self._folder).state == "finished"
            if late and not finished and not processes.condemned(self._folder):
                slots.ask(self._folder.name, orders.GO)
