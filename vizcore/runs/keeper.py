"""What looks after the runs while a server is there: a thread that makes its rounds."""

import logging
import subprocess
import threading
from pathlib import Path

from vizcore.runs import children, presence, slots
from vizcore.runs.cluster import cluster
from vizcore.runs.rounds import Rounds

BETWEEN_TURNS = 0.25  # s
TURNS = 4  # from one round to the next

log = logging.getLogger("convoscope.runs")


class Keeper:
    """The thread, and the nursery that workers of this computer come from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._nursery: subprocess.Popen[bytes] | None = None
        self._nursery_warm = threading.Event()
        self._over = threading.Event()

    def start(self) -> None:
        """Look after the runs, and warm a nursery, from now on; both go with this process."""
        with self._lock:
            presence.announce()
            if self._thread is None:
                self._over.clear()
                self._thread = threading.Thread(target=self._look_after, name="runs", daemon=True)
                self._thread.start()
            self._warm()
        cluster.start()

    def close(self) -> None:
        """No longer look after the runs. Those at work go on until they notice that they are alone."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            if self._nursery is not None:
                children.end(self._nursery)
            self._thread = self._nursery = None
        cluster.close()
        presence.leave()

    def warm(self) -> bool:
        """Whether a run that is started now begins at once."""
        return self._nursery_warm.is_set()

    def launch(self, folder: Path) -> None:
        """Give a process to the run in a folder, on the cluster if there is one."""
        if cluster.launch(folder):
            return
        with self._lock:
            try:
                children.tell(self._warm(), folder)
            except BrokenPipeError:  # it has just died
                children.tell(self._warm(), folder)

    def _warm(self) -> subprocess.Popen[bytes]:
        """The nursery, a new one where the last has died."""
        if self._nursery is not None and self._nursery.poll() is not None:
            children.end(self._nursery)
            self._nursery = None
        if self._nursery is None:
            self._nursery_warm.clear()
            self._nursery = children.launch("nursery")
            threading.Thread(target=self._await_warmth, args=(self._nursery,), daemon=True).start()
        return self._nursery

    def _await_warmth(self, process: subprocess.Popen[bytes]) -> None:
        if children.heard(process):
            self._nursery_warm.set()

    def _look_after(self) -> None:
        rounds, turn = Rounds(), 0
        while not self._over.wait(BETWEEN_TURNS):
            turn += 1
            try:
                slots.turn(self.launch)
                if turn % TURNS == 0:
                    self.start()  # whatever of it is missing by now
                    rounds.make()
            except Exception:  # the next round may go well again
                log.exception("a round of the runs failed")


keeper = Keeper()
