r"""A convolutional network turns a picture into ever smaller, ever more numerous pictures.

The output of a layer for one picture is a block of numbers of shape $C \times H \times W$: $C$
**feature maps** of $H \times W$ values. A value is large where the network found what its channel looks
for, so a map can be read as a picture of *where*, and the stack of maps as a description of *what*.

A convolution computes map $c$ from all maps $k$ of the layer before it,

$$y_{c,i,j} = b_c + \sum_{k,m,n} w_{c,k,m,n}\; x_{k,\,si+m-p,\,sj+n-p}$$

with kernel $w$, bias $b$, stride $s$ and padding $p$. (PyTorch and all deep-learning texts call this a
convolution; mathematically it is a cross-correlation, since the kernel is not flipped.) An
activation such as $\max(0, x)$ follows, then pooling, which keeps the gist of each window.

The first maps look like edges and colours because their window covers a few pixels only. With every
layer the window grows, the maps get coarser, and what they respond to gets closer to the
classes that the network was trained to tell apart.

A map that is zero everywhere says nothing about this picture. If a channel is zero for *every*
picture it is dead: behind a ReLU no gradient reaches it, and training cannot bring it back.

Sources: LeCun et al. 1998, *Gradient-based learning applied to document recognition*;
Zeiler & Fergus 2014, arXiv:1311.2901; Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapter 9.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit import arithmetic, device, fields, graphs, inputs, nets, samples
from vizcore.toolkit import layers as kinds
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.images import Image
from vizcore.toolkit.latex import number
from vizcore.toolkit.maps import LayerMaps, limits, measured, order

TOP = 5  # classes shown


@dataclass(frozen=True)
class Layer:
    """One step of a network."""

    name: str  # as in the code of the network; a second use of a module ends in _1
    kind: str  # the field's word, such as "Convolution"
    group: str  # "input", "linear", "activation", "pooling", "norm" or "shape"
    settings: str  # such as "3 x 3, padding 1"; empty when there are none
    shape: tuple[int, int, int]  # (C, H, W) of its maps; a list of N values counts as N maps of 1 x 1
    parameters: int  # learned numbers
    multiplications: int  # by learned numbers, for one picture; each goes with an addition
    does: str  # one sentence
    formula: str  # LaTeX
    numbers: tuple[str, ...]  # LaTeX, line by line: the formula's numbers for this layer
    inputs: tuple[str, ...]  # the layers that it reads


@dataclass(frozen=True, eq=False)
class Response:
    """What a whole network makes of one picture."""

    cropped: Image  # (H, W, 3) in [0, 1], what is left of the picture, as a person sees it
    maps: Mapping[str, NDArray[np.float32]]  # layer -> (C, H, W), in the order in which they run
    classes: tuple[str, ...]  # the most probable first, at most five
    probabilities: tuple[float, ...]  # of those classes, by softmax
    logits: NDArray[np.float64]  # (N,) what softmax is taken of, in the order of the network's classes
    low: float  # smallest value in any layer, the input left out
    high: float  # largest value in any layer, the input left out
    notice: str  # empty, or a sentence on where it had to be computed

    @property
    def nbytes(self) -> int:
        """Memory of the maps."""
        return sum(maps.nbytes for maps in self.maps.values())


@dataclass(frozen=True, eq=False)
class UnitArithmetic:
    """One value of one map, and where it comes from."""

    terms: NDArray[np.float64]  # (T,) their sum is the value
    value: float  # as the network computed it, in single precision
    parts: arithmetic.Sum  # the terms, as they come about
    sources: tuple[str, ...]  # the layers that are read


def layers(net: str) -> tuple[Layer, ...]:
    """All layers of a network in the order in which they run; the input first.

    Nothing is loaded: shapes need no weights.

    Args:
        net: a reference, see `nets`.

    Raises:
        InputError: there is no such network.
    """
    return _layers(nets.structure(net))


@lru_cache(maxsize=32)
def _layers(structure: str) -> tuple[Layer, ...]:
    shape = nets.find(structure).input_shape
    network, outputs = nets.skeleton(structure), nets.blank(structure)
    shapes = {INPUT: shape} | {step.name: tuple(outputs[step.name].shape[1:]) for step in network}
    normalised = r"x' = \frac{x - \mu}{\sigma}"
    first = Layer(
        INPUT,
        "Input",
        "input",
        "",
        shape,
        0,
        0,
        "The picture as the network receives it.",
        normalised,
        (),
        (),
    )
    return (first, *(_layer(step, shapes[step.inputs[0]], outputs[step.name]) for step in network))


def _layer(step: Step, before: tuple[int, ...], output: Tensor) -> Layer:
    module, after = step.module, tuple(output.shape[1:])
    kind = kinds.describe(module)
    return Layer(
        name=step.name,
        kind=kind.name,
        group=kind.group,
        settings=kind.settings(module),
        shape=_size(graphs.as_maps(output, step.channels_last)),
        parameters=sum(weight.numel() for weight in module.parameters()),
        multiplications=kind.multiplications(module, before, after),
        does=kind.does,
        formula=kind.formula,
        numbers=kind.numbers(module, before, after),
        inputs=step.inputs,
    )


def feature_maps(image: Image, net: str, layer: str) -> LayerMaps:
    """All feature maps of one layer for one picture.

    The picture is cropped, resized and normalised as the network expects (`inputs.prepare`).

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.
        layer: a name in `layers(net)`, or of a block: then its last layer.

    Raises:
        InputError: there is no such network or layer.
    """
    layer = find_layer(net, layer).name
    batch = _batch(image, net)
    if layer == INPUT:
        return measured(batch[0].numpy())
    maps, notice = device.run(lambda where: all_maps(nets.network(net, where), batch.to(where), [layer]))
    return measured(maps[layer], notice)


def all_maps(
    network: Sequence[Step], batch: Tensor, only: Iterable[str] | None = None
) -> dict[str, NDArray[np.float32]]:
    """The bare maps of the layers of any network, name -> (C, H, W).

    Args:
        network: from `graphs.steps` or `nets.network`.
        batch: (1, C, H, W), on the network's device.
        only: names of layers; all when left out.
    """
    with torch.inference_mode():
        found = graphs.maps(network, batch, only)
    return {name: _numpy(maps[0]) for name, maps in found.items()}


def response(image: Image, net: str) -> Response:
    """Everything that happens in a network when it sees one picture, from one forward pass.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.

    Raises:
        InputError: there is no such network, or its values overflow.
    """
    entry = nets.find(net)
    prepared = inputs.prepare(image, entry)
    batch = torch.from_numpy(prepared.normalised)[None]
    maps, notice = device.run(lambda where: all_maps(nets.network(net, where), batch.to(where)))
    logits = next(reversed(maps.values())).astype(np.float64).ravel()
    low = min(float(values.min()) for values in maps.values())
    high = max(float(values.max()) for values in maps.values())
    if not np.isfinite([low, high, *logits]).all():
        raise InputError("The values in this network grow beyond single precision. Take smaller weights.")
    probabilities = torch.from_numpy(logits).softmax(0).numpy()
    best = np.argsort(-probabilities, kind="stable")[:TOP]
    return Response(
        cropped=prepared.cropped,
        maps={INPUT: prepared.normalised, **maps},
        classes=tuple(entry.classes[index] for index in best),
        probabilities=tuple(probabilities[best].tolist()),
        logits=logits,
        low=low,
        high=high,
        notice=notice,
    )


def find_layer(net: str, layer: str) -> Layer:
    """The layer of this name; for the name of a block, such as `layer1`, the last layer in it.

    Raises:
        InputError: there is no such network, layer or block.
    """
    known = layers(net)
    inside = [entry for entry in known if f"{entry.name}.".startswith(f"{layer}.")]
    if not inside:
        some = ", ".join(entry.name for entry in known[:8])
        what = f"{nets.find(net).title} has no layer called {str(layer)[:40]!r}"
        raise InputError(f"{what}. Its {len(known)} layers begin with {some}.")
    return inside[-1]


def receptive_field(net: str, layer: str, row: int, col: int) -> fields.Box:
    """The part of the picture that a unit can see: (top, left, bottom, right), half open.

    In px of the picture as the network receives it (`response(...).cropped`), ended at its border; all
    zeros for a unit that sees nothing but padding. No pixel outside changes the unit, whatever the weights.

    Args:
        net: a reference, see `nets`.
        layer: a name in `layers(net)`, or of a block: then its last layer.
        row: of the unit in its map.
        col: of the unit in its map.

    Raises:
        InputError: there is no such network, layer or unit.
    """
    entry = find_layer(net, layer)
    _check_unit(entry, 0, row, col)
    return fields.field(nets.skeleton(net), _shapes(nets.structure(net)), entry.name, row, col)


def field_size(net: str, layer: str) -> tuple[int, int] | None:
    """Height and width in px of the receptive field far from any border; None where it is the whole picture.

    Args:
        net: a reference, see `nets`.
        layer: a name in `layers(net)`, or of a block: then its last layer.

    Raises:
        InputError: there is no such network or layer.
    """
    return fields.extent(nets.skeleton(net), _shapes(nets.structure(net)), find_layer(net, layer).name)


def effective_field(
    image: Image, net: str, layer: str, channel: int, row: int, col: int
) -> NDArray[np.float32]:
    r"""How strongly each pixel moves a unit, for this picture: (H, W), $\sum_k |\partial y / \partial x_k|$.

    The sum runs over the colours of the normalised picture. Luo et al. 2016, arXiv:1701.04128: most of a
    receptive field hardly counts, and what counts is shaped like a bell.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.
        layer: a name in `layers(net)`, or of a block: then its last layer.
        channel: of the unit.
        row: of the unit in its map.
        col: of the unit in its map.

    Raises:
        InputError: there is no such network, layer or unit.
    """
    entry = find_layer(net, layer)
    _check_unit(entry, channel, row, col)
    batch = _batch(image, net)

    def gradient(where: str) -> NDArray[np.float32]:
        network = nets.network(net, where)
        picture = batch.to(where).requires_grad_()
        with torch.enable_grad():
            unit = graphs.maps(network, picture, [entry.name])[entry.name][0, channel, row, col]
        (found,) = torch.autograd.grad(unit, picture)
        return _numpy(found[0].abs().sum(dim=0))

    return device.run(gradient)[0]


def unit_arithmetic(
    image: Image,
    net: str,
    layer: str,
    channel: int,
    row: int,
    col: int,
    known: Mapping[str, NDArray[np.float32]] | None = None,
) -> UnitArithmetic:
    """The value of one unit, and the numbers that give it.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.
        layer: a name in `layers(net)`, or of a block: then its last layer.
        channel: of the unit.
        row: of the unit in its map.
        col: of the unit in its map.
        known: maps by layer, where they have been computed already (`response(...).maps`).

    Raises:
        InputError: there is no such network, layer or unit.
    """
    entry, unit = find_layer(net, layer), (channel, row, col)
    _check_unit(entry, *unit)
    if entry.name == INPUT:
        return _normalisation(image, net, unit)
    wanted = {entry.name, *entry.inputs}

    def numbers(where: str) -> tuple[float, arithmetic.Sum]:
        network = nets.network(net, where)
        module = next(step.module for step in network if step.name == entry.name)
        maps = known or all_maps(network, _batch(image, net).to(where), wanted)
        parts = arithmetic.taken_apart(module, [maps[name] for name in entry.inputs], unit)
        return float(maps[entry.name][unit]), parts

    value, parts = device.run(numbers)[0]
    sources = entry.inputs if parts.source is None else (entry.inputs[parts.source],)
    return UnitArithmetic(parts.terms, value, parts, sources)


def _normalisation(image: Image, net: str, unit: tuple[int, int, int]) -> UnitArithmetic:
    """The input's own arithmetic: a pixel less the mean, divided by the standard deviation."""
    entry, channel = nets.find(net), unit[0]
    prepared = inputs.prepare(image, entry)
    pixel, mean, std = prepared.cropped[unit[1], unit[2], channel], entry.mean[channel], entry.std[channel]
    value = float(prepared.normalised[unit])
    parts = arithmetic.Sum(
        terms=np.array([(float(pixel) - mean) / std]),
        patch=np.array(pixel, np.float64).reshape(1, 1, 1),
        channels=(channel,),
        corner=unit[1:],
        line=rf"x' = \frac{{{pixel:.3g} - {mean:g}}}{{{std:g}}} = {value:.3g}",
    )
    return UnitArithmetic(parts.terms, value, parts, ("picture",))


