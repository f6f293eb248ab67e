"""The networks that one can train, as lists of layers for the data at hand.

Each becomes a checked `specs.Spec`, so a trained one is a network like any other: every page can look
through it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from vizcore.toolkit import specs
from vizcore.toolkit.errors import InputError, pick

Layers = list[dict[str, object]]
ACTIVATIONS: Mapping[str, str] = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "hardswish": "Hard-swish",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
}


@dataclass(frozen=True)
class Style:
    """What all layers of a network have in common."""

    activation: str  # key of ACTIVATIONS
    norm: bool  # batch norm behind every convolution
    dropout: float  # share of values that are set to 0 before the last layer, 0 to 0.95


@dataclass(frozen=True)
class Recipe:
    """A network to train."""

    title: str
    layers: Callable[[int, int, Style], Layers]  # side of the pictures, number of classes, style
    least: int  # px of the smallest pictures that it takes
    says: str


def _lenet5(side: int, classes: int, style: Style) -> Layers:
    """LeNet-5 in its modern variant, for pictures of any side; its padding keeps 28 px as it kept 32."""
    pad = {"padding": 2} if side < 32 else {}
    head: Layers = [{"kind": "flatten"}]
    for width in (120, 84):
        head += [{"kind": "linear", "out": width}, {"kind": style.activation}]
    return [
        *_convolution(style, out=6, kernel=5, **pad),
        {"kind": "max_pool", "kernel": 2},
        *_convolution(style, out=16, kernel=5),
        {"kind": "max_pool", "kernel": 2},
        *head,
        *_last(style, classes),
    ]


def _tiny_vgg(side: int, classes: int, style: Style) -> Layers:
    """Pairs of 3 x 3 convolutions with a pooling behind each, until 4 to 7 px are left."""
    widths = (16, 32, 64, 64)[: max(1, (side // 4).bit_length() - 1)]
    blocks: Layers = []
    for width in widths:
        for _ in range(2):
            blocks += _convolution(style, out=width, kernel=3, padding=1)
        blocks.append({"kind": "max_pool", "kernel": 2})
    return [*blocks, {"kind": "flatten"}, *_last(style, classes)]


def _resnet(skips: bool) -> Callable[[int, int, Style], Layers]:
    """Three stages of two blocks of two convolutions, with or without what makes a block residual."""

    def layers(side: int, classes: int, style: Style) -> Layers:
        found: Layers = [*_convolution(style, out=16, kernel=3, padding=1)]
        found[-1]["name"] = before = "start"
        width = 16
        for block, out in enumerate((16, 16, 32, 32, 64, 64), start=1):
            stride = 1 if out == width else 2
            found += _block(style, block, before, out, stride, skips, project=stride > 1)
            before, width = f"block{block}", out
        return [*found, {"kind": "global_avg_pool"}, {"kind": "flatten"}, *_last(style, classes)]

    return layers


def _block(
    style: Style, number: int, before: str, out: int, stride: int, skips: bool, project: bool
) -> Layers:
    """Two convolutions; their result is added to what the block was given, and activated."""
    first, second = (_bare(style, out=out, kernel=3, padding=1, stride=step) for step in (stride, 1))
    first[0]["from"] = before
    inner: Layers = [*first, {"kind": style.activation}, *second]
    if not skips:
        return [*inner, {"kind": style.activation, "name": f"block{number}"}]
    inner[-1]["name"], shortcut = f"residual{number}", before
    if project:
        shortcut = f"shortcut{number}"
        inner.append(
            {"kind": "conv", "name": shortcut, "from": before, "out": out, "kernel": 1, "stride": stride}
        )
    return [
        *inner,
        {"kind": "add", "from": [f"residual{number}", shortcut]},
        {"kind": style.activation, "name": f"block{number}"},
    ]


def _mlp(side: int, classes: int, style: Style) -> Layers:
    hidden: Layers = [{"kind": "flatten"}]
    for width in (128, 64):
        hidden += [{"kind": "linear", "out": width}, {"kind": style.activation}]
    return [*hidden, *_last(style, classes)]


def _convolution(style: Style, **settings: int) -> Layers:
    return [*_bare(style, **settings), {"kind": style.activation}]


def _bare(style: Style, **settings: int) -> Layers:
    """A convolution and its norm, which has a bias of its own."""
    if style.norm:
        return [{"kind": "conv", **settings, "bias": False}, {"kind": "batch_norm"}]
    return [{"kind": "conv", **settings}]


def _last(style: Style, classes: int) -> Layers:
    dropped: Layers = [{"kind": "dropout", "p": style.dropout}] if style.dropout else []
    return [*dropped, {"kind": "linear", "out": classes}]


RECIPES: Mapping[str, Recipe] = {
    "lenet5": Recipe(
        "LeNet-5", _lenet5, 12, "Two convolutions and three dense layers: fast, and enough for digits."
    ),
    "tiny_vgg": Recipe("Tiny VGG", _tiny_vgg, 8, "Pairs of 3 × 3 convolutions, a pooling behind each pair."),
    "resnet": Recipe("Small ResNet", _resnet(skips=True), 8, "Thirteen convolutions in six residual blocks."),
    "plain": Recipe("ResNet, no skips", _resnet(skips=False), 8, "The same layers, but nothing is added."),
    "mlp": Recipe("MLP", _mlp, 8, "Dense layers only: it does not know which pixels are neighbours."),
}


@lru_cache(maxsize=64)
def network(name: str, channels: int, side: int, classes: tuple[str, ...], style: Style) -> specs.Spec:
    """The layers of a network for given data.

    Args:
        name: key of RECIPES, or the token of an own architecture, which keeps its own style.
        channels: of the pictures, 1 or 3.
        side: of the pictures, px.
        classes: their names.
        style: what its layers have in common.

    Raises:
        InputError: there is no such network, or it does not fit the data.
    """
    if name.startswith(specs.PREFIX):
        return _own(name, channels, side, classes)
    recipe = pick(RECIPES, name, "network to train")
    pick(ACTIVATIONS, style.activation, "activation function")
    if side < recipe.least:
        raise InputError(f"{recipe.title} takes pictures of {recipe.least} px or more, not {side}.")
    document = {
        "input": [channels, side, side],
        "classes": list(classes),
        "layers": recipe.layers(side, len(classes), style),
    }
    return specs.parse(json.dumps(document, ensure_ascii=False))


def _own(token: str, channels: int, side: int, classes: tuple[str, ...]) -> specs.Spec:
    """A network that somebody wrote, if it takes these pictures and tells as many classes apart."""
    spec = specs.from_token(token)
    if spec.input_shape != (channels, side, side):
        raise InputError(
            f"This network takes {list(spec.input_shape)}, but the pictures are {[channels, side, side]}. "
            "Change its input."
        )
    if len(spec.classes) != len(classes):
        raise InputError(
            f"This network tells {len(spec.classes)} classes apart, but the data has {len(classes)}. "
            "Change its last layer."
        )
    return replace(spec, classes=classes)
