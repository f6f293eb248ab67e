"""The networks one can choose, and their trained weights."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from vizcore.toolkit import architectures
from vizcore.toolkit.data import DIGIT_CLASSES, SHAPE_CLASSES
from vizcore.toolkit.device import best
from vizcore.toolkit.errors import InputError, pick

WEIGHTS = Path(__file__).parents[1] / "weights"


@dataclass(frozen=True)
class Net:
    """A network: how to build it, what it takes in and what its outputs mean."""

    title: str  # such as "LeNet-5"
    summary: str  # one sentence: what it is and what it was trained to know
    build: Callable[[], nn.Module]  # makes it with random weights
    file: str  # name of its weights in vizcore/weights
    input_shape: tuple[int, int, int]  # (C, H, W); C is 1 for grey or 3 for RGB, H = W
    mean: tuple[float, ...]  # (C,) subtracted from pixels in [0, 1]
    std: tuple[float, ...]  # (C,) what the difference is divided by
    classes: tuple[str, ...]  # name of each output
    source: str  # where the architecture was published

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels that it takes in."""
        return ("red", "green", "blue") if self.input_shape[0] == 3 else ("grey",)


NETS: dict[str, Net] = {
    "lenet5": Net(
        title="LeNet-5",
        summary="The cheque reader of 1998 with today's ReLU and max pooling, trained to know digits.",
        build=architectures.lenet5,
        file="lenet5.safetensors",
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
        file="tiny_vgg.safetensors",
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
        file="small_resnet.safetensors",
        input_shape=(3, 64, 64),
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        classes=SHAPE_CLASSES,
        source="after He et al. 2015, arXiv:1512.03385",
    ),
}


def load(name: str, device: str | None = None) -> nn.Module:
    """A trained network in eval mode, without gradients for its weights.

    All who ask share it: never train it, move it or leave a hook on it.

    Args:
        name: a key of NETS.
        device: where its weights lie; the fastest device when left out.

    Raises:
        InputError: there is no such network, or its file of weights is missing or does not fit it.
    """
    net = pick(NETS, name, "network")
    with _loading:
        return _loaded(net, device or best())


_loading = threading.Lock()


@lru_cache(maxsize=4)
def _loaded(net: Net, device: str) -> nn.Module:
    """Build and fill a network; the four last used are kept."""
    with torch.device("meta"):  # no memory yet, and no random numbers taken from the others
        module = net.build()
    fill(module, WEIGHTS / net.file)
    return module.to(device).eval().requires_grad_(False)


def fill(module: nn.Module, path: Path) -> None:
    """Give `module` the weights of a safetensors file, once all of them are known to fit.

    Raises:
        InputError: the file cannot be read, or has a tensor too many, one too few, one of another shape or
            type, or one that is not finite.
    """
    try:
        weights = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path.name} is missing, damaged or no safetensors file.") from error
    expected = module.state_dict()
    if odd := expected.keys() ^ weights.keys():
        raise InputError(f"{path.name} and the network differ in the tensors {', '.join(sorted(odd)[:3])}.")
    for name, tensor in weights.items():
        wanted = expected[name]
        if tensor.shape != wanted.shape or tensor.dtype != wanted.dtype:
            found = f"{tuple(tensor.shape)} {tensor.dtype}"
            raise InputError(f"{name} in {path.name} is {found}, not {tuple(wanted.shape)} {wanted.dtype}.")
        if not math.isfinite(tensor.double().abs().sum()):
            raise InputError(f"{name} in {path.name} has values that are not finite.")
    module.load_state_dict(weights, assign=True)
