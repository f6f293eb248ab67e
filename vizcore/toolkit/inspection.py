"""What a network is like at one moment of its training: filters, maps, gradients, mistakes.

All of it follows from the run as it stands, so it can be had of any checkpoint too.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit import recipes
from vizcore.toolkit.spec_net import Layer
from vizcore.toolkit.training import MEAN, STD, Training

BINS = 40  # of a histogram of weights
WORST = 12  # mistakes
SHOWN = 16  # maps of a layer, the first ones
MAPPED = {"conv", "max_pool", "avg_pool", *recipes.ACTIVATIONS}  # kinds of layers whose maps are shown

Floats = NDArray[np.float32]
Arrays = dict[str, NDArray[Any]]


def inspected(run: Training) -> Arrays:
    """Everything about a run at its present step.

    Args:
        run: it is not changed; its setting `probe` says whose maps are shown.

    Returns:
        By name, for L tensors of weights of more than one dimension, A activations and K classes:
        "filters" (F, C, k, k) of the first convolution, (0, 0, 0, 0) where there is none;
        "maps" (V,) values of all layers that give maps, one layer and channel after another,
        "map_shapes" (J, 3) channels shown, height and width of each layer;
        "probe" (C, S, S) uint8, "probed" (2,) its number and class, "scores" (K,) probabilities for it;
        "gradients", "updates" (L,) norm of the gradient, and of the step over that of the weights;
        "histograms" (L, BINS) counts, "spans" (L, 2) where they begin and end;
        "dead" (A,) share of units that are 0 for all of the validation set, when it was last measured;
        "confusion" (K, K) counts of the validation set, true class by guess;
        "worst" (W, 4) held-out number, true class, guess and loss of its worst mistakes, "worst_images".
    """
    weighted = [(i, w) for i, w in enumerate(run.weights) if w.dim() > 1]
    held = run.held or run.seen()
    return {
        "filters": _filters(run.module),
        **_maps(run, int(run.live["probe"]) % len(run.held_labels)),
        **_lengths(run, weighted),
        **_histograms([weight for _, weight in weighted]),
        "dead": np.array(held.dead, np.float32),
        **_mistakes(run, held.logits),
    }


def names(run: Training) -> dict[str, tuple[str, ...]]:
    """What the entries of `inspected` belong to: "weights" (L), "maps" (J) and "activations" (A)."""
    weights = [name for name, weight in run.module.named_parameters() if weight.dim() > 1]
    return {
        "weights": tuple(name.removesuffix(".weight") for name in weights),
        "maps": tuple(layer.name for layer in _mapped(run)),
        "activations": run.active,
    }


def _filters(module: nn.Module) -> Floats:
    first = next((layer for layer in module.modules() if isinstance(layer, nn.Conv2d)), None)
    return np.zeros((0, 0, 0, 0), np.float32) if first is None else _numpy(first.weight)


def _mapped(run: Training) -> list[Layer]:
    """The layers whose maps are shown: convolutions, activations of maps and pooling."""
    return [layer for layer in run.net.layers if layer.kind in MAPPED and len(run.shapes[layer.name]) == 3]


@torch.no_grad()
def _maps(run: Training, probe: int) -> Arrays:
    run.module.eval()
    picture = run.pixels(run.held_images[probe : probe + 1])
    values = run.module.values((picture - MEAN) / STD)
    found = [values[layer.name][0, :SHOWN] for layer in _mapped(run)]
    scores = F.softmax(values[run.net.layers[-1].name][0], dim=0)
    return {
        "maps": _numpy(torch.cat([each.flatten() for each in found])) if found else np.zeros(0, np.float32),
        "map_shapes": np.array([each.shape for each in found], np.int32).reshape(-1, 3),
        "probe": run.data.held_images[probe],
        "probed": np.array([probe, int(run.held_labels[probe])], np.int32),
        "scores": _numpy(scores),
    }


def _lengths(run: Training, weighted: list[tuple[int, Tensor]]) -> Arrays:
    """Norms at the last step that was watched; nan before the first one."""
    nothing = [np.nan] * len(run.weights)
    gradients, moves = (run.gradients or nothing), (run.moves or nothing)
    sizes = [float(weight.detach().norm()) for _, weight in weighted]
    return {
        "gradients": np.array([gradients[index] for index, _ in weighted], np.float32),
        "updates": np.array(
            [moves[index] / (size or 1) for (index, _), size in zip(weighted, sizes, strict=True)], np.float32
        ),
    }


def _histograms(weights: list[Tensor]) -> Arrays:
    counts, spans = [], []
    for weight in weights:
        values = _numpy(weight).ravel()
        far = max(float(np.abs(values).max()), 1e-12) if np.isfinite(values).all() else 1.0
        counts.append(np.histogram(values, BINS, (-far, far))[0])
        spans.append((-far, far))
    return {"histograms": np.array(counts, np.int32), "spans": np.array(spans, np.float32)}


def _mistakes(run: Training, logits: Tensor) -> Arrays:
    """Who is taken for whom, and where the loss is highest."""
    classes, right = len(run.data.classes), run.held_labels
    guesses = logits.argmax(1)
    counts = torch.bincount(right * classes + guesses, minlength=classes**2)
    losses = F.cross_entropy(logits, right, reduction="none")
    losses = torch.where(guesses == right, -1.0, losses.nan_to_num(float("inf")))
    top = losses.topk(min(WORST, len(losses)))
    wrong = top.indices[top.values >= 0]
    rows = torch.stack([wrong.float(), right[wrong].float(), guesses[wrong].float(), losses[wrong]], dim=1)
    return {
        "confusion": counts.reshape(classes, classes).cpu().numpy().astype(np.int32),
        "worst": _numpy(rows),
        "worst_images": run.data.held_images[wrong.cpu().numpy()],
    }


def _numpy(tensor: Tensor) -> Floats:
    return tensor.detach().float().cpu().numpy()
