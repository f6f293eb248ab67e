"""Train the bundled networks again: `python -m vizcore.train_bundled [name ...]`.

Writes vizcore/weights/*.safetensors, each with the figures of its training inside, and from these the model
card vizcore/weights/README.md. Every random number comes from the seed of the recipe; sums are taken in
another order on another machine or number of threads, so the weights and the last digits of the figures may
differ a little there.
"""

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit.data import digits, shapes
from vizcore.toolkit.device import best
from vizcore.toolkit.errors import pick
from vizcore.toolkit.inputs import normalised, resized
from vizcore.toolkit.nets import NETS, WEIGHTS, Net
from vizcore.toolkit.variation import vary_digits, vary_shapes

Examples = tuple[Tensor, Tensor]  # pictures (N, C, H, W) in [0, 1] at the network's size, labels (N,)
THREADS = 3  # CPU threads; leaves one core of four to others


@dataclass(frozen=True)
class Recipe:
    """Everything a training depends on, besides the network."""

    examples: Callable[[Net], Examples]  # what it learns from
    held_out: Callable[[Net], Mapping[str, Examples]]  # what it is measured on, by name
    augment: Callable[[Tensor, Generator], Tensor]  # changes pictures (N, C, H, W) in [0, 1] at random
    data: str  # what the two sets are, for the model card
    variation: str  # what `augment` does, for the model card
    epochs: int
    lr: float  # the highest of the one-cycle schedule
    weight_decay: float
    batch: int = 64
    seed: int = 0


def digit_examples(net: Net) -> Examples:
    """The digits to learn from, at the size of `net`."""
    return _tensors(digits().train_images[..., None], digits().train_labels, net)


def held_out_digits(net: Net) -> dict[str, Examples]:
    """The digits never trained on: as they are, and dark on white as on paper."""
    images, labels = _tensors(digits().test_images[..., None], digits().test_labels, net)
    return {"held out": (images, labels), "held out, dark on white": (1 - images, labels)}


def shape_examples(net: Net, *, count: int = 20_000) -> Examples:
    """Drawn shapes to learn from, seed 1."""
    drawn = shapes(count, seed=1)
    return _tensors(drawn.images, drawn.labels, net)


def held_out_shapes(net: Net) -> dict[str, Examples]:
    """2,000 drawn shapes never trained on, seed 2."""
    drawn = shapes(2_000, seed=2)
    return {"held out": _tensors(drawn.images, drawn.labels, net)}


_DIGITS = """1,347 handwritten digits, 450 more held out: the test part of E. Alpaydin and C. Kaynak 1998,
  Optical Recognition of Handwritten Digits, UCI Machine Learning Repository (CC BY 4.0), as shipped with
  scikit-learn"""
_SHAPES = """20,000 shapes drawn by vizcore/toolkit/shapes.py with seed 1, 2,000 more with seed 2 held out;
  drawn here, so there is no licence to heed"""
_SHAPES_VARIATION = (
    "shifts, size, mirroring, quarter turns, swapped colour channels, contrast, brightness, noise"
)
RECIPES: Mapping[str, Recipe] = {
    "lenet5": Recipe(
        digit_examples,
        held_out_digits,
        vary_digits,
        data=_DIGITS,
        variation="shifts, rotation, size, bending, stroke width, contrast, inversion, noise",
        epochs=300,
        lr=3e-3,
        weight_decay=0.5,
        seed=1,
    ),
    "tiny_vgg": Recipe(
        shape_examples,
        held_out_shapes,
        vary_shapes,
        _SHAPES,
        _SHAPES_VARIATION,
        10,
        lr=2e-3,
        weight_decay=0.3,
    ),
    "small_resnet": Recipe(
        shape_examples,
        held_out_shapes,
        vary_shapes,
        _SHAPES,
        _SHAPES_VARIATION,
        10,
        lr=4e-3,
        weight_decay=0.3,
    ),
}


def main(names: list[str]) -> None:
    """Train the named networks, or all of them, and write the model card."""
    torch.set_num_threads(THREADS)
    for name in names or RECIPES:
        recipe, net = pick(RECIPES, name, "recipe"), pick(NETS, name, "network")
        examples = recipe.examples(net)
        module = initialised(net.build(len(net.classes)), recipe.seed)
        start = time.perf_counter()
        for epoch, loss in enumerate(train(module, net, recipe, examples), start=1):
            print(f"{name}: epoch {epoch} of {recipe.epochs}, loss {loss:.4f}", flush=True)
        seconds = time.perf_counter() - start
        held_out = recipe.held_out(net).items()
        figures = {what: (accuracy(module, net, known), len(known[1])) for what, known in held_out}
        print(f"{name}: {figures} after {seconds:.0f} s", flush=True)
        _save(module, name, figures, seconds)
    (WEIGHTS / "README.md").write_text(model_card())


