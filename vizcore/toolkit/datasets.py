"""What a network can be trained on: small square pictures with a class each, some of them held out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.public_files import Labels, Pixels
from vizcore.toolkit.shared import Shared
from vizcore.toolkit.sources import DATASETS, Extent

__all__ = [
    "DATASETS",
    "OWN",
    "TITLES",
    "Dataset",
    "Extent",
    "Labels",
    "Own",
    "Pixels",
    "dataset",
    "extent",
    "own",
]

MOST_HELD = 2_000  # held-out examples: more would only take time
SHEET = 1_000  # pictures that get noise together

OWN = "own"  # in settings: somebody's own pictures, which come with the run
OWN_CLASSES = (2, 20)  # fewest and most
OWN_EACH = 8  # fewest pictures of a class
OWN_MOST = 3_000  # pictures
OWN_SIDES = (32, 64)  # px


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples to learn from, and others that no step ever sees."""

    name: str  # key of DATASETS, or OWN
    title: str
    classes: tuple[str, ...]
    images: Pixels  # (N, C, S, S), C is 1 for grey or 3 for RGB
    labels: Labels  # (N,)
    held_images: Pixels  # (M, C, S, S)
    held_labels: Labels  # (M,)

    @property
    def counts(self) -> Labels:
        """(K,) how many examples to learn from each class has."""
        return np.bincount(self.labels, minlength=len(self.classes))

    @property
    def nbytes(self) -> int:
        """Memory that the pictures take."""
        return self.images.nbytes + self.held_images.nbytes


@dataclass(frozen=True, eq=False)
class Own:
    """Somebody's own pictures.

    Raises:
        InputError: there are too few or too many of them, or too few of a class.
    """

    images: Pixels  # (N, 3, S, S), S one of OWN_SIDES
    labels: Labels  # (N,)
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        fewest, most = OWN_CLASSES
        if not fewest <= len(self.classes) <= most:
            raise InputError(
                f"A network tells {fewest} to {most} classes apart here; there are {len(self.classes)}."
            )
        if len(self.labels) > OWN_MOST:
            raise InputError(
                f"At most {OWN_MOST:,} own pictures can be used; there are {len(self.labels):,}."
            )
        for name, count in zip(self.classes, np.bincount(self.labels, minlength=most), strict=False):
            if count < OWN_EACH:
                pictures = "1 picture" if count == 1 else f"{count} pictures"
                raise InputError(f"A class needs at least {OWN_EACH} pictures; “{name}” has {pictures}.")
        if self.images.shape not in [(len(self.labels), 3, side, side) for side in OWN_SIDES]:
            raise InputError(f"Own pictures are squares of {' or '.join(map(str, OWN_SIDES))} px in colour.")

    @property
    def extent(self) -> Extent:
        """Their number and shape."""
        count, channels, side, _ = self.images.shape
        return Extent("Own pictures", self.classes, (channels, side, side), count, count)


TITLES: Mapping[str, str] = {name: entry.title for name, entry in DATASETS.items()} | {OWN: "Own pictures"}

_kept = Shared[Dataset]()


def own(images: Pixels, labels: Labels, classes: NDArray[np.str_]) -> Own:
    """Own pictures from the arrays that a run keeps; see `Own`."""
    return Own(images, labels, tuple(str(name) for name in classes))


def extent(name: str, own: Extent | None = None) -> Extent:
    """How many examples there are of a data set.

    Args:
        name: key of DATASETS, or OWN.
        own: what there is of own pictures.

    Raises:
        InputError: there is no such data set, or no own pictures.
    """
    if name != OWN:
        return pick(DATASETS, name, "data set")
    if own is None:
        raise InputError("Own pictures are never part of a link. Choose them once more.")
    return own


def dataset(
    name: str,
    own: Own | None = None,
    *,
    count: int = 0,
    share: float = 0.25,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Examples, split so that both sides have about the same share of each class. The arrays are read-only.

    Args:
        name: key of DATASETS, or OWN.
        own: the pictures that OWN stands for.
        count: how many examples, those held out too; 0 takes the usual number.
        share: of them that is held out, 0.05 to 0.9; at most 2,000 are.
        noise: standard deviation of normal noise on pixels in [0, 1], 0 to 1.
        seed: of the noise and of the split.

    Raises:
        InputError: there is no such data, it is not on this computer, or too little is left on one side.
    """
    known = extent(name, own.extent if own else None)
    taken = min(count or known.usual, known.most)

    def make() -> Dataset:
        images, labels = _mixed(own, taken) if own else DATASETS[name].load(taken)
        return _split(name, known, images, labels, share, noise, seed)

    return make() if own else _kept.get((name, taken, share, noise, seed), make)


def _mixed(own: Own, count: int) -> tuple[Pixels, Labels]:
    """The first so many of own pictures, of each class about the same share."""
    chosen = spread(own.labels, np.random.default_rng(0))[:count]
    return own.images[chosen], own.labels[chosen]


def _split(
    name: str, known: Extent, images: Pixels, labels: Labels, share: float, noise: float, seed: int
) -> Dataset:
    owner = np.random.default_rng(seed)
    held = min(round(share * len(labels)), MOST_HELD)
    if min(held, len(labels) - held) < len(known.classes):
        raise InputError(
            f"{len(labels)} examples are too few for {len(known.classes)} classes on both sides of the "
            "split. Take more of them, or a share nearer to a half."
        )
    order = spread(labels, owner)  # first, so that noise does not change the split
    images = _noisy(images, noise, owner)
    learnt, kept = order[held:], order[:held]
    arrays = images[learnt], labels[learnt], images[kept], labels[kept]
    for array in arrays:
        array.setflags(write=False)
    return Dataset(name, known.title, known.classes, *arrays)


def spread(labels: Labels, owner: np.random.Generator) -> NDArray[np.int64]:
    """(N,) examples in a random order, of which any first part has about the same share of each class."""
    order = owner.permutation(len(labels))
    places = np.empty(len(labels))
    for label in np.unique(labels):
        mine = np.flatnonzero(labels[order] == label)
        places[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return order[np.argsort(places, kind="stable")]


def _noisy(images: Pixels, noise: float, owner: np.random.Generator) -> Pixels:
    """Pictures with noise, a sheet at a time: as floats they take four times the room."""
    if not noise:
        return images
    found = np.empty_like(images)
    for start in range(0, len(images), SHEET):
        sheet = images[start : start + SHEET]
        drawn = sheet + 255 * noise * owner.standard_normal(sheet.shape, np.float32)
        found[start : start + SHEET] = np.rint(drawn.clip(0, 255))
    return found
