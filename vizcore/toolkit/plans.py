"""What a training run will be, from its settings alone: no data is loaded and no step is taken."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch

from vizcore.toolkit import datasets, recipes, specs
from vizcore.toolkit.inspection import MAPPED
from vizcore.toolkit.training_spec import Spec


@dataclass(frozen=True)
class Plan:
    """The network of a run, and how long the run will be."""

    net: specs.Spec
    parameters: int
    examples: int  # to learn from
    held: int  # to measure on
    steps: int  # of an epoch
    total: int  # of the run
    weights: tuple[str, ...]  # layers whose weights have more than one dimension
    maps: tuple[str, ...]  # layers that give maps
    activations: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names."""
        return self.net.classes


@lru_cache(maxsize=64)
def plan(spec: Spec, own: datasets.Extent | None = None) -> Plan:
    """What a run with these settings will be; the names are those of `inspection.names`.

    Args:
        spec: the settings.
        own: what there is of own pictures, where these are the data.

    Raises:
        InputError: there is no such data or network, or they do not fit one another.
    """
    source = datasets.extent(spec.data, own)
    channels, side, _ = source.shape
    style = recipes.Style(spec.activation, spec.norm, spec.dropout)
    net = recipes.network(spec.net, channels, side, source.classes, style)
    with torch.device("meta"):  # shapes without numbers
        module = specs.build(net)
    count = min(spec.count or source.usual, source.most)
    held = min(round(spec.share * count), datasets.MOST_HELD)
    steps = math.ceil((count - held) / spec.batch)
    shapes = specs.shapes(net)
    weights = [name for name, weight in module.named_parameters() if weight.dim() > 1]
    return Plan(
        net,
        sum(weight.numel() for weight in module.parameters()),
        count - held,
        held,
        steps,
        spec.epochs * steps,
        tuple(name.removesuffix(".weight") for name in weights),
        tuple(layer.name for layer in net.layers if layer.kind in MAPPED and len(shapes[layer.name]) == 3),
        tuple(layer.name for layer in net.layers if layer.kind in recipes.ACTIVATIONS),
    )
