"""Pictures to train on from a ZIP archive in which every class has a folder.

The archive may come from anyone. It is never unpacked to the disk: entries are read one by one into memory,
their paths serve only to name a class, and number, bytes, pixels and time are limited before the work is
done. What cannot be used is left out and counted, with the reason; an archive that is no good as a whole is
refused.
"""

import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from stat import S_ISLNK

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from vizcore.toolkit import datasets, images
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.filetypes import file_kind
from vizcore.toolkit.labels import clean_label

Pixels = NDArray[np.uint8]
Shots = Mapping[str, Sequence[Pixels]]  # class -> pictures (3, SIDE, SIDE)

SIDE = max(datasets.OWN_SIDES)  # px at which pictures are kept
MAX_BYTES = 100_000_000  # of an archive
MAX_ENTRIES = 20_000
MAX_UNPACKED = 400_000_000  # bytes of all entries that are read
MAX_DEPTH = 16  # folders in one another
MAX_PIXELS = 100_000_000  # of all pictures; those of a PNG take up to 20 ns each
FASTER = 4  # times, as a JPEG is, which is decoded at a fraction of its size
MAX_SECONDS = 10.0  # on a busy machine
HEAD = 2**18  # bytes in which nearly every picture says how large it is
ENTRY = b"PK\x01\x02"  # how an entry of the list at the end of an archive begins
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# Why entries are left out, in the order in which they are asked about.
LINK = "a link"
OUTSIDE = "with a path that leads out of the archive, or is too deep"
HIDDEN = "hidden, or a note of an operating system"
LOOSE = "in no folder, so without a class"
TWICE = "with the same path as another one"
LOCKED = "encrypted"
PACKED = "packed in a way that is not read here"
LARGE = f"with more than {images.MAX_BYTES // 1_000_000} MB"
VAST = "too large, with more pixels than can be read"
OTHER = "not a PNG, JPEG, WebP, BMP or GIF picture"
DAMAGED = "damaged"


@dataclass(frozen=True, eq=False)
class Found:
    """What an archive holds."""

    shots: Shots  # class -> pictures, in the order of the archive
    skipped: Mapping[str, int]  # reason -> how many entries were left out for it

    @property
    def count(self) -> int:
        """How many pictures."""
        return sum(map(len, self.shots.values()))


class _Skip(Exception):
    """An entry is left out; the argument is the reason."""


def unpacked(data: bytes, progress: Callable[[float], None] = lambda _: None) -> Found:
    """The pictures in a ZIP archive, by the name of the folder that each lies in.

    Args:
        data: the archive.
        progress: told what share of the entries is done, 0 to 1, about fifty times.

    Raises:
        InputError: this is no archive, it is damaged or too large, or too many classes or pictures are in it.
    """
    shots: dict[str, list[Pixels]] = {}
    skipped: Counter[str] = Counter()
    left, end = MAX_UNPACKED, time.monotonic() + MAX_SECONDS
    with _opened(data) as archive:
        files = _named(archive, skipped)
        _check_pixels(archive, [info for _, info in files], end)
        for place, (name, info) in enumerate(files):
            if place % ceil(len(files) / 50) == 0:
                progress(place / len(files))
            try:
                content = _content(archive, info)
                left -= len(content)
                shot = square(content)  # first, so that no class stays empty
                shots.setdefault(name, []).append(shot)
            except _Skip as reason:
                skipped[str(reason)] += 1
            _check_number(shots)
            _check_effort(left, end)
    if not shots:
        raise InputError(
            "There is no picture in this archive that can be used. Pack a folder of pictures for each class."
            + (f" Files left out: {reasons(skipped)}." if skipped else "")
        )
    return Found(shots, skipped)


def square(content: bytes) -> Pixels:
    """(3, SIDE, SIDE) the middle of a picture file.

    Raises:
        _Skip: it cannot be read.
    """
    try:
        return fitted(images.decode(content, max_side=4 * SIDE))
    except images.TooLarge as error:
        raise _Skip(VAST) from error
    except InputError as error:
        raise _Skip(DAMAGED) from error


def fitted(image: images.Image) -> Pixels:
    """(3, SIDE, SIDE) the central square of a picture (H, W, 3) in [0, 1]."""
    height, width = image.shape[:2]
    size = min(height, width)
    top, left = (height - size) // 2, (width - size) // 2
    middle = Pillow.fromarray(np.rint(image[top : top + size, left : left + size] * 255).astype(np.uint8))
    return np.asarray(middle.resize((SIDE, SIDE), Pillow.Resampling.LANCZOS)).transpose(2, 0, 1)


def gathered(shots: Shots, side: int) -> datasets.Own:
    """Pictures of several classes as data to train on.

    Args:
        shots: class -> pictures.
        side: px, one of OWN_SIDES; two by two pixels become their mean for 32.

    Raises:
        InputError: there are too few or too many of them, or too few of a class.
    """
    step = SIDE // side
    stacked = np.array([shot for of_class in shots.values() for shot in of_class], np.uint8)
    large = stacked.reshape(-1, 3, side, step, side, step)
    small = np.rint(large.mean(axis=(3, 5), dtype=np.float32)).astype(np.uint8) if step > 1 else stacked
    labels = np.repeat(np.arange(len(shots)), [len(of_class) for of_class in shots.values()])
    return datasets.Own(small, labels.astype(np.int64), tuple(shots))