def _check_unit(layer: Layer, channel: int, row: int, col: int) -> None:
    for what, index, size in zip(("map", "row", "column"), (channel, row, col), layer.shape, strict=True):
        if not 0 <= index < size:
            raise InputError(f"{layer.name} has the {what}s 0 to {size - 1}, not {index}.")


@lru_cache(maxsize=32)
def _shapes(structure: str) -> Mapping[str, tuple[int, int, int]]:
    return {layer.name: layer.shape for layer in _layers(structure)}


def _batch(image: Image, net: str) -> Tensor:
    """(1, C, H, W), what the network receives."""
    return torch.from_numpy(inputs.prepare(image, nets.find(net)).normalised)[None]


def counterpart(layer: Layer, net: str, other: str) -> str:
    """The layer of another network to hold beside one: of the same name, else of the same kind and depth.

    Args:
        layer: of `layers(net)`.
        net: a reference, see `nets`.
        other: a reference.

    Raises:
        InputError: there is no such network.
    """
    depth = layers(net).index(layer) / len(layers(net))
    found = layers(other)
    alike = [entry for entry in found if entry.name == layer.name and entry.kind == layer.kind]
    alike = alike or [entry for entry in found if entry.kind == layer.kind] or list(found)
    return min(alike, key=lambda entry: abs(found.index(entry) / len(found) - depth)).name


