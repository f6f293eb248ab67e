"""The networks one can choose, and their weights.

A network is named by a **reference**, which stands in links and is all that pages and cores pass around:

    tiny_vgg                the network of that name with its trained weights
    resnet18~7              the architecture of that name, untrained: random weights from seed 7
    resnet18@3f2a...        the same architecture with weights that somebody uploaded, named by their digest
    arch-eJyr...~0          an architecture that somebody wrote (see `specs`), untrained
    arch-eJyr...@3f2a...    the same with weights, such as those of a network that was trained here
    tiny_vgg!z-conv1_1-3    any of these, with operations on its channels (see `surgery`)
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from vizcore.toolkit import architectures, checkpoints, pretrained, specs, surgery
from vizcore.toolkit.data import DIGIT_CLASSES, SHAPE_CLASSES
from vizcore.toolkit.device import best
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.graphs import Step, bound, outputs, steps
from vizcore.toolkit.matching import Architecture, written
from vizcore.toolkit.shared import Shared

WEIGHTS = Path(__file__).parents[1] / "weights"
Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Net:
    """A network: how to build it, what it takes in and what its outputs mean."""

    title: str  # such as "LeNet-5"
    summary: str  # one sentence: what it is and what it was trained to know
    build: Callable[[int], nn.Module]  # makes it for a number of classes, with random weights
    read: Callable[[], Weights] | None  # its trained weights; None where they are random
    input_shape: tuple[int, int, int]  # (C, H, W); C is 1 for grey or 3 for RGB, H = W
    mean: tuple[float, ...]  # (C,) subtracted from pixels in [0, 1]
    std: tuple[float, ...]  # (C,) what the difference is divided by
    classes: tuple[str, ...]  # name of each output
    source: str  # where the architecture was published
    resize: int = 0  # px that the picture's shorter side gets before its middle is cut out; 0: as the input
    interpolation: str = "bilinear"  # or "bicubic"
    seed: int = 0  # of random weights

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels that it takes in."""
        return ("red", "green", "blue") if self.input_shape[0] == 3 else ("grey",)


