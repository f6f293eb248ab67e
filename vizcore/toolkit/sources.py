"""Where pictures to train on come from: drawn, shipped with a library, or published for everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.toolkit import public_data
from vizcore.toolkit.data import DIGIT_CLASSES, SHAPE_CLASSES, digits, shapes
from vizcore.toolkit.public_files import Labels, Pixels


@dataclass(frozen=True)
class Extent:
    """How many examples there are, and what they look like."""

    title: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]  # (C, S, S), C is 1 for grey or 3 for RGB
    most: int  # examples that there are
    usual: int  # how many are taken when nothing is said


@dataclass(frozen=True)
class Source(Extent):
    """Where examples come from."""

    says: str  # one sentence
    load: Callable[[int], tuple[Pixels, Labels]]  # the first so many, in an order without a pattern
    source: str


def _digits(count: int) -> tuple[Pixels, Labels]:
    found = digits()
    images = np.concatenate([found.train_images, found.test_images])[:count]
    large = F.interpolate(torch.from_numpy(images)[:, None], (32, 32), mode="bilinear", align_corners=False)
    return _bytes(large.numpy()), np.concatenate([found.train_labels, found.test_labels])[:count]


def _shapes(count: int) -> tuple[Pixels, Labels]:
    drawn = shapes(count, seed=1)
    small = F.interpolate(torch.from_numpy(drawn.images).permute(0, 3, 1, 2), (32, 32), mode="area")
    return _bytes(small.numpy()), drawn.labels.astype(np.int64)


def _bytes(images: NDArray[np.float32]) -> Pixels:
    return np.rint(images * 255).astype(np.uint8)


CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
DATASETS: Mapping[str, Source] = {
    "digits": Source(
        "Digits",
        DIGIT_CLASSES,
        (1, 32, 32),
        1_797,
        1_797,
        "1,797 handwritten digits, 8 × 8 pixels enlarged to 32.",
        _digits,
        "E. Alpaydin & C. Kaynak 1998, as shipped with scikit-learn (CC BY 4.0)",
    ),
    "shapes": Source(
        "Shapes",
        SHAPE_CLASSES,
        (3, 32, 32),
        20_000,
        4_000,
        "Ten shapes in any colour before any background, drawn by Convoscope.",
        _shapes,
        "vizcore/toolkit/shapes.py",
    ),
    "mnist": Source(
        "MNIST",
        DIGIT_CLASSES,
        (1, 32, 32),
        70_000,
        10_000,
        "70,000 handwritten digits, 28 × 28 pixels with a border of 2.",
        partial(public_data.read, "mnist"),
        "LeCun, Bottou, Bengio & Haffner 1998",
    ),
    "fashion_mnist": Source(
        "Fashion-MNIST",
        CLOTHES,
        (1, 32, 32),
        70_000,
        10_000,
        "70,000 pieces of clothing, as many of each of ten kinds, 28 × 28 pixels with a border of 2.",
        partial(public_data.read, "fashion_mnist"),
        "Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747 (MIT)",
    ),
    "cifar10": Source(
        "CIFAR-10",
        THINGS,
        (3, 32, 32),
        60_000,
        10_000,
        "60,000 colour photographs of ten kinds of animals and vehicles, 32 × 32 pixels.",
        partial(public_data.read, "cifar10"),
        "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
    ),
}