def softmax_written_out(logits: NDArray[np.float64]) -> tuple[str, str]:
    r"""The probability of the winning class as LaTeX: with its logit, and as it is computed.

    Subtracting the largest logit changes nothing and keeps $e^z$ from overflowing. Source: Goodfellow,
    Bengio & Courville 2016, *Deep Learning*, section 4.1.

    Args:
        logits: (N,) of all classes.
    """
    ranked = np.argsort(-logits, kind="stable")
    first = logits[ranked[0]]
    shown = logits[ranked[:3]]
    more = r" + \cdots" if len(logits) > 3 else ""
    winner, score = rf"p_{{{ranked[0]}}}", rf"e^{{z_{{{ranked[0]}}}}}"
    plain = " + ".join(f"e^{{{number(logit)}}}" for logit in shown)
    shifted = " + ".join(f"e^{{{number(logit - first)}}}" if logit < first else "1" for logit in shown)
    total = np.exp(logits - first).sum()
    return (
        rf"{winner} = \frac{{{score}}}{{\sum_j e^{{z_j}}}} = \frac{{e^{{{number(first)}}}}}{{{plain}{more}}}",
        rf"\phantom{{{winner}}} = \frac{{1}}{{{shifted}{more}}} = \frac{{1}}{{{total:.4g}}}"
        rf" = {number(1 / total)}",
    )


