"""What PyTorch writes as functions, as modules: steps of a network that can be named and looked into."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


class Add(nn.Module):
    """The residual sum."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Elementwise sum of two tensors of one shape."""
        return first + second


class Multiply(nn.Module):
    """A gate: one tensor says how much of the other passes."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Elementwise product; a tensor of (N, C, 1, 1) counts for all pixels of the other."""
        return first * second


class Scale(nn.Module):
    """Learned factors, one for each channel."""

    def __init__(self, factors: nn.Parameter) -> None:
        super().__init__()
        self.factors = factors

    def forward(self, x: Tensor) -> Tensor:
        """Elementwise product with the factors."""
        return x * self.factors


class Concat(nn.Module):
    """Parallel branches become one stack of maps."""

    def forward(self, *parts: Tensor) -> Tensor:
        """Several (N, C_k, H, W) -> (N, sum of C_k, H, W)."""
        return torch.cat(parts, dim=1)


class Permute(nn.Module):
    """Another order of the axes."""

    def __init__(self, *dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        """The same values, axis `dims[i]` as axis i."""
        return x.permute(self.dims)


class Call(nn.Module):
    """Any other function, with everything that it was given besides the outputs of other steps."""

    def __init__(self, function: Callable[..., Any], arguments: Any, part: int | None = None) -> None:
        super().__init__()
        self.function = function
        self.arguments = arguments  # (args, kwargs); a Slot stands where an output goes
        self.part = part  # which of several results; None where there is one
        # It may write over what it reads, as clamp_ and __imul__ do; __getitem__ does not, a copy is no harm.
        self.inplace = function.__name__.endswith("_") or arguments[1].get("inplace", False)

    def forward(self, *outputs: Tensor) -> Tensor:
        """The function's result for other outputs."""
        args, kwargs = filled(self.arguments, outputs)
        result = self.function(*args, **kwargs)
        return result if self.part is None else result[self.part]


@dataclass(frozen=True)
class Slot:
    """The place of an output among the arguments of a function."""

    number: int  # which output


def filled(arguments: Any, outputs: Sequence[Tensor]) -> Any:
    """Arguments with an output in the place of each Slot."""
    return mapped(arguments, lambda entry: outputs[entry.number] if isinstance(entry, Slot) else entry)


def mapped(arguments: Any, change: Callable[[Any], Any]) -> Any:
    """Arguments with `change(entry)` in the place of each entry, however deep in lists."""
    if isinstance(arguments, (tuple, list)) and not isinstance(arguments, torch.Size):
        return type(arguments)(mapped(entry, change) for entry in arguments)
    if isinstance(arguments, dict):
        return {key: mapped(entry, change) for key, entry in arguments.items()}
    return change(arguments)
