"""What a loss landscape is of: a network, its weights, and the pictures over which its loss is taken."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit import datasets, nets, plans, recipes, specs, surgery
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.inputs import normalised, resized
from vizcore.toolkit.shapes import shapes
from vizcore.toolkit.sources import DATASETS
from vizcore.toolkit.trained import NET
from vizcore.toolkit.training import MEAN, STD, Training
from vizcore.toolkit.training_spec import Spec

Floats = NDArray[np.float32]
Kind = Literal["weight", "bias", "norm"]

NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)
USUAL = 200  # pictures of larger networks; LeNet-5 sees all 1,797 digits
SMALL = 64  # px, up to which all digits are taken
WORK = 3e13  # operations of a surface, which take some minutes on one or two cores
FEWEST = 13**2  # points of a surface


@dataclass(frozen=True)
class Part:
    """One tensor among the flat weights."""

    name: str  # such as "conv1.weight"
    shape: tuple[int, ...]  # the first axis counts filters
    kind: Kind  # "norm" is the scale or the shift of a normalisation
    begin: int  # its place among the flat weights
    end: int  # excluded

    @property
    def where(self) -> slice:
        """Its place among the flat weights."""
        return slice(self.begin, self.end)


@dataclass(frozen=True, eq=False)
class Subject:
    """What a landscape is of. Nobody changes its module: it may be shared with other pages."""

    title: str
    classes: tuple[str, ...]
    module: nn.Module  # in eval mode, without gradients
    images: Tensor  # (M, C, H, W) as the network takes them, where its weights are
    labels: Tensor  # (M,) classes; or targets (M, K) as floats, see `losses`

    @cached_property
    def origin(self) -> Floats:
        """(P,) all weights in the order of `named_parameters`; nothing that batch norm has measured."""
        return weights_of(self.module)

    @cached_property
    def buffers(self) -> Floats:
        """(B,) means and variances that batch norm has measured, in the order of `named_buffers`."""
        return buffers_of(self.module)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The tensors of the weights, one behind the other."""
        found: list[Part] = []
        for name, weight in self.module.named_parameters():
            owner = self.module.get_submodule(name.rpartition(".")[0])
            kind: Kind = "norm" if isinstance(owner, NORMS) else "weight" if weight.dim() > 1 else "bias"
            begin = found[-1].end if found else 0
            found.append(Part(name, tuple(weight.shape), kind, begin, begin + weight.numel()))
        return tuple(found)

    def named(self, weights: Tensor) -> dict[str, Tensor]:
        """Flat weights (P,) by name, as views: what `torch.func.functional_call` takes."""
        return {part.name: weights[part.where].view(part.shape) for part in self.parts}

    def at(self, weights: Floats, buffers: Floats | None = None) -> "Subject":
        """The same network and pictures with other weights (P,) and buffers (B,), in a module of its own.

        Raises:
            InputError: they do not fit the network, or are not finite.
        """
        module = copy.deepcopy(self.module)
        _fill([*module.parameters()], weights, self.title)
        if buffers is not None:
            _fill(_measured(module), buffers, self.title)
        return replace(self, module=module)

    def first(self, count: int) -> "Subject":
        """The same network with the first so many of its pictures; 0 takes all."""
        return replace(self, images=self.images[:count], labels=self.labels[:count]) if count else self


def of_network(reference: str, *, data: str = "", count: int = 0) -> Subject:
    """A network of the list, with the pictures it knows.

    Args:
        reference: see `nets`.
        data: key of DATASETS; left out, what the network was trained on, as far as its classes tell.
        count: pictures; 0 takes all digits, and USUAL of other pictures.

    Raises:
        InputError: there is no such network, its weights are not here or not finite, or the data does not
            fit.
    """
    net = nets.find(reference)
    name = data or known_by(net)
    extent = pick(DATASETS, name, "data set")
    if len(extent.classes) != len(net.classes):
        raise InputError(
            f"{net.title} tells {len(net.classes)} classes apart, {extent.title} has {len(extent.classes)}. "
            "Choose another data set."
        )
    module = nets.load(reference)
    place = next(module.parameters()).device
    pixels, labels = _pictures(name, net, min(count or _usual(name, net, module), extent.most))
    found = Subject(net.title, net.classes, module, normalised(pixels, net).to(place), labels.to(place))
    check(found)
    return found


def carried(reference: str) -> tuple[str, dict[str, Floats]]:
    """What another process needs to make the same network: a reference, and arrays.

    Uploaded weights are known to the server alone, so they travel as a "path" (1, P) and its "buffers"
    (1, B), their architecture by name, untrained. There are no arrays where any process has the weights.

    Raises:
        InputError: there is no such network, or its weights are not here.
    """
    base, _ = surgery.split(reference)
    name, marked, digest = base.partition("@")
    if not marked:
        nets.find(reference)
        return reference, {}
    module = nets.load(reference)
    arrays = {"path": weights_of(module)[None], "buffers": buffers_of(module)[None]}
    return reference.replace(f"{name}@{digest}", f"{name}~0", 1), arrays


def of_training(run: Training, *, held: bool = False) -> Subject:
    """The network of a training run as it stands now, with the pictures that it learns from.

    Args:
        run: not changed, and free to go on.
        held: take the pictures that were held out instead.
    """
    module = copy.deepcopy(run.module).eval().requires_grad_(False)
    images, labels = (run.held_images, run.held_labels) if held else (run.images, run.labels)
    ready = (run.pixels(images) - MEAN) / STD
    own = run.spec.net.startswith(specs.PREFIX)
    net = "Own network" if own else recipes.RECIPES[run.spec.net].title
    title = f"{net} on {run.data.title}"
    return Subject(title, run.data.classes, module, ready, labels)