def mirror_change(image: Image, net: str, layer: str) -> float:
    r"""How far the maps of the mirrored picture are from the mirrored maps of the picture.

    $\lVert f(Mx) - M f(x) \rVert \,/\, \lVert f(x) \rVert$ with $M$ the mirror, left for right. 0 says that
    the layer is equivariant to mirroring: what it sees turns with the picture.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a reference, see `nets`.
        layer: a name in `layers(net)` whose maps have more than one column, or there is nothing to mirror.

    Raises:
        InputError: there is no such network or layer.
    """
    top, left, bottom, right = inputs.middle(*image.shape[:2])
    square = image[top:bottom, left:right]  # first, so that both are mirrored about the same axis
    straight = feature_maps(square, net, layer).maps.astype(np.float64)
    mirrored = feature_maps(np.ascontiguousarray(square[:, ::-1]), net, layer).maps
    return float(
        np.linalg.norm(mirrored[:, :, ::-1] - straight) / max(float(np.linalg.norm(straight)), 1e-12)
    )


def card() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    found = feature_maps(samples.sample("cat"), "tiny_vgg", "relu1_2")
    best = order(found, "variance")[:8]
    return found.maps[best], limits(found, "map", (0, 1))[best]


def _size(maps: Tensor) -> tuple[int, int, int]:
    _, channels, height, width = maps.shape
    return channels, height, width


def _numpy(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.float().cpu().numpy()
