r"""A network watched while its picture is transformed: how far each layer is from moving along.

With $S$ the transformation and $f$ a layer, the equivariance error is
$\lVert f(Sx) - S f(x) \rVert / \lVert f(x) \rVert$. On the maps of a layer $S$ does what it does on the
picture, at the places where the layer's units stand (see `places`): a shift by 8 px moves maps of stride 4 by
two units. Where that hits no unit, maps are interpolated bilinearly, and the error holds what that blurs.
Lists and single values have no places: for them, and for brightness, $S$ is nothing, and the error says
how far the layer is from being invariant.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit import antialias, device, graphs, inputs, nets, segmenter, warps, windows
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.images import Image
from vizcore.toolkit.nets import Net
from vizcore.toolkit.places import Places, places
from vizcore.toolkit.resampling import Points, grid, resampled
from vizcore.toolkit.warps import Backward

SEGMENTER = "segmenter"  # name of the bundled segmentation network, which is no classifier


@dataclass(frozen=True)
class Subject:
    """A network, and how it is looked at."""

    net: str  # a reference, see `nets`, or SEGMENTER
    border: str = "circular"  # of the picture and of the network, see `antialias.rewired`
    side: int | None = None  # px of the square that it sees; None: as many as it was made for
    taps: int = 0  # of the blur before every subsampling; 0: the network as it is

    @property
    def entry(self) -> Net:
        """What is known of the network; it sees the whole middle square of a picture."""
        known = segmenter.SEGMENTER if self.net == SEGMENTER else nets.find(self.net)
        side = known.input_shape[1] if self.side is None else self.side
        return replace(known, input_shape=(known.input_shape[0], side, side), resize=0)

    def network(self, where: str, last: str = "") -> tuple[Step, ...]:
        """Its steps on a device, up to the layer `last` if one is named; a twin for its border and its blur.

        Raises:
            InputError: there is no such network, border, blur or layer.
        """
        bare = segmenter.network(where) if self.net == SEGMENTER else nets.network(self.net, where)
        steps = antialias.rewired(bare, border=self.border, taps=self.taps)
        known = [step.name for step in steps]
        if last and last not in known:
            what = f"There is no layer called {str(last)[:40]!r}"
            raise InputError(f"{what}. The {len(known)} layers begin with {', '.join(known[:8])}.")
        return steps[: known.index(last) + 1] if last else steps

    def seen(self, image: Image) -> Image:
        """The picture as it sees it, (side, side, 3) in [0, 1].

        Raises:
            InputError: there is no such network or border, or it cannot see squares of that side.
        """
        pick(warps.BORDERS, self.border, "border")
        if self.side is not None:
            self._check_side(self.side)
        return inputs.prepare(image, self.entry).cropped

    def _check_side(self, side: int) -> None:
        """Refuse squares that do not fit the list at its end, or maps too small to be wound round a torus."""
        windows.check("side of the square", side, 16, 512)
        own = side == segmenter.SEGMENTER.input_shape[1]
        if not (own if self.net == SEGMENTER else self.blank):
            what = f"{self.entry.title} cannot see squares of {side} px"
            raise InputError(f"{what}. Take those that it was made for.")

    @property
    def blank(self) -> tuple[tuple[Step, ...], Mapping[str, Tensor]] | None:
        """The steps of a classifier without weights, and what flows out of each: shapes without values.

        None where it cannot see squares of that side.
        """
        return _blank(nets.structure(self.net), self.entry.input_shape[1], self.border, self.taps)

    def check_classifier(self) -> None:
        """Refuse the segmenter where one class for the whole picture is asked for."""
        if self.net == SEGMENTER:
            raise InputError("The segmenter names pixels, not pictures. Choose a classifier.")

    def batch(self, pictures: Sequence[Image], where: str) -> Tensor:
        """What it receives for pictures (side, side, 3), (N, C, side, side)."""
        pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).to(where)
        entry = self.entry
        return inputs.normalised(inputs.coloured(pixels, entry), entry)


@lru_cache(maxsize=64)
def _blank(
    structure: str, side: int, border: str, taps: int
) -> tuple[tuple[Step, ...], Mapping[str, Tensor]] | None:
    network = antialias.rewired(nets.skeleton(structure), border=border, taps=taps)
    batch = torch.zeros(1, nets.find(structure).input_shape[0], side, side, device="meta")
    try:
        return network, {INPUT: batch} | graphs.outputs(network, batch)
    except RuntimeError:
        return None


@dataclass(frozen=True, eq=False)
class Reference:
    """What every layer makes of the picture as it is."""

    maps: Mapping[str, Tensor]  # layer -> (1, C, H, W)
    places: Mapping[str, Places]  # of the layers that have maps

    def periods(self, layer: str) -> tuple[int, int]:
        """The least shifts down and right, px, that this layer follows exactly on a torus; 0: none."""
        if layer not in self.places:
            return 0, 0
        down, right = self.places[layer]
        return down.period, right.period

    def errors(self, moved: Mapping[str, Tensor], back: Backward | None, border: str) -> list[float]:
        """The equivariance error of every layer.

        Args:
            moved: what the layers make of the transformed picture.
            back: where each place of the result comes from, in px of the picture; None where all stay.
            border: key of `warps.BORDERS`.
        """
        along: dict[object, Points] = {}  # many layers have their units at the same places
        found = []
        for name, maps in self.maps.items():
            followed = maps
            if back is not None and name in self.places:
                size = maps.shape[2], maps.shape[3]
                key = self.places[name], size
                along[key] = along.get(key) or _sources(self.places[name], size, back)
                followed = resampled(maps, *along[key], border)
            found.append(relative(moved[name] - followed, maps))
        return found


def reference(network: Sequence[Step], batch: Tensor) -> Reference:
    """What every step of a network makes of one picture, and where on it.

    Args:
        network: from `Subject.network`.
        batch: (1, C, H, W).
    """
    with torch.inference_mode():
        maps = graphs.maps(network, batch)
    sizes = {name: (found.shape[2], found.shape[3]) for name, found in {INPUT: batch, **maps}.items()}
    return Reference(maps, places(network, sizes))


@dataclass(frozen=True, eq=False)
class Watched:
    """What a network made of a picture, and of every transformed one that came in time."""

    still: NDArray[np.float64]  # (C, H, W) the last layer, of the picture as it is; classes are (N, 1, 1)
    moved: NDArray[np.float64]  # (A, C, H, W) of the transformed pictures
    layers: tuple[str, ...]  # (L,)
    errors: NDArray[np.float64]  # (A, L) of every layer
    periods: NDArray[np.int64]  # (L, 2) px, see `Reference.periods`
    notice: str  # empty, or a sentence on where it had to be computed


def watched(
    subject: Subject,
    pixels: Image,
    moves: Sequence[tuple[Callable[[], Image], Backward | None]],
    *,
    last: str = "",
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Watched:
    """Show a network a picture, then transformed ones.

    Args:
        subject: the network.
        pixels: from `subject.seen`.
        moves: for each: what makes the transformed picture, and where its places come from.
        last: layer to stop at; the network's last one when left out.
        progress: told the share that is done, 0 to 1, after every move.
        stop: asked after every move whether to end.
    """

    def watch(where: str) -> Watched:
        network = subject.network(where, last)
        still = reference(network, subject.batch([pixels], where))
        end, found, errors = network[-1].name, [], []
        for number, (make, back) in enumerate(moves):
            with torch.inference_mode():
                maps = graphs.maps(network, subject.batch([make()], where))
                errors.append(still.errors(maps, back, subject.border))
            found.append(maps[end][0].double().cpu().numpy())
            if progress:
                progress((number + 1) / len(moves))
            if stop and stop():
                break
        return Watched(
            still=still.maps[end][0].double().cpu().numpy(),
            moved=np.stack(found),
            layers=tuple(still.maps),
            errors=np.array(errors),
            periods=np.array([still.periods(layer) for layer in still.maps]) * (subject.border == "circular"),
            notice="",
        )

    found, notice = device.run(watch)
    return replace(found, notice=notice)


def relative(difference: Tensor, whole: Tensor) -> float:
    """Length of a difference in lengths of the whole; 0 where both are nothing."""
    length, unit = _length(difference), _length(whole)
    if unit:
        return length / unit
    return math.inf if length else 0.0


def _length(values: Tensor) -> float:
    return float(torch.linalg.vector_norm(values, dtype=torch.float64))


def _sources(where: Places, size: tuple[int, int], back: Backward) -> Points:
    """For maps of `size`: the rows and columns, in units of the layer, that a transformed map comes from."""
    (down, right), (rows, cols) = where, grid(size)
    rows, cols = back((down.start + down.stride * rows, right.start + right.stride * cols))
    return (rows - down.start) / down.stride, (cols - right.start) / right.stride
