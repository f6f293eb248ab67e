"""One step of a training run, taken apart: what goes forward, what it costs, what comes back, what moves."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit import device
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.training import MEAN, STD, Training

MOST_AHEAD = 100  # steps that are repeated to get to the one that is taken apart

ROWS, COLUMNS = 16, 32  # weights of one tensor that are shown: of its first units, along their first inputs

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Followed:
    """One weight on its way through a step."""

    name: str  # of its tensor, such as "conv1.weight"
    index: int  # in that tensor, counted through
    place: tuple[int, ...]  # and as its place there
    before: float
    slope: float  # of the loss of the batch along this weight
    gradient: float  # what the optimiser is given: the slope with L1, and clipped
    memory: Mapping[str, tuple[float, float]]  # what the optimiser keeps of it, before and after, by its name
    time: int  # steps of the optimiser, with this one
    after: float


@dataclass(frozen=True, eq=False)
class Walk:
    """A step of B examples, K classes, L layers with the input, and T tensors of weights."""

    step: int  # updates before this one
    classes: tuple[str, ...]  # names
    lr: float
    images: NDArray[np.uint8]  # (B, C, S, S) as the network sees them, augmented
    labels: NDArray[np.int64]  # (B,)
    logits: Floats  # (B, K)
    probabilities: Floats  # (B, K)
    targets: Floats  # (B, K) 1 at the label, or as smoothing makes it
    losses: Floats  # (B,) nats
    slopes: Floats  # (B, K) gradient of the mean loss along the logits: (p - y) / B
    layers: tuple[str, ...]  # names, "input" first
    forward: Floats  # (L,) root mean square of what each layer gives
    backward: Floats  # (L,) and of the gradient of the mean loss along it
    tensors: tuple[str, ...]  # names
    sizes: Floats  # (T,) norm of the weights before the step
    gradients: Floats  # (T,) norm of what the optimiser is given
    moves: Floats  # (T,) norm of the step
    shape: tuple[int, int]  # units of the tensor of the weight that is followed, and inputs of each
    weights: Floats  # (R, C) its first ROWS and COLUMNS of these, before the step
    slope: Floats  # (R, C) the gradient of the loss along them
    move: Floats  # (R, C) and their step
    followed: Followed
    before: float  # mean loss of the batch before the step
    after: float  # and after it, of the same batch with the same dropout
    expected: float  # its change if the loss were a plane: gradient times step, over all weights

    @property
    def guesses(self) -> NDArray[np.int64]:
        """(B,) the class with the highest logit."""
        return self.logits.argmax(axis=1)


@device.in_turn
def ahead(run: Training, steps: int) -> Training:
    """The same run some steps on: weights as `next` would make them, but nothing is measured on the way.

    Raises:
        InputError: that would take too long.
    """
    if not 0 <= steps <= MOST_AHEAD:
        raise InputError(f"Steps are repeated up to {MOST_AHEAD} at a time, not {steps}. Start further on.")
    for _ in range(steps):
        run.update(*run.batch(run.step), run.rate(run.step))
        run.step += 1
    return run


@device.in_turn
def walked(run: Training, chosen: tuple[int, int] | None = None) -> Walk:
    """The next step of a run.

    Args:
        run: it is not changed: a copy takes the step.
        chosen: number of a tensor of weights, and of one weight in it; None: the first weights of more than
            one dimension, and among them the one with the largest gradient.

    Raises:
        InputError: there is no such weight.
    """
    own = _copied(run)
    images, labels = own.batch(own.step)
    lr = own.rate(own.step)
    given = _kept(own.module, images.requires_grad_())
    logits, loss = own.passed(images, labels)
    loss.backward()  # type: ignore[no-untyped-call]
    slopes = [_gradient(weight).clone() for weight in own.weights]
    values = {name: (_size(value.detach()), _size(_gradient(value))) for name, value in given.items()}
    at = _chosen(own, slopes, chosen)
    kept, weights = _memory(own, at), [weight.detach().clone() for weight in own.weights]
    own.update(images, labels, lr)
    moves = [weight.detach() - old for weight, old in zip(own.weights, weights, strict=True)]
    tensor, index = at
    smoothing = own.live["smoothing"]
    return Walk(
        step=run.step,
        classes=run.data.classes,
        lr=lr,
        images=_bytes(images),
        labels=labels.cpu().numpy(),
        logits=_numpy(logits),
        probabilities=_numpy(F.softmax(logits, dim=1)),
        targets=_numpy(F.one_hot(labels, logits.shape[1]) * (1 - smoothing) + smoothing / logits.shape[1]),
        losses=_numpy(F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)),
        slopes=_numpy(_gradient(logits)),
        layers=tuple(given),
        forward=np.array([forward for forward, _ in values.values()], np.float32),
        backward=np.array([backward for _, backward in values.values()], np.float32),
        tensors=tuple(name for name, _ in own.module.named_parameters()),
        sizes=_norms(weights),
        gradients=_norms([_gradient(weight) for weight in own.weights]),
        moves=_norms(moves),
        shape=(len(weights[tensor]), weights[tensor][0].numel()),
        weights=_corner(weights[tensor]),
        slope=_corner(slopes[tensor]),
        move=_corner(moves[tensor]),
        followed=_followed(own, at, float(weights[tensor].flatten()[index]), slopes[tensor], kept),
        before=float(loss.detach()),
        after=float(own.passed(images, labels)[1].detach()),
        expected=sum(float((slope * move).sum()) for slope, move in zip(slopes, moves, strict=True)),
    )


def _copied(run: Training) -> Training:
    """The same run with a network and an optimiser of its own."""
    found = copy(run)
    parts = run.module, run.weights, run.optimiser
    found.module, found.weights, found.optimiser = deepcopy(parts)  # at once: they share their weights
    return found


def _kept(module: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """The input and what each layer gives, with gradients, by name; filled when the network is run."""
    given = {"input": images}

    def keep(layer: nn.Module, _: object, value: Tensor) -> None:
        if names[layer] not in given:  # later passes are others
            value.retain_grad()
            given[names[layer]] = value

    names = {layer: name for name, layer in module.named_children()}
    for layer in names:
        layer.register_forward_hook(keep)
    return given


def _chosen(run: Training, slopes: list[Tensor], chosen: tuple[int, int] | None) -> tuple[int, int]:
    """Number of a tensor, and of a weight in it."""
    if chosen is None:
        tensor = next(number for number, weight in enumerate(run.weights) if weight.dim() > 1)
        return tensor, int(slopes[tensor].abs().flatten().argmax())
    tensor, index = chosen
    if not (0 <= tensor < len(slopes) and 0 <= index < slopes[tensor].numel()):
        raise InputError(
            f"There is no weight {index} in tensor {tensor} of this network. Choose another one."
        )
    return chosen


def _memory(run: Training, at: tuple[int, int]) -> dict[str, float]:
    """What the optimiser keeps of one weight, and "step", by the names that it has for it."""
    tensor, index = at
    state = run.optimiser.state.get(run.weights[tensor], {})
    found = {name: value for name, value in state.items() if isinstance(value, Tensor)}
    return {
        name: float(value if value.dim() == 0 else value.flatten()[index]) for name, value in found.items()
    }


def _followed(
    run: Training, at: tuple[int, int], before: float, slope: Tensor, kept: Mapping[str, float]
) -> Followed:
    """The chosen weight, once the step is taken."""
    tensor, index = at
    weight, now = run.weights[tensor], _memory(run, at)
    return Followed(
        name=[name for name, _ in run.module.named_parameters()][tensor],
        index=index,
        place=tuple(int(place) for place in np.unravel_index(index, tuple(weight.shape))),
        before=before,
        slope=float(slope.flatten()[index]),
        gradient=float(_gradient(weight).flatten()[index]),
        memory={name: (kept.get(name, 0.0), value) for name, value in now.items() if name != "step"},
        time=int(now.get("step", 1)),
        after=float(weight.detach().flatten()[index]),
    )


def _gradient(value: Tensor) -> Tensor:
    """The gradient along a value; 0 where none came back to it."""
    return torch.zeros_like(value) if value.grad is None else value.grad.detach()


def _size(values: Tensor) -> float:
    """Root mean square."""
    return float(values.square().mean().sqrt())


def _norms(tensors: list[Tensor]) -> Floats:
    return torch.stack([tensor.detach().norm() for tensor in tensors]).cpu().numpy()


def _corner(weights: Tensor) -> Floats:
    """The weights of a tensor that are shown, a row for each of its units."""
    return _numpy(weights.reshape(len(weights), -1)[:ROWS, :COLUMNS])


def _bytes(images: Tensor) -> NDArray[np.uint8]:
    """Pictures as the network gets them, as bytes."""
    pixels = (images * STD + MEAN).clamp(0, 1) * 255
    return pixels.round().to(torch.uint8).cpu().contiguous().numpy()


def _numpy(tensor: Tensor) -> Floats:
    return tensor.detach().float().cpu().contiguous().numpy()
