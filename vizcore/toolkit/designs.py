"""Ways to see the same window at another price: stacks, strips, groups, gaps and bottlenecks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vizcore.toolkit.costs import Conv, Design
from vizcore.toolkit.errors import InputError, pick

CHANNELS = 256  # at most
COUNTS, ORDINALS = {2: "Two", 3: "Three"}, {2: "second", 3: "third"}


@dataclass(frozen=True)
class Comparison:
    """Designs that see the same window; the first is the plain one that the others are held against."""

    title: str
    designs: Callable[[int, int], Mapping[str, Design]]  # channels, groups -> designs by name
    published: bool = False  # channels are as in the paper, and padding keeps the size


def designs(comparison: str, *, channels: int, groups: int) -> Mapping[str, Design]:
    """The designs of a comparison, by name; the plain one first.

    Args:
        comparison: one of COMPARISONS.
        channels: of the input, and of the output.
        groups: of the grouped convolution.

    Raises:
        InputError: no such comparison, too many channels, or groups that do not divide them.
    """
    entry = pick(COMPARISONS, comparison, "comparison")
    if not 1 <= channels <= CHANNELS:
        raise InputError(f"{channels} channels are not possible here. Take 1 to {CHANNELS}.")
    if groups < 1 or channels % groups:
        raise InputError(
            f"{channels} channels cannot be split into {groups} groups of equal size. "
            f"Take a number of groups that divides {channels}, or other channels."
        )
    return entry.designs(channels, groups)


def same_window(k: int, c: int, b: int) -> dict[str, Design]:
    """Designs with c channels that see k x k px, k odd; the grouped one has b groups."""
    window = f"{k} × {k}"
    found = {
        "plain": _design(window, "Every output channel looks at every input channel.", Conv(c, c, (k, k)))
    }
    if k > 3:
        count = (k - 1) // 2
        found["stack"] = _design(
            f"{COUNTS[count]} 3 × 3",
            "Small windows in a row see as far as a large one, and activations fit in between.",
            *[Conv(c, c, (3, 3))] * count,
        )
    found["strips"] = _design(
        f"1 × {k}, {k} × 1",
        "First along the rows, then along the columns.",
        Conv(c, c, (1, k)),
        Conv(c, c, (k, 1)),
    )
    found["separable"] = _design(
        "Depthwise separable",
        f"{window} in each channel by itself, then 1 × 1 mixes the channels at each place.",
        Conv(c, c, (k, k), groups=c),
        Conv(c, c, (1, 1)),
    )
    found["grouped"] = _design(
        f"{b} group{'s' if b > 1 else ''}",
        f"Groups of {c // b} of the {c} channels each; they see nothing of each other.",
        Conv(c, c, (k, k), groups=b),
    )
    if k > 3:
        gap = (k - 1) // 2
        found["dilated"] = _design(
            f"3 × 3, dilation {gap}",
            f"Nine weights, {gap} px apart: it sees {k} px far, but only every {ORDINALS[gap]} of them.",
            Conv(c, c, (3, 3), dilation=gap),
        )
    few = max(1, c // 4)
    found["bottleneck"] = _design(
        "Bottleneck",
        f"1 × 1 down to {few} channels, {window} there, and 1 × 1 up again.",
        Conv(c, few, (1, 1)),
        Conv(few, few, (k, k)),
        Conv(few, c, (1, 1)),
    )
    return found


def inception() -> dict[str, Design]:
    """The first Inception block of GoogLeNet: Szegedy et al. 2015, arXiv:1409.4842, table 1, row 3a."""
    pool = Conv(192, 192, (3, 3), pooling=True)
    branches = (
        (Conv(192, 64, (1, 1)),),
        (Conv(192, 96, (1, 1)), Conv(96, 128, (3, 3))),
        (Conv(192, 16, (1, 1)), Conv(16, 32, (5, 5))),
        (pool, Conv(192, 32, (1, 1))),
    )
    direct = tuple((Conv(192, branch[-1].outputs, branch[-1].kernel),) for branch in branches[:-1])
    return {
        "plain": _design("5 × 5", "One window of one size for all 256 maps.", Conv(192, 256, (5, 5))),
        "small": _design("3 × 3", "The same with a smaller window.", Conv(192, 256, (3, 3))),
        "direct": Design(
            "Four branches, no 1 × 1 before",
            "1 × 1, 3 × 3, 5 × 5 and pooling side by side, each on all 192 channels.",
            (*direct, branches[-1]),
        ),
        "block": Design(
            "Inception block",
            "1 × 1 first brings 192 channels down to 96 before the 3 × 3, and to 16 before the 5 × 5.",
            branches,
        ),
    }


def _design(title: str, says: str, *layers: Conv) -> Design:
    return Design(title, says, (layers,))


COMPARISONS: Mapping[str, Comparison] = {
    "5": Comparison("5 × 5", lambda channels, groups: same_window(5, channels, groups)),
    "7": Comparison("7 × 7", lambda channels, groups: same_window(7, channels, groups)),
    "3": Comparison("3 × 3", lambda channels, groups: same_window(3, channels, groups)),
    "inception": Comparison("Inception block", lambda channels, groups: inception(), published=True),
}