@contextmanager
def _opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive; broad, because broken ones raise anything."""
    if len(data) > MAX_BYTES:
        raise InputError(f"This archive has {len(data):,} bytes; at most {MAX_BYTES:,} can be read.")
    if data.count(ENTRY) > MAX_ENTRIES:  # before the list is read: it could fill the memory
        raise InputError(f"This archive has more than the {MAX_ENTRIES:,} entries that can be read.")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except Exception as error:
        kind = file_kind(data)
        what = "is cut off or damaged" if kind == "a ZIP archive" else f"is {kind or 'no ZIP archive'}"
        raise InputError(f"This file {what}. Pack a folder for each class into a ZIP archive.") from error
    with archive:
        yield archive


def _named(archive: zipfile.ZipFile, skipped: Counter[str]) -> list[tuple[str, zipfile.ZipInfo]]:
    """The entries that have a class, each behind its name; those that have none are counted by the reason."""
    named, seen = [], set[str]()
    for info in archive.infolist():
        if not info.is_dir():
            try:
                named.append((_class_of(info, seen), info))
            except _Skip as reason:
                skipped[str(reason)] += 1
    return named


def _class_of(info: zipfile.ZipInfo, seen: set[str]) -> str:
    """The class of an entry, after the folder that it lies in; `seen` are the paths before it."""
    path = info.filename.replace("\\", "/")
    parts = [part for part in path.split("/") if part != "."]
    if S_ISLNK(info.external_attr >> 16):
        raise _Skip(LINK)
    if not parts or not parts[0] or parts[0].endswith(":") or ".." in parts or len(parts) > MAX_DEPTH:
        raise _Skip(OUTSIDE)
    if "__MACOSX" in parts or any(part.startswith(".") for part in parts):
        raise _Skip(HIDDEN)
    if len(parts) == 1:
        raise _Skip(LOOSE)
    if path in seen:
        raise _Skip(TWICE)
    seen.add(path)
    return clean_label(parts[-2])


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int = images.MAX_BYTES) -> bytes:
    """The first bytes of a picture file, at most so many, whatever size it says it has."""
    if info.flag_bits & 1:
        raise _Skip(LOCKED)
    if info.compress_type not in METHODS:
        raise _Skip(PACKED)
    if info.file_size > images.MAX_BYTES:
        raise _Skip(LARGE)
    try:
        with archive.open(info) as file:
            start = file.read(1024)
            if file_kind(start) not in images.READERS:
                raise _Skip(OTHER)
            return start + file.read(most)
    except _Skip:
        raise
    except Exception as error:
        raise _Skip(DAMAGED) from error


def _check_pixels(archive: zipfile.ZipFile, files: Sequence[zipfile.ZipInfo], end: float) -> None:
    """Refuse pictures that would take too long to read, by what the archive and their headers say."""
    left, pixels, late = MAX_UNPACKED, 0, []
    for info in files:
        with suppress(_Skip):
            data = _content(archive, info, HEAD)
            left -= info.file_size  # no more of it is ever read
            if (cost := _cost(data)) is None and info.file_size > HEAD:
                late.append(info)
            pixels += cost or 0
        _check_effort(left, end)
    for info in late:
        with suppress(_Skip):
            pixels += _cost(_content(archive, info)) or 0
        _check_effort(left, end)
    if pixels > MAX_PIXELS:
        raise InputError(
            f"These pictures have {pixels / 1e6:,.0f} million pixels, where {FASTER} of a JPEG count as one; "
            f"at most {MAX_PIXELS / 1e6:,.0f} million can be read. Make them smaller: {4 * SIDE} px a side "
            "are plenty."
        )


def _cost(data: bytes) -> int | None:
    """Pixels of a picture, by its beginning, as MAX_PIXELS counts them; None where that does not say so."""
    pixels = images.stated_pixels(data)
    return pixels and pixels // (FASTER if file_kind(data) == "JPEG" else 1)


def joined(shots: Shots, more: Shots) -> dict[str, list[Pixels]]:
    """The pictures of both, class by class.

    Raises:
        InputError: these are more classes or pictures than can be used.
    """
    both = {name: [*shots.get(name, ()), *more.get(name, ())] for name in [*shots, *more]}
    _check_number(both)
    return both


def reasons(skipped: Mapping[str, int]) -> str:
    """Why entries were left out, in words, the most frequent reason first."""
    ordered = sorted(skipped.items(), key=lambda entry: -entry[1])
    return "; ".join(f"{count:,} {reason}" for reason, count in ordered)


def _check_number(shots: Shots) -> None:
    most, count = datasets.OWN_CLASSES[1], sum(map(len, shots.values()))
    if len(shots) > most:
        raise InputError(f"A network tells at most {most} classes apart here. Take fewer folders.")
    if count > datasets.OWN_MOST:
        raise InputError(f"At most {datasets.OWN_MOST:,} own pictures can be used. Take fewer of them.")


def _check_effort(left: int, end: float) -> None:
    if left < 0:
        most = MAX_UNPACKED // 1_000_000
        raise InputError(f"This archive unpacks to more than {most} MB. Make the pictures smaller.")
    if time.monotonic() > end:
        raise InputError(
            f"Reading these pictures takes more than {MAX_SECONDS:g} s. Make them smaller: {4 * SIDE} px a "
            "side are plenty."
        )
