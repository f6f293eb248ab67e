"""What a run pays for working on a cluster (one node on this computer) rather than beside the server."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.runs.nodes import cluster
from vizcore import runs
from vizcore.runs import cluster as known
from vizcore.runs.keeper import keeper

Figure = Callable[[str, float, str], None]
TRAINING = {"function": "live_training.train", "settings": {"epochs": 40, "device": "cpu"}}
MEASURED = 4.0  # s


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CONVOSCOPE_RUNS", str(tmp_path / "runs"))
    yield
    keeper.close()


@contextmanager
def one_node() -> Iterator[None]:
    """A cluster that this process has joined."""
    with cluster() as nodes, pytest.MonkeyPatch.context() as patch:
        nodes.start(cpus=2)
        patch.setenv("CONVOSCOPE_RAY_ADDRESS", nodes.address)
        patch.setenv("RAY_AUTH_TOKEN", nodes.token)
        keeper.start()
        while not known.cluster.slots:
            time.sleep(0.1)
        yield
        patch.delenv("CONVOSCOPE_RAY_ADDRESS")
        known.cluster.close()


def first_report() -> float:
    """s from the start of a training to its first report; its process imports PyTorch."""
    begin = time.perf_counter()
    run = runs.start(**TRAINING)
    while runs.newest(run) is None:
        time.sleep(0.01)
    passed = time.perf_counter() - begin
    runs.remove(run)
    return passed


def pace() -> float:
    """Steps a second of a training, as somebody sees it who watches."""
    run = runs.start(**TRAINING)
    while runs.status(run, watching=True).step < 50:
        time.sleep(0.05)
    begin, first = time.perf_counter(), runs.status(run).step
    time.sleep(MEASURED)
    found = (runs.status(run).step - first) / (time.perf_counter() - begin)
    runs.remove(run)
    return found


def bench_a_training_on_a_cluster(figure: Figure) -> None:
    here = statistics.median(pace() for _ in range(3))
    with one_node():
        figure("s to the first report on a cluster", min(first_report() for _ in range(3)), "5 at most")
        there = statistics.median(pace() for _ in range(3))
    figure("steps a second on a cluster, to those beside the server", there / here, "0.9 or more")
