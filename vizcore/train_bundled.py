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

from vizcore.toolkit import scores
from vizcore.toolkit.data import digits, shapes
from vizcore.toolkit.device import best
from vizcore.toolkit.errors import pick
from vizcore.toolkit.inputs import normalised, resized
from vizcore.toolkit.nets import NETS, WEIGHTS, Net
from vizcore.toolkit.segmenter import SEGMENTER
from vizcore.toolkit.shapes import Shapes
from vizcore.toolkit.variation import vary_digits, vary_scenes, vary_shapes

# Pictures (N, C, H, W) in [0, 1] at the network's size, and labels: (N,), or (N, H, W) of every pixel.
Examples = tuple[Tensor, Tensor]
Vary = Callable[[Tensor, Tensor, Generator], Examples]  # changes pictures and labels at random
NETWORKS: Mapping[str, Net] = {**NETS, "segmenter": SEGMENTER}
THREADS = 3  # CPU threads; leaves one core of four to others


@dataclass(frozen=True)
class Recipe:
    """Everything a training depends on, besides the network."""

    examples: Callable[[Net], Examples]  # what it learns from
    held_out: Callable[[Net], Mapping[str, Examples]]  # what it is measured on, by name
    augment: Vary
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


def scene_examples(net: Net, *, count: int = 20_000) -> Examples:
    """The same shapes with the class of every pixel, and a tenth as many scenes without a shape, seed 3."""
    with_shape = _scenes(shapes(count, seed=1), net)
    without = _scenes(shapes(count // 10, seed=3, bare=True), net)
    return torch.cat([with_shape[0], without[0]]), torch.cat([with_shape[1], without[1]])


def held_out_scenes(net: Net) -> dict[str, Examples]:
    """The same held-out shapes with the class of every pixel, and 200 scenes without a shape, seed 4."""
    return {
        "held out": _scenes(shapes(2_000, seed=2), net),
        "held out, without a shape": _scenes(shapes(200, seed=4, bare=True), net),
    }


def labels_kept(vary: Callable[[Tensor, Generator], Tensor]) -> Vary:
    """A variation of pictures as one of examples: what a picture shows stays what it is."""
    return lambda images, labels, generator: (vary(images, generator), labels)


_DIGITS = """1,347 handwritten digits, 450 more held out: the test part of E. Alpaydin and C. Kaynak 1998,
  Optical Recognition of Handwritten Digits, UCI Machine Learning Repository (CC BY 4.0), as shipped with
  scikit-learn"""
_SHAPES = """20,000 shapes drawn by vizcore/toolkit/shapes.py with seed 1, 2,000 more with seed 2 held out;
  drawn here, so there is no licence to heed"""
_SCENES = """the same 20,000 shapes as for the classifiers, with the class of every pixel, and 2,000 scenes
  without a shape; 2,000 and 200 more held out"""
_SHAPES_VARIATION = (
    "shifts, size, mirroring, quarter turns, swapped colour channels, contrast, brightness, noise"
)
RECIPES: Mapping[str, Recipe] = {
    "lenet5": Recipe(
        digit_examples,
        held_out_digits,
        labels_kept(vary_digits),
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
        labels_kept(vary_shapes),
        _SHAPES,
        _SHAPES_VARIATION,
        10,
        lr=2e-3,
        weight_decay=0.3,
    ),
    "small_resnet": Recipe(
        shape_examples,
        held_out_shapes,
        labels_kept(vary_shapes),
        _SHAPES,
        _SHAPES_VARIATION,
        10,
        lr=4e-3,
        weight_decay=0.3,
    ),
    "segmenter": Recipe(
        scene_examples,
        held_out_scenes,
        vary_scenes,
        _SCENES,
        "moves on a circle, mirroring, quarter turns, swapped colour channels, contrast, brightness, noise",
        6,
        lr=1e-2,
        weight_decay=0.1,
        batch=32,
    ),
}


def main(names: list[str]) -> None:
    """Train the named networks, or all of them, and write the model card."""
    torch.set_num_threads(THREADS)
    for name in names or RECIPES:
        recipe, net = pick(RECIPES, name, "recipe"), NETWORKS[name]
        examples = recipe.examples(net)
        module = initialised(net.build(len(net.classes)), recipe.seed)
        start = time.perf_counter()
        for epoch, loss in enumerate(train(module, net, recipe, examples), start=1):
            print(f"{name}: epoch {epoch} of {recipe.epochs}, loss {loss:.4f}", flush=True)
        seconds = time.perf_counter() - start
        held_out = recipe.held_out(net).items()
        figures = {what: measured(module, net, known) for what, known in held_out}
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
            varied, wanted = recipe.augment(images[chosen], labels[chosen], generator)
            batch = normalised(varied, net)
            outputs = module(batch.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(outputs, wanted.long())
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
            cycle.step()
            total += loss.detach() * len(chosen)
        yield float(total) / len(images)


@torch.inference_mode()
def measured(module: nn.Module, net: Net, examples: Examples) -> tuple[float, ...]:
    """Accuracy from 0 to 1 and of how many labels; where every pixel has a label, the mean IoU as well."""
    device = next(module.parameters()).device
    module.eval()
    images, labels = examples
    outputs = (module(normalised(part, net).to(device)) for part in torch.split(images, 256))
    found = torch.cat([logits.argmax(1).cpu() for logits in outputs])
    counts = scores.confusion(labels, found, len(net.classes))
    overlap = () if labels.dim() == 1 else (scores.mean_iou(counts),)
    return scores.accuracy(counts), labels.numel(), *overlap


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
    recipe, net = RECIPES[name], NETWORKS[name]
    path = WEIGHTS / f"{name}.safetensors"
    with safe_open(path, "pt") as file:
        facts = file.metadata()
    parameters = sum(parameter.numel() for parameter in net.build(len(net.classes)).parameters())
    accuracies = "\n".join(
        f"- Accuracy, {what}: {share:.2%} of {count:,}"
        + "".join(f" pixels, mean IoU {iou:.3f}" for iou in overlap)
        for what, (share, count, *overlap) in json.loads(facts["figures"]).items()
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


def _save(module: nn.Module, name: str, figures: Mapping[str, tuple[float, ...]], seconds: float) -> None:
    """Write the weights, with what the model card says of them."""
    machine = torch.cuda.get_device_name() if best() == "cuda" else f"{THREADS} of {os.cpu_count()} CPU cores"
    facts = {"figures": json.dumps(figures), "minutes": f"{seconds / 60:.1f}", "machine": machine}
    weights = {key: tensor.cpu().contiguous() for key, tensor in module.state_dict().items()}
    WEIGHTS.mkdir(exist_ok=True)
    (WEIGHTS / f"{name}.safetensors").write_bytes(save(weights, facts))


def _tensors(images: NDArray[np.float32], labels: NDArray[np.integer], net: Net) -> Examples:
    """Square pictures (N, S, S, 3 or 1) and labels, as tensors at the size of `net`."""
    squares = torch.from_numpy(images.copy()).permute(0, 3, 1, 2)
    return resized(squares, net), torch.from_numpy(labels.copy())


def _scenes(drawn: Shapes, net: Net) -> Examples:
    """Drawn pictures, which have the size of `net`, and the class of every pixel; 0 is the background."""
    labels = np.where(drawn.masks, drawn.labels[:, None, None] + 1, 0)
    return _tensors(drawn.images, labels.astype(np.uint8), net)


if __name__ == "__main__":
    main(sys.argv[1:])
