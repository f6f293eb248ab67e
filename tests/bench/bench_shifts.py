"""Answers to 289 shifts of a picture, as ratios to the bare forward passes in batches, on one thread."""

import copy
import statistics
import time
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet18

from vizcore.toolkit import antialias, architectures, graphs, nets, shifts

Figure = Callable[[str, float, str], None]
Goals = dict[str, float]  # border -> ratio
RADIUS, BATCH = 8, 16  # the bare passes are fastest in batches of 16


def tiny_vgg_for_128_px() -> nn.Module:
    """TinyVGG flattens its maps, so the bundled one takes 64 px only; this one has a last layer for more."""
    net = architectures.tiny_vgg()
    net.fc = nn.Linear(64 * 8 * 8, 10)
    return net


# Shifts over a mirrored picture do not share what padding reaches, so they gain less.
CASES = [
    ("ResNet-18", lambda: resnet18(weights=None), 128, {"circular": 0.5, "reflect": 0.65}),
    ("Tiny VGG", tiny_vgg_for_128_px, 128, {"circular": 0.1, "reflect": 0.12}),
    ("Tiny VGG", lambda: nets.load("tiny_vgg", "cpu"), 64, {"circular": 0.1, "reflect": 0.25}),
]


def moved(picture: Tensor, border: str) -> Tensor:
    """The picture (1, C, S, S) after each shift of the grid, (289, C, S, S)."""
    side, wide = picture.shape[2], F.pad(picture, (RADIUS,) * 4, mode=border)
    starts = RADIUS - shifts.grid(RADIUS)
    return torch.cat([wide[:, :, top : top + side, left : left + side] for top, left in starts])


def on_a_torus(net: nn.Module) -> nn.Module:
    """The bare network with circular padding."""
    net = copy.deepcopy(net)
    for path, module in [*net.named_modules()]:
        padding = getattr(module, "padding", 0)
        if padding not in (0, (0, 0)):
            down, right = (padding, padding) if isinstance(padding, int) else padding
            module.padding = (0, 0)
            parent, _, name = path.rpartition(".")
            around = nn.CircularPad2d((right, right, down, down))
            setattr(net.get_submodule(parent), name, nn.Sequential(around, module))
    return net


@pytest.mark.parametrize("border", ["circular", "reflect"])
@pytest.mark.parametrize(("title", "build", "side", "goals"), CASES)
def bench_all_shifts_against_bare_forward_passes(
    title: str,
    build: Callable[[], nn.Module],
    side: int,
    goals: dict[str, float],
    border: str,
    figure: Figure,
) -> None:
    torch.manual_seed(0)
    net, picture = build().eval().requires_grad_(False), torch.randn(1, 3, side, side)
    network = antialias.rewired(graphs.steps(net, picture), border=border)
    bare, pictures = on_a_torus(net) if border == "circular" else net, moved(picture, border)
    ratios = []
    for _ in range(4):  # the first one finds memory
        start = time.perf_counter()
        with torch.inference_mode():
            wanted = torch.cat([bare(batch) for batch in pictures.split(BATCH)])
        middle = time.perf_counter()
        found = shifts.logits(network, picture, shifts.grid(RADIUS), border)
        ratios.append((time.perf_counter() - middle) / (middle - start))
    name = f"289 shifts of {side} px through {title}, {border}"
    figure(f"{name} / bare forward passes", statistics.median(ratios[1:]), f"at most {goals[border]}")
    figure(f"{name}: largest difference x 1e5", 1e5 * float((found - wanted).abs().max()), "at most 1")
