"""Which channel reads which, as dots and lines: what wires.js needs, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks


@dataclass(frozen=True, eq=False)
class Diagram:
    """Layers of channels, from left to right."""

    title: str
    note: str  # below it
    reads: Sequence[NDArray[np.bool_]]  # from layer to layer, (outputs, inputs)


def pack(diagrams: Sequence[Diagram], *, identity: str) -> bytes:
    """The message for wires.js."""
    header = {
        "id": identity,
        "diagrams": [
            {
                "title": diagram.title,
                "note": diagram.note,
                "layers": [diagram.reads[0].shape[1], *(len(table) for table in diagram.reads)],
            }
            for diagram in diagrams
        ],
    }
    tables = [table.astype(np.uint8) for diagram in diagrams for table in diagram.reads]
    return pack_blocks(header, *tables)
