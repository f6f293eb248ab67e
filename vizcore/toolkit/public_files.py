"""The files of MNIST and CIFAR-10, as their authors publish them, as arrays."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]
SIDE = 28  # px of a picture of MNIST; padded to 32 as LeCun et al. 1998 did
CLASSES = 10
BATCH = 10_000  # pictures in a file of CIFAR-10
RECORD = 1 + 3 * 32 * 32  # bytes there: label, then red, green and blue row by row
ARCHIVE, UNPACKED = "cifar-10-binary.tar.gz", "cifar-10-batches-bin"
BATCHES = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")


def here(folder: Path, name: str) -> Path:
    """Where a file lies: unpacked, else as it is published."""
    bare = folder / (UNPACKED if name == ARCHIVE else name.removesuffix(".gz"))
    return bare if bare.exists() else folder / name


def read_idx(folder: Path, count: int) -> tuple[Pixels, Labels]:
    """Those to learn from, then those to test on, of MNIST or a data set like it; SIDE padded to 32."""
    images, labels = [], []
    left = count
    for part in ("train", "t10k"):
        images.append(_idx(folder, f"{part}-images-idx3-ubyte", left, (SIDE, SIDE)))
        labels.append(_idx(folder, f"{part}-labels-idx1-ubyte", left, ()))
        if len(images[-1]) != len(labels[-1]) or (labels[-1] >= CLASSES).any():
            raise InputError(_damaged(folder / f"{part}-labels-idx1-ubyte.gz"))
        left -= len(labels[-1])
    edge = (32 - SIDE) // 2
    padded = np.pad(np.concatenate(images), ((0, 0), (edge, edge), (edge, edge)))
    return padded[:, None], np.concatenate(labels).astype(np.int64)


def _idx(folder: Path, name: str, count: int, shape: tuple[int, ...]) -> Pixels:
    """(n, *shape) the first entries of a file of bytes in the format of http://yann.lecun.com/exdb/mnist."""
    path = here(folder, f"{name}.gz")
    with _damage_explained(path), gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        head = np.frombuffer(file.read(8 + 4 * len(shape)), ">i4")
        if head[0] != 0x801 + len(shape) or tuple(head[2:]) != shape:  # 8: unsigned bytes; then dimensions
            raise ValueError("another format")
        entries = min(count, int(head[1]))
        content = file.read(entries * int(np.prod(shape)))
        return np.frombuffer(content, np.uint8).reshape(entries, *shape)


def read_cifar(folder: Path, count: int) -> tuple[Pixels, Labels]:
    """Those to learn from, then those to test on, from the archive or from its unpacked folder."""
    names = BATCHES[: ceil(count / BATCH)]
    path = here(folder, ARCHIVE)
    with _damage_explained(path):
        found = _unpacked(path, names) if path.is_dir() else _archived(path, names)
        records = np.frombuffer(b"".join(found[name] for name in names), np.uint8)
        records = records.reshape(len(names) * BATCH, RECORD)[:count]
        if (records[:, 0] >= CLASSES).any():
            raise ValueError("a label that there is not")
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(np.int64)


def _unpacked(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """What is in each file of a folder."""
    return {name: _records((folder / name).open("rb")) for name in names}


def _archived(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """What is in each file of an archive, read no further than it takes."""
    found: dict[str, bytes] = {}
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            name = member.name.removeprefix(f"{UNPACKED}/")
            if name in names and (file := archive.extractfile(member)):
                found[name] = _records(cast(BinaryIO, file))
            if len(found) == len(names):
                break
    return found


def _records(file: BinaryIO) -> bytes:
    with file:
        return file.read(BATCH * RECORD)


@contextmanager
def _damage_explained(path: Path) -> Iterator[None]:
    """Turn what broken files raise into an InputError."""
    try:
        yield
    except (OSError, EOFError, ValueError, LookupError, zlib.error, tarfile.TarError) as error:
        raise InputError(_damaged(path)) from error


def _damaged(path: Path) -> str:
    return f"{path} is damaged or another file. Delete it and download it again."
