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

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit import device, inputs, nets, samples, taps
from vizcore.toolkit import layers as kinds
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.images import Image

INPUT = "input"  # name of the layer before the first: what the network receives
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
    does: str  # one sentence
    formula: str  # LaTeX
    numbers: tuple[str, ...]  # LaTeX, line by line: the formula's numbers for this layer


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """All feature maps of one layer for one picture, and what can be said of each."""

    maps: NDArray[np.float32]  # (C, H, W)
    strength: NDArray[np.float64]  # (C,) mean of |value|
    variance: NDArray[np.float64]  # (C,) over the pixels of a map; 0 = the same everywhere
    zeros: NDArray[np.float64]  # (C,) share of values that are exactly 0; 1 = an empty map
    notice: str  # empty, or a sentence on where it had to be computed

    @property
    def dead(self) -> tuple[int, ...]:
        """Channels that are 0 everywhere in this picture."""
        return tuple(np.flatnonzero(self.zeros == 1).tolist())


@dataclass(frozen=True, eq=False)
class Response:
    """What a whole network makes of one picture."""

    cropped: Image  # (H, W, 3) in [0, 1], what is left of the picture, as a person sees it
    maps: Mapping[str, NDArray[np.float32]]  # layer -> (C, H, W), in the order in which they run
    classes: tuple[str, ...]  # the most probable first, at most five
    probabilities: tuple[float, ...]  # of those classes, by softmax
    low: float  # smallest value in any layer, the input left out
    high: float  # largest value in any layer, the input left out
    notice: str  # empty, or a sentence on where it had to be computed


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often each value occurs in a map."""

    edges: NDArray[np.float64]  # (B + 1,) borders of the bins
    counts: NDArray[np.int64]  # (B,) values in each


@lru_cache(maxsize=16)
def layers(net: str) -> tuple[Layer, ...]:
    """All layers of a network in the order in which they run; the input first.

    Args:
        net: a name in `nets.NETS`.

    Raises:
        InputError: there is no such network.
    """
    shape = pick(nets.NETS, net, "network").input_shape
    model = nets.load(net, "cpu")
    normalised = r"x' = \frac{x - \mu}{\sigma}"
    found = [
        Layer(
            INPUT, "Input", "input", "", shape, 0, "The picture as the network receives it.", normalised, ()
        )
    ]

    def add(name: str, module: torch.nn.Module, given: tuple[Tensor, ...], output: Tensor) -> bool:
        kind, before, after = kinds.describe(module), tuple(given[0].shape[1:]), tuple(output.shape[1:])
        weights = sum(weight.numel() for weight in module.parameters())
        numbers = kind.numbers(module, before, after)
        texts = (kind.does, kind.formula, numbers)
        found.append(
            Layer(name, kind.name, kind.group, kind.settings(module), _as_maps(after), weights, *texts)
        )
        return False

    taps.watch(model, torch.zeros(1, *shape), add)
    return tuple(found)


def feature_maps(image: Image, net: str, layer: str) -> LayerMaps:
    """All feature maps of one layer for one picture.

    The picture is cropped, resized and normalised as the network expects (`inputs.prepare`).

    Args:
        image: (H, W, 3) in [0, 1].
        net: a name in `nets.NETS`.
        layer: a name in `layers(net)`.

    Raises:
        InputError: there is no such network or layer.
    """
    entry = pick(nets.NETS, net, "network")
    pick({known.name: known for known in layers(net)}, layer, f"layer of {entry.title}")
    batch = torch.from_numpy(inputs.prepare(image, entry).normalised)[None]
    if layer == INPUT:
        return measured(batch[0].numpy())
    maps, notice = device.run(lambda where: all_maps(nets.load(net, where), batch.to(where), [layer]))
    return measured(maps[layer], notice)


def measured(maps: NDArray[np.float32], notice: str = "") -> LayerMaps:
    """Attach to maps what can be said of each.

    Args:
        maps: (C, H, W) of one layer.
        notice: of the computation, see `device.run`.
    """
    wide = maps.astype(np.float64)
    return LayerMaps(
        maps=maps,
        strength=np.abs(wide).mean(axis=(1, 2)),
        variance=wide.var(axis=(1, 2)),
        zeros=(maps == 0).mean(axis=(1, 2)),
        notice=notice,
    )


def all_maps(
    model: torch.nn.Module, batch: Tensor, only: Iterable[str] | None = None
) -> dict[str, NDArray[np.float32]]:
    """The bare maps of the layers of any model, name -> (C, H, W).

    Args:
        model: in eval mode.
        batch: (1, C, H, W), on the model's device.
        only: names of layers; all when left out.
    """
    found = taps.outputs(model, batch, only).items()
    return {
        name: output[0].float().cpu().numpy().reshape(_as_maps(output.shape[1:])) for name, output in found
    }


def response(image: Image, net: str) -> Response:
    """Everything that happens in a network when it sees one picture, from one forward pass.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a name in `nets.NETS`.

    Raises:
        InputError: there is no such network.
    """
    entry = pick(nets.NETS, net, "network")
    prepared = inputs.prepare(image, entry)
    batch = torch.from_numpy(prepared.normalised)[None]
    maps, notice = device.run(lambda where: all_maps(nets.load(net, where), batch.to(where)))
    logits = torch.from_numpy(next(reversed(maps.values()))).double().flatten()
    probabilities = logits.softmax(0).numpy()
    best = np.argsort(-probabilities, kind="stable")[:TOP]
    return Response(
        cropped=prepared.cropped,
        maps={INPUT: prepared.normalised, **maps},
        classes=tuple(entry.classes[index] for index in best),
        probabilities=tuple(probabilities[best].tolist()),
        low=min(float(values.min()) for values in maps.values()),
        high=max(float(values.max()) for values in maps.values()),
        notice=notice,
    )


def mirror_change(image: Image, net: str, layer: str) -> float:
    r"""How far the maps of the mirrored picture are from the mirrored maps of the picture.

    $\lVert f(Mx) - M f(x) \rVert \,/\, \lVert f(x) \rVert$ with $M$ the mirror, left for right. 0 says that
    the layer is equivariant to mirroring: what it sees turns with the picture.

    Args:
        image: (H, W, 3) in [0, 1].
        net: a name in `nets.NETS`.
        layer: a name in `layers(net)` whose maps have more than one column, or there is nothing to mirror.

    Raises:
        InputError: there is no such network or layer.
    """
    top, left, bottom, right = inputs.central_square(*image.shape[:2])
    square = image[top:bottom, left:right]  # first, so that both are mirrored about the same axis
    straight = feature_maps(square, net, layer).maps.astype(np.float64)
    mirrored = feature_maps(np.ascontiguousarray(square[:, ::-1]), net, layer).maps
    return float(
        np.linalg.norm(mirrored[:, :, ::-1] - straight) / max(float(np.linalg.norm(straight)), 1e-12)
    )


def _by_channel(found: LayerMaps) -> NDArray[np.float64]:
    return np.arange(len(found.maps), dtype=np.float64)


ORDERS: Mapping[str, Callable[[LayerMaps], NDArray[np.float64]]] = {
    "channel": _by_channel,
    "strength": lambda found: -found.strength,
    "variance": lambda found: -found.variance,
    "sparsity": lambda found: -found.zeros,
}


def order(found: LayerMaps, by: str) -> NDArray[np.int64]:
    """Channels sorted: by number, or the strongest, most varied or emptiest first; ties by number.

    Raises:
        InputError: `by` is none of `ORDERS`.
    """
    return np.argsort(pick(ORDERS, by, "order")(found), kind="stable")


RANGES = ("map", "layer", "network")


def limits(found: LayerMaps, by: str, network: tuple[float, float]) -> NDArray[np.float32]:
    """The values that get the two end colours, (C, 2) as (low, high) per channel.

    Values of both signs get a range that is symmetric around 0, so that 0 keeps the middle
    colour; values without a sign start at 0.

    Args:
        found: the maps of one layer.
        by: "map" (each map by itself: shows faint ones), "layer" (all maps of the layer alike) or
            "network" (all layers alike: shows how strong a layer is). A map of one value has no range
            of its own and gets that of the layer.
        network: smallest and largest value in the network.

    Raises:
        InputError: `by` is none of `RANGES`.
    """
    pick(dict.fromkeys(RANGES, True), by, "colour range")
    count = len(found.maps)
    if by == "map" and found.maps[0].size > 1:
        low, high = found.maps.min(axis=(1, 2)), found.maps.max(axis=(1, 2))
    elif by != "network":
        low, high = np.full(count, found.maps.min()), np.full(count, found.maps.max())
    else:
        low, high = np.full(count, network[0]), np.full(count, network[1])
    if found.maps.min() < 0:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    else:
        low = np.zeros(count)
    return np.stack([low, np.where(high > low, high, low + 1)], axis=1).astype(np.float32)


def histogram(values: NDArray[np.float32], *, bins: int = 32) -> Histogram:
    """How often each value occurs in a map.

    Args:
        values: any shape, finite.
        bins: of equal width between the smallest and the largest value.

    Raises:
        InputError: `bins` is not in 1..512.
    """
    if not 1 <= bins <= 512:
        raise InputError(f"A histogram needs 1 to 512 bins, not {bins}.")
    counts, edges = np.histogram(values, bins=bins)
    return Histogram(edges.astype(np.float64), counts.astype(np.int64))


def card() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Maps (C, H, W) and their colour limits (C, 2): the small picture of this exhibit on the home page."""
    found = feature_maps(samples.sample("cat"), "tiny_vgg", "relu1_2")
    best = order(found, "variance")[:8]
    return found.maps[best], limits(found, "map", (0, 1))[best]


def _as_maps(shape: tuple[int, ...] | torch.Size) -> tuple[int, int, int]:
    """(C, H, W) of an output without its batch: a list of N values becomes N maps of 1 x 1."""
    channels, height, width = (*shape, 1, 1)[:3]
    return channels, height, width
