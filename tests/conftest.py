"""Every test runs on one CPU thread, may not leave this machine, and keeps its runs for itself."""

import os
import socket
from collections.abc import Iterator

import pytest
import torch

from tests.runs.rehearsing import leave_no_run
from vizcore.runs.keeper import keeper


@pytest.fixture(autouse=True, scope="session")
def own_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep runs in a folder of this test run, and end what looks after them with it."""
    os.environ["CONVOSCOPE_RUNS"] = str(tmp_path_factory.mktemp("runs"))
    yield
    keeper.close()
    del os.environ["CONVOSCOPE_RUNS"]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that connects to anything but this machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("localhost", "127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture
def no_run_stays() -> Iterator[None]:
    """Leave the places of all runs to those of the next test."""
    yield
    leave_no_run()
