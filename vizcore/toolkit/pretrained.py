"""Networks trained on ImageNet, through torchvision: what they are, and their weights on this computer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from vizcore.toolkit import downloads
from vizcore.toolkit.errors import InputError, pick

T = TypeVar("T")


@dataclass(frozen=True)
class Pretrained:
    """A network that torchvision builds and offers weights for."""

    title: str  # such as "ResNet-18"
    year: int  # of publication
    summary: str  # one sentence: what is special about it, counted as torchvision builds it
    source: str  # where the architecture was published


# By their name in torchvision, in the order of publication.
PRETRAINED: Mapping[str, Pretrained] = {
    "alexnet": Pretrained(
        title="AlexNet",
        year=2012,
        summary="Five convolutions, then three fully connected layers that hold 96 % of its weights.",
        source="Krizhevsky et al. 2012, in the one-column form of Krizhevsky 2014, arXiv:1404.5997",
    ),
    "vgg16": Pretrained(
        title="VGG-16",
        year=2014,
        summary="Thirteen plain 3 × 3 convolutions in a row, then three fully connected layers.",
        source="Simonyan & Zisserman 2014, arXiv:1409.1556",
    ),
    "googlenet": Pretrained(
        title="GoogLeNet",
        year=2014,
        summary="Nine inception modules, each of four branches side by side whose maps are stacked.",
        source="Szegedy et al. 2014, arXiv:1409.4842",
    ),
    "resnet18": Pretrained(
        title="ResNet-18",
        year=2015,
        summary="Eight residual blocks, each two 3 × 3 convolutions with a shortcut past them that is added.",
        source="He et al. 2015, arXiv:1512.03385",
    ),
    "resnet50": Pretrained(
        title="ResNet-50",
        year=2015,
        summary="Sixteen residual blocks, each a 3 × 3 convolution between two 1 × 1 convolutions, of which "
        "the last makes four times as many channels.",
        source="He et al. 2015, arXiv:1512.03385",
    ),
    "squeezenet1_1": Pretrained(
        title="SqueezeNet 1.1",
        year=2016,
        summary="Eight fire modules: a 1 × 1 convolution squeezes the channels, then 1 × 1 and 3 × 3 "
        "convolutions side by side expand them.",
        source="Iandola et al. 2016, arXiv:1602.07360",
    ),
    "densenet121": Pretrained(
        title="DenseNet-121",
        year=2016,
        summary="58 dense layers: each receives the maps of all layers before it in its block and adds 32.",
        source="Huang et al. 2016, arXiv:1608.06993",
    ),
    "mobilenet_v3_small": Pretrained(
        title="MobileNetV3-Small",
        year=2019,
        summary="Eleven inverted residual blocks with depthwise convolutions, found by searching for what "
        "runs fast on a phone.",
        source="Howard et al. 2019, arXiv:1905.02244",
    ),
    "efficientnet_b0": Pretrained(
        title="EfficientNet-B0",
        year=2019,
        summary="Sixteen MBConv blocks with squeeze and excitation; the smallest of a family that grows in "
        "depth, width and resolution at once.",
        source="Tan & Le 2019, arXiv:1905.11946",
    ),
    "convnext_tiny": Pretrained(
        title="ConvNeXt-T",
        year=2022,
        summary="Eighteen blocks with 7 × 7 depthwise convolutions: a ResNet modernised after the example of "
        "vision transformers.",
        source="Liu et al. 2022, arXiv:2201.03545",
    ),
}


@dataclass(frozen=True)
class Facts:
    """What torchvision says of a network, its weights and the pictures that they expect."""

    parameters: int
    gmacs: float  # 10^9 multiplications, each with its addition, for one picture
    megabytes: float  # size of the file, 1 MB = 2^20 bytes
    top1: float  # % of ImageNet's validation pictures whose class is its first guess
    top5: float  # % whose class is among its first five
    file: str  # such as "resnet18-f37072fd.pth"
    url: str
    sha256: str  # how the SHA-256 of the file's content begins
    classes: tuple[str, ...]  # name of each output
    resize: int  # px, shorter side of a picture before the crop
    crop: int  # px, side of the central square that goes in
    interpolation: str  # "bilinear" or "bicubic"
    mean: tuple[float, ...]  # (3,) subtracted from pixels in [0, 1]
    std: tuple[float, ...]  # (3,) what the difference is divided by


@lru_cache(maxsize=len(PRETRAINED))
def facts(name: str) -> Facts:
    """What torchvision says of its best weights for a network.

    Args:
        name: a key of PRETRAINED.

    Raises:
        InputError: there is no such network.
    """
    from torchvision.models import get_model_weights

    pick(PRETRAINED, name, "network")
    weights: Any = get_model_weights(name).DEFAULT
    accuracy, picture = weights.meta["_metrics"]["ImageNet-1K"], weights.transforms()
    file = weights.url.rpartition("/")[2]
    mean, std = ((0.5,) * 3, (0.5,) * 3) if name == "googlenet" else (picture.mean, picture.std)  # see build
    return Facts(
        parameters=weights.meta["num_params"],
        gmacs=weights.meta["_ops"],
        megabytes=weights.meta["_file_size"],
        top1=accuracy["acc@1"],
        top5=accuracy["acc@5"],
        file=file,
        url=weights.url,
        sha256=file.rpartition("-")[2].partition(".")[0],
        classes=tuple(weights.meta["categories"]),
        resize=picture.resize_size[0],
        crop=picture.crop_size[0],
        interpolation=picture.interpolation.value,
        mean=tuple(mean),
        std=tuple(std),
    )


def build(name: str, classes: int = 1000) -> nn.Module:
    """A network with random weights, none of whose modules works in place.

    What runs between modules still does: ResNet's `out += identity`, DenseNet's last ReLU.

    GoogLeNet comes without the two classifiers that only help its training, and without the step that turns
    ImageNet's normalisation into the one it was trained with: `facts` says the latter.

    Args:
        name: a key of PRETRAINED.
        classes: number of outputs.

    Raises:
        InputError: there is no such network.
    """
    from torchvision.models import get_model

    pick(PRETRAINED, name, "network")
    plain: dict[str, Any] = {"aux_logits": False, "transform_input": False, "init_weights": False}
    settings = plain if name == "googlenet" else {}
    net: nn.Module = get_model(name, weights=None, num_classes=classes, **settings)
    for module in net.modules():
        if hasattr(module, "inplace"):
            module.inplace = False  # type: ignore[assignment]
    return net


def renamed(state: Mapping[str, T]) -> dict[str, T]:
    """The entries of a checkpoint under the names that torchvision's networks use today.

    DenseNet's `norm.1.weight` was allowed in its layers until PyTorch 0.4 and is `norm1.weight` since;
    GoogLeNet's classifiers for training, `aux1` and `aux2`, are left out.
    """
    return {
        re.sub(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)", r"\1\2", name): value
        for name, value in state.items()
        if not name.startswith(("aux1.", "aux2."))
    }


def path(name: str) -> Path:
    """Where the file of weights lies or will lie: where torchvision itself puts it, also under TORCH_HOME."""
    return Path(torch.hub.get_dir()) / "checkpoints" / facts(name).file


def available(name: str) -> bool:
    """Whether the file of weights is on this computer."""
    return path(name).is_file()


def download(
    name: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Put the file of weights where `state_dict` finds it; `downloads.download` says what the two are told.

    Raises:
        InputError: there is no such network, or the download failed; the sentence says why and the way out.
    """
    known = facts(name)
    most = round((known.megabytes + 1) * downloads.MB)
    try:
        downloads.download(
            known.url, path(name), sha256=known.sha256, most=most, progress=progress, cancelled=cancelled
        )
    except InputError as error:
        raise InputError(advice(name, str(error))) from error