def of_states(
    states: Iterable[bytes], spec: Spec, own: datasets.Extent | None = None
) -> tuple[Floats, Floats]:
    """The path of a training run: flat weights (T, P) and buffers (T, B) at its checkpoints.

    Args:
        states: as `Training.state` gave them, in order; at least one.
        spec: the settings of the run.
        own: what there is of own pictures, where these are the data.
    """
    with torch.device("meta"):
        module = specs.build(plans.plan(spec, own).net)
    weights = [NET + name for name, _ in module.named_parameters()]
    buffers = [NET + name for name, each in module.named_buffers() if each.is_floating_point()]
    path, measured = [], []
    for state in states:
        tensors = load(state)
        path.append(_flat(tensors[name] for name in weights))
        measured.append(_flat(tensors[name] for name in buffers))
    return np.stack(path), np.stack(measured)


def weights_of(module: nn.Module) -> Floats:
    """(P,) all weights of a network, in the order of `named_parameters`; a copy."""
    return _flat(module.parameters())


def buffers_of(module: nn.Module) -> Floats:
    """(B,) what batch norm has measured, in the order of `named_buffers`; a copy."""
    return _flat(_measured(module))


def losses(outputs: Tensor, labels: Tensor) -> Tensor:
    """(M,) the loss of each picture: cross entropy of logits (M, K) in nats where labels are classes (M,).

    Where they are targets (M, K), it is the mean of the squared errors.
    """
    if labels.is_floating_point():
        return (outputs - labels).square().mean(dim=1)
    return F.cross_entropy(outputs, labels, reduction="none")


def check(subject: Subject) -> None:
    """InputError: weights are not finite, so there is no landscape around them."""
    for part in subject.parts:
        if not np.isfinite(subject.origin[part.where]).all():
            raise InputError(
                f"The weights {part.name} of {subject.title} are not finite (nan or infinite): its "
                "training has diverged. Choose an earlier checkpoint or other weights."
            )


def operations(module: nn.Module, shape: tuple[int, int, int]) -> int:
    """Multiplications and additions in the convolutions and linear layers, for a picture (C, H, W)."""
    found: list[int] = []

    def count(layer: nn.Conv2d | nn.Linear, _: object, output: Tensor) -> None:
        found.append(2 * output.numel() * layer.weight[0].numel())

    layers = [each for each in module.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    try:
        with torch.inference_mode():
            module(torch.zeros(1, *shape, device=next(module.parameters()).device))
    finally:
        for hook in hooks:
            hook.remove()
    return sum(found)


def known_by(net: nets.Net) -> str:
    """The data set whose classes a network tells apart; of several, the first with as many channels.

    Raises:
        InputError: there is none.
    """
    fitting = [name for name, source in DATASETS.items() if source.classes == net.classes]
    if not fitting:
        raise InputError(
            f"No data set here has the classes of {net.title}, so its loss is not known. Choose a "
            "network that tells digits or shapes apart."
        )
    return next((name for name in fitting if DATASETS[name].shape[0] == net.input_shape[0]), fitting[0])


def _usual(data: str, net: nets.Net, module: nn.Module) -> int:
    """All digits, and of other pictures no more than make a small surface in some minutes."""
    if data == "digits" and max(net.input_shape) <= SMALL:
        return DATASETS[data].most
    return max(1, min(USUAL, int(WORK / FEWEST / max(1, operations(module, net.input_shape)))))


def _pictures(data: str, net: nets.Net, count: int) -> tuple[Tensor, Tensor]:
    """Pictures (M, C, S, S) in [0, 1] at a network's size, and their labels (M,)."""
    channels, side, _ = net.input_shape
    if data == "shapes" and side > DATASETS[data].shape[1]:  # drawn larger, as bundled networks know them
        drawn = shapes(count, seed=2)
        pixels, labels = torch.from_numpy(drawn.images).permute(0, 3, 1, 2), drawn.labels
    else:
        images, labels = DATASETS[data].load(count)
        pixels = torch.from_numpy(images).float() / 255
    return resized(pixels, net).expand(-1, channels, -1, -1), torch.tensor(labels, dtype=torch.int64)


def _measured(module: nn.Module) -> list[Tensor]:
    return [each for each in module.buffers() if each.is_floating_point()]


def _flat(tensors: Iterable[Tensor]) -> Floats:
    """All values of tensors one behind the other; a copy."""
    found = [each.detach().flatten().float().cpu() for each in tensors]
    return torch.cat(found).numpy() if found else np.empty(0, np.float32)


def _fill(tensors: list[Tensor], values: Floats, title: str) -> None:
    """Write flat values into tensors."""
    count = sum(each.numel() for each in tensors)
    if values.shape != (count,) or not np.isfinite(values).all():
        raise InputError(
            f"{title} takes {count:,} finite numbers as its weights or statistics; these are "
            f"{values.size:,}, or some are not finite. Choose other weights."
        )
    begin = 0
    for each in tensors:
        part = torch.from_numpy(values[begin : begin + each.numel()].copy())
        each.detach().copy_(part.view(each.shape))
        begin += each.numel()
