"""A run in a process of a cluster: it works in a folder of its own there, and tells what changes in it.

The class knows nothing of the cluster; `courier` makes an actor of it.
"""

import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from vizcore.runs import folder as folders
from vizcore.runs import log, orders, presence, processes, slots
from vizcore.runs.mirror import News, Source
from vizcore.runs.orders import Order
from vizcore.runs.worker import Worker, yield_to_others

BETWEEN_NEWS = 0.1  # s
BEGINNING = 60.0  # s in which a folder may lie there without a process, which has only just begun


class Runner:
    """One run, from the files that it begins with to its end."""

    def __init__(self, run: str, files: dict[str, bytes], first: Sequence[Order]) -> None:
        """Lay out a folder for the run.

        Args:
            run: its id.
            files: what lies in the folder, by name.
            first: the orders that it begins with.
        """
        home = Path(tempfile.gettempdir()) / f"convoscope-node-{os.getuid()}"
        home.mkdir(mode=0o700, exist_ok=True)
        _sweep(home)
        os.environ["CONVOSCOPE_RUNS"] = str(home / secrets.token_hex(8))  # a server of its own, of one run
        presence.announce()
        self._folder = folders.root() / "runs" / run
        self._folder.mkdir(mode=0o700)
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        orders.begin(self._folder, first[0])
        for order in first[1:]:
            orders.give(self._folder, order)
        process = processes.enter(self._folder)
        assert process is not None
        self._worker = Worker(self._folder, process)
        self._source = Source(self._folder)
        self._over = threading.Event()
        self._late = False

    def work(self) -> None:
        """Do the work."""
        try:
            log.take_over(self._folder)
            yield_to_others()
            self._worker.run()
        finally:
            self._late = slots.withdraw(self._folder.name)
            self._over.set()

    def follow(self) -> Iterator[News]:
        """What changes in the folder, until the work is over; then the folder is gone."""
        over = False
        while not over:
            over = self._over.is_set()  # first: what is found then is all
            if news := self._source.news():
                yield news
            if not over:
                self._over.wait(BETWEEN_NEWS)
        shutil.rmtree(folders.root(), ignore_errors=True)

    def take(self, order: Order) -> None:
        """Give an order to the work."""
        if self._over.is_set():
            self._late |= order["do"] in orders.ONWARDS
        else:
            orders.give(self._folder, order)

    def late(self) -> bool:
        """Once it is over: whether it was told to go on when it was too late to be heard."""
        return self._late


def _sweep(home: Path) -> None:
    """Remove what is left of runs whose process was killed on this computer."""
    for root in home.iterdir():
        with suppress(FileNotFoundError):  # another one sweeps, too
            old = time.time() - root.stat().st_mtime > BEGINNING
            if old and not presence.anybody(root):
                shutil.rmtree(root, ignore_errors=True)