def advice(name: str, reason: str = "") -> str:
    """What to do without the weights of a network, in two sentences.

    Args:
        name: a key of PRETRAINED.
        reason: why a download failed, as a sentence; none was tried when left out.
    """
    known, folder = facts(name), path(name).parent
    start = f"and the download did not work: {reason} Put" if reason else "yet. Download them, put"
    file = f"{known.file} ({known.megabytes:.1f} MB, from {known.url})"
    return (
        f"The weights of {PRETRAINED[name].title} are not on this computer {start} the file {file} into "
        f"{folder}; or see it untrained, or choose your own weights or one of the bundled networks."
    )


def state_dict(name: str) -> dict[str, Tensor]:
    """The weights of a network by name, all that `build(name)` has, on the CPU; real numbers as float32.

    Raises:
        InputError: there is no such network, its file is not here, cannot be read or is damaged.
    """
    known, where = facts(name), path(name)
    if not where.is_file():
        raise InputError(advice(name))
    downloads.check(where, known.sha256)
    file = torch.hub.load_state_dict_from_url(  # it is here, so nothing is downloaded
        known.url,
        model_dir=str(where.parent),
        file_name=where.name,
        map_location="cpu",
        weights_only=True,
        progress=False,
    )
    state = renamed(file)
    return _counters(state) | {
        key: value.detach().float() if value.is_floating_point() else value for key, value in state.items()
    }


def _counters(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Batch norm's `num_batches_tracked`, which old files lack and no prediction needs."""
    norms = (name.removesuffix("running_mean") for name in state if name.endswith("running_mean"))
    return {f"{norm}num_batches_tracked": torch.tensor(0) for norm in norms}
