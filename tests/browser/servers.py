"""Servers of this machine for tests that need a real one."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def streamlit_server(*script: str, log: Path, patience: float = 60.0) -> Iterator[str]:
    """Run `streamlit <script>` and yield its address once it answers; its output goes to `log`."""
    port = free_port()
    options = ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    with process([sys.executable, "-m", "streamlit", *script, *options], log):
        address = f"http://localhost:{port}"
        wait_until_healthy(address, patience, log)
        yield address


@contextmanager
def process(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the project's folder and end it with the block."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        try:
            yield child
        finally:
            child.terminate()
            child.wait(timeout=40)  # it may be in the midst of its imports


def wait_until_healthy(address: str, patience: float, log: Path) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer in {patience:.0f} s:\n{log.read_text()}")
