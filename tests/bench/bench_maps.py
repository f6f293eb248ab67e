"""Capturing and drawing all maps of ResNet-18 at 224 px, as ratios to a floor of the same run."""

import io
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image as Pillow
from torchvision.models import resnet18

from vizcore.exhibits import feature_maps
from vizcore.plots import colours, mosaic
from vizcore.toolkit import graphs

Figure = Callable[[str, float, str], None]


def ratio(ours: Callable[[], object], floor: Callable[[], object], rounds: int = 9) -> float:
    """Median of the ratios of durations, the two taken in turn."""
    ours(), floor()
    ratios = []
    for _ in range(rounds):
        start = time.perf_counter()
        ours()
        middle = time.perf_counter()
        floor()
        ratios.append((middle - start) / (time.perf_counter() - middle))
    return statistics.median(ratios)


def bench_all_maps_against_a_bare_forward_pass(figure: Figure) -> None:
    net, batch = resnet18(weights=None).eval(), torch.rand(1, 3, 224, 224)
    network = graphs.steps(net, batch)

    def bare() -> None:
        with torch.inference_mode():
            net(batch)

    value = ratio(lambda: feature_maps.all_maps(network, batch), bare)
    figure("all maps of ResNet-18 at 224 px / bare forward pass", value, "at most 1.1")


def bench_all_mosaics_against_a_colour_map_per_map(figure: Figure) -> None:
    net, batch = resnet18(weights=None).eval(), torch.rand(1, 3, 224, 224)
    stacks = list(feature_maps.all_maps(graphs.steps(net, batch), batch).values())
    table = np.concatenate([colours.LUTS["viridis"] / 255, np.ones((256, 1))], axis=1)

    def ours() -> None:
        pairs = [(maps, np.stack([maps.min((1, 2)), maps.max((1, 2)) + 1e-6], axis=1)) for maps in stacks]
        mosaic.pngs(pairs)

    def usual() -> None:
        for maps in stacks:
            side = round(len(maps) ** 0.5)
            height, width = maps.shape[1] + 1, maps.shape[2] + 1
            picture = np.full((-(-len(maps) // side) * height, side * width, 4), 255, np.uint8)
            for index, values in enumerate(maps):
                unit = (values - values.min()) / (values.max() - values.min() + 1e-6)
                coloured = table[(unit * 255).astype(int)]  # as matplotlib does: float RGBA per value
                top, left = index // side * height, index % side * width
                picture[top : top + height - 1, left : left + width - 1] = (coloured * 255).astype(np.uint8)
            Pillow.fromarray(picture).save(io.BytesIO(), "PNG")

    value = 1 / ratio(ours, usual, rounds=5)
    figure("all mosaics of ResNet-18: colour map per map and PNG / ours", value, "at least 18")