def initialised(module: nn.Module, seed: int) -> nn.Module:
    """`module` with weights drawn as in He et al. 2015, arXiv:1502.01852, and biases of zero."""
    generator = torch.Generator().manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return module


def train(module: nn.Module, net: Net, recipe: Recipe, examples: Examples) -> Iterator[float]:
    """Train `module` in place on the fastest device; yields the mean loss of each epoch, in nats."""
    device = best()
    module.to(device).to(memory_format=torch.channels_last).train()
    images, labels = (tensor.to(device) for tensor in examples)
    generator = torch.Generator().manual_seed(recipe.seed)
    steps = math.ceil(len(images) / recipe.batch)
    adam = torch.optim.AdamW(module.parameters(), recipe.lr, weight_decay=recipe.weight_decay, fused=True)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        adam, recipe.lr, total_steps=recipe.epochs * steps + 1, pct_start=0.2
    )
    for _ in range(recipe.epochs):
        total = torch.zeros((), device=device)
        order = torch.randperm(len(images), generator=generator).to(device)
        for start in range(0, len(order), recipe.batch):
            chosen = order[start : start + recipe.batch]
            batch = normalised(recipe.augment(images[chosen], generator), net)
            outputs = module(batch.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(outputs, labels[chosen])
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
            cycle.step()
            total += loss.detach() * len(chosen)
        yield float(total) / len(images)


@torch.inference_mode()
def accuracy(module: nn.Module, net: Net, examples: Examples) -> float:
    """Share of the examples that `module` names right, 0 to 1."""
    device = next(module.parameters()).device
    module.eval()
    images, labels = examples
    right = 0
    for start in range(0, len(labels), 256):
        part = slice(start, start + 256)
        outputs = module(normalised(images[part], net).to(device))
        right += int((outputs.argmax(1).cpu() == labels[part]).sum())
    return right / len(labels)


def model_card() -> str:
    """The text of vizcore/weights/README.md, from the recipes and the figures inside the files."""
    return CARD + "".join(_entry(name) for name in RECIPES if (WEIGHTS / f"{name}.safetensors").exists())


CARD = """# Bundled networks

Written by `python -m vizcore.train_bundled`, which trains these networks from nothing: no data or weights of
others are in them but those named below. Each training starts from its seed; on another machine, device or
number of threads sums are taken in another order, so the weights and the last digits may differ a little.

The networks know what they were trained on and nothing else: shown a photograph of a cat, they still have to
name a digit or a shape. They are made for looking into, not for use on anything that matters.
"""


def _entry(name: str) -> str:
    """The section of the model card on one network."""
    recipe, net = RECIPES[name], NETS[name]
    path = WEIGHTS / f"{name}.safetensors"
    with safe_open(path, "pt") as file:
        facts = file.metadata()
    parameters = sum(parameter.numel() for parameter in net.build(len(net.classes)).parameters())
    accuracies = "\n".join(
        f"- Accuracy, {what}: {share:.2%} of {count:,}"
        for what, (share, count) in json.loads(facts["figures"]).items()
    )
    return f"""
## {name}: {net.title}

{net.summary}
{parameters:,} parameters, {path.stat().st_size / 1000:.0f} kB. Architecture: {net.source}.

{accuracies}
- Data: {recipe.data}
- Variation while training: {recipe.variation}
- Recipe: AdamW, weight decay {recipe.weight_decay:g}, one-cycle schedule up to {recipe.lr:g},
  {recipe.epochs} epochs in batches of {recipe.batch}, seed {recipe.seed}
- Time: {facts["minutes"]} minutes, {facts["machine"]}
"""


def _save(module: nn.Module, name: str, figures: Mapping[str, tuple[float, int]], seconds: float) -> None:
    """Write the weights, with what the model card says of them."""
    machine = torch.cuda.get_device_name() if best() == "cuda" else f"{THREADS} of {os.cpu_count()} CPU cores"
    facts = {"figures": json.dumps(figures), "minutes": f"{seconds / 60:.1f}", "machine": machine}
    weights = {key: tensor.cpu().contiguous() for key, tensor in module.state_dict().items()}
    WEIGHTS.mkdir(exist_ok=True)
    (WEIGHTS / f"{name}.safetensors").write_bytes(save(weights, facts))


def _tensors(images: NDArray[np.float32], labels: NDArray[np.int64], net: Net) -> Examples:
    """Square pictures (N, S, S, 3 or 1) and labels, as tensors at the size of `net`."""
    squares = torch.from_numpy(images.copy()).permute(0, 3, 1, 2)
    return resized(squares, net), torch.from_numpy(labels.copy())


if __name__ == "__main__":
    main(sys.argv[1:])
