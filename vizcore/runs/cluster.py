"""The Ray cluster that runs work on, where CONVOSCOPE_RAY_ADDRESS names its head as host:port.

As long as there is no cluster, runs work on this computer and say why. Ray itself is the business of a
process of its own, the courier.
"""

import json
import logging
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

from vizcore.runs import children

ADDRESS = "CONVOSCOPE_RAY_ADDRESS"
ANSWER = 1.0  # s that the head has to answer
RETRY = 10.0  # s from one attempt to the next
PATIENCE = 4.0  # s that runs wait while it is just being joined
JOINING, LOST = "the cluster is just being joined", "the cluster is lost"
NO_HEAD = "what answers at its address is no cluster"

log = logging.getLogger("convoscope.runs")


class Cluster:
    """What this process knows of the cluster."""

    def __init__(self) -> None:
        self.slots = 0  # runs that it has room for; 0 while there is none
        self.reason = ""  # why there is none though there should be
        self._lock = threading.Lock()
        self._courier: subprocess.Popen[bytes] | None = None
        self._visit: threading.Thread | None = None  # the attempt to be there
        self._due = 0.0  # s, when the next attempt is
        self._begun = 0.0  # s, when the last one was

    @property
    def settling(self) -> bool:
        """Whether it will show in a moment where runs work."""
        return self.reason == JOINING and time.monotonic() - self._begun < PATIENCE

    def start(self) -> None:
        """Look for the cluster that is named, unless it is here already or has just not been there."""
        address = os.environ.get(ADDRESS, "")
        with self._lock:
            if address and self._visit is None and time.monotonic() >= self._due:
                self._begun = time.monotonic()
                self._visit = threading.Thread(target=self._join, args=(address,), daemon=True)
                self._visit.start()

    def launch(self, folder: Path) -> bool:
        """Let the run in a folder work there. Returns: whether there is a cluster."""
        with self._lock:
            if not self.slots or self._courier is None:
                return False
            try:
                children.tell(self._courier, folder)
            except (BrokenPipeError, ValueError):  # it has just died
                return False
            return True

    def close(self) -> None:
        """Leave the cluster. Runs that work there go on until they notice that they are alone."""
        with self._lock:
            if self._courier is not None and self._courier.stdin is not None:
                self._courier.stdin.close()
            self._courier = self._visit = None
            self.slots, self.reason, self._due = 0, "", 0.0

    def _join(self, address: str) -> None:
        """Be there as long as the cluster is."""
        if reason := unreachable(address):
            self._stand(0, reason)
        else:
            self._accompany()
        with self._lock:
            if self._visit is threading.current_thread():
                self._visit = self._courier = None
                self._due = time.monotonic() + RETRY

    def _accompany(self) -> None:
        """Listen to a courier until it ends."""
        self._stand(0, JOINING)
        courier, reason = children.launch("courier"), NO_HEAD
        with self._lock:
            if self._visit is threading.current_thread():
                self._courier = courier
        while line := children.heard(courier):
            said = json.loads(line)
            reason = said.get("reason", LOST)
            self._stand(said.get("slots", 0), said.get("reason", ""))
        self._stand(0, reason)
        children.end(courier)

    def _stand(self, slots: int, reason: str) -> None:
        """Know how the cluster stands, unless it has been left meanwhile."""
        with self._lock:
            if self._visit is not threading.current_thread() or (slots, reason) == (self.slots, self.reason):
                return
            self.slots, self.reason = slots, reason
        log.info("cluster", extra={"facts": {"slots": slots, "reason": reason}})


def unreachable(address: str) -> str:
    """Why nobody answers at host:port; empty where somebody does. Ray would try for a minute."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER).close()
    except ValueError:
        return f"{ADDRESS} of the server is not host:port"
    except (OSError, OverflowError):
        return "the cluster does not answer"
    return ""


cluster = Cluster()
