"""A network built layer by layer: what layer_list.js gets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pages.components import pack as packed
from vizcore.toolkit import stacks
from vizcore.toolkit.spec_kinds import in_words
from vizcore.toolkit.specs import MAX_LAYERS
from vizcore.toolkit.stacks import Entry, Stack


def pack(
    layers: Sequence[Entry],
    shape: tuple[int, int, int],
    classes: int,
    *,
    recipes: Mapping[str, str],
    ask: str,
    name: str,
) -> bytes:
    """The message that the component begins with; what is built then is its own.

    Args:
        layers: to begin with.
        shape: (C, S, S) of the pictures.
        classes: how many there are.
        recipes: name -> title of networks to start from.
        ask: address of `live.offer` that gets {"layers": [...]} or {"recipe": name} and gives `answer`.
        name: of what is built; with another one the component begins anew.
    """
    header = {
        "name": name,
        "ask": ask,
        "kinds": stacks.kinds(),
        "recipes": recipes,
        "given": f"{in_words(shape)} in, {classes} classes out",
        "most": MAX_LAYERS,
    }
    return packed(header | told(layers, stacks.stack(layers, shape, classes)))


def answer(layers: Sequence[Entry], found: Stack) -> bytes:
    """What has become of the layers."""
    return packed(told(layers, found))


def told(layers: Sequence[Entry], found: Stack) -> dict[str, Any]:
    """Layers, and what is known of each and of all of them."""
    rows = [asdict(row) for row in found.rows]
    known = {"rows": rows, "why": found.why, "parameters": found.parameters, "token": found.token}
    return {"layers": layers, **known}
