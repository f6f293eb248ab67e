"""A function of one variable with its slope by autograd."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """A function at several places."""

    x: Floats  # (N,)
    value: Floats  # (N,)
    slope: Floats  # (N,) the derivative by autograd; at a kink one of the slopes beside it, or between them


def traced(function: Callable[[Tensor], Tensor], x: Floats) -> Curve:
    """A function and its slope, both by torch in float64.

    Args:
        function: of a tensor (N,), place by place.
        x: (N,).
    """
    with torch.enable_grad():
        places = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        value = function(places)
        slope = torch.zeros_like(places)  # of what autograd cannot look into, such as a comparison
        if value.requires_grad:
            (slope,) = torch.autograd.grad(value.sum(), places)
    return Curve(x, value.detach().numpy(), slope.numpy())
