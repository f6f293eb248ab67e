"""The landscape of LeNet-5 over all 1,797 digits beside loss-landscapes of PyPI and Goldstein's own loop.

Slices of all take turns, and a slice is scaled to the 51 x 51 points of a whole surface. With one thread the
time of the processor counts, which busy neighbours change little; with two it is the time that passes.
Values are compared with a plain loop, as random_plane of the package is wrong in every other column.
"""

import copy
import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from vizcore.toolkit import plane_losses, refinement, subjects
from vizcore.toolkit.directions import Plane, random_plane
from vizcore.toolkit.plane_losses import PlaneLosses, Row
from vizcore.toolkit.subjects import Subject

Figure = Callable[[str, float, str], None]
Clock = Callable[[], float]

POINTS, SIDE, ROUNDS = 51 * 51, 5, 5  # points of the whole; points along a side of a peer's slice
GOALS = {"loss-landscapes": 2.5, "Goldstein's loop": 4.0}
BATCH = 128  # of Goldstein's loader


@pytest.fixture(scope="module")
def lenet() -> Subject:
    return subjects.of_network("lenet5", count=1797)


@pytest.fixture(scope="module")
def plane(lenet: Subject) -> Plane:
    return random_plane(lenet)


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """So many for everybody."""
    monkeypatch.setattr(plane_losses, "free_threads", lambda: request.param)
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(1)


def goldstein(net: nn.Module, data: TensorDataset, directions: list[list[torch.Tensor]]) -> None:
    """The loop of github.com/tomgoldstein/loss-landscape (plot_surface.py, evaluation.py), in short."""
    loader = DataLoader(data, batch_size=BATCH, shuffle=False, num_workers=0)
    criterion, start = nn.CrossEntropyLoss(), [weight.data.clone() for weight in net.parameters()]
    for x in np.linspace(-1, 1, SIDE):
        for y in np.linspace(-1, 1, SIDE):
            changes = [first * x + second * y for first, second in zip(*directions, strict=True)]
            for weight, before, change in zip(net.parameters(), start, changes, strict=True):
                weight.data = before + change
            total_loss = correct = 0.0
            with torch.no_grad():
                for inputs, targets in loader:
                    outputs = net(inputs)
                    total_loss += criterion(outputs, targets).item() * len(targets)
                    correct += torch.max(outputs.data, 1)[1].eq(targets).sum().item()


def peers(lenet: Subject, plane: Plane) -> Iterator[tuple[str, Callable[[], object]]]:
    """Name of each peer that is here, and a slice of SIDE x SIDE points."""
    net = copy.deepcopy(lenet.module)
    axes = [[*lenet.named(torch.from_numpy(each)).values()] for each in (plane.first, plane.second)]
    data = TensorDataset(lenet.images, lenet.labels)
    yield "Goldstein's loop", lambda: goldstein(net, data, axes)
    try:
        from loss_landscapes import random_plane as theirs
        from loss_landscapes.metrics import Loss
    except ImportError:
        return
    metric = Loss(nn.CrossEntropyLoss(), lenet.images, lenet.labels)
    yield "loss-landscapes", lambda: theirs(copy.deepcopy(lenet.module), metric, steps=SIDE)


def seconds(slice_: Callable[[], object], clock: Clock) -> float:
    begin = clock()
    slice_()
    return clock() - begin


def bench_a_whole_surface_and_the_first_one(
    lenet: Subject, plane: Plane, threads: int, figure: Figure
) -> None:
    clock = time.process_time if threads == 1 else time.perf_counter
    places = np.linspace(-1, 1, 51)
    two_rows = [Row(float(b), tuple(places.tolist())) for b in places[20:22]]
    surface = np.full((13, 13), np.nan)
    coarse = [row for *_, row in refinement.rows(np.linspace(-1, 1, 13), 13, surface)]
    others = dict(peers(lenet, plane))
    rounds: list[dict[str, float]] = []
    ours = PlaneLosses(lenet, plane)
    for _ in range(ROUNDS):
        once = seconds(lambda: PlaneLosses(lenet, plane), clock)
        rows = seconds(lambda: list(ours.rows(two_rows)), clock)
        first = once + seconds(lambda: list(ours.rows(coarse)), clock)
        found = {name: seconds(each, clock) * POINTS / SIDE**2 for name, each in others.items()}
        rounds.append({**found, "ours": once + rows * POINTS / 102, "first": first})
    said = f"{threads} thread{'s' if threads > 1 else ''}"
    for name in ("ours", "first", *others):
        figure(f"s for 51 x 51 points ({name}), {said}", median(each[name] for each in rounds), "-")
    for name in others:
        ratio = median(each[name] / each["ours"] for each in rounds)
        figure(f"times as fast as {name}, {said}", ratio, f"{GOALS[name]} or more")
    if "loss-landscapes" in others:
        ratio = median(each["loss-landscapes"] / each["first"] for each in rounds)
        figure(f"its whole surface to our first one, {said}", ratio, "40 or more")


def bench_values_beside_a_plain_loop(lenet: Subject, plane: Plane, figure: Figure) -> None:
    surface = plane_losses.landscape(lenet, plane, points=5)
    plain = plain_loop(lenet, plane, surface.a)
    figure(
        "largest relative error x 1e6", 1e6 * float(np.max(np.abs(surface.loss / plain - 1))), "10 or less"
    )


def bench_the_spline_of_the_first_surface(lenet: Subject, plane: Plane, figure: Figure) -> None:
    exact = plane_losses.landscape(lenet, plane, points=49).loss
    coarse = refinement.spread(exact[::4, ::4], 49)
    figure("percent of the range that 13 x 13 points err", refinement.error(coarse, exact), "0.5 or less")


def plain_loop(subject: Subject, plane: Plane, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, N) the loss by a call of the module at each point."""
    found = []
    for b in places:
        for a in places:
            weights = plane.origin + np.float32(a) * plane.first + np.float32(b) * plane.second
            with torch.inference_mode():
                named = subject.named(torch.from_numpy(weights))
                logits = functional_call(subject.module, named, (subject.images,))
            found.append(F.cross_entropy(logits, subject.labels).item())
    return np.array(found).reshape(len(places), -1)
