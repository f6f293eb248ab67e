"""How soon a run makes its first report, and what it loses to the same loop without a run around it."""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vizcore import runs
from vizcore.runs import rehearsal
from vizcore.runs.keeper import keeper


@pytest.fixture(autouse=True)
def warm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own, and a nursery that has imported everything."""
    monkeypatch.setenv("CONVOSCOPE_RUNS", str(tmp_path / "runs"))
    first_report()
    yield
    keeper.close()


def first_report() -> float:
    """ms from the start of a run to its first report."""
    begin = time.perf_counter()
    run = runs.start("activation_functions.dying", {})
    while runs.newest(run) is None:
        time.sleep(0.001)
    passed = 1000 * (time.perf_counter() - begin)
    runs.remove(run)
    return passed


def bare(steps: int) -> float:
    """s that the bare loop takes, one step a millisecond at most."""
    begin = time.perf_counter()
    for _ in rehearsal.count(rehearsal.Spec(steps=steps, pause=0.001)):
        pass
    return time.perf_counter() - begin


def in_a_run(steps: int) -> float:
    """s that a run works on the same."""
    run = runs.start("rehearsal.count", {"steps": steps, "pause": 0.001})
    while not runs.status(run, watching=True).over:
        runs.history(run)
        time.sleep(0.1)
    return runs.status(run).seconds


def bench_the_first_report(figure: Callable[[str, float, str], None]) -> None:
    figure(
        "ms to the first report of a run", statistics.median(first_report() for _ in range(9)), "200 at most"
    )


def bench_steps_of_a_run(figure: Callable[[str, float, str], None]) -> None:
    ratio = statistics.median(bare(2000) / in_a_run(2000) for _ in range(5))
    figure("steps a second in a run, to those of the bare loop", ratio, "0.95 or more")
