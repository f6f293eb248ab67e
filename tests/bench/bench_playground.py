"""Learning in the plane beside TensorFlow Playground's arithmetic in node: same network, points, order, loss.

playground.js is written after the structure of Playground's nn.ts (one example at a time, objects for nodes
and links); it is not its code. Both take turns; the loss after the first epoch must agree.
"""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from vizcore.toolkit import toys
from vizcore.toolkit.playground import Run, Spec

PEER = Path(__file__).with_name("playground.js")
EPOCHS, ROUNDS = 200, 3


def spec(layers: tuple[int, ...]) -> Spec:
    return Spec(layers=layers, loss="squared", epochs=100_000)


def given(run: Run, *, shown: bool) -> str:
    """The network and the points for node, in the order of our first epoch."""
    found = toys.points(run.spec.data, seed=run.spec.draw)
    order = np.random.default_rng((run.spec.seed, 0)).permutation(len(found.classes))
    train = zip(found.places[order].tolist(), found.classes[order].tolist(), strict=True)
    test = zip(found.held_places.tolist(), found.held_classes.tolist(), strict=True)
    settings = {"sizes": run.spec.sizes, "lr": run.spec.lr, "batch": run.spec.batch, "epochs": EPOCHS}
    weights = [layer.tolist() for layer in run.weights]
    return json.dumps(settings | {"map": shown, "weights": weights, "train": [*train], "test": [*test]})


def peer(text: str) -> dict[str, float]:
    done = subprocess.run(["node", str(PEER)], input=text, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def ours(layers: tuple[int, ...], *, shown: bool) -> tuple[float, float]:
    """The loss after the first epoch, and epochs a second."""
    run = Run(spec(layers))
    next(run)
    loss = next(run).loss
    weights = np.concatenate([layer.ravel() for layer in run.weights])
    for _ in range(30):
        next(run)
        run.plane.seen(weights)
    begin = time.perf_counter()
    for _ in range(EPOCHS):
        next(run)
        if shown:
            run.plane.seen(weights)
    return loss, EPOCHS / (time.perf_counter() - begin)


@pytest.mark.parametrize("layers", [(4, 2), (8, 8, 8)], ids=str)
@pytest.mark.parametrize("shown", [True, False], ids=["with the map", "without"])
def bench_epochs_a_second(
    layers: tuple[int, ...], shown: bool, figure: Callable[[str, float, str], Any]
) -> None:
    run = Run(spec(layers))
    text, ratios, rates = given(run, shown=shown), [], []
    for _ in range(ROUNDS):
        theirs, (loss, rate) = peer(text), ours(layers, shown=shown)
        assert loss == pytest.approx(theirs["loss"], rel=1e-9)
        ratios.append(rate / theirs["rate"])
        rates.append(rate)
    name = f"2-{'-'.join(map(str, layers))}-1 {'with' if shown else 'without'} decision map"
    figure(f"epochs a second, {name}", median(rates), "-")
    figure(f"times Playground's arithmetic in node, {name}", median(ratios), "2 or more" if shown else "-")
