"""Training beside ConvNetJS and TensorFlow.js in node: same network, pictures, batches and first losses.

Both are fetched by npm. TensorFlow.js runs its cpu backend, as that for wasm cannot train convolutions. It
takes a batch at once, as we do; ConvNetJS takes picture after picture until a batch is full.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from vizcore.toolkit.sources import DATASETS, Source
from vizcore.toolkit.training import MEAN, STD, Training
from vizcore.toolkit.training_spec import Spec

SCRIPTS = Path(__file__).with_name("training_js")
BATCH, COUNT, SECONDS = 32, 640, 1.0
ROUNDS = {"convnetjs": 3, "tfjs": 1}  # a step of TensorFlow.js may take half a minute


@dataclass(frozen=True)
class Case:
    """A network, and how many steps of it a peer is given."""

    net: str
    shape: tuple[int, int, int]  # (C, S, S)
    steps: dict[str, int]


CASES = {
    "LeNet-5, 28 px": Case("lenet5", (1, 28, 28), {"convnetjs": 12, "tfjs": 3}),
    "Tiny VGG, 32 px": Case("tiny_vgg", (3, 32, 32), {"convnetjs": 4, "tfjs": 2}),
}
GOALS = {"convnetjs": "35 or more", "tfjs": "500 or more"}


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and what they need."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("ConvNetJS and TensorFlow.js need node and npm, which are not here.")
    folder = tmp_path_factory.mktemp("peers") / "scripts"
    shutil.copytree(SCRIPTS, folder)
    fetch = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    if subprocess.run(fetch, cwd=folder, capture_output=True, check=False).returncode:
        pytest.skip("npm cannot fetch ConvNetJS and TensorFlow.js; is the internet there?")
    return folder


def started(case: Case, monkeypatch: pytest.MonkeyPatch) -> Training:
    """A training on pictures that carry no meaning; all cost the same."""
    owner = np.random.default_rng(0)
    images = owner.integers(0, 256, (COUNT, *case.shape), np.uint8)
    labels = np.arange(COUNT) % 10
    classes = tuple(map(str, range(10)))
    source = Source("Noise", classes, case.shape, COUNT, COUNT, "", lambda _: (images, labels), "")
    monkeypatch.setitem(DATASETS, "noise", source)  # type: ignore[arg-type]
    return Training(Spec(data="noise", share=0.05, net=case.net, batch=BATCH, epochs=1000, device="cpu"))


def ready(run: Training) -> Tensor:
    """(N, C, S, S) pictures of a run, as its network takes them."""
    return (run.images - MEAN) / STD


def flat(layer: nn.Module, before: tuple[int, ...]) -> list[list[float]]:
    """Weights and biases of a layer as peers lay them out, with the channels last."""
    weight, bias = (tensor.detach() for tensor in layer.parameters())
    if weight.dim() == 2:
        weight = weight.reshape(len(weight), *before)
    return [weight.movedim(1, -1).flatten().tolist(), bias.tolist()]


def given(run: Training, steps: int) -> str:
    """All that a script needs, as JSON."""
    layers: list[dict[str, Any]] = []
    weights, before = [], run.data.images.shape[1:]
    for layer in run.net.layers:
        settings, module = dict(layer.settings), run.module.get_submodule(layer.name)
        if layer.kind == "conv":
            layers.append({"conv": settings["out"], "kernel": settings["kernel"], "pad": settings["padding"]})
        elif layer.kind == "linear":
            layers.append({"dense": settings["out"]})
        elif layer.kind == "max_pool":
            layers[-1]["pool"] = True
        if layer.kind in ("conv", "linear"):
            weights.append(flat(module, before))
        before = before if layer.kind == "flatten" else run.shapes[layer.name]
    document = {
        "shape": [*run.data.images.shape[2:], run.data.images.shape[1]],
        "layers": layers,
        "weights": weights,
        "pictures": ready(run).permute(0, 2, 3, 1).flatten(1).tolist(),
        "labels": run.labels.tolist(),
        "batch": BATCH,
        "lr": run.spec.lr,
        "momentum": 0.9,
        "steps": steps,
    }
    return json.dumps(document)


def peer(folder: Path, name: str, text: str) -> dict[str, Any]:
    done = subprocess.run(
        ["node", f"{name}.js"], cwd=folder, input=text, capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def first_losses(run: Training) -> list[float]:
    """Of two steps on the first pictures."""
    places = torch.arange(2 * BATCH).split(BATCH)
    return [run.update(ready(run)[chosen], run.labels[chosen], run.spec.lr)[0] for chosen in places]


def rate(run: Training, threads: int) -> float:
    """Pictures a second of a training, after some steps to warm up."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    for _ in range(5):
        next(run)
    begin, first = time.perf_counter(), run.step
    while (passed := time.perf_counter() - begin) < SECONDS:
        next(run)
    torch.set_num_threads(before)
    return BATCH * (run.step - first) / passed


@pytest.mark.parametrize("name", CASES)
def bench_pictures_a_second(
    name: str,
    scripts: Path,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str, float, str], None],
) -> None:
    case = CASES[name]
    run = started(case, monkeypatch)
    texts = {peer_name: given(run, steps) for peer_name, steps in case.steps.items()}
    expected = first_losses(started(case, monkeypatch))
    ratios: dict[tuple[str, int], list[float]] = {}
    for peer_name, text in texts.items():
        for _ in range(ROUNDS[peer_name]):
            ours = {threads: rate(run, threads) for threads in (1, 2)}
            theirs = peer(scripts, peer_name, text)
            assert theirs["losses"][:2] == pytest.approx(expected, rel=1e-4)
            print(f"{name}: {peer_name} {theirs['rate']:.1f}, ours {ours} pictures a second")
            for threads, pictures in ours.items():
                ratios.setdefault((peer_name, threads), []).append(pictures / theirs["rate"])
    for (peer_name, threads), found in ratios.items():
        figure(
            f"times {peer_name}, {name}, {threads} thread{'s' * (threads > 1)}",
            median(found),
            GOALS[peer_name],
        )
