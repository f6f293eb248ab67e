"""How well a network names what it is shown, from how often it takes each class for each."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Confusion = NDArray[np.int64]  # (classes, classes) counts: rows say what it is, columns what it is taken for


def confusion(wanted: Tensor, found: Tensor, classes: int) -> Confusion:
    """How often each class is taken for each.

    Args:
        wanted: what it is, indices of classes, of any shape.
        found: what it is taken for, of the same shape.
        classes: how many there are.
    """
    pairs = classes * wanted.long() + found
    return torch.bincount(pairs.flatten(), minlength=classes**2).view(classes, classes).numpy()


def accuracy(counts: Confusion) -> float:
    """Share that is named right, 0 to 1."""
    return float(counts.trace() / counts.sum())


def mean_iou(counts: Confusion) -> float:
    """Intersection over union of what is there and what is found, 0 to 1: the mean over the classes there.

    Source: Long, Shelhamer & Darrell 2015, arXiv:1411.4038, section 5.
    """
    there, found, both = counts.sum(axis=1), counts.sum(axis=0), counts.diagonal()
    present = there > 0
    return float((both[present] / (there + found - both)[present]).mean())
