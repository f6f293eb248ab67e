"""A Ray cluster of several nodes on this computer, which ends with the block."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RAY = Path(sys.executable).with_name("ray")
MEMORY = 80 * 10**6  # bytes of a node, for what is sent; the least that Ray takes


class Nodes:
    """The nodes of a cluster, and the token that one needs to join it."""

    def __init__(self, folder: Path) -> None:
        self.token = secrets.token_hex(16)
        self._folder = folder
        self._nodes: list[subprocess.Popen[bytes]] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"127.0.0.1:{free.getsockname()[1]}"

    def start(self, *, cpus: int, gpus: int = 0) -> None:
        """Add a node; the first one is the head."""
        place = [f"--address={self.address}"]
        if not self._nodes:
            port = self.address.rpartition(":")[2]
            place = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={self._folder}"]
        room = [f"--num-cpus={cpus}", f"--num-gpus={gpus}", f"--object-store-memory={MEMORY}"]
        known = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token, "RAY_USAGE_STATS_ENABLED": "0"}
        with (self._folder / "nodes.log").open("ab") as log:
            node = subprocess.Popen(
                [RAY, "start", "--block", *place, *room],
                env={**os.environ, **known},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._nodes.append(node)
        if len(self._nodes) == 1:
            self._await_head()

    def kill(self) -> None:
        """End the newest node at once, with all that works there."""
        node = self._nodes.pop()
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()

    def end(self) -> None:
        while self._nodes:
            self.kill()

    def _await_head(self) -> None:
        host, _, port = self.address.partition(":")
        deadline = time.monotonic() + 60
        while True:
            try:
                return socket.create_connection((host, int(port)), 1).close()
            except OSError:
                assert time.monotonic() < deadline, (self._folder / "nodes.log").read_text()
                time.sleep(0.05)


@contextmanager
def cluster() -> Iterator[Nodes]:
    """A cluster that has no nodes yet."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))  # a short path: it has sockets in it
    nodes = Nodes(folder)
    try:
        yield nodes
    finally:
        nodes.end()
        shutil.rmtree(folder, ignore_errors=True)
