"""A table of verdicts, one for each pair of a row and a column: what verdicts.js needs, as one message."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pages.components import pack as pack_blocks


def pack(
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    verdicts: Sequence[Sequence[str]],
    factors: NDArray[np.float64],
    *,
    selected: tuple[str, str],
    along: str,
    ticked: Collection[str] | None,
    alt: str,
) -> bytes:
    """The message for verdicts.js.

    Args:
        rows: name -> title.
        columns: name -> title.
        verdicts: (rows, columns), each "vanishes", "explodes" or "arrives".
        factors: (rows, columns), by how much each layer multiplies.
        selected: names of a row and of a column.
        along: "row" or "column", of the selected one that is shown elsewhere as a whole.
        ticked: names of rows; None: none can be ticked.
        alt: what is seen, for people who don't see it.
    """
    header = {
        "rows": list(rows.items()),
        "columns": list(columns.items()),
        "verdicts": verdicts,
        "selected": selected,
        "along": along,
        "ticked": None if ticked is None else list(ticked),
        "alt": alt,
    }
    return pack_blocks(header, factors.astype(np.float32))