def bundled(name: str) -> Weights:
    """The weights of a network that comes with the project.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        return load_file(WEIGHTS / f"{name}.safetensors")
    except (OSError, SafetensorError) as error:
        raise InputError(f"{name}.safetensors is missing, damaged or no safetensors file.") from error


NETS: dict[str, Net] = {
    "lenet5": Net(
        title="LeNet-5",
        summary="The cheque reader of 1998 with today's ReLU and max pooling, trained to know digits.",
        build=architectures.lenet5,
        read=partial(bundled, "lenet5"),
        input_shape=(1, 32, 32),
        mean=(0.5,),
        std=(0.5,),
        classes=DIGIT_CLASSES,
        source="LeCun et al. 1998, Gradient-based learning applied to document recognition",
    ),
    "tiny_vgg": Net(
        title="TinyVGG",
        summary="Eight plain 3 × 3 convolutions in a row, trained to know ten shapes whatever their colour.",
        build=architectures.tiny_vgg,
        read=partial(bundled, "tiny_vgg"),
        input_shape=(3, 64, 64),
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        classes=SHAPE_CLASSES,
        source="after Simonyan & Zisserman 2014, arXiv:1409.1556",
    ),
    "small_resnet": Net(
        title="Small ResNet",
        summary="Six residual blocks with batch norm, trained to know ten shapes whatever their colour.",
        build=architectures.small_resnet,
        read=partial(bundled, "small_resnet"),
        input_shape=(3, 64, 64),
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        classes=SHAPE_CLASSES,
        source="after He et al. 2015, arXiv:1512.03385",
    ),
}


_REFERENCE = re.compile(
    r"(?P<name>arch-[\w-]{1,4000}|[a-z0-9_]{1,40})(?:~(?P<seed>0|[1-9]\d{0,5})|@(?P<digest>[0-9a-f]{32}))?",
    re.ASCII,
)


def find(reference: str) -> Net:
    """The network that a reference names; no weights are made or read yet.

    Raises:
        InputError: there is no such network, its weights have left this computer, or an operation does not
            fit it.
    """
    base, operations = surgery.split(str(reference))
    net = _find(base)
    if not operations:
        return net
    _check_fit(str(reference))
    says = "; ".join(operation.says for operation in operations)
    return replace(net, title=f"{net.title}, operated on", summary=f"{net.summary} Operated on: {says}.")


@lru_cache(maxsize=256)
def _check_fit(reference: str) -> None:
    """Raise an InputError unless the operations of a reference are possible; pages ask that many times."""
    base, operations = surgery.split(reference)
    surgery.replacements({step.name: step.module for step in _skeleton(_seedless(base)).steps}, operations)


def _find(base: str) -> Net:
    """The network of a reference without operations."""
    parts = _REFERENCE.fullmatch(base)
    if parts is None:
        raise InputError(f"{base[:40]!r} names no network. Choose one from the list.")
    net = _architecture(parts["name"])
    if parts["digest"]:
        return _with_weights(net, parts["digest"])
    if parts["seed"] is not None:
        seed = int(parts["seed"])
        title = f"{net.title}, untrained (seed {seed})"
        return replace(net, title=title, summary="Its weights are random.", read=None, seed=seed)
    return net


def _architecture(name: str) -> Net:
    if name.startswith("arch-"):
        return _own_architecture(name)
    return _pretrained(name) if name in pretrained.PRETRAINED else pick(NETS, name, "network")


@lru_cache(maxsize=32)
def _pretrained(name: str) -> Net:
    entry, facts = pretrained.PRETRAINED[name], pretrained.facts(name)
    return Net(
        title=entry.title,
        summary=f"{entry.summary} Trained on ImageNet to know 1,000 classes.",
        build=partial(pretrained.build, name),
        read=partial(pretrained.state_dict, name),
        input_shape=(3, facts.crop, facts.crop),
        mean=facts.mean,
        std=facts.std,
        classes=facts.classes,
        source=entry.source,
        resize=facts.resize,
        interpolation=facts.interpolation,
    )


@lru_cache(maxsize=64)
def _own_architecture(token: str) -> Net:
    spec = specs.from_token(token)
    count = spec.input_shape[0]
    return Net(
        title="Own architecture",
        summary=f"{len(spec.layers)} layers that somebody wrote down.",
        build=written(token).build,
        read=None,
        input_shape=spec.input_shape,
        mean=(0.5,) * count,
        std=(0.25,) * count,
        classes=spec.classes,
        source="its JSON",
    )


def _with_weights(net: Net, digest: str) -> Net:
    """The network with weights that were uploaded; their last layer says how many classes there are."""
    found = checkpoints.known(digest)
    if found is None:
        raise InputError(
            "The weights that the link names are not on this server any more. Upload them again."
        )
    names = found.labels or (
        net.classes
        if found.classes == len(net.classes)
        else tuple(f"class {k}" for k in range(found.classes))
    )
    title = found.title or f"{net.title} with own weights"
    return replace(net, title=title, read=partial(checkpoints.load, digest), classes=names)


def ready(reference: str) -> bool:
    """Whether the weights of a network are on this computer.

    Raises:
        InputError: there is no such network.
    """
    find(reference)
    base, _ = surgery.split(reference)
    return base not in pretrained.PRETRAINED or pretrained.available(base)


@lru_cache(maxsize=1)
def all_architectures() -> Mapping[str, Architecture]:
    """What own weights can be for: every architecture in the list, by name."""
    listed = {name: find(name) for name in (*NETS, *pretrained.PRETRAINED)}
    return {name: Architecture(net.title, net.build, len(net.classes)) for name, net in listed.items()}


def load(reference: str, device: str | None = None) -> nn.Module:
    """A network in eval mode, without gradients for its weights.

    All who ask share it: never train it, move it or leave a hook on it. Of a network that was operated on
    they share what no operation changes, with that network too; the rest is made anew each time.

    Args:
        reference: see the head of this module.
        device: where its weights lie; the fastest device when left out.

    Raises:
        InputError: there is no such network, or its weights are missing or do not fit it.
    """
    return _loaded(reference, device)[0]


def loaded(reference: str, device: str | None = None) -> bool:
    """Whether a network is there already, so that `load` and `network` take no time."""
    return _networks.known((surgery.split(str(reference))[0], device or best())) is not None


def network(reference: str, device: str | None = None) -> tuple[Step, ...]:
    """The steps of a network with its weights, see `graphs.steps`; arguments and errors as of `load`."""
    return _loaded(reference, device)[1]


def _loaded(reference: str, device: str | None) -> tuple[nn.Module, tuple[Step, ...]]:
    base, operations = surgery.split(str(reference))
    net, where = _find(base), device or best()

    def built() -> tuple[nn.Module, tuple[Step, ...]]:
        module, known = fresh(net).to(where), _skeleton(_seedless(base))
        return module, bound(known.steps, known.module, module)

    found = _networks.get((base, where), built)
    return surgery.operate(*found, operations) if operations else found


_seeding = threading.Lock()  # PyTorch's global generator has one owner at a time


def nbytes(found: tuple[nn.Module, tuple[Step, ...]]) -> int:
    """Memory of a loaded network: 553 MB for VGG-16."""
    return sum(weight.nbytes for weight in found[0].state_dict().values())


_networks = Shared(nbytes)


def fresh(net: Net) -> nn.Module:
    """A new network with its weights, on the CPU, in eval mode, without gradients.

    Raises:
        InputError: its weights are missing or do not fit it.
    """
    if net.read is None:
        with _seeding, torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(net.seed)
            return net.build(len(net.classes)).eval().requires_grad_(False)
    with torch.device("meta"):  # no memory yet, and no random numbers taken from the others
        module = net.build(len(net.classes))
    fill(module, net.read(), net.title)
    return module.eval().requires_grad_(False)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """A network without its weights (on PyTorch's meta device): enough for every shape."""

    module: nn.Module
    steps: tuple[Step, ...]
    outputs: Mapping[str, Tensor]  # of each step, for one picture


def skeleton(reference: str) -> tuple[Step, ...]:
    """The steps of a network without its weights.

    Raises:
        InputError: there is no such network.
    """
    return _skeleton(structure(reference)).steps


def blank(reference: str) -> Mapping[str, Tensor]:
    """What flows out of each step for one picture: shapes without values. Errors as of `skeleton`."""
    return _skeleton(structure(reference)).outputs


def structure(reference: str) -> str:
    """The same for all networks of equal layers: a reference without its seed, and without operations.

    Raises:
        InputError: there is no such network.
    """
    find(reference)
    return _seedless(reference)


def _seedless(reference: str) -> str:
    return surgery.split(str(reference))[0].partition("~")[0]


@lru_cache(maxsize=32)
def _skeleton(structure: str) -> Skeleton:
    net = _find(structure)
    with torch.device("meta"), torch.no_grad():
        module, batch = net.build(len(net.classes)).eval(), torch.zeros(1, *net.input_shape)
        found = steps(module, batch)
        return Skeleton(module, found, outputs(found, batch))


def fill(module: nn.Module, weights: Weights, title: str) -> None:
    """Give `module` its weights, once all of them are known to fit.

    Args:
        module: on any device; its own weights are replaced, not written to.
        weights: name -> tensor.
        title: of the network, for the message.

    Raises:
        InputError: there is a tensor too many, one too few, one of another shape or type, or one that is
            not finite.
    """
    expected = module.state_dict()
    if odd := expected.keys() ^ weights.keys():
        some = ", ".join(sorted(odd)[:3])
        raise InputError(f"The weights and the network {title} differ in the tensors {some}.")
    for name, tensor in weights.items():
        wanted = expected[name]
        if tensor.shape != wanted.shape or tensor.dtype != wanted.dtype:
            found = f"{tuple(tensor.shape)} {tensor.dtype}"
            raise InputError(f"{name} of {title} is {found}, not {tuple(wanted.shape)} {wanted.dtype}.")
        if tensor.is_floating_point() and tensor.numel() and not torch.isfinite(tensor.abs().max()):
            raise InputError(f"{name} of {title} has values that are not finite.")
    module.load_state_dict(weights, assign=True)
