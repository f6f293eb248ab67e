"""Find the architecture that the tensors of a file belong to, by their names, shapes and types alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import torch
from torch import Tensor, nn

from vizcore.toolkit import specs
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.safetensors_header import Entry, printable

MAX_CLASSES = 25_000  # ImageNet-21k has 21,841
ALIKE = 0.6  # share of the tensors that must agree before an architecture is suggested
# type in the network -> how a file may store it
STORED: Mapping[torch.dtype, tuple[str, ...]] = {torch.float32: ("F32", "F16", "BF16"), torch.int64: ("I64",)}
COUNTER = "num_batches_tracked"  # how often a batch norm was trained; no prediction needs it


@dataclass(frozen=True)
class Architecture:
    """An architecture that weights can be for; equal ones have equal tensors."""

    title: str  # such as "ResNet-18"
    build: Callable[[int], nn.Module]  # makes it for a number of classes; called under torch.device("meta")
    classes: int  # its usual number of classes


@lru_cache(maxsize=64)
def written(token: str) -> Architecture:
    """An architecture that somebody wrote, see `specs`; it says itself how many classes it tells apart.

    Raises:
        InputError: the token is damaged.
    """
    spec = specs.from_token(token)
    return Architecture("Own architecture", partial(_built, spec), len(spec.classes))


def _built(spec: specs.Spec, classes: int) -> nn.Module:
    return specs.build(spec)


@dataclass(frozen=True)
class Match:
    """How the tensors of a file compare with those of an architecture."""

    architecture: Architecture
    classes: int  # with so many outputs it was compared
    wanted: Mapping[str, Tensor]  # its tensors, without values
    missing: Sequence[str]  # counters aside
    unexpected: Sequence[str]
    reshaped: Sequence[str]  # in both, with different shapes

    @property
    def odd(self) -> int:
        """Number of tensors that do not agree; 0 where the file fits."""
        return len(self.missing) + len(self.unexpected) + len(self.reshaped)

    @property
    def share(self) -> float:
        """Share of all tensors that agree in name and shape, 0 to 1."""
        return 1 - self.odd / (len(self.wanted) + len(self.unexpected))


def fitting(
    entries: Mapping[str, Entry], architectures: Mapping[str, Architecture], chosen: str | None
) -> tuple[str, Match]:
    """The name of the architecture that the tensors of a file fit, and how they compare.

    A last layer with another number of outputs than usual fits, and so do tensors without the counters of
    batch norms.

    Args:
        entries: what the file has, under the names that networks use.
        architectures: all that are known, by name.
        chosen: the one that is wanted; None takes the first that fits.

    Raises:
        InputError: none fits, or not the chosen one, or a tensor is stored as a type that can't be used.
    """
    asked = architectures if chosen is None else {chosen: pick(architectures, chosen, "architecture")}
    matches = {name: _match(entries, architecture) for name, architecture in asked.items()}
    name = max(matches, key=lambda name: matches[name].share)
    if not matches[name].odd:
        return name, _readable(entries, matches[name])
    best = max((_match(entries, each) for each in architectures.values()), key=lambda match: match.share)
    raise InputError(_explanation(entries, matches.get(chosen or ""), best))


def _match(entries: Mapping[str, Entry], architecture: Architecture) -> Match:
    """Compare with the usual number of classes; if only shapes differ, with the one of the last of them."""
    usual = _comparison(entries, architecture, architecture.classes)
    if usual.reshaped and len(usual.reshaped) == usual.odd:
        outputs = entries[usual.reshaped[-1]].shape[:1]
        if outputs and 0 < outputs[0] <= MAX_CLASSES:
            own = _comparison(entries, architecture, outputs[0])
            return usual if own.odd else own
    return usual


def _comparison(entries: Mapping[str, Entry], architecture: Architecture, classes: int) -> Match:
    wanted = _tensors(architecture, classes)
    return Match(
        architecture,
        classes,
        wanted,
        missing=[name for name in wanted if name not in entries and not name.endswith(COUNTER)],
        unexpected=[name for name in entries if name not in wanted],
        reshaped=[name for name in wanted if name in entries and entries[name].shape != wanted[name].shape],
    )


@lru_cache(maxsize=128)
def _tensors(architecture: Architecture, classes: int) -> Mapping[str, Tensor]:
    """The tensors of a network by name, without values."""
    with torch.device("meta"):
        return architecture.build(classes).state_dict()


def _readable(entries: Mapping[str, Entry], match: Match) -> Match:
    """Return `match`, or refuse the first type that can't be used."""
    for name, entry in entries.items():
        usable = STORED[match.wanted[name].dtype]
        if entry.dtype not in usable:
            raise InputError(
                f"The tensor {name} is stored as {printable(entry.dtype)}, but it has to be "
                f"{' or '.join(usable)}. Convert it and save the weights again."
            )
    return match


def _explanation(entries: Mapping[str, Entry], asked: Match | None, best: Match) -> str:
    """Why tensors do not fit the architecture that was asked for, or any, and which is the most similar."""
    similar = (
        f"{best.architecture.title} is the most similar: {int(100 * best.share)} % of the tensors agree."
    )
    if asked is None and best.share < ALIKE:
        names = _listing([printable(name) for name in entries])
        return (
            f"These weights fit none of the networks here; their tensors are called {names}. "
            "Choose weights for a network in the list."
        )
    if asked is None:
        return f"These weights fit none of the networks here. {similar} {_differences(entries, best)}"
    start = f"These weights do not fit {asked.architecture.title}. {_differences(entries, asked)}"
    if not best.odd:
        return f"{start} They fit {best.architecture.title}: choose that."
    if best.share < ALIKE:
        return f"{start} Choose the network that they were made for."
    return start if best.architecture == asked.architecture else f"{start} {similar}"


def _differences(entries: Mapping[str, Entry], match: Match) -> str:
    """What is missing, unexpected or of another shape; the first three of each."""
    kinds = {
        "Missing": match.missing,
        "Unexpected": [printable(name) for name in match.unexpected],
        "Other shapes": [
            f"{name} is {_shape(entries[name].shape)}, not {_shape(match.wanted[name].shape)}"
            for name in match.reshaped
        ],
    }
    return " ".join(f"{kind}: {_listing(items)}." for kind, items in kinds.items() if items)


def _listing(items: Sequence[str]) -> str:
    count = f" ({len(items):,} in all)" if len(items) > 3 else ""
    return ", ".join(items[:3]) + count


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
