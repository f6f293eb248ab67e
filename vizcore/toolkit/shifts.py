"""The answers of a network to many shifts of one picture; what the shifts have in common is computed once.

A convolution, a pooling or an activation makes each row of its maps from a few rows of the maps before,
always by the same arithmetic, and each column likewise. So rows that are made from the same rows are equal
(see `lines`), whichever shift they belong to, and each step is computed for the different rows x the
different columns only. That is exact: nothing is approximated, and answers differ from those of a forward
pass for each shift by rounding alone, about 1e-6 of them. What it saves depends on the border:

- "circular": the network lies on a torus (see `antialias`). Behind a total stride of s there are s x s
  different maps, however many shifts there are: all others are those, rolled.
- "reflect": the picture moves over its own mirror images, and the network is as it always is. Without padding
  all maps are parts of s x s maps of a larger picture (Giusti et al. 2013, arXiv:1302.1700). Padding stays
  where it is while the picture moves, so a line near the border belongs to one shift alone, and with every
  padded layer there are more of these: the first layers share nearly all, the last ones nothing.

Where shifts have little in common, and where a step needs whole maps (global pooling, flattening, the gates
of squeeze and excitation), it and all that follows is computed shift by shift, in batches.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit import device, estimates, graphs
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.images import Image
from vizcore.toolkit.layers import describe
from vizcore.toolkit.lines import Indices, shifted
from vizcore.toolkit.sharing import Axes, Maps, Shape, Shared, bare, picture, plan

BATCH = 32  # shifts that are computed together where they share nothing, at most
LARGEST = 2**22  # values that a step makes of them, at most


def grid(radius: int = 8) -> Indices:
    """All shifts by at most `radius` px, ((2 radius + 1)^2, 2): px down, px to the right."""
    reach = np.arange(-radius, radius + 1)
    return np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)


def responses(
    net: str,
    image: Image,
    shifts: Indices,
    *,
    border: str,
    side: int | None = None,
    taps: int = 0,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> NDArray[np.float32]:
    """What a network answers to a picture that is shifted.

    Args:
        net: a reference, see `nets`.
        image: (H, W, 3) in [0, 1]; the network sees its middle square.
        shifts: (S, 2) px down and to the right, such as `grid()`; below 0 up and to the left.
        border: key of `warps.BORDERS`, see the head of this module.
        side: px of the square that the network sees and that is shifted; the one it was made for when left
            out. A network that flattens its maps, such as TinyVGG (64 px), takes no other.
        taps: of the blur before every subsampling, see `antialias`; 0 for none.
        progress: told now and then the share of the work that is done, 0 to 1.
        stop: asked as often; True ends the work.

    Returns:
        (S, N) logits; nan for shifts that were not reached when it was stopped.

    Raises:
        InputError: there is no such network, border or blur, or it cannot see squares of that side.
    """
    subject = Subject(net, border, side, taps)
    seen = subject.seen(image)

    def compute(where: str) -> NDArray[np.float32]:
        network, batch = subject.network(where), subject.batch([seen], where)
        return logits(network, batch, shifts, border, progress=progress, stop=stop).cpu().numpy()

    return device.run(compute)[0]


def logits(
    network: Sequence[Step],
    batch: Tensor,
    shifts: Indices,
    border: str,
    *,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Tensor:
    """The last output of any steps for one picture (1, C, H, W) that is shifted, (S, ...).

    The other arguments are those of `responses`; the steps come from `graphs.steps` or `antialias.rewired`.
    """
    for piece in pieces(network, batch, shifts, border):
        if progress:
            progress(piece.share)
        if stop and stop():
            break
    return piece.logits


@dataclass(frozen=True, eq=False)
class Piece:
    """How far the answers to many shifts are."""

    logits: Tensor  # (S, ...) nan where they are not known yet; what comes later is written into it, too
    known: int  # shifts, the first ones, whose answers are known
    share: float  # of the work that is done, 0 to 1


@torch.inference_mode()
def pieces(network: Sequence[Step], batch: Tensor, shifts: Indices, border: str) -> Iterator[Piece]:
    """`logits` piece by piece: first what the shifts share, then the answers, shift by shift."""
    shapes = _shapes(network, batch)
    result = batch.new_full((len(shifts), *shapes[network[-1].name]), torch.nan)
    (down, rows), (right, columns) = (np.unique(shift, return_inverse=True) for shift in shifts.T)
    axes = _axes(shapes[INPUT], down, right, border)
    groups, rest = plan(network, shapes, axes, len(shifts))
    each, last = _work(rest, shapes), network[-1].name
    total = each * len(shifts) + sum(_work(group.steps, shapes) * group.share for group in groups)
    kept, done = {INPUT: picture(batch, axes)}, 0.0
    for group, share in _share(groups, kept, {last}.union(*(step.inputs for step in rest)), shapes):
        done += share * _work(group.steps, shapes)
        yield Piece(result, 0, min(1.0, done / total))
    size = min(BATCH, max(1, LARGEST // max((prod(shapes[step.name]) for step in rest), default=1)))
    for start in range(0, len(shifts), size):
        part = slice(start, start + size)
        known = {name: maps.of(rows[part], columns[part]) for name, maps in kept.items()}
        result[part] = _output(rest, known, last)
        done += each * len(rows[part])
        yield Piece(result, start + len(rows[part]), min(1.0, done / total))


def _share(
    groups: Sequence[Shared], kept: dict[str, Maps], wanted: Collection[str], shapes: Mapping[str, Shape]
) -> Iterator[tuple[Shared, float]]:
    """Compute what is shared into `kept`, which loses again what nobody reads any more and is not `wanted`.

    Yields:
        A group and the part of its `share` that has been done, piece by piece.
    """
    spare = _spare(groups, wanted)
    for group in groups:
        shape = shapes[group.name]
        kept[group.name] = group.empty(shape[2 if group.channels_last else 0], kept[group.inputs[0]].pixels)
        for share in group.fill(kept[group.name], [kept[name] for name in group.inputs]):
            yield group, share
        for name in spare[group.name]:
            del kept[name]


def _output(network: Sequence[Step], values: dict[str, Tensor], wanted: str) -> Tensor:
    """One output of steps from those before them; unlike `graphs.outputs` it makes room on the way."""
    spare = _spare(network, {wanted})
    for step in network:
        values[step.name] = step.module(*(values[name] for name in step.inputs))
        for name in spare[step.name]:
            del values[name]
    return values[wanted]


def _spare(parts: Iterable[Step | Shared], wanted: Collection[str]) -> Mapping[str, Sequence[str]]:
    """For each part the values that nobody reads behind it, but for those that are wanted."""
    last = {name: part.name for part in parts for name in part.inputs}
    spare = defaultdict[str, list[str]](list)
    for name, part in last.items():
        if name not in wanted:
            spare[part].append(name)
    return spare


def _shapes(network: Sequence[Step], batch: Tensor) -> dict[str, Shape]:
    """Of what each step makes of a picture (1, C, H, W), and of the picture itself (INPUT); no batch."""
    outputs = {INPUT: batch} | graphs.outputs(network, batch)
    return {name: tuple(output.shape[1:]) for name, output in outputs.items()}


@lru_cache(maxsize=64)
def expected(subject: Subject, radius: int = 8) -> float:
    """Seconds that `responses` of a loaded classifier to all of `grid(radius)` take on the CPU."""
    if (blank := subject.blank) is None:
        return 0.0  # whoever asks for them is told so
    network, outputs = blank
    shapes = {name: tuple(output.shape[1:]) for name, output in outputs.items()}
    reach = np.arange(-radius, radius + 1)
    axes = _axes(shapes[INPUT], reach, reach, subject.border)
    groups, rest = plan(network, shapes, axes, len(reach) ** 2)
    shared = sum(estimates.passing(group.steps, outputs) * group.share for group in groups)
    return shared + estimates.passing(rest, outputs) * len(reach) ** 2


def _axes(shape: Shape, down: Indices, right: Indices, border: str) -> Axes:
    """The lines of a picture (C, H, W) that is shifted by each of `down` and of `right`."""
    rows = shifted(shape[1], down, border)
    alike = shape[1] == shape[2] and np.array_equal(down, right)
    return rows, rows if alike else shifted(shape[2], right, border)


def _work(steps: Iterable[Step], shapes: Mapping[str, Shape]) -> int:
    """Of steps for one picture: multiplications, and one more for each value that is written."""
    work = 0
    for step in steps:
        before, after, module = shapes[step.inputs[0]], shapes[step.name], bare(step.module)
        work += prod(after) + describe(module).multiplications(module, before, after)
    return work
