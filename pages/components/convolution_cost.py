"""What designs cost, as one message for convolution_cost.js."""

from collections.abc import Mapping

from pages.components import pack as pack_blocks
from vizcore.toolkit.costs import Cost, Design


def pack(
    designs: Mapping[str, Design],
    costs: Mapping[str, Cost],
    seconds: Mapping[str, float] | None,
    selected: str,
) -> bytes:
    """The message for convolution_cost.js.

    Args:
        designs: by name; the first one is what the others are held against.
        costs: of each.
        seconds: that each takes here, or None where nobody has measured.
        selected: name of the design whose sums are written out.
    """
    entries = [
        {
            "name": name,
            "title": design.title,
            "reach": costs[name].reach,
            "weights": costs[name].weights,
            "biases": costs[name].biases,
            "macs": costs[name].macs,
            "seconds": seconds[name] if seconds else None,
        }
        for name, design in designs.items()
    ]
    return pack_blocks({"designs": entries, "selected": selected})
