"""A network as checked data: what goes through it, how large it may be, and what it is in PyTorch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.spec_json import Value, within
from vizcore.toolkit.spec_kinds import KINDS, Shape

MAX_PARAMETERS = 20_000_000
MAX_VALUES = 8_000_000  # that one layer gives for one picture
MAX_ALL_VALUES = 40_000_000  # that all layers together give for one picture
MAX_PRODUCTS = 5_000_000_000  # multiplications for one picture


@dataclass(frozen=True)
class Layer:
    """One layer of a network."""

    name: str
    kind: str  # key of KINDS
    settings: tuple[tuple[str, Value], ...]  # all of its kind, in the order of the table
    sources: tuple[str, ...]  # what it takes: names of earlier layers, or "input"

    def module(self, before: Shape) -> nn.Module:
        """The layer with random weights, for what its first source gives."""
        places, names = KINDS[self.kind].arguments(dict(self.settings), before)
        return KINDS[self.kind].module(*places, **names)


@dataclass(frozen=True)
class Spec:
    """A network that `specs.parse` has found good. Equal specs are equal networks with equal names."""

    input_shape: tuple[int, int, int]  # (C, H, W); C is 1 for grey or 3 for RGB, H = W
    classes: tuple[str, ...]  # name of each output
    layers: tuple[Layer, ...]  # in the order in which they run; the last one gives the class scores


def places(layers: Sequence[Layer]) -> Iterator[tuple[str, Layer]]:
    """Each layer after the words that say which one it is."""
    return ((f"Layer {number}, {layer.name}:", layer) for number, layer in enumerate(layers, start=1))


def shapes(spec: Spec) -> dict[str, Shape]:
    """What the input and each layer give for one picture, by name: (C, H, W) of maps or (F,) of a list.

    Raises:
        InputError: a layer cannot take what it gets.
    """
    sizes: dict[str, Shape] = {"input": spec.input_shape}
    for place, layer in places(spec.layers):
        with within(place):
            before = [sizes[source] for source in layer.sources]
            sizes[layer.name] = KINDS[layer.kind].after(dict(layer.settings), before)
    return sizes


def check_size(spec: Spec) -> None:
    """See that memory and work are bounded, before anything of that size is made.

    Raises:
        InputError: the network is too large; the sentence names the layer that makes it so.
    """
    sizes = shapes(spec)
    values = parameters = products = 0
    for place, layer in places(spec.layers):
        with torch.device("meta"):  # weights without memory
            weights = sum(weight.numel() for weight in layer.module(sizes[layer.sources[0]]).parameters())
        given = prod(sizes[layer.name])
        window = int(dict(layer.settings).get("kernel", 1)) ** 2
        values += given
        parameters += weights
        products += max(weights * prod(sizes[layer.name][1:]), window * given)
        for count, most, what in (
            (given, MAX_VALUES, "values in one layer"),
            (values, MAX_ALL_VALUES, "values up to here"),
            (parameters, MAX_PARAMETERS, "parameters up to here"),
            (products, MAX_PRODUCTS, "multiplications up to here"),
        ):
            if count > most:
                advice = "Take fewer maps, or make them smaller before."
                raise InputError(f"{place} {count:,} {what} are too many, the most is {most:,}. {advice}")


class Net(nn.Module):
    """The network of a spec, (N, C, H, W) -> (N, classes). Its children are the layers, in order."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        sizes = shapes(spec)
        for layer in spec.layers:
            self.add_module(layer.name, layer.module(sizes[layer.sources[0]]))
        self._layers = spec.layers
        last = {source: layer.name for layer in spec.layers for source in layer.sources}
        self._spent = {  # by layer: the values that no layer behind it takes
            layer.name: [source for source in layer.sources if last[source] == layer.name]
            for layer in spec.layers
        }

    def forward(self, x: Tensor) -> Tensor:
        """Run the layers in their order; what no layer takes any more makes room."""
        values = {"input": x}
        for layer in self._layers:
            values[layer.name] = self._value(layer, values)
            for name in self._spent[layer.name]:
                values.pop(name, None)
        return values[self._layers[-1].name]

    def values(self, x: Tensor) -> dict[str, Tensor]:
        """What the input is and every layer gives, by name."""
        values = {"input": x}
        for layer in self._layers:
            values[layer.name] = self._value(layer, values)
        return values

    def _value(self, layer: Layer, values: dict[str, Tensor]) -> Tensor:
        """What a layer makes of what it takes."""
        found: Tensor = self.get_submodule(layer.name)(*(values[source] for source in layer.sources))
        return found


def build(spec: Spec) -> Net:
    """The network with random weights, drawn from PyTorch's global generator."""
    return Net(spec)
