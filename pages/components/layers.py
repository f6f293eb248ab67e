"""The layers of a network, what each reads, and a small picture of each, as one message for layers.js."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks
from vizcore.exhibits.feature_maps import Layer
from vizcore.plots.colours import LUTS


def pack(
    layers: Sequence[Layer],
    thumbs: Sequence[NDArray[np.uint8]],
    signed: Sequence[bool],
    chosen: str,
    turn: int,
    identity: str,
) -> bytes:
    """The message for layers.js.

    Args:
        layers: from input to output, each behind those it reads.
        thumbs: (h, w) of each layer, colour table entries, such as from `thumbnails.strongest`.
        signed: of each layer, whether its thumbnail is coloured around 0.
        chosen: name of the layer to start with.
        turn: another number makes the visitor's selection give way to `chosen`.
        identity: of the picture and the network; shown in `data-painted` once all is drawn.
    """
    place = {layer.name: index for index, layer in enumerate(layers)}
    header = {
        "id": identity,
        "chosen": chosen,
        "turn": turn,
        "signed": list(signed),
        "layers": [
            {
                "name": layer.name,
                "kind": layer.kind,
                "group": layer.group,
                "settings": layer.settings,
                "shape": layer.shape,
                "parameters": layer.parameters,
                "inputs": sorted({place[name] for name in layer.inputs}),
                "thumb": thumb.shape,
            }
            for layer, thumb in zip(layers, thumbs, strict=True)
        ],
    }
    entries = np.concatenate([thumb.ravel() for thumb in thumbs])
    return pack_blocks(header, entries, LUTS["viridis"], LUTS["rdbu"], LUTS["berlin"])
