"""What training pays for being watched: beside a plain loop, beside busy neighbours, and to the first report.

Slices of all take turns. Time in which somebody else had the core does not count (Linux tells how much that
was), except beside busy neighbours, where it is the point.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.runs.rehearsing import pid, until_state, until_step
from vizcore import runs
from vizcore.runs.keeper import keeper
from vizcore.toolkit.training import MEAN, STD, Training
from vizcore.toolkit.training_spec import Spec

Figure = Callable[[str, float, str], None]

SLICE = 3.0  # s; long enough for a validation
ROUNDS = 5
SPECS = {
    "LeNet-5 on digits": Spec(epochs=1000, device="cpu"),
    "Tiny VGG on shapes": Spec(data="shapes", count=800, net="tiny_vgg", epochs=1000, device="cpu"),
}
PLAIN: dict[str, Callable[[], nn.Module]] = {
    "lenet5": lambda: nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    ),
    "tiny_vgg": lambda: nn.Sequential(
        *(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1)),
        *(nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1024, 10)),
    ),
}


@pytest.fixture(autouse=True)
def warm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own, a nursery that has imported everything, and one thread."""
    monkeypatch.setenv("CONVOSCOPE_RUNS", str(tmp_path / "runs"))
    torch.set_num_threads(1)
    first_report()
    yield
    keeper.close()


def first_report() -> float:
    """ms from the start of a training to its first report."""
    begin = time.perf_counter()
    run = runs.start("live_training.train", {})
    while runs.newest(run) is None:
        time.sleep(0.001)
    passed = 1000 * (time.perf_counter() - begin)
    runs.remove(run)
    return passed


def bare(run: Training) -> Iterator[Tensor]:
    """The same training as one writes it down for speed: all pictures made ready, and nothing looked at."""
    net = PLAIN[run.spec.net]().to(memory_format=torch.channels_last)
    with torch.no_grad():
        for weight, start in zip(net.parameters(), run.weights, strict=True):
            weight.copy_(start)
    images, labels = (run.images - MEAN) / STD, run.labels
    assert F.cross_entropy(net(images[:32]), labels[:32]) == run.passed(images[:32], labels[:32])[1]
    optimiser = torch.optim.SGD(net.parameters(), run.spec.lr, momentum=0.9, fused=True)
    while True:
        for chosen in torch.randperm(len(labels)).split(run.spec.batch):
            loss = F.cross_entropy(net(images[chosen]), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            yield loss


def waited(process: int | str = "self") -> float:
    """s for which the main thread of a process could have worked, had nobody else had its core."""
    path = Path(f"/proc/{process}/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


def pace(steps: Iterator[object]) -> float:
    """Steps a second of a slice."""
    begin, before, count = time.perf_counter(), waited(), 0
    while (passed := time.perf_counter() - begin) < SLICE:
        next(steps)
        count += 1
    return count / (passed - waited() + before)


def pace_of(run: str, *, undisturbed: bool) -> float:
    """Steps a second of a slice of a run, which rests before and after and is followed as by its page."""
    runs.resume(run)
    until_step(run, runs.status(run).step + 1)
    process, first = pid(run), runs.status(run)
    before = waited(process)
    while (last := runs.status(run, watching=True)).seconds - first.seconds < SLICE:
        runs.history(run, first.step)
        runs.newest(run)
        time.sleep(0.1)
    others = waited(process) - before if undisturbed else 0.0
    runs.pause(run)
    until_state(run, "paused")
    return (last.step - first.step) / (last.seconds - first.seconds - others)


@contextmanager
def neighbours() -> Iterator[None]:
    """A busy process on every core."""
    with ExitStack() as stack:
        for core in sorted(os.sched_getaffinity(0)):
            work = f"import os\nos.sched_setaffinity(0, [{core}])\nwhile True: pass"
            child = stack.enter_context(subprocess.Popen([sys.executable, "-c", work]))
            stack.callback(child.kill)
        time.sleep(0.2)
        yield


@pytest.mark.parametrize("name", SPECS)
def bench_training_beside_a_bare_loop(name: str, figure: Figure) -> None:
    training = Training(SPECS[name])
    plain, run = bare(training), runs.start("live_training.train", asdict(SPECS[name]))
    until_step(run, training.every)  # before that, validation comes more often
    runs.pause(run)
    until_state(run, "paused")
    while training.step < training.every:
        next(training)
    rounds = [(pace(plain), pace(training), pace_of(run, undisturbed=True)) for _ in range(ROUNDS)]
    print([[round(value) for value in each] for each in rounds], "steps a second")
    figure(f"steps a second of a bare loop, {name}", statistics.median(each[0] for each in rounds), "-")
    for place, what in ((1, "training"), (2, "training in a run")):
        ratio = statistics.median(each[place] / each[0] for each in rounds)
        figure(f"{what}, to the bare loop, {name}", ratio, "0.95 or more")


@pytest.mark.parametrize("name", SPECS)
def bench_training_beside_busy_neighbours(name: str, figure: Figure) -> None:
    run = runs.start("live_training.train", asdict(SPECS[name]))
    ratios = []
    for _ in range(ROUNDS):
        quiet = pace_of(run, undisturbed=True)
        with neighbours():
            ratios.append(quiet / pace_of(run, undisturbed=False))
    print([round(ratio, 2) for ratio in ratios], "times as slow")
    figure(f"slower with a busy neighbour on every core, {name}", statistics.median(ratios), "at most 2")


def bench_the_first_report_of_a_training(figure: Figure) -> None:
    middle = statistics.median(first_report() for _ in range(9))
    figure("ms to the first report of a training", middle, "200 at most")
