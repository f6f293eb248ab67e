"""Copies of a training run, and all their weights in one computation."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F

from vizcore.toolkit import optimisation
from vizcore.toolkit.training import Training

MEASURED = 25  # times that the validation set is passed in a run


class Copy(Training):
    """One of the runs. It is measured as often as a band needs it, which changes nothing else."""

    @property
    def every(self) -> int:
        """Steps from one validation to the next."""
        return math.ceil(self.total / MEASURED)


class Stack:
    """The copies' weights as one tensor for each layer, (K, ...); the copies look at their slices of it."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.copies, self.module = copies, copies[0].module
        weights, buffers = stack_module_state([copy.module for copy in copies])
        self.weights = {name: each.detach().requires_grad_() for name, each in weights.items()}
        self.buffers = buffers
        spec = copies[0].spec
        self.optimiser = optimisation.OPTIMISERS[spec.optimiser].build(
            list(self.weights.values()), lr=spec.lr, weight_decay=spec.weight_decay
        )
        for place, weight in enumerate(self.weights.values()):
            kept = [copy.optimiser.state.get(copy.weights[place], {}) for copy in copies]
            for key, value in kept[0].items():
                together = [state[key] for state in kept]
                self.optimiser.state[weight][key] = torch.stack(together) if value.dim() else value.clone()
        for at, copy in enumerate(copies):
            for weight, stacked in zip(copy.weights, self.weights.values(), strict=True):
                weight.data = stacked.data[at]
            for name, _ in copy.module.named_buffers():
                owner, _, last = name.rpartition(".")
                setattr(copy.module.get_submodule(owner), last, self.buffers[name][at])

    def step(self, step: int, lr: float) -> list[tuple[float, float]]:
        """Take a step with all copies: of each the loss before it, and the share of hits."""
        batches = [copy.batch(step) for copy in self.copies]
        images, labels = (torch.stack(parts) for parts in zip(*batches, strict=True))
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        self.module.train()
        with torch.enable_grad():
            logits = vmap(self._logits)(self.weights, self.buffers, images)  # (K, B, classes)
            each = F.cross_entropy(
                logits.flatten(0, 1),
                labels.flatten(),
                label_smoothing=self.copies[0].spec.smoothing,
                reduction="none",
            )
            losses = each.view(labels.shape).mean(dim=1)
        self.optimiser.zero_grad()
        losses.sum().backward()  # type: ignore[no-untyped-call]  # no copy's loss depends on another's weights
        self.optimiser.step()
        hits = (logits.detach().argmax(2) == labels).float().mean(dim=1)
        return list(zip(losses.tolist(), hits.tolist(), strict=True))

    def _logits(self, weights: dict[str, Tensor], buffers: dict[str, Tensor], images: Tensor) -> Tensor:
        logits: Tensor = functional_call(self.module, (weights, buffers), (images,))
        return logits

    def hand_back(self) -> None:
        """Give each copy what the optimiser remembers of its weights."""
        for place, stacked in enumerate(self.weights.values()):
            for key, value in self.optimiser.state.get(stacked, {}).items():
                for at, copy in enumerate(self.copies):
                    copy.optimiser.state[copy.weights[place]][key] = value[at] if value.dim() else value
