r"""A trained convolution is a set of patterns: each filter answers where the picture looks like it.

At every place, a **filter** multiplies the values in its window by its weights and adds the products,

$$y = b + \sum_{k,m,n} w_{k,m,n}\, x_{k,m,n} = b + \lVert w \rVert\,\lVert x \rVert \cos\varphi .$$

Among all windows of one strength $\lVert x \rVert$, the answer is largest for the one that is a positive
multiple of $w$ itself. So the weights of a first layer, shown in colour, *are* what the layer looks for.
After training on photographs they nearly always become the same few kinds: edges and stripes of all
orientations and frequencies, like Gabor functions, and blobs of opposite colours. Before training they are
noise.

A filter of a deeper layer has a kernel for each map of the layer before. What it looks for is a
combination of patterns that are themselves combinations, and can hardly be read from its weights: look at
its strongest input channels, or at its map of a picture.

Four numbers describe a filter. Its **norm** $\lVert w \rVert$ says how loud it is; where batch norm follows,
every map is scaled anew, and only the shape of the weights counts. Its **orientation** is that of the edges
that it answers to, its **frequency** that of the waves that it passes, both from its power spectrum. It is
**separable** as far as each kernel is a column times a row: $\sigma_1^2 / \sum_i \sigma_i^2$ with its
singular values $\sigma_i$, the largest first.

Training leaves waste behind. Filters whose **cosine** is near 1 answer alike, those near $-1$ answer to the
same pattern with opposite signs (behind a ReLU neither can say both); filters of almost no weight are
**dead**. What a filter is good for shows when it is cleared, scaled, exchanged or replaced in the running
network, and all later maps and the prediction answer.

Sources: Krizhevsky, Sutskever & Hinton 2012, *ImageNet classification with deep convolutional neural
networks* (the filters of AlexNet); Zeiler & Fergus 2014, arXiv:1311.2901 (dead filters, and how a network
is mended by looking at them); Yosinski et al. 2014, arXiv:1411.1792 (first layers are general, last ones
specific); Shang et al. 2016, arXiv:1603.05201 (filters in pairs of opposite signs).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from vizcore.toolkit import banks, device, graphs, inputs, nets, surgery
from vizcore.toolkit import layers as kinds
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.images import Image

ALIKE = 0.95  # |cosine| from which two filters are near copies
COPIES = 200  # pairs of near copies that are listed
DEAD = 1e-3  # of the median norm, below which a filter is dead
TOP = 5  # classes of each prediction
Floats = NDArray[np.float64]
Maps = NDArray[np.float32]


@dataclass(frozen=True)
class ConvLayer:
    """One convolution of a network."""

    name: str  # as in the code of the network
    shape: tuple[int, int, int, int]  # (O, I / groups, h, w) of its weights
    groups: int  # parts that the channels are cut into, each with its own inputs
    stride: tuple[int, int]  # px, down and to the right
    padding: tuple[int, int]  # px, above and below, left and right
    parameters: int  # learned numbers, its biases included
    settings: str  # such as "3 × 3, padding 1"
    first: bool  # it reads the picture itself


@dataclass(frozen=True, eq=False)
class Filters:
    """All filters of one convolution."""

    weights: Maps  # (O, I / groups, h, w)
    bias: Maps | None  # (O,)
    norm: Floats  # (O,) square root of the sum of the squared weights
    orientation: Floats  # (O,) of edges, degrees anticlockwise from the horizontal below 180; nan: none
    frequency: Floats  # (O,) cycles/px, mean of the power spectrum; nan: every weight is 0
    separable: Floats  # (O,) share of the energy in one column times row per kernel; 1 = all
    copies: tuple[tuple[int, int, float], ...]  # two filters and their cosine, the most alike first
    dead: NDArray[np.bool_]  # (O,) hardly any weight


@dataclass(frozen=True, eq=False)
class Picture:
    """What one filter makes of a picture."""

    cropped: Image  # (S, S, 3) in [0, 1], what the network receives, as a person sees it
    map: Maps  # (H, W), the filter's map in the network, with its bias
    before_bias: Maps  # (H, W), the same without
    bias: float
    # (H', W') of the uncropped picture, without stride and bias; of a first layer, where it is asked for
    whole: Maps | None


@dataclass(frozen=True, eq=False)
class Effect:
    """What operations on a network change, for one picture."""

    classes: tuple[str, ...]  # the most probable ones before and after, the most probable before first
    before: tuple[float, ...]  # their probabilities by softmax
    after: tuple[float, ...]
    change: Mapping[
        str, float
    ]  # layer, from the first operated on -> relative distance of its maps, 0 = none


def layers(net: str) -> tuple[ConvLayer, ...]:
    """All convolutions of a network in the order in which they run; nothing is loaded.

    Args:
        net: a reference, see `nets`.

    Raises:
        InputError: there is no such network.
    """
    return _layers(nets.structure(net))


@lru_cache(maxsize=32)
def _layers(structure: str) -> tuple[ConvLayer, ...]:
    first_use = {id(step.module): step for step in reversed(nets.skeleton(structure))}
    steps = [step for step in reversed(first_use.values()) if isinstance(step.module, nn.Conv2d)]
    return tuple(_layer(step, step.module) for step in steps)  # type: ignore[arg-type]


def _layer(step: Step, module: nn.Conv2d) -> ConvLayer:
    return ConvLayer(
        name=step.name,
        shape=tuple(module.weight.shape),  # type: ignore[arg-type]
        groups=module.groups,
        stride=kinds.pair(module.stride),
        padding=kinds.pair(module.padding),  # type: ignore[arg-type]
        parameters=sum(weight.numel() for weight in module.parameters()),
        settings=kinds.describe(module).settings(module),
        first=step.inputs == (INPUT,),
    )


def find_layer(net: str, layer: str) -> ConvLayer:
    """The convolution of this name.

    Raises:
        InputError: there is no such network or convolution.
    """
    known = {entry.name: entry for entry in layers(net)}
    if layer not in known:
        some = f"They begin with {', '.join([*known][:8])}." if known else "It has none."
        what = f"{nets.find(net).title} has no convolution called {str(layer)[:40]!r}"
        raise InputError(f"{what}. {some}")
    return known[layer]


def filters(net: str, layer: str) -> Filters:
    """The weights of a convolution, and what can be said of each filter.

    Args:
        net: a reference, see `nets`.
        layer: a name in `layers(net)`.

    Raises:
        InputError: there is no such network or convolution, or its weights are missing.
    """
    module = _module(net, layer, device.best())
    weights = module.weight.cpu().numpy().copy()  # the network is shared
    orientation, frequency, separable = banks.shapes(weights)
    norm = _norms(weights)
    return Filters(
        weights=weights,
        bias=None if module.bias is None else module.bias.cpu().numpy().copy(),
        norm=norm,
        orientation=orientation,
        frequency=frequency,
        separable=separable,
        copies=_copies(cosines(weights)),
        dead=norm <= DEAD * np.median(norm),
    )


def _module(net: str, layer: str, where: str) -> nn.Conv2d:
    name = find_layer(net, layer).name
    return next(step.module for step in nets.network(net, where) if step.name == name)  # type: ignore[return-value]


def cosines(weights: Maps) -> Maps:
    """(O, O) cosine of the angle between each two filters (O, I, h, w): 1 = the same but for their strength.

    A filter of zeros has cosine 0 with all.
    """
    flat, norm = weights.reshape(len(weights), -1), _norms(weights)[:, None]
    unit = np.divide(flat, norm, out=np.zeros_like(flat), where=norm > 0, casting="same_kind")
    return unit @ unit.T


def _norms(weights: Maps) -> Floats:
    """(O,) length of each filter (O, I, h, w) as a vector."""
    return np.sqrt(np.square(weights, dtype=np.float64).sum(axis=(1, 2, 3)))


def _copies(alike: Maps) -> tuple[tuple[int, int, float], ...]:
    one, other = np.nonzero(np.triu(np.abs(alike) >= ALIKE, k=1))
    best = np.argsort(-np.abs(alike[one, other]), kind="stable")[:COPIES]
    values = alike[one, other][best].clip(-1, 1)
    return tuple(zip(one[best].tolist(), other[best].tolist(), values.tolist(), strict=True))


def _by_similarity(found: Filters) -> NDArray[np.int64]:
    """A chain from the strongest filter, each followed by the one most like it among those that are left."""
    alike = cosines(found.weights)
    chain = [int(found.norm.argmax())]
    for _ in found.norm[1:]:
        alike[:, chain[-1]] = -np.inf
        chain.append(int(alike[chain[-1]].argmax()))
    return np.array(chain)


ORDERS: Mapping[str, Callable[[Filters], NDArray[np.int64]]] = {
    "number": lambda found: np.arange(len(found.norm)),
    "norm": lambda found: np.argsort(-found.norm, kind="stable"),
    "orientation": lambda found: np.argsort(found.orientation, kind="stable"),  # nan comes last
    "frequency": lambda found: np.argsort(found.frequency, kind="stable"),
    "similarity": _by_similarity,
}


def order(found: Filters, by: str) -> NDArray[np.int64]:
    """(O,) filters sorted: by number, strongest first, from 0 to 180°, coarsest first, or alike in a row.

    Raises:
        InputError: `by` is none of `ORDERS`.
    """
    return pick(ORDERS, by, "order")(found)


def channels(weights: Maps, count: int) -> NDArray[np.int64]:
    """The input channels that a filter (I, h, w) has its strongest kernels for, at most `count`, in order."""
    strength = np.square(weights, dtype=np.float64).sum(axis=(1, 2))
    return np.argsort(-strength, kind="stable")[:count]


def responses(image: Image, net: str, layer: str) -> Maps:
    """(O, H, W) what all filters of a convolution make of a picture, in the network, with their bias.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.
        layer: a name in `layers(net)`.

    Raises:
        InputError: there is no such network or convolution.
    """
    name = find_layer(net, layer).name
    batch = torch.from_numpy(inputs.prepare(image, nets.find(net)).normalised)[None]

    def maps(where: str) -> Maps:
        network = nets.network(net, where)
        with torch.inference_mode():
            found = graphs.outputs(network, batch.to(where), [name])[name]
        return found[0].cpu().numpy()

    return device.run(maps)[0]


def picture(
    image: Image, net: str, layer: str, channel: int, known: Maps | None = None, *, whole: bool = True
) -> Picture:
    """What one filter makes of a picture.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.
        layer: a name in `layers(net)`.
        channel: of its output.
        known: its `responses` to the picture, where they have been computed already.
        whole: whether a first layer's filter is applied to the uncropped picture too.

    Raises:
        InputError: there is no such network, convolution or channel.
    """
    entry, source = find_layer(net, layer), nets.find(net)
    if not 0 <= channel < entry.shape[0]:
        raise InputError(f"{entry.name} has the filters 0 to {entry.shape[0] - 1}, not {channel}.")
    module = _module(net, layer, device.best())
    bias = 0.0 if module.bias is None else float(module.bias[channel])
    own = (responses(image, net, layer) if known is None else known)[channel]
    return Picture(
        cropped=inputs.prepare(image, source).cropped,
        map=own,
        before_bias=np.subtract(own, bias, dtype=np.float32),
        bias=bias,
        whole=_whole(image, net, layer, channel) if whole and entry.first else None,
    )


def _whole(image: Image, net: str, layer: str, channel: int) -> Maps:
    """(H, W) one filter of a first layer at every pixel of a picture (H, W, 3), zeros around it."""
    source = nets.find(net)
    pixels = torch.from_numpy(np.array(image.transpose(2, 0, 1), np.float32, order="C"))[None]
    batch = inputs.normalised(inputs.coloured(pixels, source), source)

    def answer(where: str) -> Maps:
        module = _module(net, layer, where)
        inside = module.weight.shape[1]
        start = channel // (module.out_channels // module.groups) * inside
        windows = (kinds.sliding(module, axis) for axis in (0, 1))
        rows, columns = (window.dilation * (window.kernel - 1) for window in windows)
        around = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
        part = F.pad(batch[:, start : start + inside], around).to(where)
        with torch.inference_mode():
            found = F.conv2d(part, module.weight[channel : channel + 1], dilation=module.dilation)
        return found[0, 0].cpu().numpy()

    return device.run(answer)[0]


def effect(image: Image, before: str, after: str) -> Effect:
    """What operations on a network do to its maps of a picture and to its prediction.

    Args:
        image: (H, W, 3) in [0, 1].
        before: a reference, see `nets`.
        after: the same network with other weights.

    Raises:
        InputError: there is no such network, the two are not built alike, or their values overflow.
    """
    net, start = nets.find(before), _first_change(before, after)
    batch = torch.from_numpy(inputs.prepare(image, net).normalised)[None]

    def passes(where: str) -> tuple[dict[str, float], list[torch.Tensor]]:
        picture, network = batch.to(where), nets.network(after, where)
        with torch.inference_mode():
            first = graphs.outputs(nets.network(before, where), picture)
            known = {step.name: first[step.name] for step in network[:start]}
            second = graphs.outputs(network[start:], picture, known=known)
            change = {step.name: _distance(first[step.name], second[step.name]) for step in network[start:]}
        return change, [found[network[-1].name][0].cpu().double() for found in (first, second)]

    change, logits = device.run(passes)[0]
    if not np.isfinite([*change.values(), *(float(values.abs().sum()) for values in logits)]).all():
        raise InputError("The values in this network grow beyond single precision. Undo, or scale by less.")
    earlier, later = (values.softmax(0).numpy() for values in logits)
    ranked = [np.argsort(-values, kind="stable")[:TOP].tolist() for values in (earlier, later)]
    shown = list(dict.fromkeys(ranked[0] + ranked[1]))
    classes = tuple(net.classes[index] for index in shown)
    return Effect(classes, tuple(earlier[shown].tolist()), tuple(later[shown].tolist()), change)


def _first_change(before: str, after: str) -> int:
    """The number of the first step whose output may differ in two networks that are built alike."""
    names, others = ([step.name for step in nets.skeleton(net)] for net in (before, after))
    old, new = nets.find(before), nets.find(after)
    if names != others or len(old.classes) != len(new.classes):
        raise InputError(f"{old.title} and {new.title} differ in their layers; take one with other weights.")
    (base, done), (other, more) = surgery.split(before), surgery.split(after)
    return 0 if base != other else min((names.index(operation.layer) for operation in done + more), default=0)


def _distance(first: torch.Tensor, second: torch.Tensor) -> float:
    return float((second - first).norm() / first.norm().clamp_min(1e-12))


def card() -> tuple[Maps, Maps]:
    """Kernels (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on its card."""
    found = [filters("lenet5", layer).weights.reshape(-1, 5, 5) for layer in ("conv1", "conv2")]
    kernels = np.concatenate(found)[:8]  # all six of the first layer, two of the second
    far = np.abs(kernels).max(axis=(1, 2))
    return kernels.repeat(12, axis=1).repeat(12, axis=2), np.stack([-far, far], axis=1)
