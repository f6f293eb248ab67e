"""A network while somebody builds it layer by layer: what each layer gives, and what is wrong with which."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from vizcore.toolkit import fields, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.layers import KINDS as WORDS
from vizcore.toolkit.spec_json import Setting, read, within
from vizcore.toolkit.spec_kinds import KINDS, Shape, in_words
from vizcore.toolkit.spec_net import Layer, places

Entry = dict[str, Any]  # a layer as JSON: kind, settings, perhaps name and from
FIRST: Mapping[str, Entry] = {  # what new layers are set to, besides what is usual
    "conv": {"out": 16, "padding": 1},
    "linear": {"out": 64},
}


@dataclass(frozen=True)
class Row:
    """What is known of a layer of a stack."""

    name: str = ""  # as other layers call it; empty where it is no layer
    shape: str = ""  # what it gives, in words; empty behind a layer that cannot be
    parameters: int = 0
    field: int | None = None  # px: side of its receptive field far from any border; None: the whole picture
    why: str = ""  # why it cannot be, in a sentence


@dataclass(frozen=True)
class Stack:
    """A list of layers, good or not."""

    rows: tuple[Row, ...]  # one for each layer
    why: str  # what is wrong with all of it; empty where it is good, or a row says it
    token: str  # of the network; empty where anything is wrong

    @property
    def parameters(self) -> int:
        """Of all layers that are known."""
        return sum(row.parameters for row in self.rows)


def stack(entries: Sequence[Entry], shape: tuple[int, int, int], classes: int) -> Stack:
    """What becomes of a list of layers.

    Args:
        entries: the layers; anybody may have written them.
        shape: (C, S, S) of the pictures.
        classes: how many there are.
    """
    text = json.dumps({"input": shape, "classes": classes, "layers": entries})
    try:
        rows = _rows(read(json.dumps(entries)), shape)
    except InputError as error:
        return Stack((), str(error), "")
    if any(row.why for row in rows):
        return Stack(rows, "", "")
    try:
        return Stack(rows, "", specs.token(specs.parse(text)))
    except InputError as error:
        return _blamed(rows, str(error))


def _blamed(rows: tuple[Row, ...], why: str) -> Stack:
    """Put a sentence beside the layer that it speaks of, if it does."""
    named = re.match(r"Layer (\d+)\b", why)
    if not named:
        return Stack(rows, why, "")
    place = int(named[1]) - 1
    return Stack((*rows[:place], replace(rows[place], why=why), *rows[place + 1 :]), "", "")


def _rows(found: object, shape: tuple[int, int, int]) -> tuple[Row, ...]:
    if not isinstance(found, list) or len(found) > specs.MAX_LAYERS:
        raise InputError(f"A network has a list of 1 to {specs.MAX_LAYERS} layers.")
    layers: list[Layer] = []
    wrong = Row()
    for entry in found:
        try:
            layers.append(specs.layer_of(entry, layers))
        except InputError as error:
            wrong = Row(why=str(error))
            break
    rows = _measured(layers, shape)
    rest = len(found) - len(rows)
    return (*rows, *[wrong, *[Row()] * (rest - 1)][:rest])


def _measured(layers: Sequence[Layer], shape: tuple[int, int, int]) -> tuple[Row, ...]:
    """Shapes, parameters and receptive fields as far as layers fit one another."""
    sizes: dict[str, Shape] = {INPUT: shape}
    network: list[Step] = []
    rows: list[Row] = []
    for place, layer in places(layers):
        try:
            with within(place):
                before = [sizes[source] for source in layer.sources]
                sizes[layer.name] = KINDS[layer.kind].after(dict(layer.settings), before)
        except InputError as error:
            rest = [Row(each.name) for each in layers[len(rows) :]]
            return (*rows, replace(rest[0], why=str(error)), *rest[1:])
        with torch.device("meta"):  # weights without memory
            module = layer.module(before[0])
        network.append(Step(layer.name, module, layer.sources, channels_last=False))
        field = fields.extent(network, {name: _maps(size) for name, size in sizes.items()}, layer.name)
        count = sum(weight.numel() for weight in module.parameters())
        rows.append(Row(layer.name, in_words(sizes[layer.name]), count, field and field[0]))
    return tuple(rows)


def _maps(size: Shape) -> tuple[int, int, int]:
    """A shape as (C, H, W); a list of N numbers is N maps of 1 x 1."""
    channels, height, width = (*size, 1, 1)[:3]
    return channels, height, width


def entries(spec: specs.Spec) -> list[Entry]:
    """The layers of a network, each with its name where another one asks for it by name."""
    found: list[Entry] = json.loads(specs.text(spec))["layers"]
    asked = {name for entry in found for name in _listed(entry.get("from", []))}
    for entry, layer in zip(found, spec.layers, strict=True):
        if layer.name in asked:
            entry["name"] = layer.name
    return found


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def fitted(spec: specs.Spec, shape: tuple[int, int, int], classes: int) -> specs.Spec:
    """The same layers for other pictures; the last layer gets as many outputs as there are classes.

    Raises:
        InputError: the layers do not fit such pictures.
    """
    found = entries(spec)
    if "out" in found[-1]:
        found[-1]["out"] = classes
    return specs.parse(json.dumps({"input": shape, "classes": classes, "layers": found}))


def kinds() -> list[dict[str, Any]]:
    """All kinds of layers for a menu: words, settings with their ranges, and what new ones are set to."""
    return [
        {
            "kind": name,
            "title": WORDS[kind.module.__name__].name,
            "group": WORDS[kind.module.__name__].group,
            "does": WORDS[kind.module.__name__].does,
            "settings": [_range(key, setting) for key, setting in kind.settings.items()],
            "first": FIRST.get(name, {}),
            "inputs": kind.inputs,
            "more": kind.more,
        }
        for name, kind in KINDS.items()
    ]


def _range(name: str, setting: Setting) -> dict[str, Any]:
    """A setting; its usual value may be the name of another setting, or None where it has to be given."""
    sort = type(setting.low).__name__
    return {"name": name, "low": setting.low, "high": setting.high, "usual": setting.default, "sort": sort}
